/** What the machine interface tells of each report: titles, tags, classes of tables. */
import { type FamilyName, REPORTS } from './catalogue.ts';
import { describeClass } from './output/lami.ts';
import * as cputop from './reports/cputop.ts';
import * as io from './reports/io-tables.ts';
import * as usage from './reports/io-usage-tables.ts';
import * as irq from './reports/irq-tables.ts';
import * as memtop from './reports/memtop.ts';
import * as periods from './reports/period-tables.ts';
import * as sched from './reports/sched-tables.ts';
import * as syscalls from './reports/syscallstats.ts';
import { type TableClass, tableClass } from './table.ts';

interface Description {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly classes: (percentiles: boolean) => readonly TableClass[];
  /** Of totals by window. */
  readonly summary?: TableClass;
}

const RANGE = ['time_range', 'Time range', 'time-range'] as const;

const DESCRIPTIONS: Readonly<Record<FamilyName, Description>> = {
  cputop: {
    title: 'Top CPU usage',
    description: 'Per-TID, per-CPU, and total top CPU usage',
    tags: ['cpu', 'top'],
    classes: () => [cputop.PER_PROCESS, cputop.PER_CPU, cputop.TOTAL],
    summary: tableClass('summary', 'CPU usage - summary', [RANGE, ['usage', 'Total CPU usage', 'ratio']]),
  },
  io: {
    title: 'I/O analysis',
    description: 'System call and disk latencies, their distribution, longest calls, I/O usage, and I/O operations log',
    tags: ['io', 'syscall', 'stats', 'freq', 'log', 'top'],
    classes: (percentiles) => [
      io.syscallStats(percentiles),
      io.diskStats(percentiles),
      io.FREQ,
      io.TOP,
      io.LOG,
      usage.PER_PROCESS,
      usage.PER_FILE,
      usage.PER_PROCESS_BLOCK,
      usage.DISK_SECTORS,
      usage.DISK_REQUESTS,
      usage.DISK_LATENCY,
      usage.PER_NETIF,
    ],
  },
  irq: {
    title: 'System interrupt analysis',
    description: 'Interrupt frequency distribution, statistics, and log',
    tags: ['interrupt', 'stats', 'freq', 'log'],
    classes: (percentiles) => [irq.LOG, irq.statClass(true, percentiles), irq.statClass(false, percentiles), irq.FREQ],
    summary: tableClass('summary', 'Interrupt statistics - summary', [
      RANGE,
      ['count', 'Total interrupt count', 'number', 'interrupts'],
    ]),
  },
  memtop: {
    title: 'Top memory usage',
    description: 'Per-TID top allocated/freed memory',
    tags: ['memory', 'top'],
    classes: () => [memtop.ALLOCATED, memtop.FREED, memtop.TOTAL],
    summary: tableClass('summary', 'Memory usage - summary', [
      RANGE,
      ['allocd', 'Total allocated pages', 'number', 'pages'],
      ['freed', 'Total freed pages', 'number', 'pages'],
    ]),
  },
  periods: {
    title: 'Periods analysis',
    description: 'Periods frequency distribution, statistics, top, and log',
    tags: ['period', 'stats', 'freq', 'top', 'log'],
    classes: () => periods.CLASSES,
  },
  sched: {
    title: 'Scheduling latencies analysis',
    description: 'Scheduling latencies frequency distribution, statistics, top, and log',
    tags: ['sched', 'stats', 'freq', 'top', 'log'],
    classes: (percentiles) => [
      sched.LOG,
      sched.TOP,
      ...(['total', 'tid', 'prio'] as const).map((by) => sched.statClass(by, percentiles)),
      sched.FREQ,
    ],
  },
  syscallstats: {
    title: 'System call statistics',
    description: 'Per-TID and global system call statistics',
    tags: ['syscall', 'stats'],
    classes: (percentiles) => [syscalls.perTid(percentiles), syscalls.TOTAL],
    summary: tableClass('summary', 'System call statistics - summary', [
      RANGE,
      ['process', 'Process', 'process'],
      ['count', 'Total system call count', 'number', 'calls'],
    ]),
  },
};

const BASE_TAGS = ['linux-kernel', 'lttng-analyses'];
export const LAMI_VERSION = { major: 1, minor: 0 } as const;

/** The object that `--metadata` prints. @param version of tailtrap, `1.2.3` */
export function metadata(name: string, version: string, percentiles: boolean): object {
  const { title, description, tags, classes, summary } = DESCRIPTIONS[REPORTS[name]!.family];
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  const all = [...classes(percentiles), ...(summary === undefined ? [] : [summary])];
  return {
    'mi-version': LAMI_VERSION,
    version: { major, minor, patch, extra: '' },
    title,
    description,
    authors: ['tailtrap'],
    url: '',
    tags: [...BASE_TAGS, ...tags],
    'table-classes': Object.fromEntries(all.map((one) => [one.name, describeClass(one)])),
  };
}

/** The class of a report's summary over several windows. */
export function summaryClass(name: string): TableClass | null {
  return DESCRIPTIONS[REPORTS[name]!.family].summary ?? null;
}
