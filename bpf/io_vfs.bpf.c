/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The file system's columns of `tailtrap hist io`, where the kernel lets programs be attached to its functions:
 * vfs_read() and vfs_write() of regular files, without the cost of the system call around them.
 * Where it does not, io.bpf.c takes the whole call.
 */
#include "kernel.h"

#define TT_CLASSES 2
#define TT_DIRECT_KEYS 1
#include "tailtrap.h"

enum io_vfs_class { IO_VFS_READ, IO_VFS_WRITE };

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
}

static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return true;
}

static __always_inline int begins(struct file *file)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct tt_slot *slot;

	if ((file->f_inode->i_mode & 0170000) != 0100000 || (tt_config.filter && !tt_task_wanted(task)))
		return 0;
	slot = event_in(task->pid, TT_REPLACE); /* a file system upon another: the inner one counts */
	if (slot)
		event_start(slot, bpf_ktime_get_ns(), 0);
	return 0;
}

static __always_inline int ends(u32 class)
{
	struct tt_slot *slot = event_find((u32)bpf_get_current_pid_tgid());
	struct tt_cpu *cpu = tt_this_cpu();

	if (!slot || !cpu)
		return 0;
	tt_record(cpu, class, bpf_ktime_get_ns() - slot->start_ns);
	event_drop(slot);
	return 0;
}

SEC("fentry/vfs_read")
int BPF_PROG(tt_io_vfs_read, struct file *file)
{
	return begins(file);
}

SEC("fexit/vfs_read")
int BPF_PROG(tt_io_vfs_readx)
{
	return ends(IO_VFS_READ);
}

SEC("fentry/vfs_write")
int BPF_PROG(tt_io_vfs_write, struct file *file)
{
	return begins(file);
}

SEC("fexit/vfs_write")
int BPF_PROG(tt_io_vfs_writex)
{
	return ends(IO_VFS_WRITE);
}
