/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * irq: how long the handler of a hardware interrupt runs (and keeps its CPU from everything else).
 * In: irq_handler_entry. Out: irq_handler_exit. Key: CPU and interrupt number.
 *
 * Handlers run with interrupts disabled (IRQF_DISABLED became the rule in 2.6.35, e58aa3d2d0cc), so a CPU is in one of
 * them at a time and one slot per CPU would do. A driver that enables interrupts in its handler nests; the slots of a
 * CPU are then filled from 0 on, and the exit finds its own by the interrupt number.
 * Handlers that share a line come one after the other, an entry and an exit each.
 */
#include "kernel.h"

#define IRQ_DEPTH 4
#define IRQ_NAME_LEN 32

struct tt_data {
	u32 irq;
	s32 ret; /* enum irqreturn, set at the exit: 0 not mine, 1 handled, 2 wakes its thread */
	u64 action; /* struct irqaction * */
};
#define TT_DATA

struct tt_extra {
	char name[IRQ_NAME_LEN];
};
#define TT_EXTRA

#define TT_DIRECT_KEYS IRQ_DEPTH
#include "tailtrap.h"

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
	struct irqaction *action = (void *)slot->data.action;

	bpf_probe_read_kernel_str(o->extra.name, IRQ_NAME_LEN, BPF_CORE_READ(action, name));
	o->cpu = o->key / IRQ_DEPTH; /* a timeout is found on another CPU */
}

/* Asked of slots older than a minute: by then it is not a handler, but an exit that was missed. */
static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return false;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(tt_irq_entry, int irq, struct irqaction *action)
{
	int depth;

	if (!tt_config.enabled)
		return 0;
#pragma unroll
	for (depth = 0; depth < IRQ_DEPTH; depth++) {
		struct tt_slot *slot = tt_cpu_slot(depth);

		if (!slot)
			break;
		if (slot->start_ns)
			continue;
		slot->data.irq = irq;
		slot->data.action = (u64)action;
		event_start(slot, bpf_ktime_get_ns(), 0);
		return 0;
	}
	tt_count(full);
	return 0;
}

static __always_inline void handler_ends(struct tt_slot *slot, u32 depth, int ret)
{
	u64 now_ns = bpf_ktime_get_ns();
	u32 cpu = bpf_get_smp_processor_id();
	struct tt_outlier *o;

	if (tt_config.filter & TT_FILTER_CPU && cpu != tt_config.cpu) {
		tt_count(filtered);
	} else {
		slot->data.ret = ret;
		o = event_close(slot, cpu * IRQ_DEPTH + depth, slot->start_ns, now_ns, 0);
		if (o) {
			tt_outlier_task(o, (void *)bpf_get_current_task()); /* whom it interrupted */
			tt_outlier_submit(o);
		}
	}
	event_drop(slot);
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(tt_irq_exit, int irq, struct irqaction *action, int ret)
{
	int depth;

	for (depth = 0; depth < IRQ_DEPTH; depth++) {
		struct tt_slot *slot = tt_cpu_slot(depth);

		if (slot && slot->start_ns && slot->data.irq == irq) {
			handler_ends(slot, depth, ret);
			return 0;
		}
	}
	tt_count(unmatched);
	return 0;
}
