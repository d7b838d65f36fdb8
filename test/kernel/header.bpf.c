/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * bpf/tailtrap.h as a machine that a test can turn by hand: runs a list of operations with given keys and times, and
 * leaves what each answered. Everything else (slots, histogram, token bucket, ring, scan) is the header itself.
 */
#include "kernel.h"

struct tt_data {
	u64 cookie; /* private data: must come back as it was given */
};
#define TT_DATA

#define TT_CLASSES 1
#include "tailtrap.h"

#define OPS 8 /* more make the verifier walk too long */

enum op_kind { OP_IN, OP_OUT, OP_SCAN };

struct op {
	u64 key;
	u64 at_ns;
	u64 cookie;
	u32 kind;
	u32 mode; /* enum tt_mode, of OP_IN */
	u32 answer; /* in: 1 tracked, 0 not; out: operations ended */
	u32 reserved;
};

struct op_list {
	u32 count;
	u32 reserved;
	struct op op[OPS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, u32);
	__type(value, struct op_list);
} ops SEC(".maps");

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
	o->tid = o->key;
}

/* Odd keys can no longer end. */
static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return !(key & 1);
}

static __noinline int op_in(struct op *op)
{
	enum tt_mode mode = op->mode;
	struct tt_slot *slot;

	/* The mode is a constant where trackers call event_in. */
	if (mode == TT_REPLACE)
		slot = event_in(op->key, TT_REPLACE);
	else if (mode == TT_KEEP)
		slot = event_in(op->key, TT_KEEP);
	else
		slot = event_in(op->key, TT_DUPLICATE);
	if (!slot)
		return 0;
	slot->data.cookie = op->cookie;
	event_start(slot, op->at_ns, 0);
	return 1;
}

static __noinline int op_out(struct op *op)
{
	int ended = 0, i;

	for (i = 0; i < TT_PROBES; i++) {
		struct tt_slot *slot = event_find(op->key);
		struct tt_outlier *o;

		if (!slot)
			break;
		o = event_close(slot, op->key, slot->start_ns, op->at_ns, 0);
		if (o)
			tt_outlier_submit(o);
		event_drop(slot);
		ended++;
	}
	if (!ended)
		tt_count(unmatched);
	return ended;
}

SEC("syscall")
int tt_ops(void *ctx)
{
	u32 zero = 0;
	struct op_list *list = bpf_map_lookup_elem(&ops, &zero);
	struct tt_scan scan;
	int i;

	if (!list)
		return -1;
	for (i = 0; i < OPS; i++) {
		struct op *op = &list->op[i];

		if (i >= list->count)
			break;
		if (op->kind == OP_IN) {
			op->answer = op_in(op);
		} else if (op->kind == OP_OUT) {
			op->answer = op_out(op);
		} else {
			scan.now_ns = op->at_ns;
			bpf_for_each_map_elem(&tt_slots, tt_scan_page, &scan, 0);
		}
	}
	return 0;
}
