/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The few kernel types that the trackers read, cut down to the fields they read (CO-RE: libbpf finds each field's real
 * offset in the running kernel's BTF). Every difference between kernel versions lives in this file, with the upstream
 * commit that caused it. A generated vmlinux.h would be 3 MB, and would be of one kernel only.
 */
#ifndef TT_KERNEL_H
#define TT_KERNEL_H

#include <linux/bpf.h>
#include <linux/errno.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define TASK_COMM_LEN 16

/* Of include/uapi/linux/in.h and include/linux/socket.h. */
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define MSG_PEEK 2
#define MSG_ERRQUEUE 0x2000

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node {
	u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

/* thread_info.status (x86): the task is in a 32-bit system call. arch/x86/include/asm/thread_info.h */
#define TS_COMPAT 0x0002
/* thread_info.flags (arm64), bit 22: a 32-bit task. arch/arm64/include/asm/thread_info.h */
#define TIF_32BIT_ARM64 (1UL << 22)

struct thread_info {
	unsigned long flags;
	u32 status; /* x86 */
};

struct inode {
	unsigned short i_mode;
};

struct file {
	void *private_data; /* of a socket's file: its struct socket */
	struct inode *f_inode;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state; /* `state` before 5.14, 2f064a59a11f */
	int on_cpu;
	int on_rq;
	int prio;
	int pid;
	int tgid;
	char comm[TASK_COMM_LEN];
	struct css_set *cgroups;
	struct task_struct *group_leader;
	unsigned long nvcsw; /* times it left a CPU: of its own will ... */
	unsigned long nivcsw; /* ... and not */
	struct files_struct *files;
};

/* Bits of task_struct.__state, unchanged since 4.14 (8ef9925b02c2). */
enum tt_task_state {
	TT_TASK_INTERRUPTIBLE = 0x0001,
	TT_TASK_UNINTERRUPTIBLE = 0x0002,
	TT_TASK_DEAD = 0x0080,
	TT_TASK_WAKING = 0x0200, /* being woken by another CPU while it still leaves its own */
	TT_TASK_NOLOAD = 0x0400, /* with UNINTERRUPTIBLE: an idle kernel thread */
};

/* Registers of user space as a system call's entry saved them. */
struct pt_regs {
#if defined(__TARGET_ARCH_x86)
	unsigned long bp, bx, r10, r9, r8, cx, dx, si, di, orig_ax;
#elif defined(__TARGET_ARCH_arm64)
	u64 regs[31];
	u64 orig_x0; /* regs[0] at the entry; regs[0] becomes the return value */
	s32 syscallno;
#endif
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct blkcg {
	struct cgroup_subsys_state css;
};

struct blkcg_gq {
	struct blkcg *blkcg;
};

struct bio {
	struct blkcg_gq *bi_blkg;
};

struct gendisk {
	int major;
	int first_minor;
};

struct request_queue {
	struct gendisk *disk; /* since 5.15, d152c682f03c; `request.rq_disk` until 5.16 */
};

/* Values changed over time (IDLE is always 0), so only IDLE is used. */
enum mq_rq_state {
	MQ_RQ_IDLE = 0,
};

struct request {
	struct request_queue *q;
	unsigned int cmd_flags; /* blk_opf_t since 6.0, same size */
	unsigned int __data_len;
	u64 __sector;
	struct bio *bio;
	u64 start_time_ns;
	enum mq_rq_state state;
};

/* ---- irq, softirq, timer, workqueue */

struct irqaction {
	const char *name;
};

struct timerqueue_node {
	s64 expires;
};

struct hrtimer_clock_base {
	unsigned int index; /* 0-3: monotonic, realtime, boottime, TAI; 4-7: the same for soft timers (since 4.16) */
	s64 offset; /* to the monotonic clock */
};

struct hrtimer {
	struct timerqueue_node node; /* .expires: the hard limit, _softexpires plus slack */
	s64 _softexpires;
	void *function;
	struct hrtimer_clock_base *base;
};

struct work_struct {
	struct {
		s64 counter;
	} data;
	void *func;
};

struct workqueue_struct {
	char name[24]; /* 32 since 6.9, 31c89007285d */
};

struct pool_workqueue {
	struct workqueue_struct *wq;
};

#define IFNAMSIZ 16

struct net_device {
	int ifindex;
	char name[IFNAMSIZ];
};

struct sk_buff {
	struct sk_buff *next;
	struct sk_buff *prev;
	struct net_device *dev;
	unsigned int len;
	int skb_iif; /* interface of the last reception, 0: never received */
	__be16 protocol;
	u16 transport_header;
	u16 network_header;
	unsigned char *head;
};

/* Since 5.17 (c504e5c2f964), together with the third argument of the tracepoint kfree_skb. Its values change. */
enum skb_drop_reason {
	SKB_DROP_REASON_NOT_SPECIFIED,
};

struct in6_addr {
	u8 s6_addr[16];
};

struct sock_common {
	__be32 skc_daddr; /* the peer */
	__be32 skc_rcv_saddr; /* our side */
	__be16 skc_dport;
	u16 skc_num; /* our port, in host order */
	unsigned short skc_family;
	volatile unsigned char skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sk_buff_head {
	struct sk_buff *next;
	u32 qlen;
};

struct sock {
	struct sock_common __sk_common;
	struct sk_buff_head sk_receive_queue;
	u16 sk_protocol;
	struct socket *sk_socket; /* NULL: closed by its owner */
};

struct udp_sock {
	struct sk_buff_head reader_queue; /* taken from sk_receive_queue, to be read first */
};

struct socket {
	struct sock *sk;
	struct file *file;
};

/* Address families and TCP states that user space knows too. */
#define AF_INET 2
#define AF_INET6 10

enum tt_tcp_state {
	TT_TCP_ESTABLISHED = 1,
	TT_TCP_SYN_RECV = 3, /* already accepted: TCP fast open */
	TT_TCP_CLOSE_WAIT = 8,
};

#pragma clang attribute pop

/* Kernel pointers walked by CO-RE where the verifier does not know their type (5.15 has no typed map values). */
static __always_inline u64 tt_cgroup_id(struct cgroup *cgroup)
{
	return cgroup ? BPF_CORE_READ(cgroup, kn, id) : 0;
}

static __always_inline u64 tt_task_cgroup(struct task_struct *task)
{
	return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
}

#endif
