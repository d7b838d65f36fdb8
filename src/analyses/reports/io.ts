/** iolog, iolatencytop, iolatencystats, iolatencyfreq, iousagetop: system calls that are I/O, and requests of disks. */
import type { EventType } from '../../trace/event.ts';
import type { ValueBudget } from '../figures/distribution.ts';
import { type FrequencyOptions, frequencyTables } from '../figures/frequency.ts';
import { percentileCells, statCells } from '../figures/stat-cells.ts';
import { Summary } from '../figures/summary.ts';
import { Top } from '../figures/top.ts';
import type { Filter } from '../filter.ts';
import { type Handler, inOrder, NONE } from '../listener.ts';
import type { Block, BlockRequest, Disk } from '../models/block.ts';
import { IO_EVENTS, type Io } from '../models/io.ts';
import type { IoRequest, Operation } from '../models/io-request.ts';
import type { Task } from '../models/task.ts';
import type { Tasks } from '../models/tasks.ts';
import { PerWindow } from '../per-window.ts';
import type { Report, Window, WindowSink } from '../report.ts';
import { type ResultTable, type Row, table, UNKNOWN } from '../table.ts';
import { BeginOrder, type Place } from './io-order.ts';
import { diskStats, FREQ, freqText, LOG, logText, statsText, syscallStats, TOP, topText } from './io-tables.ts';
import { IoUsage, NET_EVENTS } from './io-usage.ts';
import { usageText } from './io-usage-tables.ts';

export interface IoOptions {
  readonly tasks: Tasks;
  readonly io: Io;
  readonly block: Block;
  readonly filter: Filter;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly limit: number;
  readonly log: boolean;
  readonly top: boolean;
  readonly stats: boolean;
  readonly usage: boolean;
  readonly freq: FrequencyOptions | null;
  readonly percentiles: boolean;
  readonly budget: ValueBudget;
}

const USAGE = 0;
const STATS = 1;
const LONGEST = 2;
const FREQUENCIES = 3;
const EVENTS = 4;

const CATEGORIES = ['open', 'read', 'write', 'sync'] as const;
type Category = (typeof CATEGORIES)[number];
const CATEGORIES_OF: Readonly<Record<Operation, readonly Category[]>> = {
  open: ['open'],
  read: ['read'],
  write: ['write'],
  both: ['read', 'write'],
  sync: ['sync'],
  close: [],
  other: [],
};

const NONE_OF_THEM: readonly Category[] = [];

interface Counted {
  readonly window: Window;
  readonly order: BeginOrder<Row> | null;
  readonly latencies: Readonly<Record<Category, Summary>>;
  readonly tops: Readonly<Record<Category, Top<Row>>>;
  readonly disks: Map<Disk, Summary>;
  readonly usage: IoUsage;
}

export class IoReport implements Report {
  readonly name: string;
  readonly sections: readonly number[];
  readonly events: readonly string[];
  readonly models: readonly (Tasks | Io | Block)[];
  /** Statistics, distributions or tops are made of calls. */
  readonly #figures: boolean;
  readonly #options: IoOptions;
  readonly #open = new PerWindow<Counted>();

  constructor(name: string, options: IoOptions) {
    this.name = name;
    this.#options = options;
    // A log and tops are of system calls only: that disks need not be followed makes a log a tenth faster.
    const ofDisks = options.usage || options.stats || options.freq !== null;
    this.models = [options.tasks, options.io, ...(ofDisks ? [options.block] : [])];
    this.#figures = options.stats || options.freq !== null || options.top;
    const used = [options.usage, options.stats, options.top, options.freq !== null, options.log];
    this.sections = [USAGE, STATS, LONGEST, FREQUENCIES, EVENTS].filter((section) => used[section]);
    this.events = [
      ...IO_EVENTS,
      ...(ofDisks ? ['block_rq_complete'] : []),
      ...(options.usage ? ['lttng_statedump_file_descriptor', ...NET_EVENTS] : []),
    ];
  }

