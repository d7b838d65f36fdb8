/** Descriptors and devices of a view as objects. */
import { diedAt, known } from './describe.ts';
import { NONE } from './table.ts';
import type { FILE_KINDS } from './tables/files.ts';
import type { View } from './view.ts';

export interface FdInfo {
  /** Processes that share the table, by pid. */
  readonly pids: readonly number[];
  readonly fd: number;
  readonly type: (typeof FILE_KINDS)[number];
  /** '' when not known. */
  readonly path: string;
  readonly cloexec: boolean;
  /** O_ flags. */
  readonly flags: number | null;
  /** null: before we looked. */
  readonly opened_ns: bigint | null;
  /** null: it is open. */
  readonly closed_ns: bigint | null;
  readonly read_bytes: number;
  readonly written_bytes: number;
  readonly reads: number;
  readonly writes: number;
  readonly errors: number;
  readonly io_time_ns: number;
  readonly longest_ns: number;
  readonly socket: SocketInfo | null;
  readonly inode: number | null;
  /** Equal for both ends of a pipe or a pair of sockets; null: not known. */
  readonly ends: number | null;
  /** Descriptors that refer to the same open file, this one included. */
  readonly shared_by: number;
}

export interface SocketInfo {
  readonly family: string;
  readonly type: string;
  readonly local: string;
  readonly peer: string;
  readonly listening: boolean;
}

const FAMILIES: Readonly<Record<number, string>> = { 1: 'unix', 2: 'inet', 10: 'inet6', 16: 'netlink', 17: 'packet' };
const SOCKET_TYPES: Readonly<Record<number, string>> = { 1: 'stream', 2: 'dgram', 3: 'raw', 5: 'seqpacket' };

export function fdInfo(view: View, row: number, pids: readonly number[]): FdInfo {
  const { fds, files } = view.model;
  const file = view.get(fds.file, row);
  const type = view.label(files.type, file) as FdInfo['type'];
  const family = view.get(files.family, file);
  return {
    pids,
    fd: view.get(fds.fd, row),
    type,
    path: view.text(files.path, file),
    cloexec: view.get(fds.closeOnExec, row) === 1,
    flags: known(view.get(files.flags, file)),
    opened_ns: view.clock(view.get(fds.opened, row)),
    closed_ns: diedAt(view, fds.died, row),
    read_bytes: view.get(fds.read_bytes, row),
    written_bytes: view.get(fds.written_bytes, row),
    reads: view.get(fds.reads, row),
    writes: view.get(fds.writes, row),
    errors: view.get(fds.errors, row),
    io_time_ns: view.get(fds.io_ns, row),
    longest_ns: view.get(fds.longest_ns, row),
    socket:
      type !== 'socket'
        ? null
        : {
            family: FAMILIES[family] ?? (family === NONE ? '' : String(family)),
            type: SOCKET_TYPES[view.get(files.socketType, file)] ?? '',
            local: view.text(files.local, file),
            peer: view.text(files.peer, file),
            listening: view.get(files.listening, file) === 1,
          },
    inode: known(view.get(files.inode, file)),
    ends: known(view.get(files.ends, file)),
    shared_by: view.get(files.users, file),
  };
}

export interface DiskInfo {
  readonly dev: number;
  readonly name: string;
  readonly remapped_to: number | null;
  readonly queued: number;
  readonly in_flight: number;
  readonly reads: number;
  readonly writes: number;
  readonly read_bytes: number;
  readonly written_bytes: number;
  readonly errors: number;
  readonly merges: number;
  readonly remaps: number;
  readonly service_time_ns: number;
  readonly longest_ns: number;
}

const SECTOR_BYTES = 512;

export function diskInfo(view: View, row: number): DiskInfo {
  const { disks } = view.model;
  const dev = view.get(disks.dev, row);
  const name = view.text(disks.name, row);
  return {
    dev,
    name: name !== '' ? name : `${Math.floor(dev / 2 ** 20)}:${dev % 2 ** 20}`,
    remapped_to: known(view.get(disks.remappedTo, row)),
    queued: view.get(disks.queued, row),
    in_flight: view.get(disks.inFlight, row),
    reads: view.get(disks.reads, row),
    writes: view.get(disks.writes, row),
    read_bytes: view.get(disks.read_sectors, row) * SECTOR_BYTES,
    written_bytes: view.get(disks.written_sectors, row) * SECTOR_BYTES,
    errors: view.get(disks.errors, row),
    merges: view.get(disks.merges, row),
    remaps: view.get(disks.remaps, row),
    service_time_ns: view.get(disks.service_ns, row),
    longest_ns: view.get(disks.longest_ns, row),
  };
}

export interface RequestInfo {
  readonly dev: number;
  readonly sector: number;
  readonly bytes: number;
  readonly operation: string;
  readonly tid: number | null;
  readonly queued_ns: bigint | null;
  /** null: the device does not have it yet. */
  readonly issued_ns: bigint | null;
}

const WRITE = 1;
const DISCARD = 2;
const FLUSH = 256 | 1024;

export function requestInfo(view: View, row: number): RequestInfo {
  const { requests, disks } = view.model;
  const operation = view.get(requests.operation, row);
  return {
    dev: view.get(disks.dev, view.get(requests.disk, row)),
    sector: view.get(requests.sector, row),
    bytes: view.get(requests.sectors, row) * SECTOR_BYTES,
    operation: operationText(operation, view.get(requests.sectors, row)),
    tid: known(view.get(requests.tid, row)),
    queued_ns: view.clock(view.get(requests.queued, row)),
    issued_ns: view.clock(view.get(requests.issued, row)),
  };
}

function operationText(flags: number, sectors: number): string {
  if ((flags & DISCARD) !== 0) return 'discard';
  if ((flags & FLUSH) !== 0 && sectors === 0) return 'flush';
  return (flags & WRITE) !== 0 ? 'write' : 'read';
}

export interface InterfaceInfo {
  readonly name: string;
  readonly address: string;
  readonly received_packets: number;
  readonly received_bytes: number;
  readonly sent_packets: number;
  readonly sent_bytes: number;
  readonly send_errors: number;
}

export function interfaceInfo(view: View, row: number): InterfaceInfo {
  const { interfaces } = view.model;
  return {
    name: view.text(interfaces.name, row),
    address: view.text(interfaces.address, row),
    received_packets: view.get(interfaces.received_packets, row),
    received_bytes: view.get(interfaces.received_bytes, row),
    sent_packets: view.get(interfaces.sent_packets, row),
    sent_bytes: view.get(interfaces.sent_bytes, row),
    send_errors: view.get(interfaces.sendErrors, row),
  };
}

export interface InterruptInfo {
  readonly nr: number;
  readonly soft: boolean;
  readonly name: string;
  readonly count: number;
  readonly time_ns: number;
  readonly longest_ns: number;
  /** CPU that handles it at the time. */
  readonly cpu: number | null;
}

export function interruptInfo(view: View, row: number): InterruptInfo {
  const { interrupts } = view.model;
  return {
    nr: view.get(interrupts.nr, row),
    soft: view.get(interrupts.isSoft, row) === 1,
    name: view.text(interrupts.name, row),
    count: view.get(interrupts.count, row),
    time_ns: view.get(interrupts.total_ns, row),
    longest_ns: view.get(interrupts.longest_ns, row),
    cpu: known(view.get(interrupts.cpu, row)),
  };
}
