/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * opened: the paths of files that programs open, as they gave them. The ring of ftrace has only their addresses, and /proc
 * has forgotten a file that was closed before somebody looks. No tracker: it measures nothing.
 *
 * When the call returns, the kernel has just read the path: its page is there, and reading it needs no waiting. The
 * tracepoints of single system calls are used: others cost nothing (see ttfb.bpf.c).
 */
#include "kernel.h"

/* A longer one is left to /proc. A power of two, for the verifier. */
#define MAX_PATH_BYTES 512
/* Some thousand paths between two looks. */
#define RING_BYTES (1024 * 1024)
#define AT_FDCWD -100

#if defined(__TARGET_ARCH_x86)
#define FIRST_ARGUMENT(regs) ((regs)->di)
#define SECOND_ARGUMENT(regs) ((regs)->si)
#else
#define FIRST_ARGUMENT(regs) ((regs)->orig_x0)
#define SECOND_ARGUMENT(regs) ((regs)->regs[1])
#endif

/* Read by src/kernel/opened.ts. */
struct opened {
	u64 time_ns;
	u32 pid;
	s32 fd;
	s32 folder; /* a descriptor, or AT_FDCWD */
	u32 reserved;
	char path[MAX_PATH_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} tt_opened SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct opened);
} tt_scratch SEC(".maps");

/* struct syscall_tp_t, kernel/trace/trace_syscalls.c */
struct syscall_exit {
	u64 common;
	u32 nr;
	u32 reserved;
	s64 ret;
};

static __always_inline int opened(struct syscall_exit *ctx, bool has_folder)
{
	u32 zero = 0;
	struct opened *record = bpf_map_lookup_elem(&tt_scratch, &zero);
	struct pt_regs *regs;
	long bytes;

	if (!record || ctx->ret < 0)
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	record->time_ns = bpf_ktime_get_ns();
	record->pid = bpf_get_current_pid_tgid() >> 32;
	record->fd = ctx->ret;
	record->folder = has_folder ? (s32)FIRST_ARGUMENT(regs) : AT_FDCWD;
	bytes = bpf_probe_read_user_str(record->path, MAX_PATH_BYTES,
					(void *)(has_folder ? SECOND_ARGUMENT(regs) : FIRST_ARGUMENT(regs)));
	if (bytes <= 1 || bytes >= MAX_PATH_BYTES)
		return 0;
	/* Nobody waits for it: it is read when the ring of ftrace is. */
	bpf_ringbuf_output(&tt_opened, record, __builtin_offsetof(struct opened, path) + (bytes & (MAX_PATH_BYTES - 1)),
			   BPF_RB_NO_WAKEUP);
	return 0;
}

#define OPENS(call, has_folder)                       \
	SEC("tp/syscalls/sys_exit_" #call)            \
	int tt_opened_##call(struct syscall_exit *ctx) \
	{                                             \
		return opened(ctx, has_folder);       \
	}

OPENS(openat, true)
OPENS(openat2, true)
#if defined(__TARGET_ARCH_x86)
OPENS(open, false)
OPENS(creat, false)
#endif

char LICENSE[] SEC("license") = "Dual MIT/GPL";
