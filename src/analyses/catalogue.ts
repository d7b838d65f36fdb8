/** The reports by name, and what each accepts. */
import { ValueBudget } from './figures/distribution.ts';
import type { FrequencyOptions } from './figures/frequency.ts';
import { Filter, type FilterOptions } from './filter.ts';
import { Tasks } from './models/tasks.ts';
import type { Report } from './report.ts';
import { CpuTop } from './reports/cputop.ts';
import { Sched } from './reports/sched.ts';
import type { Grouping } from './reports/sched-tables.ts';

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
  readonly groupings?: readonly Grouping[];
  readonly percentiles?: boolean;
  /** Keep every value of which a distribution is asked, however many. */
  readonly exact?: boolean;
}

export type OptionGroup = 'limit' | 'min-max' | 'process' | 'cpu' | 'freq' | 'log' | 'top' | 'stats' | 'grouping';

type FamilyName = 'cputop' | 'sched';

/** What a name stands for: a family of reports, and the part of it that is shown. */
interface Entry {
  readonly family: FamilyName;
  readonly shows?: 'log' | 'top' | 'stats' | 'freq' | 'usage';
  readonly summary: string;
}

export const REPORTS: Readonly<Record<string, Entry>> = {
  cputop: { family: 'cputop', summary: 'CPU time of threads and CPUs' },
  schedlog: { family: 'sched', shows: 'log', summary: 'every wait for a CPU, from wake-up to switch' },
  schedtop: { family: 'sched', shows: 'top', summary: 'the longest waits for a CPU' },
  schedstats: { family: 'sched', shows: 'stats', summary: 'statistics of waits for a CPU' },
  schedfreq: { family: 'sched', shows: 'freq', summary: 'distribution of waits for a CPU' },
};

/** What the reports of one run share. */
interface Shared {
  readonly tasks: Tasks;
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
      new CpuTop({ tasks, filter: new Filter(options), limit: options.limit ?? DEFAULT_LIMIT }),
  },
  sched: {
    wakeups: true,
    accepts: ['limit', 'min-max', 'process', 'cpu', 'freq', 'log', 'top', 'stats', 'grouping'],
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
  const shared: Shared = {
    tasks: new Tasks({ wakeups: families.some(({ wakeups }) => wakeups) }),
    budget: new ValueBudget(options.exact === true ? Number.POSITIVE_INFINITY : undefined),
  };
  return names.map((name, i) => {
    const { shows } = REPORTS[name]!;
    return families[i]!.make(name, shows === undefined ? options : { ...options, [shows]: true }, shared);
  });
}
