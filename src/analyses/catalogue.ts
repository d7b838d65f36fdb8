/** The reports by name, and what each accepts. */
import { ValueBudget } from './figures/distribution.ts';
import type { FrequencyOptions } from './figures/frequency.ts';
import { Filter, type FilterOptions } from './filter.ts';
import { Block } from './models/block.ts';
import { Interrupts } from './models/interrupts.ts';
import { Io } from './models/io.ts';
import { Syscalls } from './models/syscalls.ts';
import { Tasks } from './models/tasks.ts';
import type { PeriodDefinition } from './period/expression.ts';
import type { Report } from './report.ts';
import { CpuTop } from './reports/cputop.ts';
import { IoReport } from './reports/io.ts';
import { Irq } from './reports/irq.ts';
import { MemTop } from './reports/memtop.ts';
import type { Grouping as CaptureGrouping } from './reports/period-stats.ts';
import { Periods } from './reports/periods.ts';
import { Sched } from './reports/sched.ts';
import type { Grouping } from './reports/sched-tables.ts';
import { SyscallStats } from './reports/syscallstats.ts';

/** What may be asked of a report; a report ignores what is not for it (`ACCEPTS` says what is). */
export interface ReportOptions extends FilterOptions {
  /** Rows of a top. */
  readonly limit?: number;
  readonly log?: boolean;
  readonly top?: boolean;
  readonly stats?: boolean;
  readonly freq?: boolean;
  readonly usage?: boolean;
  /** Bins of a frequency distribution. */
  readonly freqResolution?: number;
  readonly freqUniform?: boolean;
  readonly freqSeries?: boolean;
  /** Sizes of I/O that are counted. */
  readonly minBytes?: number;
  readonly maxBytes?: number;
  /** Numbers of interrupts and of softirqs. */
  readonly irqs?: readonly number[];
  readonly softirqs?: readonly number[];
  readonly groupings?: readonly Grouping[];
  readonly percentiles?: boolean;
  /** Of period reports. */
  readonly periods?: readonly PeriodDefinition[];
  readonly minPeriod_ns?: number;
  readonly maxPeriod_ns?: number;
  readonly select?: readonly string[];
  readonly aggregateBy?: string;
  readonly groupBy?: CaptureGrouping;
  readonly byHierarchy?: boolean;
  /** Also tables that are made to be drawn, not to be read. */
  readonly pictures?: boolean;
  /** Keep every value of which a distribution is asked, however many. */
  readonly exact?: boolean;
}

export type OptionGroup =
  | 'limit'
  | 'min-max'
  | 'process'
  | 'cpu'
  | 'freq'
  | 'log'
  | 'top'
  | 'stats'
  | 'percentiles'
  | 'grouping'
  | 'irq'
  | 'size'
  | 'usage'
  | 'periods';

export type FamilyName = 'cputop' | 'io' | 'irq' | 'memtop' | 'periods' | 'sched' | 'syscallstats';

/** What a name stands for: a family of reports, and the part of it that is shown. */
interface Entry {
  readonly family: FamilyName;
  readonly shows?: 'log' | 'top' | 'stats' | 'freq' | 'usage';
  readonly summary: string;
}

export const REPORTS: Readonly<Record<string, Entry>> = {
  cputop: { family: 'cputop', summary: 'CPU time of threads and CPUs' },
  iolog: { family: 'io', shows: 'log', summary: 'every system call that is I/O' },
  iolatencytop: { family: 'io', shows: 'top', summary: 'the longest I/O calls' },
  iolatencystats: { family: 'io', shows: 'stats', summary: 'statistics of I/O calls and disk requests' },
  iolatencyfreq: { family: 'io', shows: 'freq', summary: 'distribution of I/O calls and disk requests' },
  iousagetop: { family: 'io', shows: 'usage', summary: 'bytes by process, file, disk and interface' },
  irqlog: { family: 'irq', shows: 'log', summary: 'every interrupt and softirq' },
  irqstats: { family: 'irq', shows: 'stats', summary: 'statistics of interrupts and softirqs' },
  irqfreq: { family: 'irq', shows: 'freq', summary: 'distribution of what interrupts and softirqs took' },
  memtop: { family: 'memtop', summary: 'memory that threads allocated and freed' },
  periodlog: { family: 'periods', shows: 'log', summary: 'every period that --period defines' },
  periodtop: { family: 'periods', shows: 'top', summary: 'the longest periods' },
  periodstats: { family: 'periods', shows: 'stats', summary: 'statistics of periods, alone and inside others' },
  periodfreq: { family: 'periods', shows: 'freq', summary: 'distribution of periods' },
  schedlog: { family: 'sched', shows: 'log', summary: 'every wait for a CPU, from wake-up to switch' },
  schedtop: { family: 'sched', shows: 'top', summary: 'the longest waits for a CPU' },
  schedstats: { family: 'sched', shows: 'stats', summary: 'statistics of waits for a CPU' },
  schedfreq: { family: 'sched', shows: 'freq', summary: 'distribution of waits for a CPU' },
  syscallstats: { family: 'syscallstats', summary: 'statistics of system calls by thread' },
};

/** What the reports of one run share. */
interface Shared {
  readonly tasks: Tasks;
  readonly syscalls: Syscalls;
  readonly interrupts: Interrupts;
  readonly io: Io;
  readonly block: Block;
  readonly budget: ValueBudget;
}

const DEFAULT_LIMIT = 10;
const DEFAULT_RESOLUTION = 20;

