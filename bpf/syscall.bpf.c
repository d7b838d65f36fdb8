/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * syscall: how long a system call takes, with its arguments and result.
 * In: sys_enter. Out: sys_exit. Key: thread id.
 *
 * Many calls take long because that is their purpose: they wait for a time, a peer or a child. tt_syscall_rules says for
 * each number whether it is timed; user space may write it while the tracker runs.
 */
#include "kernel.h"
#include <asm/unistd.h>

struct tt_data {
	u32 nr;
	u32 compat; /* 1: a 32-bit call, nr is of the 32-bit table */
};
#define TT_DATA

struct tt_extra {
	s64 ret;
	u64 args[6];
};
#define TT_EXTRA

#define TT_DIRECT_KEYS 1
#include "tailtrap.h"

#define SYSCALL_NUMBERS 512 /* Linux 6.18 ends at 469; higher ones are timed */

enum syscall_rule {
	SYSCALL_TIMED,
	SYSCALL_IGNORED,
	/* Timed if the first argument is a regular file, a directory or a block device: reading those waits for a disk. */
	SYSCALL_OF_FILE,
};

struct tt_syscall_rules {
	u8 native[SYSCALL_NUMBERS];
	u8 compat[SYSCALL_NUMBERS];
};

/*
 * The defaults ignore calls that wait by design. In a section of its own, so that user space can map it apart from
 * tt_config. docs/trackers/syscall.md has the list in words.
 */
