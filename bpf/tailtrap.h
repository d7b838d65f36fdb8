/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The kernel half of a latency tracker: event_in() at the beginning of an operation, event_out() at its end, matched by
 * key; a delay over the threshold, or a timeout that passes while the operation is pending, becomes an outlier record
 * in a ring buffer. src/tracker is the same in user space; src/kernel/abi.ts mirrors every layout of this file.
 *
 * A tracker is one .bpf.c file that, before it includes this header, may define
 *     struct tt_data    what it keeps per operation in flight (then #define TT_DATA)
 *     struct tt_extra   what only an outlier carries, gathered when there is one (then #define TT_EXTRA)
 *     TT_CLASSES        how many kinds of delay it measures, each with a histogram (default 1)
 *     TT_DIRECT_KEYS    1: keys are thread ids, a slot may be indexed by the key itself
 *                       n > 1: n slots per CPU, always indexed by cpu * n + (0 .. n - 1); see tt_cpu_slot()
 * and that, after it, defines
 *     tt_describe(o, slot)   fills in the owner of an outlier from its slot
 *     tt_alive(key, slot)    false when the operation can no longer end (asked only for slots older than gc_ns)
 *
 * Operations in flight live in slots, a fixed open-addressing table without locks:
 *
 *     tt_slots (array map)    page 0             page 1            ...
 *                             +--+--+--+-..-+--+ +--+--+--+-..-+--+
 *                             |  |  |K1|    |  | |K7|  |  |    |  |    64 slots a page, probes stay inside a page
 *                             +--+--+--+-..-+--+ +--+--+--+-..-+--+
 *                                    ^ hash(key), then the next TT_PROBES - 1 slots of the page
 *
 *     free: key 0         claimed: key set by compare-and-swap      in flight: start_ns set, last of all
 *
 * With TT_DIRECT_KEYS and a pid_max that fits the table, slot = pid: no key, no probe, no atomic. An array look-up is
 * inlined by the JIT, where a BPF hash costs 140-190 ns an update and a bucket lock (measured: docs/benchmarks.md).
 */
#ifndef TT_TAILTRAP_H
#define TT_TAILTRAP_H

#include "kernel.h"

#define TT_ABI 1

#define TT_PAGE_SLOTS 64
/* A key is sought in this many neighbouring slots. At 25 % load, fewer than 1 of 10^4 keys find all eight taken; such an
 * operation is not tracked, and counted as `full`. */
#define TT_PROBES 8

/* Log-linear histogram, 16 buckets for each power of two up to 2^42 ns: see src/base/histogram.ts. */
#define TT_SUB_BITS 4
#define TT_MAX_EXPONENT 42
#define TT_BUCKETS (16 + (TT_MAX_EXPONENT - TT_SUB_BITS) * 16 + 1)

#ifndef TT_CLASSES
#define TT_CLASSES 1
#endif

#ifndef TT_DATA
struct tt_data {
	u64 unused;
};
#endif

#ifndef TT_EXTRA
struct tt_extra {
	u64 unused;
};
#endif

#define TT_COMM_LEN TASK_COMM_LEN

/* ---------------------------------------------------------------- what user space writes, at any time */

enum tt_filter {
	TT_FILTER_PID = 1 << 0,
	TT_FILTER_TID = 1 << 1,
	TT_FILTER_CPU = 1 << 2,
	TT_FILTER_DEV = 1 << 3,
	TT_FILTER_CGROUP = 1 << 4,
	TT_FILTER_COMM = 1 << 5,
};

struct tt_config {
	u32 enabled;
	u32 filter; /* enum tt_filter: which of the fields below are compared */
	u64 threshold_ns;
	u64 timeout_ns; /* 0: no timeouts */
	u64 gc_ns; /* slots older than this are asked whether they still live; 0: never */
	u64 scan_period_ns;
	u64 rate_interval_ns; /* one outlier per interval ... 0: no limit */
	u64 rate_window_ns; /* ... after a burst of window / interval */
	u32 pid;
	u32 tid;
	u32 cpu;
	u32 dev;
	u64 cgroup;
	char comm[TT_COMM_LEN];
	u64 option; /* the tracker's own switch, such as syscall's number filter */
};

/* In .data: read with one load and no helper call. User space maps this page and stores into it. */
struct tt_config tt_config = {
	.enabled = 1,
	.threshold_ns = 10000000,
	.scan_period_ns = 100000000,
};

/* ---------------------------------------------------------------- what user space reads, at any time */

/*
 * Counters of one CPU. A field is only ever incremented by one program, or by programs that cannot interrupt each other
 * on one CPU, so that a plain add loses nothing; where that does not hold the tracker defines TT_NESTED.
 */
struct tt_cpu {
	u64 full; /* event_in: no free slot, operation not tracked */
	u64 replaced; /* event_in: an entry with this key was still there */
	u64 unmatched; /* event_out: no such entry */
	u64 negative; /* the clock went backwards between in and out */
	u64 filtered; /* closed, but not what the filter asks for */
	u64 outliers; /* over the threshold */
	u64 timeouts; /* pending longer than the timeout */
	u64 limited; /* outliers held back by the token bucket */
	u64 ring_full; /* outliers lost because the ring was full */
	u64 collected; /* entries removed because they can no longer end */
	u64 sum_ns[TT_CLASSES];
	u64 max_ns[TT_CLASSES];
	u64 hist[TT_CLASSES][TT_BUCKETS];
};

#ifdef TT_NESTED
#define tt_add(field, n) __sync_fetch_and_add(&(field), n)
#else
#define tt_add(field, n) ((field) += (n))
#endif

enum tt_kind {
	TT_KIND_THRESHOLD = 1,
	TT_KIND_TIMEOUT = 2,
};

struct tt_outlier {
	u8 kind;
	u8 class;
	u16 prio;
	u32 cpu;
	u64 key;
	u64 begin_ns;
	u64 end_ns;
	u64 threshold_ns;
	u64 cgroup;
	u32 pid;
	u32 tid;
	char comm[TT_COMM_LEN];
	struct tt_data data;
	struct tt_extra extra;
};

/* ---------------------------------------------------------------- maps */

enum tt_slot_state {
	TT_TIMED_OUT = 1 << 0,
	/* It may turn out that nothing began here: a delay counts if it ends, but it is never reported as pending. */
	TT_UNSURE = 1 << 1,
	TT_PRIVATE = 1 << 8, /* this bit and those above belong to the tracker */
};

struct tt_slot {
	u64 key;
	u64 start_ns;
	u32 state;
	u32 cpu;
	struct tt_data data;
};

struct tt_page {
	struct tt_slot slot[TT_PAGE_SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64); /* pages; set by the loader */
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, u32);
	__type(value, struct tt_page);
} tt_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* possible CPUs; set by the loader */
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, u32);
	__type(value, struct tt_cpu);
} tt_cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024); /* bytes; set by the loader */
} tt_ring SEC(".maps");

