/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * track: the time from any event to any other, matched by fields that are chosen by name when the tracker starts.
 * In and out: tracepoints, uprobes, USDT probes. Key: up to four fields, of which user space says where they are.
 *
 *     tt_track.in[0]                     a tracepoint's record            or a uprobe's registers
 *     .kind   TRACK_CONTEXT              +--------+-----+--------+--..    +-----+-----+--..
 *     .offset 16 ----------------------> | common | dev | sector |        | r15 | r14 |
 *     .size   8, .is_signed 0            +--------+-----+--------+--..    +-----+-----+--..
 *
 * All of tt_track is constant before the verifier runs: what a field is not costs nothing. One precompiled object does
 * for every pair of events; src/kernel/track/spec.ts writes tt_track and attaches the two programs that are wanted.
 */
#include "kernel.h"

#define TRACK_FIELDS 4
#define TRACK_TEXT 16 /* bytes of a text that an outlier shows */
#define TRACK_HASHED 64 /* bytes of a text that are compared */

struct tt_data {
	u64 value[TRACK_FIELDS]; /* numbers as they are, texts and longer byte arrays as a hash */
	struct task_struct *task; /* only compared and read with care: it may be gone by then */
	u32 pid; /* of the task that was running at the in event, like all that follow */
	u32 tid;
	char comm[TASK_COMM_LEN];
	char text[TRACK_FIELDS][TRACK_TEXT]; /* written for texts and byte arrays only */
};
#define TT_DATA

struct tt_extra {
	u32 out_pid; /* who was running at the out event; all 0 in a timeout */
	u32 out_tid;
	char out_comm[TASK_COMM_LEN];
};
#define TT_EXTRA

/* Uprobe programs may be preempted by one of another task (since 5.19, 8c7dcb84e3b7): plain counters would lose some. */
#define TT_NESTED
#include "tailtrap.h"

enum track_kind {
	TRACK_CONTEXT = 1, /* a number of `size` bytes at ctx + offset */
	TRACK_USER, /* a number of `size` bytes in user memory, at (u64 at ctx + offset) + constant */
	TRACK_CONSTANT,
	TRACK_BYTES, /* `size` bytes at ctx + offset */
	TRACK_STRING, /* text at ctx + offset, ends at a NUL or after `size` bytes */
	TRACK_DATA_LOC, /* text at ctx + the low half of the u32 at ctx + offset */
	TRACK_REL_LOC, /* the same, counted from the end of that u32 */
	TRACK_TID,
	TRACK_PID,
	TRACK_CPU,
};

struct track_field {
	u32 kind; /* enum track_kind */
	u32 offset;
	u32 size;
	u32 is_signed;
	s64 constant;
};

const volatile struct tt_track {
	u64 magic; /* by which the loader finds this struct in .rodata */
	u32 fields;
	u32 mode; /* enum tt_mode */
	struct track_field in[TRACK_FIELDS];
	struct track_field out[TRACK_FIELDS];
} tt_track = { .magic = 0x31766b6361727474 /* "ttrackv1" */, .fields = 1 };

struct track_key {
	u64 hash;
	u64 value[TRACK_FIELDS];
	char text[TRACK_FIELDS][TRACK_TEXT] __attribute__((aligned(8)));
};

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
	struct task_struct *task = slot->data.task;

	o->pid = slot->data.pid;
	o->tid = slot->data.tid;
	__builtin_memcpy(o->comm, slot->data.comm, TASK_COMM_LEN);
	/* Finding the cgroup takes four reads: not before it is needed. */
	if (BPF_CORE_READ(task, pid) == slot->data.tid && BPF_CORE_READ(task, tgid) == slot->data.pid)
		o->cgroup = tt_task_cgroup(task);
}

/* Nobody here knows whether the out event can still come: what is older than gc_ns (--forget) goes. */
static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return false;
}

