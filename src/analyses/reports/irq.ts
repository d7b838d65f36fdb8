/** irqlog, irqstats, irqfreq: how long interrupt handlers and softirqs ran, and how long softirqs waited. */
import type { EventType } from '../../trace/event.ts';
import type { ValueBudget } from '../figures/distribution.ts';
import { type FrequencyOptions, frequencyTables, seriesTable } from '../figures/frequency.ts';
import { percentileCells, statCells } from '../figures/stat-cells.ts';
import { Summary } from '../figures/summary.ts';
import type { Filter } from '../filter.ts';
import type { Handler } from '../listener.ts';
import type { Interrupt, Interrupts } from '../models/interrupts.ts';
import { PerWindow } from '../per-window.ts';
import type { LogSink, Report, Window, WindowSink } from '../report.ts';
import { type Cell, type ResultTable, table, UNKNOWN } from '../table.ts';
import { FREQ, LOG, logText, statClass, statFreqText } from './irq-tables.ts';

export interface IrqOptions {
  readonly interrupts: Interrupts;
  readonly filter: Filter;
  readonly log: boolean;
  readonly stats: boolean;
  readonly freq: FrequencyOptions | null;
  /** Numbers of interrupts, of softirqs; where only one list has any, the other kind is not shown. */
  readonly irqs: readonly number[];
  readonly softirqs: readonly number[];
  readonly percentiles: boolean;
  readonly budget: ValueBudget;
}

const FIGURES = 0;
const EVENTS = 1;

interface Kind {
  /** Handlers of one interrupt line may be several. */
  readonly names: Set<string>;
  readonly durations: Summary;
  readonly raises: Summary;
}

interface Counted {
  readonly log: LogSink | null;
  readonly hard: Map<number, Kind>;
  readonly soft: Map<number, Kind>;
}

export class Irq implements Report {
  readonly name: string;
  readonly sections: readonly number[];
  readonly events: readonly string[];
  readonly models: readonly Interrupts[];
  readonly #options: IrqOptions;
  readonly #open = new PerWindow<Counted>();

  constructor(name: string, options: IrqOptions) {
    this.name = name;
    this.#options = options;
    this.models = [options.interrupts];
    this.events = ['irq_handler_exit', 'softirq_exit', 'irq_softirq_exit'];
    const figures = options.stats || options.freq !== null;
    this.sections = [...(figures ? [FIGURES] : []), ...(options.log ? [EVENTS] : [])];
  }

  handler(_type: EventType): Handler {
    const { interrupts } = this.#options;
    return () => {
      if (interrupts.ended !== null) this.#count(interrupts.ended);
    };
  }

  #count(irq: Interrupt): void {
    const { filter } = this.#options;
    const duration = irq.end - irq.begin;
    if (!filter.cpu(irq.cpu) || !filter.duration(duration) || !this.#shown(irq)) return;
    for (const { log, hard, soft } of this.#open.list) {
      const kind = this.#kind(irq.hard ? hard : soft, irq.nr);
      kind.names.add(irq.name);
      kind.durations.add(duration);
      if (!Number.isNaN(irq.raised)) kind.raises.add(irq.begin - irq.raised);
      if (log === null) continue;
      const raised = irq.hard ? null : Number.isNaN(irq.raised) ? UNKNOWN : irq.raised;
      const { begin, end, cpu, hard: isHard, nr, name } = irq;
      log.row([{ begin, end }, raised, cpu, { hard: isHard, nr, name }]);
    }
  }

  #shown({ hard, nr }: Interrupt): boolean {
    const { irqs, softirqs } = this.#options;
    if (irqs.length === 0 && softirqs.length === 0) return true;
    return (hard ? irqs : softirqs).includes(nr);
  }

  #kind(kinds: Map<number, Kind>, nr: number): Kind {
    let kind = kinds.get(nr);
    if (kind === undefined) {
      const { freq, percentiles, budget } = this.#options;
      const durations = new Summary(freq !== null || percentiles ? budget : null);
      kind = { names: new Set(), durations, raises: new Summary() };
      kinds.set(nr, kind);
    }
    return kind;
  }

  open(window: Window, sink: WindowSink): void {
    const log = this.#options.log ? sink.log(EVENTS, LOG, logText(this.sections.length > 1)) : null;
    this.#open.add(window, { log, hard: new Map(), soft: new Map() });
  }

  close(window: Window, sink: WindowSink): void {
    const counted = this.#open.take(window);
    const { stats, freq, percentiles } = this.#options;
    if (!stats && freq === null) return;
    const tables = { hard: this.#table(true, counted), soft: this.#table(false, counted), percentiles };
    const freqs = freq === null ? [] : frequencyTables(FREQ, distributions(counted), freq);
    const title = 'Interrupt handlers duration frequency distributions';
    const shownFreqs = freq?.series === true ? [seriesTable(title, 'irq', 'interrupts', freqs)] : freqs;
    sink.block(FIGURES, [...(stats ? [tables.hard, tables.soft] : []), ...shownFreqs], () =>
      statFreqText(stats ? tables : null, freqs),
    );
  }

  #table(hard: boolean, counted: Counted): ResultTable {
    const { percentiles } = this.#options;
    const result = table(statClass(hard, percentiles));
    for (const [nr, { names, durations, raises }] of byNumber(hard ? counted.hard : counted.soft)) {
      const raising: Cell[] =
        raises.count === 0 ? [0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN] : [raises.count, ...statCells(raises)];
      result.rows.push([
        { hard, nr, name: [...names].join(', ') },
        durations.count,
        ...statCells(durations),
        ...(hard ? [] : raising),
        ...(percentiles ? percentileCells(durations) : []),
      ]);
      if (percentiles && durations.values?.exact === false) result.approximate = true;
    }
    return result;
  }
}

function distributions({ hard, soft }: Counted): { subtitle: string; summary: Summary }[] {
  return [...byNumber(hard), ...byNumber(soft)].map(([nr, { names, durations }]) => ({
    subtitle: `${[...names].join(', ')} (${nr})`,
    summary: durations,
  }));
}

function byNumber<T>(map: ReadonlyMap<number, T>): [number, T][] {
  return [...map].sort(([a], [b]) => a - b);
}
