/** Tables of iousagetop, and how they look as text. */
import { barGraph } from '../format/graph.ts';
import { fixed, formatSize, left, right } from '../format/python.ts';
import { type ProcessCell, type ResultTable, type Row, type TableClass, tableClass } from '../table.ts';

export const PER_PROCESS: TableClass = tableClass('per-process-top', 'Per-process top I/O operations', [
  ['process', 'Process', 'process'],
  ['size', 'Total operations size', 'size'],
  ['disk_size', 'Disk operations size', 'size'],
  ['net_size', 'Network operations size', 'size'],
  ['unknown_size', 'Unknown operations size', 'size'],
]);
export const PER_FILE: TableClass = tableClass('per-file-top', 'Per-file top I/O operations', [
  ['path', 'File path/info', 'path'],
  ['size', 'Operations size', 'size'],
  ['fd_owners', 'File descriptor owners', 'string'],
]);
export const PER_PROCESS_BLOCK: TableClass = tableClass(
  'per-process-top-block',
  'Per-process top block I/O operations',
  [
    ['process', 'Process', 'process'],
    ['size', 'Operations size', 'size'],
  ],
);
export const DISK_SECTORS: TableClass = tableClass('per-disk-top-sector', 'Per-disk top sector I/O operations', [
  ['disk', 'Disk', 'disk'],
  ['count', 'Sector count', 'number', 'sectors'],
]);
export const DISK_REQUESTS: TableClass = tableClass('per-disk-top-request', 'Per-disk top I/O requests', [
  ['disk', 'Disk', 'disk'],
  ['count', 'Request count', 'number', 'I/O requests'],
]);
export const DISK_LATENCY: TableClass = tableClass('per-disk-top-rps', 'Per-disk top I/O request time/sector', [
  ['disk', 'Disk', 'disk'],
  ['rtps', 'Request time/sector', 'duration'],
]);
export const PER_NETIF: TableClass = tableClass('per-netif-top', 'Per-network interface top I/O operations', [
  ['netif', 'Network interface', 'netif'],
  ['size', 'Operations size', 'size'],
]);

/** In the order in which they are shown. */
export interface UsageTables {
  readonly read: ResultTable;
  readonly written: ResultTable;
  readonly filesRead: ResultTable;
  readonly filesWritten: ResultTable;
  readonly blockRead: ResultTable;
  readonly blockWritten: ResultTable;
  readonly sectors: ResultTable;
  readonly requests: ResultTable;
  readonly latency: ResultTable;
  readonly received: ResultTable;
  readonly sent: ResultTable;
}

function graph(
  { rows }: ResultTable,
  title: string,
  labelHeader: string,
  bar: (row: Row) => { value: number; text: string; label: string },
): string[] {
  return barGraph({ title, labelHeader, bars: rows.map(bar) });
}

function pidText({ pid, tid }: ProcessCell): string {
  return pid === undefined ? `unknown (tid=${tid})` : String(pid);
}

function perProcess(result: ResultTable, title: string): string[] {
  const header = `${left('Process', 25)} ${left('Disk', 10)} ${left('Net', 10)} ${left('Unknown', 10)}`;
  return graph(result, title, header, ([process, size, disk, net, unknown]) => {
    const cell = process as ProcessCell;
    const sizes = [disk, net, unknown].map((bytes) => right(formatSize(bytes as number), 10)).join(' ');
    return {
      value: size as number,
      text: formatSize(size as number),
      label: `${left(`${cell.name} (${pidText(cell)})`, 25)} ${sizes}`,
    };
  });
}

function perBlock(result: ResultTable, title: string): string[] {
  return graph(result, title, 'Process', ([process, size]) => {
    const cell = process as ProcessCell;
    const name = cell.name === undefined || cell.name === '' ? 'unknown' : cell.name;
    return { value: size as number, text: formatSize(size as number), label: `${name} (pid=${pidText(cell)})` };
  });
}

function bySize(result: ResultTable, title: string, labelHeader: string): string[] {
  return graph(result, title, labelHeader, ([name, size]) => ({
    value: size as number,
    text: formatSize(size as number),
    label: String(name),
  }));
}

function byCount(result: ResultTable, title: string, unit: string): string[] {
  return graph(result, title, 'Disk', ([disk, count]) => ({
    value: count as number,
    text: `${String(count)} ${unit}`,
    label: String(disk),
  }));
}

export function usageText(tables: UsageTables): string[] {
  return [
    ...perProcess(tables.read, 'Per-process I/O Read'),
    ...perProcess(tables.written, 'Per-process I/O Write'),
    ...bySize(tables.filesRead, 'Per-file I/O Read', 'Path'),
    ...bySize(tables.filesWritten, 'Per-file I/O Write', 'Path'),
    ...perBlock(tables.blockRead, 'Block I/O Read'),
    ...perBlock(tables.blockWritten, 'Block I/O Write'),
    ...byCount(tables.sectors, 'Disk Requests Sector Count', 'sectors'),
    ...byCount(tables.requests, 'Disk Request Count', 'requests'),
    ...graph(tables.latency, 'Disk Request Average Latency', 'Disk', ([disk, latency]) => ({
      value: (latency as number) / 1e6,
      text: `${fixed((latency as number) / 1e6, 2)} ms`,
      label: String(disk),
    })),
    ...bySize(tables.received, 'Network Received Bytes', 'Interface'),
    ...bySize(tables.sent, 'Network Sent Bytes', 'Interface'),
  ];
}