  handler(type: EventType): Handler | null {
    if (NET_EVENTS.includes(type.name)) return IoUsage.packets(type, this.#open.list);
    if (type.name === 'block_rq_complete') return () => this.#completed();
    if (type.name === 'lttng_statedump_file_descriptor') return () => this.#dumped();
    if (!this.#options.log) return () => this.#ends();
    return inOrder([() => this.#begins(), () => this.#ends()]);
  }

  #begins(): void {
    const { begun } = this.#options.io;
    if (begun === null) return;
    // The exit of the call before was lost.
    this.#forget(begun);
    let places: Place<Row> | null = null;
    for (const { order } of this.#open.list) {
      const place = order!.begin();
      place.next = places;
      places = place;
    }
    begun.order = places;
  }

  #forget(request: IoRequest): void {
    for (let place = request.order as Place<Row> | null; place !== null; place = place.next)
      place.order.end(place, null);
    request.order = null;
  }

  #ends(): void {
    const { ended } = this.#options.io;
    if (ended === null) return;
    const duration = ended.end - ended.begin;
    const shown = this.#options.filter.duration(duration) && this.#sizeShown(ended.size);
    for (const counted of this.#open.list) {
      if (this.#options.usage) counted.usage.request(ended, this.#leader(ended.task));
      if (shown) this.#count(counted, ended, duration);
    }
    if (this.#options.log) this.#forget(ended);
  }

  #count(counted: Counted, request: IoRequest, duration: number): void {
    let row: Row | null = null;
    for (const category of this.#figures ? CATEGORIES_OF[request.call.operation] : NONE_OF_THEM) {
      counted.latencies[category].add(duration);
      const top = counted.tops[category];
      if (!this.#options.top || !top.accepts(duration)) continue;
      row ??= rowOf(request, counted.window);
      top.add(duration, row);
    }
    if (counted.order === null) return;
    let place = request.order as Place<Row> | null;
    while (place !== null && place.order !== counted.order) place = place.next;
    // A window that was opened since has no place for it.
    counted.order.end(place ?? counted.order.begin(), row ?? rowOf(request, counted.window));
  }

  #sizeShown(size: number): boolean {
    const { minBytes, maxBytes } = this.#options;
    return Number.isNaN(size) || (size >= minBytes && size <= maxBytes);
  }

  #leader(task: Task): Task {
    return task.pid === NONE || task.pid === task.tid ? task : this.#options.tasks.table.of(task.pid);
  }

  #dumped(): void {
    const { dumped } = this.#options.io;
    if (dumped !== null) for (const { usage } of this.#open.list) usage.seen(dumped);
  }

  #completed(): void {
    const { block, filter, tasks } = this.#options;
    const { ended } = block;
    if (ended === null) return;
    const duration = ended.end - ended.begin;
    const shown = filter.duration(duration) && this.#sizeShown(ended.bytes);
    for (const { disks, usage } of this.#open.list) {
      usage.block(ended, tasks.table.get(ended.tid));
      if (!shown) continue;
      this.#disk(disks, ended).add(duration);
    }
  }

  #disk(disks: Map<Disk, Summary>, { disk }: BlockRequest): Summary {
    let summary = disks.get(disk);
    if (summary === undefined) {
      summary = this.#summary();
      disks.set(disk, summary);
    }
    return summary;
  }

  #summary(): Summary {
    const { freq, percentiles, budget } = this.#options;
    return new Summary(freq !== null || percentiles ? budget : null);
  }

  open(window: Window, sink: WindowSink): void {
    const { log, limit } = this.#options;
    let outside = false;
    const rows = log
      ? sink.log(
          EVENTS,
          LOG,
          logText(() => outside),
        )
      : null;
    const byCategory = <T>(make: () => T): Readonly<Record<Category, T>> => ({
      open: make(),
      read: make(),
      write: make(),
      sync: make(),
    });
    this.#open.add(window, {
      window,
      order:
        rows === null
          ? null
          : new BeginOrder<Row>((row) => {
              outside ||= row[1] === true;
              rows.row(row);
            }),
      latencies: byCategory(() => this.#summary()),
      tops: byCategory(() => new Top<Row>(limit)),
      disks: new Map(),
      usage: new IoUsage(),
    });
  }

  close(window: Window, sink: WindowSink): void {
    const counted = this.#open.take(window);
    counted.order?.finish();
    const { usage, stats, top, freq, limit, block } = this.#options;
    if (usage) {
      const tables = counted.usage.tables(limit, block.disks.values());
      sink.block(USAGE, Object.values(tables) as ResultTable[], () => usageText(tables));
    }
    if (stats) this.#stats(counted, sink);
    if (top) {
      const tables = CATEGORIES.map((category) => {
        const result = table(TOP, category);
        result.rows.push(...counted.tops[category].sorted());
        return result;
      });
      sink.block(LONGEST, tables, (style) => topText(tables, style));
    }
    if (freq !== null) {
      const calls = CATEGORIES.map((category) => ({ subtitle: category, summary: counted.latencies[category] }));
      const disks = this.#disks(counted).map(([name, summary]) => ({ subtitle: `disk: ${name}`, summary }));
      const tables = frequencyTables(FREQ, [...calls, ...disks], freq);
      sink.block(FREQUENCIES, tables, () => freqText(tables));
    }
  }

  /** Disks in the order in which they became known. */
  #disks({ disks }: Counted): [string, Summary][] {
    return [...this.#options.block.disks.values()].flatMap((disk) => {
      const summary = disks.get(disk);
      return summary === undefined ? [] : [[disk.name, summary] as [string, Summary]];
    });
  }

  #stats(counted: Counted, sink: WindowSink): void {
    const { percentiles } = this.#options;
    const calls = table(syscallStats(percentiles));
    const disks = table(diskStats(percentiles));
    const add = (to: ResultTable, name: string, summary: Summary): void => {
      const more = percentiles ? percentileCells(summary) : [];
      to.rows.push([name, summary.count, ...statCells(summary), ...more]);
      if (percentiles && summary.values?.exact === false) to.approximate = true;
    };
    for (const category of CATEGORIES) {
      add(calls, `${category[0]!.toUpperCase()}${category.slice(1)}`, counted.latencies[category]);
    }
    for (const [name, summary] of this.#disks(counted)) add(disks, name, summary);
    sink.block(STATS, [calls, disks], () => statsText(calls, disks));
  }
}

function rowOf(request: IoRequest, window: Window): Row {
  const { task, name, begin, end, size, fd, file } = request;
  const bytes = Number.isNaN(size) ? null : size;
  const path = fd === NONE ? null : (file?.name ?? UNKNOWN);
  return [{ begin, end }, begin < window.begin, end - begin, name, bytes, task.cell, path, fd === NONE ? null : fd];
}
