/** periodlog, periodtop, periodstats, periodfreq: when periods began and ended, and what was in them. */
import type { ValueBudget } from '../figures/distribution.ts';
import type { FrequencyOptions } from '../figures/frequency.ts';
import { statCells } from '../figures/stat-cells.ts';
import { Summary } from '../figures/summary.ts';
import { Top } from '../figures/top.ts';
import type { Handler } from '../listener.ts';
import type { PeriodDefinition } from '../period/expression.ts';
import type { PeriodInstance, Report, Window, WindowSink } from '../report.ts';
import { type Row, table } from '../table.ts';
import { BeginOrder, type Place } from './io-order.ts';
import { PeriodResults } from './period-results.ts';
import { type Grouping, PeriodStatistics } from './period-stats.ts';
import * as tables from './period-tables.ts';
import { captureCell, captureLines, capturesOf, durationOf, groupKey, type PeriodNode } from './period-tree.ts';

export interface PeriodsOptions {
  readonly definitions: readonly PeriodDefinition[];
  readonly min_ns: number;
  readonly max_ns: number;
  readonly limit: number;
  readonly log: boolean;
  readonly top: boolean;
  readonly stats: boolean;
  readonly freq: FrequencyOptions | null;
  /** Names of periods; empty: all. */
  readonly select: readonly string[];
  readonly aggregateBy: string | null;
  readonly groupBy: Grouping;
  readonly byHierarchy: boolean;
  readonly budget: ValueBudget;
}

const STATS = 0;
const FREQUENCIES = 1;
const EVENTS = 2;
const LONGEST = 3;
/** Periods that are kept inside one that has no parent. */
const MAX_TREE_PERIODS = 1_000_000;

const NO_CHILDREN: readonly PeriodNode[] = [];

interface OpenNode extends PeriodNode {
  /** Where its rows go. */
  readonly place: Place<readonly Row[]> | null;
}

export class Periods implements Report {
  readonly name: string;
  readonly sections: readonly number[];
  readonly events: readonly string[] = [];
  readonly models: readonly [] = [];
  /** The tables are about all periods: nothing is shown at the end of each. */
  readonly overall = true;
  readonly #options: PeriodsOptions;
  /** Of periods that remember another report's. */
  readonly #nodes = new Map<PeriodInstance, OpenNode>();
  #opened = 0;
  readonly #statistics: PeriodStatistics;
  readonly #top: Top<Row>;
  readonly #aggregated = new Map<string, Row[]>();
  #order: BeginOrder<readonly Row[]> | null = null;
  #kept = 0;
  #dropped = 0;

  constructor(name: string, options: PeriodsOptions) {
    this.name = name;
    this.#options = options;
    const { log, top, stats, freq, limit, groupBy, budget } = options;
    const used = [stats, freq !== null, log, top];
    this.sections = [STATS, FREQUENCIES, EVENTS, LONGEST].filter((section) => used[section]);
    this.#top = new Top(limit);
    this.#statistics = new PeriodStatistics(groupBy, freq === null ? null : budget, (node) => this.#shown(node));
  }

  handler(): Handler | null {
    return null;
  }

