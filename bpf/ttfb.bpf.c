/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * ttfb: time to first byte, as a server makes it: from accept() returning a connection to the first write on it.
 * In: accept, accept4 return. Out: the first write, send or sendfile on it begins. Key: the address of its struct file.
 *
 * The open file, not the descriptor, is the key: the connection may be handed to another process, duplicated or renumbered.
 * A connection that is shut down or closed before the first write, also by the end of its process, is discarded: that
 * shows in its TCP state, where close() calls would have to be counted.
 *
 * The tracepoints of single system calls are used, not sys_enter and sys_exit: these would run a BPF program in every
 * system call of the machine. A number that is not traced costs the kernel one test of a bit (perf_syscall_enter()).
 */
#include "kernel.h"

struct tt_data {
	u32 accept_pid;
	u32 accept_tid;
	u32 fd; /* in the process that accepted */
	u32 reserved;
};
#define TT_DATA

struct tt_extra {
	u32 family;
	u16 local_port; /* host order */
	u16 peer_port; /* network order, as are the addresses */
	u8 peer[16];
	u8 local[16];
	u32 fd; /* written to */
	u32 nr; /* the system call that wrote */
};
#define TT_EXTRA

#include "tailtrap.h"

/* What the tracepoints of single system calls hand to BPF: struct syscall_tp_t, kernel/trace/trace_syscalls.c. */
struct syscall_enter {
	u64 common;
	u32 nr;
	u32 reserved;
	u64 args[6];
};

struct syscall_exit {
	u64 common;
	u32 nr;
	u32 reserved;
	s64 ret;
};

/* The open file of descriptor `fd`, or 0. */
static __always_inline u64 file_of(struct task_struct *task, u32 fd)
{
	struct files_struct *files = task->files;
	struct fdtable *table;
	u64 file = 0;

	if (!files)
		return 0;
	table = files->fdt;
	if (!table || fd >= table->max_fds)
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
	return file;
}

/* Only for files that are sockets; of others, this is some number. */
static __always_inline struct sock *sock_of(u64 file)
{
	struct socket *socket = BPF_CORE_READ((struct file *)file, private_data);

	return BPF_CORE_READ(socket, sk);
}

static __always_inline bool is_open(u32 state)
{
	return state == TT_TCP_ESTABLISHED || state == TT_TCP_CLOSE_WAIT || state == TT_TCP_SYN_RECV;
}

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
	struct sock *sk = sock_of(o->key);

	o->pid = slot->data.accept_pid;
	o->tid = slot->data.accept_tid;
	o->extra.family = BPF_CORE_READ(sk, __sk_common.skc_family);
	o->extra.local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	o->extra.peer_port = BPF_CORE_READ(sk, __sk_common.skc_dport);
	if (o->extra.family == AF_INET6) {
		bpf_core_read(o->extra.peer, 16, &sk->__sk_common.skc_v6_daddr);
		bpf_core_read(o->extra.local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
	} else {
		bpf_core_read(o->extra.peer, 4, &sk->__sk_common.skc_daddr);
		bpf_core_read(o->extra.local, 4, &sk->__sk_common.skc_rcv_saddr);
	}
}

static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return is_open(BPF_CORE_READ(sock_of(key), __sk_common.skc_state));
}

static __always_inline int accepted(s64 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct tt_slot *slot;
	struct sock *sk;
	u32 family;
	u64 file;

	if (fd < 0)
		return 0; /* -EAGAIN of a server that accepts until there is no more */
	if (tt_config.filter && !tt_task_wanted(task)) {
		tt_count(filtered);
		return 0;
	}
	file = file_of(task, fd);
	if (!file)
		return 0;
	sk = sock_of(file);
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	/* Its peer may have gone before it was accepted. */
	if ((family != AF_INET && family != AF_INET6) || !is_open(BPF_CORE_READ(sk, __sk_common.skc_state)))
		return 0;
	slot = event_in(file, TT_REPLACE);
	if (!slot)
		return 0;
	slot->data.accept_pid = task->tgid;
	slot->data.accept_tid = task->pid;
	slot->data.fd = fd;
	event_start(slot, bpf_ktime_get_ns(), 0);
	return 0;
}

static __always_inline int writes(u32 nr, u64 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 file = file_of(task, fd);
	struct tt_slot *slot;
	struct tt_outlier *o;

	if (!file)
		return 0;
	slot = event_find(file);
	if (!slot)
		return 0; /* not a socket, not accepted, or not its first write */
	o = event_close(slot, file, slot->start_ns, bpf_ktime_get_ns(), 0);
	if (o) {
		tt_outlier_task(o, task);
		o->extra.fd = fd;
		o->extra.nr = nr;
		tt_outlier_submit(o);
	}
	event_drop(slot);
	return 0;
}

/* Closed, shut down, reset: there will be no first byte. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(tt_ttfb_state, struct sock *sk, int old_state, int new_state)
{
	struct tt_slot *slot;
	u64 file;

	if (is_open(new_state))
		return 0;
	/* Still there while the owner closes it: sock_orphan() comes after the change of state. */
	file = (u64)sk->sk_socket->file;
	if (!file)
		return 0;
	slot = event_find(file);
	if (slot)
		event_drop(slot);
	return 0;
}

#define ACCEPT(call)                                            \
	SEC("tp/syscalls/sys_exit_" #call)                      \
	int tt_ttfb_##call(struct syscall_exit *ctx)            \
	{                                                       \
		return accepted(ctx->ret);                      \
	}

#define WRITE(call, fd_argument)                                \
	SEC("tp/syscalls/sys_enter_" #call)                     \
	int tt_ttfb_##call(struct syscall_enter *ctx)           \
	{                                                       \
		return writes(ctx->nr, ctx->args[fd_argument]); \
	}

ACCEPT(accept)
ACCEPT(accept4)
WRITE(write, 0)
WRITE(writev, 0)
WRITE(sendto, 0)
WRITE(sendmsg, 0)
WRITE(sendmmsg, 0)
WRITE(sendfile64, 0)
WRITE(splice, 2)