struct tt_timer {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct tt_timer);
} tt_timers SEC(".maps");

/* The loader compares these with src/kernel/abi.ts before it loads: a stale object is refused, not misread. */
struct tt_layout {
	u32 abi;
	u32 config_bytes;
	u32 cpu_bytes;
	u32 slot_bytes;
	u32 outlier_bytes;
	u32 data_offset;
	u32 extra_offset;
	u32 classes;
	u32 buckets;
	u32 direct_keys;
};

#ifndef TT_DIRECT_KEYS
#define TT_DIRECT_KEYS 0
#endif

const volatile struct tt_layout tt_layout = {
	.abi = TT_ABI,
	.config_bytes = sizeof(struct tt_config),
	.cpu_bytes = sizeof(struct tt_cpu),
	.slot_bytes = sizeof(struct tt_slot),
	.outlier_bytes = sizeof(struct tt_outlier),
	.data_offset = __builtin_offsetof(struct tt_outlier, data),
	.extra_offset = __builtin_offsetof(struct tt_outlier, extra),
	.classes = TT_CLASSES,
	.buckets = TT_BUCKETS,
	.direct_keys = TT_DIRECT_KEYS,
};

/* Set by the loader, constants to the verifier (dead branches cost nothing). */
const volatile struct tt_table {
	u32 direct; /* slot index = key */
	u32 hash_shift; /* 32 - log2(slots) */
	u32 slots; /* a power of two, at least one page */
	u32 reserved;
} tt_table = { .hash_shift = 20, .slots = 4096 };

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* ---------------------------------------------------------------- counters and histogram */

static __always_inline struct tt_cpu *tt_this_cpu(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&tt_cpus, &cpu);
}

#define tt_count(field)                                \
	do {                                           \
		struct tt_cpu *__cpu = tt_this_cpu();  \
		if (__cpu)                             \
			tt_add(__cpu->field, 1);       \
	} while (0)