  /** The rows of a log come while periods end. */
  begin(sink: WindowSink): void {
    if (!this.#options.log || this.#aggregates) return;
    const log = sink.log(EVENTS, tables.LOG, tables.LOG_TEXT);
    this.#order = new BeginOrder<readonly Row[]>((rows) => {
      for (const row of rows) log.row(row);
    });
  }

  get #aggregates(): boolean {
    const { aggregateBy, select, byHierarchy, log } = this.#options;
    return aggregateBy !== null && select.length > 0 && !byHierarchy && log;
  }

  open({ begin, period }: Window): void {
    if (period === null) return;
    const parent = period.parent === null ? null : this.#nodeOf(period.parent);
    const { name, path } = period;
    const rooted = !this.#options.byHierarchy || period.parent === null;
    const place = this.#order !== null && rooted ? this.#order.begin() : null;
    const node = { name, path, begin, end: Number.NaN, parent, children: NO_CHILDREN, instance: period, place };
    this.#opened++;
    if (period.known === null) period.known = { by: this, node };
    else this.#nodes.set(period, node);
  }

  #nodeOf(period: PeriodInstance): OpenNode | null {
    const { known } = period;
    return known?.by === this ? (known.node as OpenNode) : (this.#nodes.get(period) ?? null);
  }

  close({ end, period }: Window): void {
    const node = period === null ? null : this.#nodeOf(period);
    if (period === null || node === null) return;
    this.#opened--;
    if (period.known?.by === this) period.known = null;
    else this.#nodes.delete(period);
    const { place } = node;
    node.end = end;
    if (!period.completed) {
      if (place !== null) this.#order?.end(place, null);
      return;
    }
    if (this.#kept >= MAX_TREE_PERIODS) this.#dropped++;
    else if (node.parent !== null) {
      if (node.parent.children === NO_CHILDREN) node.parent.children = [];
      (node.parent.children as PeriodNode[]).push(node);
      this.#kept++;
    }
    this.#complete(node, place);
    if (node.parent === null) this.#kept = this.#opened === 0 ? 0 : Math.max(0, this.#kept - sizeOf(node));
  }

  #complete(node: PeriodNode, place: Place<readonly Row[]> | null): void {
    const { top, byHierarchy, aggregateBy } = this.#options;
    const shown = this.#shown(node);
    if (shown) {
      this.#statistics.period(node);
      if (node.parent === null) this.#statistics.tree(node);
      if (top && this.#selected(node) && this.#top.accepts(durationOf(node)))
        this.#top.add(durationOf(node), rowOf(node, node.name));
      if (this.#aggregates && node.name === aggregateBy) this.#aggregate(node);
    }
    if (place === null) return;
    const rows = !shown ? null : byHierarchy ? this.#hierarchy(node) : this.#rows(node);
    this.#order?.end(place, rows);
  }

  #shown(node: PeriodNode): boolean {
    const duration = durationOf(node);
    return duration >= this.#options.min_ns && duration <= this.#options.max_ns;
  }

  /** A period, then what was in it. */
  #hierarchy(node: PeriodNode): Row[] {
    const below = node.children.filter((child) => this.#shown(child)).flatMap((child) => this.#hierarchy(child));
    return [...this.#rows(node), ...below];
  }

  #rows(node: PeriodNode): Row[] {
    return this.#selected(node) ? [rowOf(node, node.path)] : [];
  }

  #selected({ name }: PeriodNode): boolean {
    const { select } = this.#options;
    return select.length === 0 || select.includes(name);
  }

  #aggregate(parent: PeriodNode): void {
    const { select, groupBy } = this.#options;
    const groups = new Map<string, Map<string, Summary>>();
    for (const child of parent.children) {
      if (!this.#shown(child)) continue;
      const subtree = withDescendants(child);
      const captures = [parent, ...subtree].flatMap((node) => capturesOf(node, groupBy.get(node.name) ?? []));
      const key = groupKey(captures);
      const group = groups.get(key) ?? new Map<string, Summary>();
      groups.set(key, group);
      for (const node of subtree) {
        if (!select.includes(node.name) || !this.#shown(node)) continue;
        const summary = group.get(node.path) ?? new Summary();
        group.set(node.path, summary);
        summary.add(durationOf(node));
      }
    }
    const captured = capturesOf(parent)
      .map(([name, value]) => `${name} = ${value}`)
      .join(', ');
    for (const [key, group] of groups) {
      for (const [path, summary] of group) {
        const row = [parent.name, parent.begin, parent.end, path, summary.count, ...statCells(summary)];
        const rows = this.#aggregated.get(key) ?? [];
        this.#aggregated.set(key, rows);
        rows.push([...row, summary.total, captured === '' ? 'None' : captured]);
      }
    }
  }

  warnings(): readonly string[] {
    const { ungrouped } = this.#statistics;
    return [
      ...(this.#dropped === 0 ? [] : [`${this.#dropped} periods are missing in statistics by parent: too many in one`]),
      ...(ungrouped === 0 ? [] : [`${ungrouped} periods belong to no group: there are too many groups`]),
    ];
  }

  end(sink: WindowSink): void {
    this.#order?.finish();
    const { stats, freq, top } = this.#options;
    const results = new PeriodResults(this.#options, this.#statistics);
    if (freq !== null) results.frequencies(FREQUENCIES, freq, sink);
    if (stats) results.statistics(STATS, sink);
    if (this.#aggregates) this.#aggregatedTables(sink);
    if (top) {
      const result = table(tables.TOP);
      result.rows.push(...this.#top.sorted());
      sink.block(LONGEST, [result], (style) => tables.topText(result, style));
    }
  }

  #aggregatedTables(sink: WindowSink): void {
    const { select, aggregateBy, groupBy } = this.#options;
    const title = `Aggregation of (${select.join(', ')}) by ${aggregateBy}`;
    const results = [...this.#aggregated].map(([group, rows]) => {
      const result = table(tables.AGGREGATED, groupBy.size === 0 ? title : `${title}, group: ${group}`);
      result.rows.push(...rows.toSorted((a, b) => (a[1] as number) - (b[1] as number)));
      return result;
    });
    sink.block(EVENTS, results, (style) => results.flatMap((result) => tables.aggregatedText(result, style)));
  }
}

function withDescendants(node: PeriodNode): PeriodNode[] {
  return [node, ...node.children.flatMap(withDescendants)];
}

function sizeOf(node: PeriodNode): number {
  return node.children.reduce((sum, child) => sum + 1 + sizeOf(child), 0);
}

function rowOf(node: PeriodNode, name: string): Row {
  const { begin, end, instance } = node;
  const { beginCaptures, endCaptures } = instance;
  return [
    begin,
    end,
    end - begin,
    name,
    captureCell(beginCaptures),
    captureCell(endCaptures),
    captureLines(beginCaptures),
    captureLines(endCaptures),
  ];
}
