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

struct task_struct {
	unsigned int __state; /* `state` before 5.14, 2f064a59a11f */
	int on_cpu;
	int on_rq;
	int prio;
	int pid;
	int tgid;
	char comm[TASK_COMM_LEN];
	struct css_set *cgroups;
	struct task_struct *group_leader;
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