static __always_inline u32 tt_bucket(u64 value)
{
	u32 exponent = 0;
	u64 rest = value;

	if (value < 16)
		return value;
	if (value >= 1ULL << TT_MAX_EXPONENT)
		return TT_BUCKETS - 1;
	if (rest >> 32) {
		rest >>= 32;
		exponent = 32;
	}
	if (rest >> 16) {
		rest >>= 16;
		exponent += 16;
	}
	if (rest >> 8) {
		rest >>= 8;
		exponent += 8;
	}
	if (rest >> 4) {
		rest >>= 4;
		exponent += 4;
	}
	if (rest >> 2) {
		rest >>= 2;
		exponent += 2;
	}
	exponent += rest >> 1;
	/* value >> (exponent - 4) is 16 .. 31: its own 16 complete the "+ 1" of the exponent's row. */
	return (exponent - TT_SUB_BITS) * 16 + (value >> (exponent - TT_SUB_BITS));
}

static __always_inline void tt_record(struct tt_cpu *cpu, u32 class, u64 delay)
{
	u32 bucket = tt_bucket(delay);

	if (bucket >= TT_BUCKETS || class >= TT_CLASSES)
		return;
	tt_add(cpu->hist[class][bucket], 1);
	tt_add(cpu->sum_ns[class], delay);
	if (delay > cpu->max_ns[class])
		cpu->max_ns[class] = delay;
}

/* ---------------------------------------------------------------- slots */

enum tt_mode {
	TT_REPLACE, /* an entry with this key is overwritten: "unique" */
	TT_KEEP, /* an entry with this key stays, its origin counts */
	TT_DUPLICATE, /* a second entry with this key is added; event_out closes all */
};

static __always_inline bool tt_is_direct(void)
{
	return TT_DIRECT_KEYS > 1 || (TT_DIRECT_KEYS && tt_table.direct);
}

static __always_inline struct tt_page *tt_page_of(u32 index)
{
	u32 page = index / TT_PAGE_SLOTS;

	return bpf_map_lookup_elem(&tt_slots, &page);
}

static __always_inline u32 tt_index_of(u64 key)
{
	if (tt_is_direct())
		return key;
	/* The low half only: the verifier lets a kernel pointer be copied to 32 bits, but not be multiplied. */
	return ((u32)key * 0x9E3779B1U) >> tt_table.hash_shift;
}

/*
 * Both barriers keep the mask where it is: where the compiler can prove that it changes nothing, it would drop it, and
 * the verifier of 6.1 and earlier would not find that proof.
 */
static __always_inline struct tt_slot *tt_slot_at(struct tt_page *page, u64 index)
{
	barrier_var(index);
	index &= TT_PAGE_SLOTS - 1;
	barrier_var(index);
	return &page->slot[index];
}

/* Slot `n` of this CPU, for trackers with n slots per CPU (TT_DIRECT_KEYS > 1, a divisor of TT_PAGE_SLOTS). */
static __always_inline struct tt_slot *tt_cpu_slot(u32 n)
{
	u32 index = bpf_get_smp_processor_id() * TT_DIRECT_KEYS + n;
	struct tt_page *page = tt_page_of(index);

	return page ? tt_slot_at(page, index) : 0;
}

/* The slot in which `key` is in flight, or NULL. */
static __always_inline struct tt_slot *event_find(u64 key)
{
	u32 index = tt_index_of(key);
	struct tt_page *page = tt_page_of(index);
	struct tt_slot *slot;
	int i;

	if (!page)
		return 0;
	if (tt_is_direct()) {
		slot = tt_slot_at(page, index);
		return slot->start_ns ? slot : 0;
	}
#pragma unroll
	for (i = 0; i < TT_PROBES; i++) {
		slot = tt_slot_at(page, index + i);
		if (slot->key == key && slot->start_ns)
			return slot;
	}
	return 0;
}

/* A slot that holds the wanted key already, perhaps in flight. */
static __always_inline struct tt_slot *tt_take_over(struct tt_slot *slot, enum tt_mode mode)
{
	if (!slot->start_ns)
		return slot;
	if (mode == TT_KEEP)
		return 0;
	tt_count(replaced);
	return slot;
}

/*
 * Begins an operation: claims a slot for `key`. The caller fills slot->data and slot->state, then calls event_start().
 * NULL: switched off, the table is full (counted), or the key is there and stays (TT_KEEP).
 */