/* A bijection that spreads every bit over all: splitmix64's, "mix13" of D. Stafford's list. */
static __always_inline u64 track_mix(u64 x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/* The low `size` bytes of what was read to the front of a zeroed u64, with the sign carried on. */
static __always_inline u64 track_extend(u64 value, u32 size, u32 is_signed)
{
	u32 unused = 64 - 8 * size;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	value <<= unused & 63;
#endif
	return is_signed ? (u64)((s64)value >> (unused & 63)) : value >> (unused & 63);
}

static __always_inline long track_number(void *ctx, const volatile struct track_field *field, u64 *value)
{
	u64 read = 0, base = 0;
	long error = 0;

	switch (field->kind) {
	case TRACK_CONTEXT:
		error = bpf_probe_read_kernel(&read, field->size, ctx + field->offset);
		*value = track_extend(read, field->size, field->is_signed);
		break;
	case TRACK_USER:
		error = bpf_probe_read_kernel(&base, sizeof(base), ctx + field->offset);
		error |= bpf_probe_read_user(&read, field->size, (void *)(base + field->constant));
		*value = track_extend(read, field->size, field->is_signed);
		break;
	case TRACK_CONSTANT:
		*value = field->constant;
		break;
	case TRACK_TID:
		*value = (u32)bpf_get_current_pid_tgid();
		break;
	case TRACK_PID:
		*value = bpf_get_current_pid_tgid() >> 32;
		break;
	case TRACK_CPU:
		*value = bpf_get_smp_processor_id();
		break;
	}
	return error;
}

static __always_inline bool track_is_text(const volatile struct track_field *field)
{
	return field->kind >= TRACK_BYTES && field->kind <= TRACK_REL_LOC;
}

/* Up to TRACK_HASHED bytes as a hash, the first TRACK_TEXT of them as they are. Not inlined: rare, and large. */
static __noinline long track_text(void *ctx, const volatile struct track_field *field, u64 *value, char *text)
{
	u64 words[TRACK_HASHED / 8] = {};
	u32 location = field->offset, i;
	long error = 0;
	u64 hash = 0;

	if (field->kind == TRACK_DATA_LOC || field->kind == TRACK_REL_LOC) {
		error = bpf_probe_read_kernel(&location, sizeof(location), ctx + field->offset);
		location &= 0xffff;
		if (field->kind == TRACK_REL_LOC)
			location += field->offset + sizeof(location);
		error |= bpf_probe_read_kernel_str(words, sizeof(words), ctx + location) < 0;
	} else if (field->kind == TRACK_STRING) {
		error = bpf_probe_read_kernel_str(words, field->size, ctx + field->offset) < 0;
	} else {
		error = bpf_probe_read_kernel(words, field->size, ctx + field->offset);
	}
#pragma unroll
	for (i = 0; i < TRACK_HASHED / 8; i++)
		hash = track_mix(hash ^ words[i]);
	*value = hash;
	__builtin_memcpy(text, words, TRACK_TEXT);
	return error;
}

/* False: the key cannot be read (user memory that is not in place), so that the operation cannot be followed. */
static __always_inline bool track_read_key(void *ctx, const volatile struct track_field *fields, struct track_key *key)
{
	long error = 0;
	u64 hash = 0;
	int i;

#pragma unroll
	for (i = 0; i < TRACK_FIELDS; i++) {
		key->value[i] = 0;
		if (i >= tt_track.fields)
			continue;
		if (track_is_text(&fields[i]))
			error |= track_text(ctx, &fields[i], &key->value[i], key->text[i]);
		else
			error |= track_number(ctx, &fields[i], &key->value[i]);
		hash = track_mix(hash ^ key->value[i]);
	}
	key->hash = hash ? hash : 1; /* key 0 means a free slot */
	return !error;
}

static __always_inline int track_begins(void *ctx)
{
	u64 now_ns = bpf_ktime_get_ns(), pid_tgid = bpf_get_current_pid_tgid();
	struct task_struct *task = (void *)bpf_get_current_task();
	struct track_key key;
	struct tt_slot *slot;
	int i;

	if (tt_config.filter && !tt_task_wanted(task))
		return 0;
	if (!track_read_key(ctx, tt_track.in, &key)) {
		tt_count(unmatched); /* as its out event will be */
		return 0;
	}
	slot = event_in(key.hash, tt_track.mode);
	if (!slot)
		return 0;
#pragma unroll
	for (i = 0; i < TRACK_FIELDS; i++) {
		slot->data.value[i] = key.value[i];
		if (i < tt_track.fields && track_is_text(&tt_track.in[i]))
			__builtin_memcpy(slot->data.text[i], key.text[i], TRACK_TEXT);
	}
	slot->data.pid = pid_tgid >> 32;
	slot->data.tid = pid_tgid;
	slot->data.task = task;
	bpf_get_current_comm(slot->data.comm, sizeof(slot->data.comm));
	event_start(slot, now_ns, 0);
	return 0;
}

/* Tells two keys of the same hash apart. */
static __always_inline bool track_same(struct tt_slot *slot, struct track_key *key)
{
	u64 difference = 0;
	int i;

#pragma unroll
	for (i = 0; i < TRACK_FIELDS; i++)
		difference |= slot->data.value[i] ^ key->value[i];
	return !difference;
}

static __always_inline int track_ends(void *ctx)
{
	u64 now_ns = bpf_ktime_get_ns(), pid_tgid = bpf_get_current_pid_tgid();
	struct track_key key;
	struct tt_outlier *o;
	struct tt_slot *slot;
	bool found = false;
	int i;

	if (track_read_key(ctx, tt_track.out, &key)) {
		/* TT_DUPLICATE: one out event ends all that are in flight with its key */
		for (i = 0; i < TT_PROBES; i++) {
			slot = event_find(key.hash);
			if (!slot || !track_same(slot, &key))
				break;
			found = true;
			o = event_close(slot, key.hash, slot->start_ns, now_ns, 0);
			if (o) {
				o->extra.out_pid = pid_tgid >> 32;
				o->extra.out_tid = pid_tgid;
				bpf_get_current_comm(o->extra.out_comm, sizeof(o->extra.out_comm));
				tt_outlier_submit(o);
			}
			event_drop(slot);
			if (tt_track.mode != TT_DUPLICATE)
				break;
		}
	}
	if (!found && !tt_config.filter)
		tt_count(unmatched);
	return 0;
}

SEC("tp")
int tt_track_in_tp(void *ctx)
{
	return track_begins(ctx);
}

SEC("tp")
int tt_track_out_tp(void *ctx)
{
	return track_ends(ctx);
}

/* For uretprobes, too: which of them it is, is said when it is attached. */
SEC("uprobe")
int tt_track_in_user(void *ctx)
{
	return track_begins(ctx);
}

SEC("uprobe")
int tt_track_out_user(void *ctx)
{
	return track_ends(ctx);
}
