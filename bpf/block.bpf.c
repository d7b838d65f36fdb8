/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * block: how long a block request takes, queue and device apart.
 * In: the kernel's own stamp of the request's allocation for its bio, seen at block_rq_insert or block_rq_issue.
 * Out: block_rq_complete. Key: the request's address.
 *
 *     bio submitted   insert (if a scheduler queues it)     issue                complete
 *     |- start_time_ns -------- queue_ns ---------------->|------ device_ns ----->|
 *
 * A throttled or merged-into-nothing bio has no request yet and is not seen here; the stacked device below or above is.
 */
#include "kernel.h"

struct tt_data {
	u64 issue_ns; /* 0: still queued */
	u64 sector;
	u64 cgroup;
	u32 bytes;
	u32 cmd_flags; /* operation in the low 8 bits, REQ_* flags above */
	u32 major;
	u32 minor;
	u32 pid;
	u32 tid;
	char comm[TASK_COMM_LEN]; /* of the task that issued it: at completion, current is whoever was interrupted */
};
#define TT_DATA

#define TT_CLASSES 3
#include "tailtrap.h"

enum block_class { BLOCK_TOTAL, BLOCK_QUEUE, BLOCK_DEVICE };

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
	o->pid = slot->data.pid;
	o->tid = slot->data.tid;
	o->cgroup = slot->data.cgroup;
	__builtin_memcpy(o->comm, slot->data.comm, TASK_COMM_LEN);
}

/* A request that was issued and is idle again was freed or requeued without a completion that we saw. */
static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	struct request *rq = (void *)key;

	return !slot->data.issue_ns || BPF_CORE_READ(rq, state) != MQ_RQ_IDLE;
}

/*
 * The cgroup that the I/O is charged to (right for writeback too, which a kworker submits), if the io controller is in
 * the v2 hierarchy; else that of the submitting task.
 */
static __always_inline u64 block_cgroup(struct request *rq, struct task_struct *task)
{
	struct cgroup *own = task->cgroups->dfl_cgrp, *charged = 0;
	struct bio *bio = rq->bio; /* none in a flush */
	struct blkcg_gq *blkg = bio ? bio->bi_blkg : 0;

	if (blkg)
		charged = blkg->blkcg->css.cgroup;
	return charged && charged->root == own->root ? charged->kn->id : own->kn->id;
}

/*
 * Everything is read through pointers whose types the verifier knows: one load each. BPF_CORE_READ would be a call
 * each, and there are fifteen.
 */
static __always_inline int request_begins(struct request *rq, u64 now_ns, u64 issue_ns)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct gendisk *disk = rq->q->disk;
	u64 start_ns = rq->start_time_ns;
	struct tt_slot *slot;
	struct tt_data *data;

	if (tt_config.filter && !tt_task_wanted(task))
		return 0;
	if (tt_config.filter & TT_FILTER_DEV && (disk->major << 20 | disk->first_minor) != tt_config.dev)
		return 0;
	slot = event_in((u64)rq, TT_REPLACE);
	if (!slot)
		return 0;
	data = &slot->data;
	data->issue_ns = issue_ns;
	data->sector = rq->__sector;
	data->bytes = rq->__data_len;
	data->cmd_flags = rq->cmd_flags;
	data->major = disk->major;
	data->minor = disk->first_minor;
	data->pid = task->tgid;
	data->tid = task->pid;
	data->cgroup = block_cgroup(rq, task);
	/* Bytes behind the terminator are whatever an earlier, longer name left there; who reads it stops before. */
	((u64 *)data->comm)[0] = ((u64 *)task->comm)[0];
	((u64 *)data->comm)[1] = ((u64 *)task->comm)[1];
	/* Not stamped when the queue keeps no statistics (iostats 0, no scheduler). */
	event_start(slot, start_ns && start_ns < now_ns ? start_ns : now_ns, 0);
	return 0;
}

SEC("tp_btf/block_rq_insert")
int BPF_PROG(tt_block_insert, struct request *rq)
{
	return request_begins(rq, bpf_ktime_get_ns(), 0);
}

SEC("tp_btf/block_rq_issue")
int BPF_PROG(tt_block_issue, struct request *rq)
{
	u64 now_ns = bpf_ktime_get_ns();
	struct tt_slot *slot = event_find((u64)rq);

	/* Inserted before, and not a left-over of an earlier life of this request. */
	if (slot && !slot->data.issue_ns) {
		slot->data.issue_ns = now_ns;
		slot->data.bytes = rq->__data_len; /* bios may have been merged into it while it was queued */
		slot->data.sector = rq->__sector;
		return 0;
	}
	return request_begins(rq, now_ns, now_ns);
}

/* Back in the queue: the device time counts from the next issue. */
SEC("tp_btf/block_rq_requeue")
int BPF_PROG(tt_block_requeue, struct request *rq)
{
	struct tt_slot *slot = event_find((u64)rq);

	if (slot)
		slot->data.issue_ns = 0;
	return 0;
}

/* `rq` was merged into another request and is freed without a completion. */
SEC("tp_btf/block_rq_merge")
int BPF_PROG(tt_block_merge, struct request *rq)
{
	struct tt_slot *slot = event_find((u64)rq);

	if (slot)
		event_drop(slot);
	return 0;
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(tt_block_complete, struct request *rq, int error, unsigned int nr_bytes)
{
	u64 now_ns = bpf_ktime_get_ns();
	struct tt_slot *slot;
	struct tt_outlier *o;
	struct tt_cpu *cpu;

	if (nr_bytes < rq->__data_len)
		return 0; /* the rest comes later */
	slot = event_find((u64)rq);
	if (!slot) {
		if (!tt_config.filter)
			tt_count(unmatched);
		return 0;
	}
	cpu = tt_this_cpu();
	if (cpu && slot->data.issue_ns && now_ns >= slot->data.issue_ns) {
		if (slot->data.issue_ns >= slot->start_ns)
			tt_record(cpu, BLOCK_QUEUE, slot->data.issue_ns - slot->start_ns);
		tt_record(cpu, BLOCK_DEVICE, now_ns - slot->data.issue_ns);
	}
	o = event_close(slot, (u64)rq, slot->start_ns, now_ns, BLOCK_TOTAL);
	if (o)
		tt_outlier_submit(o);
	event_drop(slot);
	return 0;
}