struct tt_syscall_rules tt_syscall_rules SEC(".data.syscall") = {
	.native = {
#define IGNORED(name) [__NR_##name] = SYSCALL_IGNORED,
#define OF_FILE(name) [__NR_##name] = SYSCALL_OF_FILE,
		OF_FILE(read)
		OF_FILE(readv)
		OF_FILE(pread64)
		OF_FILE(preadv)
		OF_FILE(preadv2)
		/* for readiness */
		IGNORED(ppoll)
		IGNORED(pselect6)
		IGNORED(epoll_pwait)
		IGNORED(epoll_pwait2)
		IGNORED(io_getevents)
		IGNORED(io_pgetevents)
		IGNORED(io_uring_enter)
		/* for a peer */
		IGNORED(accept)
		IGNORED(accept4)
		IGNORED(recvfrom)
		IGNORED(recvmsg)
		IGNORED(recvmmsg)
		IGNORED(msgrcv)
		IGNORED(mq_timedreceive)
		/* for another thread or process */
		IGNORED(futex)
		IGNORED(semop)
		IGNORED(semtimedop)
		IGNORED(flock)
		IGNORED(wait4)
		IGNORED(waitid)
		/* for time to pass, or a signal */
		IGNORED(nanosleep)
		IGNORED(clock_nanosleep)
		IGNORED(rt_sigtimedwait)
		IGNORED(rt_sigsuspend)
		IGNORED(restart_syscall)
		/* for ever */
		IGNORED(exit)
		IGNORED(exit_group)
		/* Not in the headers of Debian 12, or not of every architecture. One number everywhere since 5.1. */
		[449 /* futex_waitv */] = SYSCALL_IGNORED,
		[455 /* futex_wait */] = SYSCALL_IGNORED,
#ifdef __NR_poll
		IGNORED(poll)
		IGNORED(select)
		IGNORED(epoll_wait)
		IGNORED(pause)
		IGNORED(vfork)
#endif
	},
	/* The same for i386: arch/x86/entry/syscalls/syscall_32.tbl, by which arm's table was numbered too, mostly. */
	.compat = {
#define IGNORED_NR(nr) [nr] = SYSCALL_IGNORED,
#define OF_FILE_NR(nr) [nr] = SYSCALL_OF_FILE,
		OF_FILE_NR(3) OF_FILE_NR(145) OF_FILE_NR(180) /* read readv pread64 */
#if defined(__TARGET_ARCH_x86)
		OF_FILE_NR(333) OF_FILE_NR(378) /* preadv preadv2 */
		IGNORED_NR(1) IGNORED_NR(252) /* exit exit_group */
		IGNORED_NR(7) IGNORED_NR(114) IGNORED_NR(284) /* waitpid wait4 waitid */
		IGNORED_NR(29) IGNORED_NR(72) IGNORED_NR(179) IGNORED_NR(177) /* pause *sigsuspend rt_sigtimedwait */
		IGNORED_NR(82) IGNORED_NR(142) IGNORED_NR(168) /* select _newselect poll */
		IGNORED_NR(308) IGNORED_NR(309) IGNORED_NR(256) IGNORED_NR(319) /* pselect6 ppoll epoll_wait epoll_pwait */
		IGNORED_NR(102) IGNORED_NR(117) /* socketcall ipc: many calls in one number */
		IGNORED_NR(143) IGNORED_NR(162) IGNORED_NR(267) IGNORED_NR(0) /* flock nanosleep clock_nanosleep restart */
		IGNORED_NR(190) IGNORED_NR(240) IGNORED_NR(280) /* vfork futex mq_timedreceive */
		IGNORED_NR(247) IGNORED_NR(337) IGNORED_NR(364) /* io_getevents recvmmsg accept4 */
		IGNORED_NR(371) IGNORED_NR(372) IGNORED_NR(385) IGNORED_NR(401) /* recvfrom recvmsg io_pgetevents msgrcv */
#elif defined(__TARGET_ARCH_arm64)
		OF_FILE_NR(361) OF_FILE_NR(392)
		IGNORED_NR(1) IGNORED_NR(248) IGNORED_NR(114) IGNORED_NR(280) IGNORED_NR(29) IGNORED_NR(72) IGNORED_NR(179)
		IGNORED_NR(177) IGNORED_NR(142) IGNORED_NR(168) IGNORED_NR(335) IGNORED_NR(336) IGNORED_NR(252)
		IGNORED_NR(346) IGNORED_NR(143) IGNORED_NR(162) IGNORED_NR(265) IGNORED_NR(0) IGNORED_NR(190) IGNORED_NR(240)
		IGNORED_NR(277) IGNORED_NR(245) IGNORED_NR(365) IGNORED_NR(285) IGNORED_NR(366) IGNORED_NR(292) IGNORED_NR(297)
		IGNORED_NR(291) IGNORED_NR(298) IGNORED_NR(302) IGNORED_NR(312) IGNORED_NR(399)
#endif
		/* The calls with 64-bit time, one number everywhere. */
		IGNORED_NR(407) IGNORED_NR(413) IGNORED_NR(414) IGNORED_NR(416) IGNORED_NR(417) IGNORED_NR(419)
		IGNORED_NR(420) IGNORED_NR(421) IGNORED_NR(422) IGNORED_NR(426) IGNORED_NR(441) IGNORED_NR(449) IGNORED_NR(455)
	},
};

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
	o->tid = o->key;
}

/* A thread leaves a call by its exit, its own end, or an exec that changes its id: all three are seen. */
static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return true;
}

static __always_inline u32 is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return task->thread_info.status & TS_COMPAT ? 1 : 0;
#elif defined(__TARGET_ARCH_arm64)
	return task->thread_info.flags & TIF_32BIT_ARM64 ? 1 : 0;
#endif
}

/* Is file descriptor `fd` of the current task a file, a directory or a block device? */
static __always_inline bool on_disk(struct task_struct *task, u32 fd)
{
	struct files_struct *files = task->files;
	struct fdtable *table;
	struct file *file = 0;
	u32 type;

	if (!files)
		return false;
	table = files->fdt;
	if (!table || fd >= table->max_fds)
		return false;
	bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
	if (!file)
		return false;
	type = BPF_CORE_READ(file, f_inode, i_mode) & 0170000;
	return type == 0100000 || type == 0040000 || type == 0060000;
}

