/** Statistics of periods alone and by their parents, for all and by group of captured values. */
import type { ValueBudget } from '../figures/distribution.ts';
import { Summary } from '../figures/summary.ts';
import { type Captured, capturesOf, durationOf, groupKey, type PeriodNode } from './period-tree.ts';

/** Names of captures by period: `--group-by`. */
export type Grouping = ReadonlyMap<string, readonly string[]>;

/** Groups of captured values; more are not told apart. */
const MAX_GROUPS = 10_000;

/** What descendants of one name did in instances of one parent in which there was at least one. */
export interface InParent {
  /** Sum of durations, number, percentage of the parent's time: a value for each parent. */
  readonly durations: Summary;
  readonly counts: Summary;
  readonly ratios: Summary;
}

export interface ParentStats {
  /** Instances of the parent. */
  parents: number;
  readonly children: Map<string, InParent>;
}

export interface PeriodStats {
  readonly durations: Map<string, Summary>;
  readonly byParent: Map<string, ParentStats>;
}

export class PeriodStatistics {
  readonly all: PeriodStats = { durations: new Map(), byParent: new Map() };
  readonly groups: Map<string, PeriodStats> = new Map();
  /** Periods of groups that were one too many. */
  ungrouped = 0;
  readonly #grouping: Grouping;
  readonly #budget: ValueBudget | null;
  readonly #shown: (node: PeriodNode) => boolean;

  /** @param budget given: distributions are kept */
  constructor(grouping: Grouping, budget: ValueBudget | null, shown: (node: PeriodNode) => boolean) {
    this.#grouping = grouping;
    this.#budget = budget;
    this.#shown = shown;
  }

  /** A period that is complete, with or without its parent. */
  period(node: PeriodNode): void {
    this.#durations(this.all, node.path).add(durationOf(node));
  }

  /** A period without parent is complete, and so is what was in it. */
  tree(root: PeriodNode): void {
    this.#within(root);
    if (this.#grouping.size > 0) this.#group(root, [], new Map());
  }

  /** @returns sums and numbers of all descendants by path */
  #within(node: PeriodNode): Map<string, { duration: number; count: number }> {
    const below = new Map<string, { duration: number; count: number }>();
    for (const child of node.children) {
      if (!this.#shown(child)) continue;
      addTo(below, child.path, durationOf(child), 1);
      for (const [path, { duration, count }] of this.#within(child)) addTo(below, path, duration, count);
    }
    this.#finish(this.all, node, below);
    return below;
  }

  #finish(stats: PeriodStats, node: PeriodNode, below: Map<string, { duration: number; count: number }>): void {
    let parent = stats.byParent.get(node.path);
    if (parent === undefined) {
      parent = { parents: 0, children: new Map() };
      stats.byParent.set(node.path, parent);
    }
    parent.parents++;
    for (const [path, { duration, count }] of below) {
      let inParent = parent.children.get(path);
      if (inParent === undefined) {
        inParent = { durations: this.#summary(), counts: this.#summary(), ratios: this.#summary() };
        parent.children.set(path, inParent);
      }
      inParent.durations.add(duration);
      inParent.counts.add(count);
      inParent.ratios.add(durationOf(node) > 0 ? (duration / durationOf(node)) * 100 : 0);
    }
  }

  #durations(stats: PeriodStats, path: string): Summary {
    let summary = stats.durations.get(path);
    if (summary === undefined) {
      summary = this.#summary();
      stats.durations.set(path, summary);
    }
    return summary;
  }

  #summary(): Summary {
    return new Summary(this.#budget);
  }

  /**
   * Each period belongs to the groups of its own captures together with those of what is above and below it.
   *
   * @param active what was below each ancestor, by group
   * @returns captures of this period and of one descendant each
   */
  #group(
    node: PeriodNode,
    above: readonly Captured[],
    active: Map<PeriodNode, Map<string, Map<string, { duration: number; count: number }>>>,
  ): Captured[][] {
    const own = capturesOf(node, this.#grouping.get(node.name) ?? []);
    const combined: Captured[][] = [];
    for (const child of node.children) {
      if (!this.#shown(child)) continue;
      for (const captures of this.#group(child, [...above, ...own], active)) combined.push([...own, ...captures]);
    }
    if (combined.length === 0) combined.push(own);
    const keys = new Set<string>();
    for (const captures of combined) {
      const all = [...captures, ...above];
      if (all.length < this.#grouping.size) continue;
      const key = groupKey(all);
      if (key !== '') keys.add(key);
    }
    for (const key of keys) this.#inGroup(key, node, active);
    active.delete(node);
    return combined;
  }

  #inGroup(
    key: string,
    node: PeriodNode,
    active: Map<PeriodNode, Map<string, Map<string, { duration: number; count: number }>>>,
  ): void {
    let stats = this.groups.get(key);
    if (stats === undefined) {
      if (this.groups.size >= MAX_GROUPS) {
        this.ungrouped++;
        return;
      }
      stats = { durations: new Map(), byParent: new Map() };
      this.groups.set(key, stats);
    }
    this.#durations(stats, node.path).add(durationOf(node));
    for (let { parent } = node; parent !== null; { parent } = parent) {
      const groups = active.get(parent) ?? new Map();
      active.set(parent, groups);
      const below = groups.get(key) ?? new Map();
      groups.set(key, below);
      addTo(below, node.path, durationOf(node), 1);
    }
    this.#finish(stats, node, active.get(node)?.get(key) ?? new Map());
  }
}

function addTo(sums: Map<string, { duration: number; count: number }>, path: string, duration: number, count: number) {
  const sum = sums.get(path);
  if (sum === undefined) sums.set(path, { duration, count });
  else {
    sum.duration += duration;
    sum.count += count;
  }
}