static __always_inline struct tt_slot *event_in(u64 key, enum tt_mode mode)
{
	u32 index = tt_index_of(key);
	struct tt_page *page;
	struct tt_slot *slot;
	int i;

	if (!tt_config.enabled || !key)
		return 0;
	page = tt_page_of(index);
	if (!page) {
		tt_count(full);
		return 0;
	}
	if (tt_is_direct()) {
		slot = tt_slot_at(page, index);
		return tt_take_over(slot, mode);
	}
#pragma unroll
	for (i = 0; i < TT_PROBES; i++) {
		slot = tt_slot_at(page, index + i);
		if (slot->key == key && mode != TT_DUPLICATE)
			return tt_take_over(slot, mode);
	}
#pragma unroll
	for (i = 0; i < TT_PROBES; i++) {
		slot = tt_slot_at(page, index + i);
		if (!slot->key && __sync_val_compare_and_swap(&slot->key, 0, key) == 0)
			return slot;
	}
	tt_count(full);
	return 0;
}

/* Puts a claimed slot in flight. slot->data is written before: whoever sees start_ns may use the rest. */
static __always_inline void event_start(struct tt_slot *slot, u64 now_ns, u32 state)
{
	slot->state = state;
	barrier();
	slot->start_ns = now_ns;
}

/* Frees a slot. */
static __always_inline void event_drop(struct tt_slot *slot)
{
	slot->start_ns = 0;
	barrier();
	if (!tt_is_direct())
		slot->key = 0;
}

/* ---------------------------------------------------------------- outliers */

/*
 * Token bucket as a virtual schedule (GCRA, ITU-T I.371): each outlier moves the schedule one interval on; while it is
 * more than the burst window ahead of now, outliers are held back. It never runs further ahead than that, so it cannot
 * silence a tracker for good, whatever the rate.
 */
u64 tt_schedule_ns = 0;

static __always_inline bool tt_may_report(u64 now_ns)
{
	u64 interval = tt_config.rate_interval_ns;
	int i;

	if (!interval)
		return true;
#pragma unroll
	for (i = 0; i < 4; i++) {
		u64 seen = *(volatile u64 *)&tt_schedule_ns;
		u64 base = seen > now_ns ? seen : now_ns;

		if (base - now_ns > tt_config.rate_window_ns)
			return false;
		if (__sync_val_compare_and_swap(&tt_schedule_ns, seen, base + interval) == seen)
			return true;
	}
	return false; /* four CPUs at once: held back, and counted as such */
}

static void tt_describe(struct tt_outlier *o, struct tt_slot *slot);
static bool tt_alive(u64 key, struct tt_slot *slot);

/* Reserves and fills an outlier record; the caller adds what it knows and submits it. NULL: held back or ring full. */
static __always_inline struct tt_outlier *tt_outlier_begin(struct tt_cpu *cpu, struct tt_slot *slot, u64 key,
							   u64 now_ns, u8 kind, u8 class)
{
	struct tt_outlier *o;

	if (!tt_may_report(now_ns)) {
		tt_add(cpu->limited, 1);
		return 0;
	}
	o = bpf_ringbuf_reserve(&tt_ring, sizeof(*o), 0);
	if (!o) {
		tt_add(cpu->ring_full, 1);
		return 0;
	}
	__builtin_memset(o, 0, __builtin_offsetof(struct tt_outlier, data));
	__builtin_memset(&o->extra, 0, sizeof(o->extra));
	o->kind = kind;
	o->class = class;
	o->cpu = bpf_get_smp_processor_id();
	o->key = key;
	o->begin_ns = slot->start_ns;
	o->end_ns = now_ns;
	o->threshold_ns = kind == TT_KIND_TIMEOUT ? tt_config.timeout_ns : tt_config.threshold_ns;
	__builtin_memcpy(&o->data, &slot->data, sizeof(o->data));
	tt_describe(o, slot);
	return o;
}

/*
 * Ends a phase of an operation: counts its delay, and begins an outlier record when it took too long.
 * The slot stays: the caller drops it, or starts the next phase in it, but only after `if (o) { ...; submit }`, which
 * must follow at once: the verifier of 6.1 and earlier does not know that a record once tested is not NULL, so the
 * compiler has to see that both tests are one.
 */
static __always_inline struct tt_outlier *event_close(struct tt_slot *slot, u64 key, u64 begin_ns, u64 now_ns, u8 class)
{
	struct tt_cpu *cpu = tt_this_cpu();
	s64 delay = now_ns - begin_ns;

	if (!cpu)
		return 0;
	if (delay < 0) {
		tt_add(cpu->negative, 1);
		return 0;
	}
	tt_record(cpu, class, delay);
	if (delay <= tt_config.threshold_ns && !(slot->state & TT_TIMED_OUT))
		return 0;
	tt_add(cpu->outliers, 1);
	return tt_outlier_begin(cpu, slot, key, now_ns, TT_KIND_THRESHOLD, class);
}

