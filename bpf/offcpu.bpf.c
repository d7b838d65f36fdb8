/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * offcpu: how long a task is off the CPU, where it slept, and who woke it.
 * In: switch-out. Out: switch-in. Key: thread id.
 *
 *     switch-out            sched_waking                switch-in
 *     |----- blocked_ns ---------->|------- wait_ns ------->|      a sleep
 *     |---------------------- wait_ns --------------------->|      pre-empted: it never slept
 *
 * Sleeping long is what most tasks do all day, so only some kinds of sleep become outliers: see offcpu_counts().
 */
#include "kernel.h"

#define OFFCPU_FRAMES 32
#define OFFCPU_WAKER_FRAMES 24 /* lives on the BPF stack (512 bytes) for a moment */
#define OFFCPU_WAKERS 1024 /* long sleeps that were ended and have no CPU yet; one more goes without waker stack */

struct tt_data {
	u64 waking_ns; /* 0: not woken yet, or woken while it was still leaving the CPU */
	u32 waker_tid;
	u32 task_state; /* task_struct.__state at switch-out */
};
#define TT_DATA

struct tt_extra {
	char waker_comm[TASK_COMM_LEN];
	u64 waker_stack[OFFCPU_WAKER_FRAMES];
	u64 stack[OFFCPU_FRAMES]; /* of the sleeper */
};
#define TT_EXTRA

#define TT_CLASSES 4
#define TT_DIRECT_KEYS 1
#include "tailtrap.h"

enum offcpu_class { OFFCPU_DISK, OFFCPU_RUNNABLE, OFFCPU_INTERRUPTIBLE, OFFCPU_OTHER };

/* tt_config.option: one bit a class that counts as outlier; 0 stands for disk and runnable. */
#define OFFCPU_DEFAULT (1 << OFFCPU_DISK | 1 << OFFCPU_RUNNABLE)

/* slot->state above TT_PRIVATE holds the class. */
#define OFFCPU_CLASS(slot) ((slot)->state / TT_PRIVATE % TT_CLASSES)

struct offcpu_waker {
	char comm[TASK_COMM_LEN];
	u64 stack[OFFCPU_WAKER_FRAMES];
};

/* From sched_waking to switch-in, for sleeps over the threshold only. Key: the sleeper's thread id. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, OFFCPU_WAKERS);
	__type(key, u32);
	__type(value, struct offcpu_waker);
} offcpu_wakers SEC(".maps");

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
	o->tid = o->key;
}

/* Tasks that die are not tracked, and every other task that left a CPU comes back, be it to die. */
static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return true;
}

static __always_inline u32 offcpu_class(bool preempt, u32 task_state)
{
	/* WAKING: it was woken before it was gone (try_to_wake_up()), so that from here on it waits for a CPU. */
	if (preempt || !task_state || task_state & TT_TASK_WAKING)
		return OFFCPU_RUNNABLE;
	if (task_state & TT_TASK_UNINTERRUPTIBLE && !(task_state & TT_TASK_NOLOAD))
		return OFFCPU_DISK;
	return task_state & TT_TASK_INTERRUPTIBLE ? OFFCPU_INTERRUPTIBLE : OFFCPU_OTHER;
}

/* Is this kind of sleep an outlier when it is long? */
static __always_inline bool offcpu_counts(u32 class)
{
	u64 mask = tt_config.option ? tt_config.option : OFFCPU_DEFAULT;

	return mask >> class & 1;
}

/* Slow path: who ends this long sleep, and from where. At switch-in it is too late: the waker is elsewhere by then. */
static __noinline int remember_waker(void *ctx, u32 sleeper_tid)
{
	struct offcpu_waker waker = {};

	bpf_get_current_comm(waker.comm, sizeof(waker.comm));
	bpf_get_stack(ctx, waker.stack, sizeof(waker.stack), 0);
	bpf_map_update_elem(&offcpu_wakers, &sleeper_tid, &waker, BPF_ANY);
	return 0;
}

