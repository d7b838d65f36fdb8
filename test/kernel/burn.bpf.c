/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Makes real latencies for tests: at tracepoint EVENT, now and then, keeps the CPU busy for BURN_NS. At most BURNS times
 * in all, EVERY_NS apart. The times of each burn are kept: the independent clock of the test.
 * Probes of a tracepoint run in the order in which they were attached: what the tracker saw there came before.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define BURNS 16

struct burn {
	__u64 cpu;
	__u64 arg0; /* the low half counts: interrupt number, or softirq vector */
	__u64 begin_ns;
	__u64 end_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BURNS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct burn);
} burns SEC(".maps");

__u32 count;
__u64 next_ns;

char LICENSE[] SEC("license") = "Dual MIT/GPL";

static long spin(__u32 index, __u64 *until_ns)
{
	return bpf_ktime_get_ns() >= *until_ns;
}

#define NAME_OF(event) "tp_btf/" #event
#define SECTION(event) NAME_OF(event)

SEC(SECTION(EVENT))
int burn(unsigned long long *ctx)
{
	__u64 now_ns = bpf_ktime_get_ns(), due_ns = next_ns, until_ns = now_ns + BURN_NS;
	struct burn *burn;
	__u32 index;

#ifdef ONLY_ARG0
	if ((__u32)ctx[0] != ONLY_ARG0)
		return 0;
#endif
	if (now_ns < due_ns || !__sync_bool_compare_and_swap(&next_ns, due_ns, now_ns + EVERY_NS))
		return 0;
	index = __sync_fetch_and_add(&count, 1);
	burn = bpf_map_lookup_elem(&burns, &index);
	if (!burn)
		return 0;
	burn->cpu = bpf_get_smp_processor_id();
	burn->arg0 = ctx[0];
	burn->begin_ns = now_ns;
	bpf_loop(1 << 23, spin, &until_ns, 0);
	burn->end_ns = bpf_ktime_get_ns();
	return 0;
}
