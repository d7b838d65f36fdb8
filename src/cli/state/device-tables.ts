/** Tables of disks, interrupts and network interfaces. */
import { formatBytes, formatDuration } from '../../base/units.ts';
import { lasted, left, orDash, right, type StateTable, table } from './table.ts';

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

export const DEVICE_TABLES: Readonly<Record<string, StateTable>> = {
  disks: table(
    'block devices and their queues',
    [
      left('DISK'),
      right('QUEUED'),
      right('IN FLIGHT'),
      right('READS'),
      right('WRITES'),
      right('READ'),
      right('WRITTEN'),
      right('MEAN'),
      right('LONGEST'),
    ],
    ({ query }) => query.disks(),
    (disk) => [
      disk.name,
      String(disk.queued),
      String(disk.in_flight),
      String(disk.reads),
      String(disk.writes),
      formatBytes(disk.read_bytes),
      formatBytes(disk.written_bytes),
      formatDuration(disk.service_time_ns / Math.max(1, sumOf([disk.reads, disk.writes]))),
      formatDuration(disk.longest_ns),
    ],
  ),
  requests: table(
    'requests that are queued or in the device',
    [left('DEVICE'), right('SECTOR'), right('BYTES'), left('OPERATION'), right('TID'), right('SINCE'), left('WHERE')],
    ({ query }) => query.requests(),
    (request, asked) => [
      `${Math.floor(request.dev / 2 ** 20)}:${request.dev % 2 ** 20}`,
      request.sector < 0 ? '-' : String(request.sector),
      String(request.bytes),
      request.operation,
      orDash(request.tid),
      lasted(request.issued_ns ?? request.queued_ns, asked),
      request.issued_ns === null ? 'queue' : 'device',
    ],
  ),
  interfaces: table(
    'network interfaces',
    [
      left('NAME'),
      left('ADDRESS'),
      right('PACKETS IN'),
      right('IN'),
      right('PACKETS OUT'),
      right('OUT'),
      right('ERRORS'),
    ],
    ({ query }) => query.interfaces(),
    (item) => [
      item.name,
      orDash(item.address),
      String(item.received_packets),
      formatBytes(item.received_bytes),
      String(item.sent_packets),
      formatBytes(item.sent_bytes),
      String(item.send_errors),
    ],
  ),
  interrupts: table(
    'interrupts and softirqs',
    [left('NR'), left('NAME'), right('COUNT'), right('TIME'), right('LONGEST'), right('CPU')],
    ({ query }) => query.interrupts(),
    (item) => [
      item.soft ? `soft ${item.nr}` : String(item.nr),
      orDash(item.name),
      String(item.count),
      formatDuration(item.time_ns),
      formatDuration(item.longest_ns),
      orDash(item.cpu),
    ],
  ),
};