/* Before the switch program in this file: it is attached first, so no tracked sleep can end unseen. */
SEC("tp_btf/sched_waking")
int BPF_PROG(tt_offcpu_waking, struct task_struct *task)
{
	u32 tid = task->pid;
	struct tt_slot *slot = event_find(tid);
	u64 now_ns;

	if (!slot)
		return 0;
	now_ns = bpf_ktime_get_ns();
	slot->data.waking_ns = now_ns;
	slot->data.waker_tid = bpf_get_current_pid_tgid();
	if (now_ns - slot->start_ns > tt_config.threshold_ns && offcpu_counts(OFFCPU_CLASS(slot)) &&
	    OFFCPU_CLASS(slot) != OFFCPU_RUNNABLE)
		remember_waker(ctx, tid);
	return 0;
}

static __always_inline void switch_out(struct task_struct *task, u32 tid, bool preempt, u64 now_ns)
{
	u32 task_state = task->__state, class = offcpu_class(preempt, task_state);
	struct tt_slot *slot;

	if (task_state & TT_TASK_DEAD) {
		/* It has run, so it is not off the CPU since then: its switch-in was not seen (see docs/trackers/offcpu.md). */
		slot = event_find(tid);
		if (slot) {
			tt_count(replaced);
			event_drop(slot);
		}
		return;
	}
	if (tt_config.filter && !tt_task_wanted(task)) {
		tt_count(filtered);
		return;
	}
	slot = event_in(tid, TT_REPLACE);
	if (!slot)
		return;
	slot->data.waking_ns = 0;
	slot->data.waker_tid = 0;
	slot->data.task_state = task_state;
	/* UNSURE keeps a kind of sleep that does not count from being reported as pending. */
	event_start(slot, now_ns, class * TT_PRIVATE | (offcpu_counts(class) ? 0 : TT_UNSURE));
}

/* Slow path: `o` is reserved. */
static __always_inline void report(struct tt_outlier *o, struct task_struct *task, u32 tid)
{
	struct offcpu_waker *waker = bpf_map_lookup_elem(&offcpu_wakers, &tid);

	tt_outlier_task(o, task);
	/* `task` is not current yet, and not on_cpu either: its stack stands still, as it was when it left. */
	bpf_get_task_stack(task, o->extra.stack, sizeof(o->extra.stack), 0);
	if (waker) {
		__builtin_memcpy(o->extra.waker_comm, waker->comm, sizeof(waker->comm));
		__builtin_memcpy(o->extra.waker_stack, waker->stack, sizeof(waker->stack));
	}
	tt_outlier_submit(o);
}

static __always_inline void switch_in(struct task_struct *task, u32 tid, u64 now_ns)
{
	struct tt_slot *slot = event_find(tid);
	struct tt_outlier *o;
	struct tt_cpu *cpu;
	u64 begin_ns;
	u32 class;

	if (!slot) {
		/* A new task was never switched out. */
		if (!tt_config.filter && task->nvcsw + task->nivcsw)
			tt_count(unmatched);
		return;
	}
	begin_ns = slot->start_ns;
	class = OFFCPU_CLASS(slot);
	if (offcpu_counts(class)) {
		o = event_close(slot, tid, begin_ns, now_ns, class);
		if (o)
			report(o, task, tid);
		event_drop(slot);
		if (now_ns - begin_ns > tt_config.threshold_ns)
			bpf_map_delete_elem(&offcpu_wakers, &tid);
		return;
	}
	event_drop(slot);
	cpu = tt_this_cpu();
	if (cpu && now_ns >= begin_ns)
		tt_record(cpu, class, now_ns - begin_ns);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(tt_offcpu_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	u64 now_ns = bpf_ktime_get_ns();
	u32 prev_tid = prev->pid, next_tid = next->pid;

	if (next_tid)
		switch_in(next, next_tid, now_ns);
	if (prev_tid)
		switch_out(prev, prev_tid, preempt, now_ns);
	return 0;
}

/* Gone for good: nothing of it can be pending, whatever switches were not seen. */
SEC("tp_btf/sched_process_free")
int BPF_PROG(tt_offcpu_free, struct task_struct *task)
{
	struct tt_slot *slot = event_find(task->pid);

	if (slot) {
		tt_count(replaced);
		event_drop(slot);
	}
	return 0;
}
