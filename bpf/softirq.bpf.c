/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * softirq: how long a raised softirq waits on its CPU, and how long it then runs there.
 * In: softirq_raise, softirq_entry. Out: softirq_entry, softirq_exit. Key: CPU and vector.
 *
 *     raise   raise (already pending)   entry           exit
 *     |----- "raise" ------------------>|---- "run" --->|
 *
 * A vector is a level, not a queue: the first raise counts, whoever raises it again before its entry. One case is lost:
 * handle_softirqs() takes up all pending vectors at once, then runs them one after the other; a vector that is raised
 * anew while a lower one of the same turn runs is pending twice, once for this turn and once for the next. The entry of
 * the next finds no raise and is counted as `unmatched`. (The word of pending vectors would tell, but a program that
 * refers to it does not load on kernels without CONFIG_KALLSYMS_ALL.)
 *
 * Softirqs of one CPU do not nest, so entry and exit never interrupt each other; only a raise may interrupt them, and it
 * increments no counter.
 */
#include "kernel.h"

#define SOFTIRQ_VECTORS 16 /* 10 exist */

/* Slots of a CPU: 2 * vector raised, 2 * vector + 1 running; so both are in one cache line, and their keys in one pair. */
#define SOFTIRQ_RUNNING 1

struct tt_data {
	u64 raise_ns; /* of a running vector: when it was raised; 0: not seen */
};
#define TT_DATA

struct tt_extra {
	u64 raise_ns; /* both delays, in nanoseconds; 0: not known (yet) */
	u64 run_ns;
};
#define TT_EXTRA

#define TT_CLASSES 2
#define TT_DIRECT_KEYS (2 * SOFTIRQ_VECTORS)
#include "tailtrap.h"

enum softirq_class { SOFTIRQ_RAISE, SOFTIRQ_RUN };

/* In slot->state of a running vector: its wait was reported as a timeout. */
#define SOFTIRQ_WAIT_TIMED_OUT TT_PRIVATE

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
	o->cpu = o->key / TT_DIRECT_KEYS; /* a timeout is found on another CPU */
	if (o->kind != TT_KIND_TIMEOUT)
		return;
	if (o->key % 2 == SOFTIRQ_RUNNING) {
		o->class = SOFTIRQ_RUN;
		o->extra.run_ns = o->end_ns - o->begin_ns;
		if (o->data.raise_ns)
			o->extra.raise_ns = o->begin_ns - o->data.raise_ns;
	} else {
		o->extra.raise_ns = o->end_ns - o->begin_ns;
	}
}

/* A minute later (gc_ns): nobody has missed the vector, so it was taken up by a CPU that went offline since. */
static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return false;
}

SEC("tp_btf/softirq_raise")
int BPF_PROG(tt_softirq_raise, unsigned int vector)
{
	struct tt_slot *slot = tt_cpu_slot(vector % SOFTIRQ_VECTORS * 2);

	if (slot && !slot->start_ns && tt_config.enabled)
		event_start(slot, bpf_ktime_get_ns(), 0);
	return 0;
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(tt_softirq_entry, unsigned int vector)
{
	u64 now_ns = bpf_ktime_get_ns();
	u32 index = bpf_get_smp_processor_id() * TT_DIRECT_KEYS + vector % SOFTIRQ_VECTORS * 2;
	struct tt_page *page = tt_page_of(index);
	struct tt_slot *raised, *running;

	if (!page)
		return 0;
	raised = tt_slot_at(page, index);
	running = tt_slot_at(page, index + SOFTIRQ_RUNNING);
	running->data.raise_ns = raised->start_ns;
	running->state = raised->state & TT_TIMED_OUT ? SOFTIRQ_WAIT_TIMED_OUT : 0;
	event_drop(raised);
	if (tt_config.enabled)
		event_start(running, now_ns, running->state);
	return 0;
}

static __always_inline void report(struct tt_cpu *cpu, struct tt_slot *slot, u64 key, u64 begin_ns, u64 end_ns,
				   u64 now_ns, u8 class)
{
	struct tt_outlier *o;

	tt_add(cpu->outliers, 1);
	o = tt_outlier_begin(cpu, slot, key, end_ns, TT_KIND_THRESHOLD, class);
	if (!o)
		return;
	o->begin_ns = begin_ns;
	if (o->data.raise_ns)
		o->extra.raise_ns = slot->start_ns - o->data.raise_ns;
	o->extra.run_ns = now_ns - slot->start_ns;
	tt_outlier_task(o, (void *)bpf_get_current_task()); /* ksoftirqd, or whom the interrupt before it interrupted */
	tt_outlier_submit(o);
}

/* Both delays are counted at the exit: an outlier of one tells the other too, and the tables are looked up once. */
SEC("tp_btf/softirq_exit")
int BPF_PROG(tt_softirq_exit, unsigned int vector)
{
	u32 index = vector % SOFTIRQ_VECTORS * 2 + SOFTIRQ_RUNNING;
	struct tt_slot *slot = tt_cpu_slot(index);
	struct tt_cpu *cpu = tt_this_cpu();
	u64 now_ns = bpf_ktime_get_ns();
	u64 start_ns, raise_ns, key, threshold_ns = tt_config.threshold_ns;
	u32 cpu_id = bpf_get_smp_processor_id();

	if (!slot || !cpu)
		return 0;
	start_ns = slot->start_ns;
	if (!start_ns) {
		cpu->unmatched++;
		return 0;
	}
	if (tt_config.filter & TT_FILTER_CPU && cpu_id != tt_config.cpu) {
		cpu->filtered++;
		event_drop(slot);
		return 0;
	}
	key = cpu_id * TT_DIRECT_KEYS + index;
	raise_ns = slot->data.raise_ns;
	if (raise_ns > start_ns) {
		cpu->negative++;
	} else if (raise_ns) {
		tt_record(cpu, SOFTIRQ_RAISE, start_ns - raise_ns);
		if (start_ns - raise_ns > threshold_ns || slot->state & SOFTIRQ_WAIT_TIMED_OUT)
			report(cpu, slot, key, raise_ns, start_ns, now_ns, SOFTIRQ_RAISE);
	} else {
		cpu->unmatched++; /* raised before this tracker was on, or as described above */
	}
	tt_record(cpu, SOFTIRQ_RUN, now_ns - start_ns);
	if (now_ns - start_ns > threshold_ns || slot->state & TT_TIMED_OUT)
		report(cpu, slot, key, start_ns, now_ns, now_ns, SOFTIRQ_RUN);
	event_drop(slot);
	return 0;
}
