/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * net: how long a received packet is in the kernel, and where it ends.
 * In: netif_receive_skb. Out: the first byte copied to user space, dropped, or consumed. Key: the sk_buff's address.
 *
 *     driver, GRO      netif_receive_skb                              skb_copy_datagram_iovec: copied
 *     - - - - - - - - >|------- protocol, socket queue -------------->| sock_recv_length (UDP): copied
 *                                                                     | kfree_skb:             dropped
 *                                                                     | consume_skb:           consumed
 *
 * Not every sk_buff has an end that can be seen: TCP frees pure acknowledgements, and segments that it merges into the
 * one before, with __kfree_skb() and kmem_cache_free(), which have no tracepoint. Such entries are stale: the next
 * received packet at the same address replaces them, net_same() keeps other users of the address from ending them, and
 * the scan collects the rest.
 *
 * UDP copies, and may free, a datagram of one piece without a tracepoint (seen on 6.18). There the end is the reader's
 * sock_recv_length, which names the socket only: so a socket with unread datagrams has a slot of its own, key: its address
 * + 1 (addresses are even), which says what is at the head of its queue.
 */
#include "kernel.h"

struct tt_data {
	u64 dev; /* struct net_device; may be gone when the packet ends, so ifindex is compared. Of a socket: its first skb */
	u32 ifindex;
	u32 bytes; /* from the network header on */
	u32 head; /* low half of skb->head */
	u32 reserved;
};
#define TT_DATA

struct tt_extra {
	u32 out; /* enum net_out */
	u32 reason; /* of a drop; numbers differ between kernels */
	char dev_name[16]; /* empty: user space looks up the index */
	u16 protocol; /* EtherType */
	u8 version; /* 4, 6, or 0: not IP */
	u8 transport; /* IPPROTO_* */
	u16 source_port; /* network byte order, as are the addresses */
	u16 destination_port;
	u8 source[16];
	u8 destination[16];
};
#define TT_EXTRA

#define TT_CLASSES 3
#define TT_DOUBTFUL
#define TT_NESTED /* a soft interrupt may free one packet while the task that it interrupted frees another */
#include "tailtrap.h"

/* In the key: the slot is a socket's. Nothing ends there: TT_UNSURE keeps it from being reported as pending. */
#define NET_SOCKET 1

enum net_out { NET_COPIED, NET_DROPPED, NET_CONSUMED };

static __always_inline void tt_describe(struct tt_outlier *o, struct tt_slot *slot)
{
}

/*
 * A packet that is seconds old can only be waiting in a queue, nearly always a socket's: a doubly linked list in which
 * its neighbours point back at it. What is not in such a list is stale (or a TCP segment out of order, which sits in a
 * tree, or a forwarded packet in some qdiscs: those are given up).
 */
static __always_inline bool is_queued(struct sk_buff *skb, struct tt_slot *slot)
{
	struct sk_buff *next = BPF_CORE_READ(skb, next), *prev = BPF_CORE_READ(skb, prev);

	if (!next || !prev || !BPF_CORE_READ(skb, skb_iif) || (u32)(u64)BPF_CORE_READ(skb, head) != slot->data.head)
		return false;
	return BPF_CORE_READ(next, prev) == skb && BPF_CORE_READ(prev, next) == skb;
}

static __always_inline bool tt_alive(u64 key, struct tt_slot *slot)
{
	return is_queued((void *)(key & NET_SOCKET ? slot->data.dev : key), slot);
}

/*
 * Is this still the packet that came in, and not another one that was allocated at its address? A packet that is sent
 * has no skb_iif, and another buffer. (skb_iif need not be slot->data.ifindex: __netif_receive_skb_core() sets it again
 * when the packet moves up to a VLAN or bond.)
 */
static __always_inline bool net_same(struct sk_buff *skb, struct tt_slot *slot)
{
	return skb->skb_iif && (u32)(u64)skb->head == slot->data.head;
}

