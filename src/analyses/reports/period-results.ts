/** Tables of the statistics of periods. */
import type { ValueBudget } from '../figures/distribution.ts';
import { type FrequencyOptions, frequencyTables, seriesTable } from '../figures/frequency.ts';
import { statCells } from '../figures/stat-cells.ts';
import { Summary } from '../figures/summary.ts';
import type { PeriodDefinition } from '../period/expression.ts';
import type { WindowSink } from '../report.ts';
import { type ResultTable, type TableClass, table } from '../table.ts';
import type { PeriodStatistics, PeriodStats } from './period-stats.ts';
import * as tables from './period-tables.ts';

interface Options {
  readonly definitions: readonly PeriodDefinition[];
  readonly select: readonly string[];
  readonly aggregateBy: string | null;
  readonly budget: ValueBudget;
}

export class PeriodResults {
  readonly #options: Options;
  readonly #statistics: PeriodStatistics;
  readonly #groups: readonly [string | null, PeriodStats][];

  constructor(options: Options, statistics: PeriodStatistics) {
    this.#options = options;
    this.#statistics = statistics;
    this.#groups = [[null, statistics.all], ...statistics.groups];
  }

  statistics(section: number, sink: WindowSink): void {
    const parts = this.#groups.map(([group, one]) => ({ group, ...this.#statTables(group, one) }));
    sink.block(
      section,
      parts.flatMap(({ periods, parents }) => [periods, ...parents]),
      () =>
        parts.flatMap(({ group, periods, parents }) => [
          ...(group === null ? [] : ['', '', `### Group: ${group} ###`]),
          'Period tree:',
          ...tables.treeText(rootsOf(this.#options)),
          ...tables.statsText(periods),
          ...parents.flatMap(tables.parentText),
        ]),
    );
  }

  #selected(path: string): boolean {
    return this.#options.select.length === 0 || this.#options.select.includes(path.slice(path.lastIndexOf('/') + 1));
  }

  #statTables(
    group: string | null,
    { durations, byParent }: PeriodStats,
  ): { periods: ResultTable; parents: ResultTable[] } {
    const prefix = group === null ? '' : `'${group}' - `;
    const periods = table(tables.STATS, group);
    for (const path of this.#pathsInOrder()) {
      const summary = durations.get(path);
      if (summary === undefined || !this.#selected(path)) continue;
      periods.rows.push([path, summary.count, ...statCells(summary), summary.total]);
    }
    const classes = [tables.PARENT_DURATION, tables.PARENT_RATIO, tables.PARENT_COUNT];
    const active = classes.map((one) => table(one, `${prefix}With active children`));
    const globally = classes.map((one) => table(one, `${prefix}Globally`));
    for (const [parent, { children }] of byParent) {
      if (!this.#isAggregator(parent)) continue;
      const parents = this.#statistics.all.byParent.get(parent)!.parents;
      for (const [path, { durations: sums, ratios, counts }] of children) {
        if (!this.#selected(path)) continue;
        [sums, ratios, counts].forEach((summary, i) => {
          active[i]!.rows.push([path, parent, ...statCells(summary)]);
          globally[i]!.rows.push([path, parent, ...statCells(withZeros(summary, parents))]);
        });
      }
    }
    return { periods, parents: [...active, ...globally] };
  }

  #isAggregator(path: string): boolean {
    const { aggregateBy } = this.#options;
    return aggregateBy === null || path.slice(path.lastIndexOf('/') + 1) === aggregateBy;
  }

  #pathsInOrder(): string[] {
    const paths = (definitions: readonly PeriodDefinition[], before: string): string[] =>
      definitions.flatMap(({ name, children }) => {
        const path = before === '' ? name : `${before}/${name}`;
        return [
          path,
          ...paths(
            children.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
            path,
          ),
        ];
      });
    return [
      ...new Set(
        paths(
          this.#options.definitions.filter(({ parent }) => parent === null),
          '',
        ),
      ),
    ];
  }

  frequencies(section: number, freq: FrequencyOptions, sink: WindowSink): void {
    const groups = this.#groups;
    const parts = groups.map(([group, stats]) => ({ group, results: this.#freqTables(group, stats, freq) }));
    const all = parts.flatMap(({ results }) => results);
    const series = freq.series && groups.length > 1 ? this.#series(groups, freq) : [];
    sink.block(section, [...all, ...series], () =>
      parts.flatMap(({ group, results }) => [
        ...(group === null ? [] : ['', '', `### Group: ${group} ###`]),
        ...results.flatMap(tables.freqText),
      ]),
    );
  }

  #freqTables(group: string | null, { durations, byParent }: PeriodStats, freq: FrequencyOptions): ResultTable[] {
    const prefix = group === null ? '' : `'${group}' - `;
    const shown = [...durations].filter(([path]) => this.#selected(path)).sort(([a], [b]) => (a < b ? -1 : 1));
    const own = shown.map(([path, summary]) => ({ subtitle: `${prefix}Duration of period: ${path}`, summary }));
    const pairs = [...byParent]
      .filter(([parent]) => this.#isAggregator(parent))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([parent, { children }]) =>
        [...children].filter(([path]) => this.#selected(path)).map(([path, inParent]) => ({ parent, path, inParent })),
      );
    const kinds: readonly [TableClass, string, 'durations' | 'ratios' | 'counts'][] = [
      [tables.FREQ_DURATION, 'uration', 'durations'],
      [tables.FREQ_RATIO, 'sage ratio', 'ratios'],
      [tables.FREQ_COUNT, 'umber', 'counts'],
    ];
    const letters = { durations: 'D', ratios: 'U', counts: 'N' };
    const of = (isGlobal: boolean): ResultTable[] =>
      kinds.flatMap(([tableClass, word, key]) => {
        const list = pairs.map(({ parent, path, inParent }) => {
          const initial = isGlobal ? `Global ${letters[key].toLowerCase()}` : letters[key];
          const parents = this.#statistics.all.byParent.get(parent)!.parents;
          const summary = isGlobal ? withZeros(inParent[key], parents, this.#options.budget) : inParent[key];
          return { subtitle: `${prefix}${initial}${word} of ${path} per ${parent}`, summary };
        });
        const bounds =
          key === 'durations' ? {} : { min_ns: Number.NEGATIVE_INFINITY, max_ns: Number.POSITIVE_INFINITY };
        return frequencyTables(tableClass, list, { ...freq, ...bounds });
      });
    return [...frequencyTables(tables.FREQ_DURATION, own, freq), ...of(false), ...of(true)];
  }

  /** `--freq-series`: distributions of a period in all groups beside each other. */
  #series(groups: readonly [string | null, PeriodStats][], freq: FrequencyOptions): ResultTable[] {
    return this.#pathsInOrder()
      .filter((path) => this.#selected(path))
      .flatMap((path) => {
        const list = groups.flatMap(([group, { durations }]) => {
          const summary = durations.get(path);
          return group === null || summary === undefined ? [] : [{ subtitle: group, summary }];
        });
        const title = `Period '${path}' duration frequency distribution per group`;
        return list.length === 0
          ? []
          : [
              seriesTable(
                title,
                'group',
                'count',
                frequencyTables(tables.FREQ_DURATION, list, { ...freq, uniform: true }),
              ),
            ];
      });
  }
}

function rootsOf({ definitions }: Options): PeriodDefinition[] {
  return definitions.filter(({ parent }) => parent === null);
}

/** The same, with a zero for every parent that had none. */
function withZeros(summary: Summary, parents: number, budget: ValueBudget | null = null): Summary {
  if (summary.count >= parents) return summary;
  const all = new Summary(budget);
  all.merge(summary);
  for (let i = summary.count; i < parents; i++) all.add(0);
  return all;
}
