import type { Fields } from '../abi.ts';
import { endpoint, ipv4Text, ipv6Text, isMapped } from './address.ts';
import type { Names, TrackerSpec } from './spec.ts';

/** Offsets in `struct tt_data` and `struct tt_extra` of bpf/ttfb.bpf.c. */
const DATA = { accept_pid: 0, accept_tid: 4, fd: 8 } as const;
const EXTRA = { family: 0, local_port: 4, peer_port: 6, peer: 8, local: 24, fd: 40, nr: 44 } as const;
const AF_INET6 = 10;

/** A client of IPv4 that came to an IPv6 socket is shown as what it is. */
function address(extra: Fields, offset: number): string {
  const bytes = extra.bytes(offset, 16);
  if (extra.u32(EXTRA.family) !== AF_INET6) return ipv4Text(bytes);
  return isMapped(bytes) ? ipv4Text(bytes.subarray(12)) : ipv6Text(bytes);
}

function family(extra: Fields): string {
  if (extra.u32(EXTRA.family) !== AF_INET6) return 'ipv4';
  return isMapped(extra.bytes(EXTRA.peer, 16)) ? 'ipv4 on ipv6 socket' : 'ipv6';
}

export const ttfb: TrackerSpec = {
  name: 'ttfb',
  summary: 'time to first byte: from accept to the first write on the connection',
  entry: 'accept or accept4 returns',
  exit: 'first write, send or sendfile on the socket',
  key: 'socket',
  classes: ['first_byte'],
  threshold_ns: 100e6,
  timeout_ns: 0,
  gc_ns: 60e9,
  slots: 16384,
  data_bytes: 16,
  extra_bytes: 48,
  filters: ['pid', 'tid', 'comm', 'cgroup'],
  decode(record, names: Names) {
    const { data, extra, timeout } = record;
    const accept_tid = data.u32(DATA.accept_tid);
    const peer = address(extra, EXTRA.peer);
    const local = address(extra, EXTRA.local);
    const peer_port = extra.be16(EXTRA.peer_port);
    const local_port = extra.u16(EXTRA.local_port);
    const details: Record<string, unknown> = {
      family: family(extra),
      peer_address: peer,
      peer_port,
      local_address: local,
      local_port,
      accepted_by: {
        pid: data.u32(DATA.accept_pid),
        tid: accept_tid,
        comm: names.comm(accept_tid),
        fd: data.u32(DATA.fd),
      },
    };
    if (!timeout) {
      details.fd = extra.u32(EXTRA.fd);
      details.syscall = names.syscall(extra.u32(EXTRA.nr));
    }
    return { key: { peer: endpoint(peer, peer_port), local: endpoint(local, local_port) }, details };
  },
};