/* Slow path: the addresses, as far as the headers still lie in the linear part. */
static __noinline int read_headers(struct tt_outlier *o, u64 head, u32 network_at, u32 transport_at)
{
	u8 first = 0;

	if (!o)
		return 0;
	bpf_probe_read_kernel(&first, 1, (void *)(head + network_at));
	if (first >> 4 == 4) {
		bpf_probe_read_kernel(&o->extra.transport, 1, (void *)(head + network_at + 9));
		bpf_probe_read_kernel(o->extra.source, 4, (void *)(head + network_at + 12));
		bpf_probe_read_kernel(o->extra.destination, 4, (void *)(head + network_at + 16));
	} else if (first >> 4 == 6) {
		bpf_probe_read_kernel(&o->extra.transport, 1, (void *)(head + network_at + 6));
		bpf_probe_read_kernel(o->extra.source, 16, (void *)(head + network_at + 8));
		bpf_probe_read_kernel(o->extra.destination, 16, (void *)(head + network_at + 24));
	} else {
		return 0;
	}
	o->extra.version = first >> 4;
	/* TCP, UDP: the ports are the first four bytes. (u16)~0: no transport header found, skb_transport_header_was_set() */
	if ((o->extra.transport == IPPROTO_TCP || o->extra.transport == IPPROTO_UDP) && transport_at != 0xffff)
		bpf_probe_read_kernel(&o->extra.source_port, 4, (void *)(head + transport_at));
	return 0;
}

static __always_inline void read_packet(struct tt_outlier *o, struct sk_buff *skb)
{
	struct net_device *dev = (void *)o->data.dev;

	o->extra.protocol = __builtin_bswap16(skb->protocol);
	/* The device may have been freed meanwhile: its name counts only if its index is still the one that was seen. */
	if (BPF_CORE_READ(dev, ifindex) == o->data.ifindex)
		bpf_core_read(o->extra.dev_name, sizeof(o->extra.dev_name), &dev->name);
	read_headers(o, (u64)skb->head, skb->network_header, skb->transport_header);
}

/* The datagram is freed already; what its socket is bound to is left. */
static __always_inline void read_socket(struct tt_outlier *o, struct sock *sk)
{
	u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	o->extra.transport = IPPROTO_UDP;
	o->extra.destination_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_num));
	if (family == AF_INET) {
		o->extra.version = 4;
		o->extra.protocol = 0x0800;
		bpf_core_read(o->extra.destination, 4, &sk->__sk_common.skc_rcv_saddr);
	} else if (family == AF_INET6) {
		o->extra.version = 6;
		o->extra.protocol = 0x86dd;
		bpf_core_read(o->extra.destination, 16, &sk->__sk_common.skc_v6_rcv_saddr);
	}
}

static __always_inline int packet_ends(struct sk_buff *skb, enum net_out out, u32 reason)
{
	struct tt_slot *slot = event_find((u64)skb);
	struct tt_outlier *o;

	/* Most packets that are freed were never received, or have been copied before: nothing to count. */
	if (!slot)
		return 0;
	if (!net_same(skb, slot)) {
		tt_count(collected);
		event_drop(slot);
		return 0;
	}
	/* Only the copy is made by the task that the packet is for. */
	if (tt_config.filter & ~TT_FILTER_DEV &&
	    (out != NET_COPIED || !tt_task_wanted((void *)bpf_get_current_task()))) {
		tt_count(filtered);
		event_drop(slot);
		return 0;
	}
	o = event_close(slot, (u64)skb, slot->start_ns, bpf_ktime_get_ns(), out);
	if (o) {
		if (out == NET_COPIED)
			tt_outlier_task(o, (void *)bpf_get_current_task());
		o->extra.out = out;
		o->extra.reason = reason;
		read_packet(o, skb);
		tt_outlier_submit(o);
	}
	event_drop(slot);
	return 0;
}

