/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * wakeup: how long a runnable task waits for a CPU.
 * In: sched_waking, sched_wakeup_new, and an involuntary switch-out. Out: switch-in. Key: thread id.
 */
#include "kernel.h"

#define TT_RUNS 16 /* switches remembered per CPU, for "who ran meanwhile" */

/* One turn on a CPU: `tid` was switched in at `in_ns`. */
struct tt_run {
	u64 in_ns;
	u32 tid;
	u32 prio;
};

struct tt_data {
	u32 waker_tid; /* 0: no waker, it was pre-empted */
	u32 reserved;
};
#define TT_DATA

struct tt_extra {
	u32 prev_tid; /* left the CPU just now, for the waiting task */
	u32 prev_prio;
	char prev_comm[TASK_COMM_LEN];
	u32 run_next; /* the oldest of runs[] */
	u32 runs_count;
	struct tt_run runs[TT_RUNS];
};
#define TT_EXTRA

#define TT_DIRECT_KEYS 1
#include "tailtrap.h"

/* In slot->state: pre-empted. It waits since then, and a waking while it is still queued changes nothing. */
#define WAKEUP_PREEMPTED TT_PRIVATE

struct wakeup_cpu {
	u32 next;
	u32 reserved;
	struct tt_run runs[TT_RUNS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* possible CPUs; set by the loader */
	__type(key, u32);
	__type(value, struct wakeup_cpu);
} tt_percpu SEC(".maps");

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
	o->tid = o->key;
}

static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return !(slot->state & TT_UNSURE); /* what is surely runnable will run */
}

static __always_inline void wait_begins(u32 tid, u64 now_ns, u32 waker_tid, u32 state)
{
	struct tt_slot *slot = event_in(tid, TT_REPLACE);

	if (!slot)
		return;
	slot->data.waker_tid = waker_tid;
	event_start(slot, now_ns, state);
}

SEC("tp_btf/sched_waking")
int BPF_PROG(tt_wakeup_waking, struct task_struct *task)
{
	u32 tid = task->pid, state = 0;
	struct tt_slot *slot;

	if (task->on_rq) {
		slot = event_find(tid);
		if (slot && slot->state & WAKEUP_PREEMPTED)
			return 0;
		/*
		 * It still has its CPU. Either it is about to sleep and will really be woken, or it never leaves the CPU;
		 * only the next switch tells. (Skipping it would lose the first kind, in every ping-pong of two tasks.)
		 */
		if (task->on_cpu)
			state = TT_UNSURE;
	}
	wait_begins(tid, bpf_ktime_get_ns(), bpf_get_current_pid_tgid(), state);
	return 0;
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(tt_wakeup_new, struct task_struct *task)
{
	wait_begins(task->pid, bpf_ktime_get_ns(), bpf_get_current_pid_tgid(), 0);
	return 0;
}

/*
 * `prev` goes to sleep or dies, so it has run, and what it waited for before is over, though its switch-in was not seen:
 * the kernel's own trace misses some, too. A waking younger than its turn on the CPU is a real one, that came while it was
 * leaving. Where its turn is not known either, this age decides: the way out of the scheduler is much shorter.
 */
#define WAKEUP_LEAVING_NS 100000

static __always_inline void has_run(u32 tid, bool dead, struct wakeup_cpu *cpu, u64 now_ns)
{
	struct tt_slot *slot = event_find(tid);
	u64 ran_since_ns = now_ns - WAKEUP_LEAVING_NS;
	struct tt_run *turn;

	if (!slot)
		return;
	if (cpu) {
		turn = &cpu->runs[(cpu->next - 1) % TT_RUNS];
		if (turn->tid == tid)
			ran_since_ns = turn->in_ns;
	}
	if (!dead && slot->start_ns > ran_since_ns)
		return;
	tt_count(replaced);
	event_drop(slot);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(tt_wakeup_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	u64 now_ns = bpf_ktime_get_ns();
	u32 cpu_id = bpf_get_smp_processor_id();
	u32 next_tid = next->pid, prev_tid = prev->pid;
	struct wakeup_cpu *cpu = bpf_map_lookup_elem(&tt_percpu, &cpu_id);
	struct tt_outlier *o;
	struct tt_slot *slot;

	if (next_tid) {
		slot = event_find(next_tid);
		if (!slot) {
			tt_count(unmatched);
		} else if (tt_config.filter && !tt_task_wanted(next)) {
			tt_count(filtered);
			event_drop(slot);
		} else {
			o = event_close(slot, next_tid, slot->start_ns, now_ns, 0);
			if (o) {
				tt_outlier_task(o, next);
				o->extra.prev_tid = prev_tid;
				o->extra.prev_prio = prev->prio;
				bpf_core_read(&o->extra.prev_comm, TASK_COMM_LEN, &prev->comm);
				if (cpu) {
					o->extra.run_next = cpu->next;
					o->extra.runs_count = TT_RUNS;
					__builtin_memcpy(o->extra.runs, cpu->runs, sizeof(cpu->runs));
				}
				tt_outlier_submit(o);
			}
			event_drop(slot);
		}
	}
	/* Still runnable: it waits from now on. (__state is 0 also for a task that yields.) */
	if (prev_tid && (preempt || !prev->__state))
		wait_begins(prev_tid, now_ns, 0, WAKEUP_PREEMPTED);
	else if (prev_tid)
		has_run(prev_tid, prev->__state & TT_TASK_DEAD, cpu, now_ns);
	if (cpu) {
		struct tt_run *run = &cpu->runs[cpu->next % TT_RUNS];

		run->in_ns = now_ns;
		run->tid = next_tid;
		cpu->next++;
	}
	return 0;
}

/* Gone for good: nothing of it can be pending, whatever switches were not seen. */
SEC("tp_btf/sched_process_free")
int BPF_PROG(tt_wakeup_free, struct task_struct *task)
{
	struct tt_slot *slot = event_find(task->pid);

	if (slot) {
		tt_count(replaced);
		event_drop(slot);
	}
	return 0;
}