interface Family {
  readonly wakeups: boolean;
  readonly accepts: readonly OptionGroup[];
  readonly make: (name: string, options: ReportOptions, shared: Shared) => Report;
}

const FAMILIES: Readonly<Record<FamilyName, Family>> = {
  cputop: {
    wakeups: false,
    accepts: ['limit', 'process', 'cpu', 'top'],
    make: (_name, options, { tasks }) =>
      new CpuTop({
        tasks,
        filter: new Filter(options),
        limit: options.limit ?? DEFAULT_LIMIT,
        timeline: options.pictures === true,
      }),
  },
  io: {
    wakeups: false,
    accepts: ['limit', 'min-max', 'freq', 'log', 'top', 'stats', 'usage', 'size', 'percentiles'],
    make: (name, options, { tasks, io, block, budget }) =>
      new IoReport(name, {
        tasks,
        io,
        block,
        budget,
        filter: new Filter(options),
        minBytes: options.minBytes ?? Number.NEGATIVE_INFINITY,
        maxBytes: options.maxBytes ?? Number.POSITIVE_INFINITY,
        limit: options.limit ?? DEFAULT_LIMIT,
        log: options.log === true,
        top: options.top === true,
        stats: options.stats === true,
        usage: options.usage === true,
        freq: frequencyOf(options),
        percentiles: options.percentiles === true,
      }),
  },
  irq: {
    wakeups: false,
    accepts: ['min-max', 'cpu', 'freq', 'log', 'stats', 'percentiles', 'irq'],
    make: (name, options, { interrupts, budget }) =>
      new Irq(name, {
        interrupts,
        budget,
        filter: new Filter(options),
        log: options.log === true,
        stats: options.stats === true,
        freq: frequencyOf(options),
        irqs: options.irqs ?? [],
        softirqs: options.softirqs ?? [],
        percentiles: options.percentiles === true,
      }),
  },
  memtop: {
    wakeups: false,
    accepts: ['limit', 'process', 'cpu', 'top'],
    make: (_name, options, { tasks }) =>
      new MemTop({ tasks, filter: new Filter(options), limit: options.limit ?? DEFAULT_LIMIT }),
  },
  periods: {
    wakeups: false,
    accepts: ['limit', 'min-max', 'freq', 'log', 'top', 'stats', 'periods'],
    make: (name, options, { budget }) =>
      new Periods(name, {
        definitions: options.periods ?? [],
        budget,
        min_ns: options.minPeriod_ns ?? Number.NEGATIVE_INFINITY,
        max_ns: options.maxPeriod_ns ?? Number.POSITIVE_INFINITY,
        limit: options.limit ?? DEFAULT_LIMIT,
        log: options.log === true,
        top: options.top === true,
        stats: options.stats === true,
        freq: frequencyOf(options),
        select: options.select ?? [],
        aggregateBy: options.aggregateBy ?? null,
        groupBy: options.groupBy ?? new Map(),
        byHierarchy: options.byHierarchy === true,
      }),
  },
  sched: {
    wakeups: true,
    accepts: ['limit', 'min-max', 'process', 'cpu', 'freq', 'log', 'top', 'stats', 'percentiles', 'grouping'],
    make: (name, options, { tasks, budget }) =>
      new Sched(name, {
        tasks,
        budget,
        filter: new Filter(options),
        limit: options.limit ?? DEFAULT_LIMIT,
        log: options.log === true,
        top: options.top === true,
        stats: options.stats === true,
        freq: frequencyOf(options),
        by: options.groupings?.length ? options.groupings : ['tid'],
        percentiles: options.percentiles === true,
      }),
  },
  syscallstats: {
    wakeups: false,
    accepts: ['process', 'cpu', 'percentiles'],
    make: (_name, options, { tasks, syscalls, budget }) =>
      new SyscallStats({
        tasks,
        syscalls,
        budget,
        filter: new Filter(options),
        percentiles: options.percentiles === true,
      }),
  },
};

function frequencyOf(options: ReportOptions): FrequencyOptions | null {
  if (options.freq !== true) return null;
  return {
    resolution: options.freqResolution ?? DEFAULT_RESOLUTION,
    uniform: options.freqUniform === true || options.freqSeries === true,
    series: options.freqSeries === true,
    min_ns: options.min_ns ?? Number.NEGATIVE_INFINITY,
    max_ns: options.max_ns ?? Number.POSITIVE_INFINITY,
  };
}

/** Which options a report of this name takes. */
export function accepts(name: string): readonly OptionGroup[] {
  return FAMILIES[REPORTS[name]!.family].accepts;
}

/** Makes reports that are run together: they share what they know of threads. @param names of REPORTS */
export function makeReports(names: readonly string[], options: ReportOptions): Report[] {
  const families = names.map((name): Family => FAMILIES[REPORTS[name]!.family]);
  const tasks = new Tasks({ wakeups: families.some(({ wakeups }) => wakeups) });
  const shared: Shared = {
    tasks,
    syscalls: new Syscalls(tasks),
    interrupts: new Interrupts(),
    io: new Io(tasks, options.usage === true || names.includes('iousagetop')),
    block: new Block(),
    budget: new ValueBudget(options.exact === true ? Number.POSITIVE_INFINITY : undefined),
  };
  return names.map((name, i) => {
    const { shows } = REPORTS[name]!;
    return families[i]!.make(name, shows === undefined ? options : { ...options, [shows]: true }, shared);
  });
}