SEC("tp_btf/netif_receive_skb")
int BPF_PROG(tt_net_receive, struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	u32 ifindex = dev->ifindex;
	struct tt_slot *slot;

	if (tt_config.filter & TT_FILTER_DEV && ifindex != tt_config.dev)
		return 0;
	/* Received before, as by a port of a bridge: the packet is under way since then. */
	slot = event_in((u64)skb, skb->skb_iif ? TT_KEEP : TT_REPLACE);
	if (!slot)
		return 0;
	slot->data.dev = (u64)dev;
	slot->data.ifindex = ifindex;
	slot->data.bytes = skb->len;
	slot->data.head = (u64)skb->head;
	event_start(slot, bpf_ktime_get_ns(), 0);
	return 0;
}

SEC("tp_btf/skb_copy_datagram_iovec")
int BPF_PROG(tt_net_copied, struct sk_buff *skb)
{
	return packet_ends(skb, NET_COPIED, 0);
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(tt_net_dropped, struct sk_buff *skb, void *location)
{
	u32 reason = 0;

	/* Before, the tracepoint has two arguments only, and the verifier refuses to read a third. */
	if (bpf_core_type_exists(enum skb_drop_reason))
		reason = ctx[2];
	return packet_ends(skb, NET_DROPPED, reason);
}

SEC("tp_btf/consume_skb")
int BPF_PROG(tt_net_consumed, struct sk_buff *skb)
{
	return packet_ends(skb, NET_CONSUMED, 0);
}

/* The datagram that the next read of a UDP socket gets. */
static __always_inline u64 first_of_queue(struct sock *sk)
{
	struct udp_sock *udp = (void *)sk;

	if (BPF_CORE_READ(udp, reader_queue.qlen))
		return (u64)BPF_CORE_READ(udp, reader_queue.next);
	return BPF_CORE_READ(sk, sk_receive_queue.qlen) ? (u64)BPF_CORE_READ(sk, sk_receive_queue.next) : 0;
}

static __always_inline void remember_first(struct sock *sk)
{
	u64 skb = first_of_queue(sk);
	struct tt_slot *packet = event_find(skb), *slot;

	if (!skb || !packet)
		return;
	slot = event_in((u64)sk + NET_SOCKET, TT_REPLACE);
	if (!slot)
		return;
	slot->data.dev = skb;
	slot->data.head = packet->data.head;
	event_start(slot, packet->start_ns, TT_UNSURE);
}

/* Since 6.3 (40e0b0908142), like the next one: UDP has queued a datagram. */
SEC("tp_btf/sk_data_ready")
int BPF_PROG(tt_net_ready, struct sock *sk)
{
	struct tt_slot *slot;

	if (sk->sk_protocol != IPPROTO_UDP)
		return 0;
	slot = event_find((u64)sk + NET_SOCKET);
	if (slot) {
		if (event_find(slot->data.dev))
			return 0; /* there is an older one, or it is just being read */
		event_drop(slot);
	}
	remember_first(sk);
	return 0;
}

/* Since 6.3 (6e6eda44b939): a read of a socket is over. */
SEC("tp_btf/sock_recv_length")
int BPF_PROG(tt_net_read, struct sock *sk, int ret, int flags)
{
	struct tt_slot *slot, *packet;
	struct tt_outlier *o;
	u64 skb;

	if (sk->sk_protocol != IPPROTO_UDP || ret < 0 || flags & (MSG_PEEK | MSG_ERRQUEUE))
		return 0;
	slot = event_find((u64)sk + NET_SOCKET);
	if (!slot)
		return 0;
	skb = slot->data.dev;
	event_drop(slot);
	packet = event_find(skb);
	/* Not there: its copy or its end was seen. Still queued: two threads read this socket, and the other one is ahead. */
	if (packet && !is_queued((void *)skb, packet)) {
		if (tt_config.filter & ~TT_FILTER_DEV && !tt_task_wanted((void *)bpf_get_current_task())) {
			tt_count(filtered);
		} else {
			o = event_close(packet, skb, packet->start_ns, bpf_ktime_get_ns(), NET_COPIED);
			if (o) {
				tt_outlier_task(o, (void *)bpf_get_current_task());
				o->extra.out = NET_COPIED;
				read_socket(o, sk);
				tt_outlier_submit(o);
			}
		}
		event_drop(packet);
	}
	remember_first(sk);
	return 0;
}
