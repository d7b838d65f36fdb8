/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * workqueue: how long a work item waits for a worker, and how long it then runs.
 * In: workqueue_queue_work, workqueue_execute_start. Out: workqueue_execute_start, workqueue_execute_end.
 * Key: the address of the work item.
 *
 *     queue_work()                    execute_start         execute_end
 *     |----- "queued" -------------->|------- "run" ------->|
 *                                         |----- "queued", for its next run --------> ...
 *
 * Delayed work is traced as queued when its timer has fired, so the delay that was asked for does not count.
 *
 * An item may be queued again while it runs, so the two phases have a slot each: the key of the running one is the
 * address + 1 (work items are aligned). The function may free the item, and the allocator may give the same address to
 * another: the item is never read at the end, and an end closes only what began in the same thread.
 *
 * An item that is cancelled is not traced. If it is queued again, the delay counts from then; else tt_alive() finds it.
 * The price: an item that is queued again in the instant between leaving its queue and execute_start is taken for a
 * cancelled one, its delay counts from the second queueing, and the second run is `unmatched`.
 */
#include "kernel.h"

#define WQ_NAME_BYTES 32

/* work->data, stable since 2.6.36 (22df02bb3fab, e120153ddf86) but for the width of the colour below the pointer. */
#define WORK_PENDING (1 << 0) /* WORK_STRUCT_PENDING */
#define WORK_PWQ (1 << 2) /* WORK_STRUCT_PWQ: the upper bits are the pool_workqueue */
#define WORK_FLAG_BITS 0x1ffULL /* WORK_STRUCT_FLAG_BITS is 8, with debug objects 9 */

struct tt_data {
	u64 function;
	u64 pwq; /* holds its reference until the item has run; 0: queued before this tracker was on */
	u64 queue_ns; /* of a running item: when it was queued; 0: not seen */
	u32 tid; /* of a running item: its worker */
	s32 req_cpu; /* asked for; WORK_CPU_UNBOUND: any */
};
#define TT_DATA

struct tt_extra {
	char workqueue[WQ_NAME_BYTES];
};
#define TT_EXTRA

/* Queueing happens in any context, also in an interrupt of a worker that is just beginning an item. */
#define TT_NESTED
/* An item may have been cancelled: asked before it is reported as pending. */
#define TT_DOUBTFUL
#define TT_CLASSES 2
#include "tailtrap.h"

enum workqueue_class { WORKQUEUE_QUEUED, WORKQUEUE_RUN };

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
	struct pool_workqueue *pwq = (void *)slot->data.pwq;
	struct workqueue_struct *wq = BPF_CORE_READ(pwq, wq);

	if (wq)
		bpf_probe_read_kernel_str(o->extra.workqueue, WQ_NAME_BYTES, &wq->name);
	if (o->key & 1) {
		o->class = WORKQUEUE_RUN;
		o->tid = slot->data.tid;
	}
}

/*
 * A queued item that is no longer: cancelled, and perhaps freed since (reading is safe, and finding the same
 * pool_workqueue and function in reused memory is as good as impossible). What runs is alive until it ends.
 */
static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	struct work_struct *work = (void *)key;
	u64 data;

	if (key & 1)
		return true;
	data = BPF_CORE_READ(work, data.counter);
	return data & WORK_PENDING && data & WORK_PWQ && !((data ^ slot->data.pwq) & ~WORK_FLAG_BITS) &&
	       (u64)BPF_CORE_READ(work, func) == slot->data.function;
}

static __always_inline void phase_ends(struct tt_slot *slot, u64 key, u64 now_ns, u8 class)
{
	struct task_struct *worker = (void *)bpf_get_current_task();
	struct tt_outlier *o;

	if (tt_config.filter && !tt_task_wanted(worker)) {
		tt_count(filtered);
	} else {
		o = event_close(slot, key, slot->start_ns, now_ns, class);
		if (o) {
			tt_outlier_task(o, worker);
			tt_outlier_submit(o);
		}
	}
	event_drop(slot);
}

SEC("tp_btf/workqueue_queue_work")
int BPF_PROG(tt_workqueue_queue, int req_cpu, struct pool_workqueue *pwq, struct work_struct *work)
{
	struct tt_slot *slot = event_in((u64)work, TT_REPLACE);

	if (!slot)
		return 0;
	slot->data.function = (u64)work->func;
	slot->data.pwq = (u64)pwq;
	slot->data.queue_ns = 0;
	slot->data.tid = 0;
	slot->data.req_cpu = req_cpu;
	event_start(slot, bpf_ktime_get_ns(), 0);
	return 0;
}

SEC("tp_btf/workqueue_execute_start")
int BPF_PROG(tt_workqueue_start, struct work_struct *work)
{
	u64 now_ns = bpf_ktime_get_ns(), queue_ns = 0, pwq = 0;
	struct tt_slot *queued = event_find((u64)work), *running;
	s32 req_cpu = 0;

	if (!queued) {
		if (!tt_config.filter)
			tt_count(unmatched);
	} else {
		queue_ns = queued->start_ns;
		pwq = queued->data.pwq;
		req_cpu = queued->data.req_cpu;
		phase_ends(queued, (u64)work, now_ns, WORKQUEUE_QUEUED);
	}
	running = event_in((u64)work + 1, TT_REPLACE);
	if (!running)
		return 0;
	running->data.function = (u64)work->func;
	running->data.pwq = pwq;
	running->data.queue_ns = queue_ns;
	running->data.tid = bpf_get_current_pid_tgid();
	running->data.req_cpu = req_cpu;
	event_start(running, now_ns, 0);
	return 0;
}

SEC("tp_btf/workqueue_execute_end")
int BPF_PROG(tt_workqueue_end, struct work_struct *work)
{
	u64 now_ns = bpf_ktime_get_ns(), key = (u64)work + 1;
	struct tt_slot *slot = event_find(key);

	if (!slot || slot->data.tid != (u32)bpf_get_current_pid_tgid()) {
		tt_count(unmatched);
		return 0;
	}
	phase_ends(slot, key, now_ns, WORKQUEUE_RUN);
	return 0;
}
