/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * io: how long input and output takes in each layer, as histograms only: no outliers, no timeouts.
 *
 *     read(), pread64(), preadv2() ...      system call     sys_enter -> sys_exit            per thread
 *       '- on a regular file                file system     (io_vfs.bpf.c where it loads, else the same call)
 *            '- request queued              scheduler       block_rq_insert -> block_rq_issue    per request
 *                 '- request in the device  block           block_rq_issue -> block_rq_complete  per request
 *
 * Each column is of its own layer: a read that finds its data in memory reaches no request, a request may serve many
 * calls or none (writeback, read-ahead).
 */
#include "kernel.h"
#include <asm/unistd.h>

struct tt_data {
	u32 class;
	u32 regular; /* of a regular file */
};
#define TT_DATA

#define TT_CLASSES 12
#define TT_DIRECT_KEYS 1
#include "tailtrap.h"

/* The order is that of the table, and of CLASSES in src/kernel/trackers/io.ts. */
enum io_class {
	IO_SYSCALL_READ,
	IO_SYSCALL_WRITE,
	IO_SYSCALL_COPY, /* reads and writes: sendfile(), splice(), copy_file_range() ... */
	IO_SYSCALL_SYNC,
	IO_SYSCALL_OPEN,
	IO_SYSCALL_CLOSE,
	IO_FS_READ,
	IO_FS_WRITE,
	IO_SCHEDULER_READ,
	IO_SCHEDULER_WRITE,
	IO_BLOCK_READ,
	IO_BLOCK_WRITE,
};

/* tt_config.option, bit 0: io_vfs counts the file system's columns, so that calls need not be asked for their file. */
#define IO_OPTION_VFS 1

#define IO_CALLS 512 /* Linux 6.18 ends at 469 */
#define IO_NONE 0xff

/* What is not in here costs a bounds check and a load. Class + 1; 0: not input or output of a file. */
static const u8 io_calls[IO_CALLS] = {
#define CALL(name, class) [__NR_##name] = class + 1,
	CALL(read, IO_SYSCALL_READ)
	CALL(pread64, IO_SYSCALL_READ)
	CALL(readv, IO_SYSCALL_READ)
	CALL(preadv, IO_SYSCALL_READ)
	CALL(preadv2, IO_SYSCALL_READ)
	CALL(write, IO_SYSCALL_WRITE)
	CALL(pwrite64, IO_SYSCALL_WRITE)
	CALL(writev, IO_SYSCALL_WRITE)
	CALL(pwritev, IO_SYSCALL_WRITE)
	CALL(pwritev2, IO_SYSCALL_WRITE)
	CALL(sendfile, IO_SYSCALL_COPY)
	CALL(splice, IO_SYSCALL_COPY)
	CALL(tee, IO_SYSCALL_COPY)
	CALL(vmsplice, IO_SYSCALL_COPY)
	CALL(copy_file_range, IO_SYSCALL_COPY)
	CALL(sync, IO_SYSCALL_SYNC)
	CALL(syncfs, IO_SYSCALL_SYNC)
	CALL(fsync, IO_SYSCALL_SYNC)
	CALL(fdatasync, IO_SYSCALL_SYNC)
	CALL(sync_file_range, IO_SYSCALL_SYNC)
	CALL(msync, IO_SYSCALL_SYNC)
	CALL(openat, IO_SYSCALL_OPEN)
	CALL(open_by_handle_at, IO_SYSCALL_OPEN)
	CALL(close, IO_SYSCALL_CLOSE)
#ifdef __NR_open
	CALL(open, IO_SYSCALL_OPEN)
	CALL(creat, IO_SYSCALL_OPEN)
#endif
	[436 /* close_range */] = IO_SYSCALL_CLOSE + 1,
	[437 /* openat2 */] = IO_SYSCALL_OPEN + 1,
};

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
}

static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return true;
}

static __always_inline u32 class_of(u32 nr)
{
	u64 index = nr;

	if (nr >= IO_CALLS)
		return IO_NONE;
	/* The barriers keep the mask, which the compiler knows to be needless, and by which the verifier knows the bound. */
	barrier_var(index);
	index &= IO_CALLS - 1;
	barrier_var(index);
	return (u8)(io_calls[index] - 1);
}

/* 32-bit calls have numbers of their own; they are not counted. */
static __always_inline bool is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return task->thread_info.status & TS_COMPAT;
#elif defined(__TARGET_ARCH_arm64)
	return task->thread_info.flags & TIF_32BIT_ARM64;
#endif
}

static __always_inline u32 first_argument(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return regs->di;
#elif defined(__TARGET_ARCH_arm64)
	return regs->regs[0];
#endif
}

static __always_inline u32 call_of(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return regs->orig_ax;
#elif defined(__TARGET_ARCH_arm64)
	return regs->syscallno;
#endif
}

