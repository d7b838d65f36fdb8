import type { Fields } from '../abi.ts';
import { endpoint, ipv4Text, ipv6Text } from './address.ts';
import type { Names, TrackerSpec } from './spec.ts';

/** Offsets in `struct tt_data` and `struct tt_extra` of bpf/net.bpf.c. */
const DATA = { ifindex: 8, bytes: 12 } as const;
const EXTRA = {
  out: 0,
  reason: 4,
  dev_name: 8,
  protocol: 24,
  version: 26,
  transport: 27,
  source_port: 28,
  destination_port: 30,
  source: 32,
  destination: 48,
} as const;

const OUTS = ['copied', 'dropped', 'consumed'] as const;

/** EtherTypes of include/uapi/linux/if_ether.h that a server meets. */
const PROTOCOLS: Readonly<Record<number, string>> = {
  2048: 'ip',
  2054: 'arp',
  34525: 'ipv6',
  33024: 'vlan',
  34984: 'qinq',
  35020: 'lldp',
  34887: 'mpls',
};

const TRANSPORTS: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  4: 'ipip',
  6: 'tcp',
  17: 'udp',
  41: 'ipv6',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'icmpv6',
  89: 'ospf',
  132: 'sctp',
};

function endpoints(extra: Fields): Record<string, string> {
  const version = extra.u8(EXTRA.version);
  if (version === 0) return {};
  const text = (at: number, port_at: number): string => {
    const bytes = extra.bytes(at, 16);
    const address = version === 4 ? ipv4Text(bytes) : ipv6Text(bytes);
    const port = extra.be16(port_at);
    return port === 0 ? address : endpoint(address, port);
  };
  const destination = text(EXTRA.destination, EXTRA.destination_port);
  // A datagram that was freed before its end was seen (see bpf/net.bpf.c): only its socket's address is known.
  const source = extra.bytes(EXTRA.source, 16);
  if (source.every((byte) => byte === 0)) return { destination };
  return { source: text(EXTRA.source, EXTRA.source_port), destination };
}

export const net: TrackerSpec = {
  name: 'net',
  summary: 'received packets: time until a program has them, or until they are dropped',
  entry: 'netif_receive_skb',
  exit: 'skb_copy_datagram_iovec, sock_recv_length (UDP), kfree_skb or consume_skb',
  key: 'skb',
  classes: OUTS,
  threshold_ns: 100e6,
  timeout_ns: 0,
  gc_ns: 1e9,
  slots: 16384,
  data_bytes: 24,
  extra_bytes: 64,
  filters: ['pid', 'tid', 'comm', 'cgroup'],
  optional: ['tt_net_ready', 'tt_net_read'],
  decode(record, names: Names) {
    const { data, extra, timeout } = record;
    const skb = `0x${record.key.toString(16)}`;
    const ifindex = data.u32(DATA.ifindex);
    const details: Record<string, unknown> = { ifindex, bytes: data.u32(DATA.bytes) };
    if (timeout) return { key: { interface: names.netdev(ifindex), skb }, details };
    const out = extra.u32(EXTRA.out);
    const protocol = extra.u16(EXTRA.protocol);
    details.protocol = PROTOCOLS[protocol] ?? `0x${protocol.toString(16).padStart(4, '0')}`;
    if (extra.u8(EXTRA.version) !== 0) {
      const transport = extra.u8(EXTRA.transport);
      details.transport = TRANSPORTS[transport] ?? `ip_protocol_${transport}`;
    }
    Object.assign(details, endpoints(extra));
    details.out = OUTS[out] ?? `out_${out}`;
    if (OUTS[out] === 'dropped') details.drop_reason = names.dropReason(extra.u32(EXTRA.reason));
    return { key: { interface: extra.text(EXTRA.dev_name, 16) || names.netdev(ifindex), skb }, details };
  },
};
