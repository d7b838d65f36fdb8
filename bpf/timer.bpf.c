/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * timer: how late the handler of a high-resolution timer begins.
 * In: the expiry that the timer was programmed with. Out: hrtimer_expire_entry. Key: the timer's address.
 *
 *     _softexpires        node.expires         hrtimer_expire_entry
 *     |---- slack ------->|----- late -------->|
 *
 * A timer with slack may fire from _softexpires on, so that several share an interrupt; late is what comes after
 * node.expires, which is when the hardware was told to interrupt. Firing within the slack counts as 0.
 *
 * Nothing is in flight: the timer itself knows when it was due. Two cases would make it look late though it is not:
 *   - It was started with an expiry in the past (clock_nanosleep() to a time gone by, a periodic program catching up).
 *     Such starts are remembered in timer_starts; the delay then counts from the start.
 *   - Its clock was set forward, or the machine slept (CLOCK_BOOTTIME): the offset of the clock to CLOCK_MONOTONIC
 *     changed. The delay then counts from when the change was first seen.
 */
#include "kernel.h"

struct tt_data {
	u64 function;
	u64 slack_ns;
	u32 clock; /* enum timer_clock */
	u32 reserved;
};
#define TT_DATA

#define TT_CLASSES 2
#include "tailtrap.h"

/*
 * Hard: the handler runs in the timer interrupt. Soft: in HRTIMER_SOFTIRQ, and the wait for that counts too.
 * A hard one may interrupt the program while it counts a soft one: their histograms are apart, and what they share is
 * only touched by outliers, with atomic additions. (Those that tt_outlier_begin() does are plain: two outliers lost within
 * the same nanoseconds may be counted as one. Since 6.1, 05b24ff9b2cf, the kernel does not nest a program.)
 */
enum timer_class { TIMER_HARD, TIMER_SOFT };

#define TIMER_CLOCKS 4 /* monotonic, realtime, boottime, TAI: enum hrtimer_base_type; the soft ones follow in the same order */

/* Up to this, lateness is so common that no start after the expiry is suspected; unless it would be an outlier. */
#define TIMER_PLAUSIBLE_NS 50000

#define TIMER_STARTS_BITS 10

/* The last timer of this hash that was started after its expiry. One that pushes out another at once would make it look
 * late by more than it was; with 1024 of them, and few timers ever started too late, that is rare. */
struct timer_start {
	u64 timer;
	u64 start_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << TIMER_STARTS_BITS);
	__type(key, u32);
	__type(value, struct timer_start);
} timer_starts SEC(".maps");

struct timer_offset {
	s64 offset_ns;
	u64 since_ns;
};

struct timer_offset timer_offsets[TIMER_CLOCKS];

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
}

static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return false; /* nothing is ever in flight */
}

static __always_inline struct timer_start *start_of(struct hrtimer *timer)
{
	u32 index = ((u32)(u64)timer * 0x9E3779B1U) >> (32 - TIMER_STARTS_BITS);

	return bpf_map_lookup_elem(&timer_starts, &index);
}

/* Also traced when a handler restarts its timer, and when a timer moves to another CPU: both harmless. */
SEC("tp_btf/hrtimer_start")
int BPF_PROG(tt_timer_start, struct hrtimer *timer)
{
	u64 now_ns = bpf_ktime_get_ns();
	struct timer_start *start;

	if ((s64)now_ns <= timer->node.expires - timer->base->offset)
		return 0;
	start = start_of(timer);
	if (!start)
		return 0;
	start->timer = (u64)timer;
	start->start_ns = now_ns;
	return 0;
}

/* The monotonic time from which on `clock` has had this offset, as far as we have seen. */
static __always_inline u64 offset_since(u32 clock, s64 offset_ns, u64 now_ns)
{
	struct timer_offset *seen = &timer_offsets[clock % TIMER_CLOCKS];

	if (seen->offset_ns != offset_ns) {
		seen->offset_ns = offset_ns;
		seen->since_ns = now_ns;
	}
	return seen->since_ns;
}

SEC("tp_btf/hrtimer_expire_entry")
int BPF_PROG(tt_timer_expire, struct hrtimer *timer, s64 *basenow)
{
	u64 now_ns = bpf_ktime_get_ns();
	u32 cpu_id = bpf_get_smp_processor_id();
	struct hrtimer_clock_base *base = timer->base;
	struct tt_cpu *cpu = bpf_map_lookup_elem(&tt_cpus, &cpu_id);
	u32 index = base->index, clock = index % TIMER_CLOCKS, class = index >= TIMER_CLOCKS;
	s64 offset_ns = base->offset, due_ns = timer->node.expires - offset_ns;
	u64 threshold_ns = tt_config.threshold_ns;
	struct timer_start *start;
	struct tt_slot slot;
	struct tt_outlier *o;
	u64 since_ns;

	if (!cpu || !tt_config.enabled)
		return 0;
	if (tt_config.filter & TT_FILTER_CPU && cpu_id != tt_config.cpu) {
		__sync_fetch_and_add(&cpu->filtered, 1);
		return 0;
	}
	if (clock) {
		since_ns = offset_since(clock, offset_ns, now_ns);
		if (due_ns < (s64)since_ns)
			due_ns = since_ns;
	}
	if (due_ns > (s64)now_ns)
		due_ns = now_ns; /* within its slack */
	if (now_ns - due_ns > TIMER_PLAUSIBLE_NS || now_ns - due_ns > threshold_ns) {
		start = start_of(timer);
		if (start && start->timer == (u64)timer && due_ns < (s64)start->start_ns)
			due_ns = start->start_ns;
	}
	tt_record(cpu, class, now_ns - due_ns);
	if (now_ns - due_ns <= threshold_ns)
		return 0;
	__sync_fetch_and_add(&cpu->outliers, 1);
	__builtin_memset(&slot, 0, sizeof(slot));
	slot.start_ns = due_ns;
	slot.data.function = (u64)timer->function;
	slot.data.slack_ns = timer->node.expires - timer->_softexpires;
	slot.data.clock = clock;
	o = tt_outlier_begin(cpu, &slot, (u64)timer, now_ns, TT_KIND_THRESHOLD, class);
	if (!o)
		return 0;
	tt_outlier_task(o, (void *)bpf_get_current_task()); /* whom the interrupt found on this CPU */
	tt_outlier_submit(o);
	return 0;
}
