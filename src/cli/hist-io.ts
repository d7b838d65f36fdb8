/** `tailtrap hist io`: the table of input and output in four layers. */
import { formatDuration } from '../base/units.ts';
import { monotonicNs } from '../kernel/clock.ts';
import {
  filledRows,
  HISTORY_MINUTES,
  IO_COLUMNS,
  IoHistory,
  IoReader,
  type IoReading,
  ioRows,
} from '../kernel/io-hist.ts';
import { MachineNames } from '../kernel/names.ts';
import type { TrackerObject } from '../kernel/object.ts';
import { IO_OPTION_VFS, io, ioVfs } from '../kernel/trackers/io.ts';
import type { Watcher } from '../kernel/watcher.ts';
import { untilAborted, untilEither } from './deadline.ts';
import { lossLines } from './losses.ts';
import type { Output } from './output.ts';
import { type Column, formatTable } from './table.ts';
import { filterOf, startTracking, type TrackingValues } from './tracking.ts';

/** Where the file system's columns come from. */
export type FsSource = 'vfs_read, vfs_write' | 'system calls on regular files';

export interface IoHistOptions extends TrackingValues {
  readonly interval: number | undefined;
  readonly for: number | undefined;
}

const QUANTILES = [
  ['P50', 'p50_ns', 0.5],
  ['P99', 'p99_ns', 0.99],
  ['P99.9', 'p99_9_ns', 0.999],
] as const;

/** The layers' names stand over their first columns. */
const COLUMNS: readonly Column[] = [
  { title: '', align: 'left' },
  ...IO_COLUMNS.map(({ layer }, i) => {
    const first = IO_COLUMNS[i - 1]?.layer !== layer;
    return { title: first ? layer.toUpperCase() : '', align: 'right' } as const;
  }),
];

/** Counts by power of two, then totals and percentiles. */
export function ioTable(reading: IoReading): string[] {
  const counts = (row: readonly number[]): string[] => row.map((count) => (count === 0 ? '.' : String(count)));
  const rows = filledRows(ioRows(reading)).map((row) => [
    row.high_ns === Number.POSITIVE_INFINITY
      ? `${formatDuration(row.low_ns)} or more`
      : `${formatDuration(row.low_ns)} .. ${formatDuration(row.high_ns)}`,
    ...counts(row.counts),
  ]);
  const quantile = (q: number): string[] =>
    reading.map((histogram) => (histogram.total() === 0 ? '-' : formatDuration(histogram.quantile(q))));
  return formatTable(COLUMNS, [
    ['', ...IO_COLUMNS.map(({ operation }) => operation)],
    ...rows,
    ['COUNT', ...reading.map((histogram) => String(histogram.total()))],
    ...QUANTILES.map(([title, , q]) => [title, ...quantile(q)]),
  ]);
}

/** The same as one JSON object. */
export function ioRecord(reading: IoReading, period: string, length_ns: number, fs_source: FsSource): object {
  const rows = ioRows(reading);
  return {
    tracker: 'io',
    period,
    interval_ns: length_ns,
    fs_source,
    columns: IO_COLUMNS.map(({ layer, operation }, i) => {
      const histogram = reading[i]!;
      const count = histogram.total();
      const quantiles = QUANTILES.map(([, name, q]) => [name, count === 0 ? null : histogram.quantile(q)]);
      // Pairs of lower bound and count: rows that are empty say nothing.
      const buckets = rows.filter((row) => row.counts[i]! > 0).map((row) => [row.low_ns, row.counts[i]]);
      return { layer, operation, count, ...Object.fromEntries(quantiles), buckets };
    }),
  };
}

/** Loads and attaches what this kernel allows. */
function startIo(values: TrackingValues, log: (line: string) => void): { watcher: Watcher; vfs: TrackerObject | null } {
  const { watcher } = startTracking([io], { ...values, threshold: io.threshold_ns, timeout: 0 }, log, () => {});
  try {
    const vfs = watcher.load(ioVfs);
    vfs.config.setFilter(filterOf(values, [ioVfs], new MachineNames()));
    watcher.start(ioVfs.name);
    watcher.object(io.name).config.option = IO_OPTION_VFS;
    return { watcher, vfs };
  } catch {
    watcher.stop(ioVfs.name); // this kernel does not let programs be attached to its functions; `doctor` tells why
    return { watcher, vfs: null };
  }
}

function readIo(object: TrackerObject, vfs: TrackerObject | null): IoReading {
  return IO_COLUMNS.map(({ layer, operation }, i) =>
    layer === 'fs' && vfs !== null ? vfs.histogram(operation === 'read' ? 0 : 1) : object.histogram(i),
  );
}

/** Measures until `for` has passed (5 s without `interval`) or the signal, a table per interval or one at the end. */
export async function histIo(
  options: IoHistOptions,
  out: Output,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const { watcher, vfs } = startIo(options, log);
  const object = watcher.object(io.name);
  const source: FsSource = vfs === null ? 'system calls on regular files' : 'vfs_read, vfs_write';
  log(`measuring io; file system: ${source}`);
  if (options.pid !== undefined || options.tid !== undefined || options.comm !== undefined || options.cgroup) {
    log('scheduler and block columns are of all tasks: requests are made by whoever writes back');
  }
  const length_ns = options.for ?? (options.interval === undefined ? 5e9 : undefined);
  const end = untilEither(signal, length_ns);
  const now_ns = (): number => Number(monotonicNs());
  const first = readIo(object, vfs);
  const reader = new IoReader(first);
  const history = new IoHistory(first, now_ns());
  let began_ns = now_ns();
  let next_ns = began_ns + (options.interval ?? Number.POSITIVE_INFINITY);

  const print = (reading: IoReading, period: string, length: number): void => {
    out.record(ioRecord(reading, period, length, source));
    for (const line of ioTable(reading)) out.text(line);
  };
  const printInterval = (): void => {
    const at_ns = now_ns();
    print(reader.read(readIo(object, vfs)), 'interval', at_ns - began_ns);
    began_ns = at_ns;
  };
  while (!end.aborted) {
    const wait_ns = Math.max(0, Math.min(next_ns, history.due_ns) - now_ns());
    await untilAborted(untilEither(end, wait_ns));
    history.observe(readIo(object, vfs), now_ns());
    if (now_ns() < next_ns || end.aborted) continue;
    printInterval();
    out.text('');
    next_ns += options.interval!;
  }
  printInterval();
  for (const minutes of HISTORY_MINUTES) {
    const period = history.last(minutes);
    if (period === null) break;
    out.text(`\nlast ${minutes} min`);
    print(period.reading, `${minutes}m`, period.length_ns);
  }
  const losses = lossLines(watcher.objects);
  await watcher.close();
  for (const line of losses) log(line);
  return 0;
}