static __always_inline u32 first_argument(struct pt_regs *regs, u32 compat)
{
#if defined(__TARGET_ARCH_x86)
	return compat ? regs->bx : regs->di;
#elif defined(__TARGET_ARCH_arm64)
	return regs->regs[0];
#endif
}

/* The saved registers still hold the arguments at the exit; only the one of the return value is kept elsewhere. */
static __always_inline void read_arguments(u64 *args, struct pt_regs *regs, u32 compat)
{
#if defined(__TARGET_ARCH_x86)
	if (compat) {
		args[0] = (u32)regs->bx;
		args[1] = (u32)regs->cx;
		args[2] = (u32)regs->dx;
		args[3] = (u32)regs->si;
		args[4] = (u32)regs->di;
		args[5] = (u32)regs->bp;
		return;
	}
	args[0] = regs->di;
	args[1] = regs->si;
	args[2] = regs->dx;
	args[3] = regs->r10;
	args[4] = regs->r8;
	args[5] = regs->r9;
#elif defined(__TARGET_ARCH_arm64)
	args[0] = regs->orig_x0;
	args[1] = regs->regs[1];
	args[2] = regs->regs[2];
	args[3] = regs->regs[3];
	args[4] = regs->regs[4];
	args[5] = regs->regs[5];
#endif
}

static __always_inline u8 rule_of(u32 nr, u32 compat)
{
	u64 index = nr + compat * SYSCALL_NUMBERS;

	if (nr >= SYSCALL_NUMBERS)
		return SYSCALL_TIMED;
	/* See tt_slot_at(): without the barriers the compiler drops the mask, by which the verifier knows the bound. */
	barrier_var(index);
	index &= sizeof(tt_syscall_rules) - 1;
	barrier_var(index);
	return ((u8 *)&tt_syscall_rules)[index];
}

SEC("tp_btf/sys_enter")
int BPF_PROG(tt_syscall_enter, struct pt_regs *regs, long id)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 nr = id, compat = is_compat(task);
	u8 rule = rule_of(nr, compat);
	struct tt_slot *slot;

	if (rule) {
		if (rule != SYSCALL_OF_FILE || !on_disk(task, first_argument(regs, compat)))
			return 0;
	}
	if (tt_config.filter && !tt_task_wanted(task)) {
		tt_count(filtered);
		return 0;
	}
	slot = event_in(task->pid, TT_REPLACE);
	if (!slot)
		return 0;
	slot->data.nr = nr;
	slot->data.compat = compat;
	event_start(slot, bpf_ktime_get_ns(), 0);
	return 0;
}

/* No entry here is normal: an ignored call, a child's way out of clone(). So it is not counted as unmatched. */
SEC("tp_btf/sys_exit")
int BPF_PROG(tt_syscall_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 tid = task->pid;
	struct tt_slot *slot = event_find(tid);
	struct tt_outlier *o;

	if (!slot)
		return 0;
	o = event_close(slot, tid, slot->start_ns, bpf_ktime_get_ns(), 0);
	if (o) {
		tt_outlier_task(o, task);
		o->extra.ret = ret;
		read_arguments(o->extra.args, regs, slot->data.compat);
		tt_outlier_submit(o);
	}
	event_drop(slot);
	return 0;
}

static __always_inline void forget(u32 tid)
{
	struct tt_slot *slot = event_find(tid);

	if (slot)
		event_drop(slot);
}

/* Threads that die within a call: exit() when user space made it timed, a fatal fault in the kernel. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(tt_syscall_died, struct task_struct *task)
{
	forget(task->pid);
	return 0;
}

/* execve() in a thread other than the leader: it takes over the leader's id (de_thread()) before the call ends. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(tt_syscall_exec, struct task_struct *task, s32 old_tid)
{
	if (task->pid != old_tid)
		forget(old_tid);
	return 0;
}