static __always_inline void tt_outlier_task(struct tt_outlier *o, struct task_struct *task)
{
	o->pid = BPF_CORE_READ(task, tgid);
	o->tid = BPF_CORE_READ(task, pid);
	o->prio = BPF_CORE_READ(task, prio);
	o->cgroup = tt_task_cgroup(task);
	bpf_core_read(&o->comm, sizeof(o->comm), &task->comm);
}

static __always_inline void tt_outlier_submit(struct tt_outlier *o)
{
	bpf_ringbuf_submit(o, 0);
}

/* ---------------------------------------------------------------- filter */

static __always_inline bool tt_comm_equal(const char *a, const char *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;

	return x[0] == y[0] && x[1] == y[1];
}

/* Does the filter want this task's operations? (cpu and device are compared by the tracker, which knows them.) */
static __noinline bool tt_task_wanted(struct task_struct *task)
{
	u32 filter = tt_config.filter;

	if (filter & TT_FILTER_PID && BPF_CORE_READ(task, tgid) != tt_config.pid)
		return false;
	if (filter & TT_FILTER_TID && BPF_CORE_READ(task, pid) != tt_config.tid)
		return false;
	if (filter & TT_FILTER_CPU && bpf_get_smp_processor_id() != tt_config.cpu)
		return false;
	if (filter & TT_FILTER_CGROUP && tt_task_cgroup(task) != tt_config.cgroup)
		return false;
	if (filter & TT_FILTER_COMM) {
		char comm[TT_COMM_LEN] __attribute__((aligned(8))) = {};

		/* str: bytes behind the terminator are whatever an earlier, longer name left there */
		bpf_probe_read_kernel_str(comm, sizeof(comm), task->comm);
		if (!tt_comm_equal(comm, tt_config.comm))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- timeouts and garbage: a periodic scan, off the hot path */

struct tt_scan {
	u64 now_ns;
};

static __always_inline void tt_scan_slot(struct tt_slot *slot, u64 key, u64 now_ns)
{
	u64 start = slot->start_ns;
	u64 age = now_ns - start;
	struct tt_cpu *cpu;
	struct tt_outlier *o;

	if (!start || start >= now_ns)
		return;
	if (tt_config.gc_ns && age > tt_config.gc_ns && !tt_alive(key, slot)) {
		tt_count(collected);
		event_drop(slot);
		return;
	}
	if (!tt_config.timeout_ns || age <= tt_config.timeout_ns || slot->state & (TT_TIMED_OUT | TT_UNSURE))
		return;
#ifdef TT_DOUBTFUL
	if (!tt_alive(key, slot))
		return;
#endif
	cpu = tt_this_cpu();
	if (!cpu)
		return;
	slot->state |= TT_TIMED_OUT;
	__sync_fetch_and_add(&cpu->timeouts, 1);
	o = tt_outlier_begin(cpu, slot, key, now_ns, TT_KIND_TIMEOUT, 0);
	if (o)
		tt_outlier_submit(o);
}

struct bpf_map;

static long tt_scan_page(struct bpf_map *map, const u32 *page_index, struct tt_page *page, struct tt_scan *scan)
{
	int i;

	for (i = 0; i < TT_PAGE_SLOTS; i++) {
		struct tt_slot *slot = &page->slot[i];

		if (!slot->start_ns)
			continue;
		tt_scan_slot(slot, tt_is_direct() ? *page_index * TT_PAGE_SLOTS + i : slot->key,
			     scan->now_ns);
	}
	return 0;
}

static int tt_tick(void *map, int *key, struct tt_timer *timer)
{
	struct tt_scan scan = { .now_ns = bpf_ktime_get_ns() };

	if (!tt_config.timeout_ns && !tt_config.gc_ns)
		return 0; /* not armed again: tt_start does that when one of the two is set */
	bpf_for_each_map_elem(&tt_slots, tt_scan_page, &scan, 0);
	bpf_timer_start(&timer->timer, tt_config.scan_period_ns, 0);
	return 0;
}

/* Run by the loader (BPF_PROG_RUN) after load and whenever a timeout is switched on. */
SEC("syscall")
int tt_start(void *ctx)
{
	u32 zero = 0;
	struct tt_timer *timer = bpf_map_lookup_elem(&tt_timers, &zero);

	if (!timer)
		return -ENOENT;
	bpf_timer_init(&timer->timer, &tt_timers, 1 /* CLOCK_MONOTONIC */); /* -EBUSY the second time: as wanted */
	bpf_timer_set_callback(&timer->timer, tt_tick);
	return bpf_timer_start(&timer->timer, tt_config.scan_period_ns, 0);
}

#endif