static __always_inline bool is_regular(struct task_struct *task, u32 fd)
{
	struct files_struct *files = task->files;
	struct fdtable *table;
	struct file *file = 0;

	if (!files)
		return false;
	table = files->fdt;
	if (!table || fd >= table->max_fds)
		return false;
	bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
	return file && (BPF_CORE_READ(file, f_inode, i_mode) & 0170000) == 0100000;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(tt_io_enter, struct pt_regs *regs, long id)
{
	u32 class = class_of(id), regular = 0;
	struct task_struct *task;
	struct tt_slot *slot;

	if (class == IO_NONE)
		return 0;
	task = bpf_get_current_task_btf();
	if (is_compat(task) || (tt_config.filter && !tt_task_wanted(task)))
		return 0;
	if (class <= IO_SYSCALL_WRITE && !(tt_config.option & IO_OPTION_VFS))
		regular = is_regular(task, first_argument(regs));
	slot = event_in(task->pid, TT_REPLACE);
	if (!slot)
		return 0;
	slot->data.class = class;
	slot->data.regular = regular;
	event_start(slot, bpf_ktime_get_ns(), 0);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(tt_io_exit, struct pt_regs *regs, long ret)
{
	struct tt_slot *slot;
	struct tt_cpu *cpu;
	u64 delay;
	u32 class;

	if (class_of(call_of(regs)) == IO_NONE)
		return 0;
	slot = event_find((u32)bpf_get_current_pid_tgid());
	if (!slot)
		return 0;
	delay = bpf_ktime_get_ns() - slot->start_ns;
	cpu = tt_this_cpu();
	class = slot->data.class;
	/* Plain additions: these columns are this program's alone, and it does not interrupt itself. */
	if (cpu) {
		tt_record(cpu, class, delay);
		if (slot->data.regular)
			tt_record(cpu, IO_FS_READ + (class & 1), delay);
	}
	event_drop(slot);
	return 0;
}

/* ---------------------------------------------------------------- requests */

struct io_request {
	u64 insert_ns; /* 0: not queued, or already issued */
	u64 issue_ns;
};

/*
 * A hash, as the number of requests has no bound that user space knows. Entries of requests that never complete (they
 * were merged into another, or failed) go when the same request is used again, as requests are: they are preallocated.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, struct io_request);
} io_requests SEC(".maps");

/* IO_x_READ, IO_x_WRITE, or IO_NONE for flushes, discards and the like. */
static __always_inline u32 direction(struct request *rq, u32 read_class)
{
	u32 operation = rq->cmd_flags & 0xff; /* REQ_OP_READ 0, REQ_OP_WRITE 1 */

	return operation <= 1 ? read_class + operation : IO_NONE;
}

/* Completions interrupt completions (a task's by an interrupt's), so here additions are atomic. */
static __always_inline void record_request(u32 class, u64 delay)
{
	struct tt_cpu *cpu = tt_this_cpu();
	u32 bucket = tt_bucket(delay);

	if (!cpu || class >= TT_CLASSES || bucket >= TT_BUCKETS)
		return;
	__sync_fetch_and_add(&cpu->hist[class][bucket], 1);
	__sync_fetch_and_add(&cpu->sum_ns[class], delay);
	if (delay > cpu->max_ns[class])
		cpu->max_ns[class] = delay;
}

static __always_inline bool disk_wanted(struct request *rq)
{
	struct gendisk *disk;

	if (!(tt_config.filter & TT_FILTER_DEV))
		return true;
	disk = rq->q->disk;
	return (BPF_CORE_READ(disk, major) << 20 | BPF_CORE_READ(disk, first_minor)) == tt_config.dev;
}

SEC("tp_btf/block_rq_insert")
int BPF_PROG(tt_io_insert, struct request *rq)
{
	struct io_request entry = {};
	u64 key = (u64)rq;

	if (!tt_config.enabled || direction(rq, 0) == IO_NONE || !disk_wanted(rq))
		return 0;
	entry.insert_ns = bpf_ktime_get_ns();
	if (bpf_map_update_elem(&io_requests, &key, &entry, BPF_ANY))
		tt_count(full);
	return 0;
}

SEC("tp_btf/block_rq_issue")
int BPF_PROG(tt_io_issue, struct request *rq)
{
	struct io_request fresh = {}, *entry;
	u64 key = (u64)rq, now_ns;

	if (!tt_config.enabled || direction(rq, 0) == IO_NONE || !disk_wanted(rq))
		return 0;
	now_ns = bpf_ktime_get_ns();
	entry = bpf_map_lookup_elem(&io_requests, &key);
	if (entry) {
		if (entry->insert_ns)
			record_request(direction(rq, IO_SCHEDULER_READ), now_ns - entry->insert_ns);
		entry->insert_ns = 0;
		entry->issue_ns = now_ns;
		return 0;
	}
	fresh.issue_ns = now_ns;
	if (bpf_map_update_elem(&io_requests, &key, &fresh, BPF_ANY))
		tt_count(full);
	return 0;
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(tt_io_complete, struct request *rq, int error, unsigned int nr_bytes)
{
	struct io_request *entry;
	u64 key = (u64)rq;

	if (nr_bytes < rq->__data_len)
		return 0; /* the rest comes later */
	entry = bpf_map_lookup_elem(&io_requests, &key);
	if (!entry)
		return 0;
	if (entry->issue_ns)
		record_request(direction(rq, IO_BLOCK_READ), bpf_ktime_get_ns() - entry->issue_ns);
	bpf_map_delete_elem(&io_requests, &key);
	return 0;
}
