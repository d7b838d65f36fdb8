/**
 * When an outlier gets a snapshot. Pure: the clock and the timer are handed in.
 *
 *     outlier     o      o  o                o         o
 *     post        |------|  joins            |         |------|
 *     snapshot           S------------ cooldown -------|      S
 *                                            ^ counted, listed, no snapshot of its own
 */
import type { Outlier } from '../../base/outlier.ts';
import { NS_PER } from '../../base/units.ts';

export interface SnapshotPolicyOptions {
  /** Keep recording this long after the first outlier: what came after is evidence too. */
  readonly post_ns?: number;
  /** After a snapshot, at least this long until the next. */
  readonly cooldown_ns?: number;
  /** At most this many snapshots in `budgetWindow_ns`; 0 is no limit. */
  readonly budgetCount?: number;
  readonly budgetWindow_ns?: number;
}

export const DEFAULT_POST_NS: number = 100 * NS_PER.ms;
export const DEFAULT_COOLDOWN_NS: number = 10 * NS_PER.s;
/** Outliers that one snapshot lists; more are counted. */
export const MAX_OUTLIERS_PER_SNAPSHOT = 1000;

export type Decision = 'started' | 'joined' | 'cooldown' | 'budget' | 'full';

/** Runs `callback` once after `delay_ns`; returns a function that cancels it. */
export type Timer = (delay_ns: number, callback: () => void) => () => void;

export interface PolicyCounters {
  snapshots: number;
  joined: number;
  /** Without a snapshot, because one had just been taken. */
  inCooldown: number;
  overBudget: number;
  /** Joined a snapshot whose list was full. */
  notListed: number;
}

export class SnapshotPolicy {
  readonly counters: PolicyCounters = { snapshots: 0, joined: 0, inCooldown: 0, overBudget: 0, notListed: 0 };
  readonly #options: Required<SnapshotPolicyOptions>;
  readonly #now_ns: () => number;
  readonly #timer: Timer;
  readonly #take: (outliers: Outlier[]) => void;
  readonly #starts_ns: number[] = [];
  #collecting: Outlier[] | null = null;
  #cancel: (() => void) | null = null;
  #quietUntil_ns = Number.NEGATIVE_INFINITY;

  /** @param take takes the snapshot; called once for each, with the outliers in the order they came */
  constructor(
    options: SnapshotPolicyOptions,
    parts: { now_ns: () => number; timer: Timer; take: (outliers: Outlier[]) => void },
  ) {
    this.#options = {
      post_ns: options.post_ns ?? DEFAULT_POST_NS,
      cooldown_ns: options.cooldown_ns ?? DEFAULT_COOLDOWN_NS,
      budgetCount: options.budgetCount ?? 0,
      budgetWindow_ns: options.budgetWindow_ns ?? NS_PER.h,
    };
    this.#now_ns = parts.now_ns;
    this.#timer = parts.timer;
    this.#take = parts.take;
  }

  offer(outlier: Outlier): Decision {
    if (this.#collecting !== null) {
      if (this.#collecting.length >= MAX_OUTLIERS_PER_SNAPSHOT) {
        this.counters.notListed++;
        return 'full';
      }
      this.#collecting.push(outlier);
      this.counters.joined++;
      return 'joined';
    }
    const now_ns = this.#now_ns();
    if (now_ns < this.#quietUntil_ns) {
      this.counters.inCooldown++;
      return 'cooldown';
    }
    if (!this.#withinBudget(now_ns)) {
      this.counters.overBudget++;
      return 'budget';
    }
    this.#collecting = [outlier];
    this.#starts_ns.push(now_ns);
    this.counters.snapshots++;
    this.#cancel = this.#timer(this.#options.post_ns, () => this.#fire());
    return 'started';
  }

  /** Takes a waiting snapshot at once, for an orderly end. */
  flush(): void {
    if (this.#collecting === null) return;
    this.#cancel?.();
    this.#fire();
  }

  #fire(): void {
    const outliers = this.#collecting;
    if (outliers === null) return;
    this.#collecting = null;
    this.#cancel = null;
    this.#quietUntil_ns = this.#now_ns() + this.#options.cooldown_ns;
    this.#take(outliers);
  }

  #withinBudget(now_ns: number): boolean {
    const { budgetCount, budgetWindow_ns } = this.#options;
    const starts = this.#starts_ns;
    while (starts.length > 0 && starts[0]! <= now_ns - budgetWindow_ns) starts.shift();
    // Without a limit the list is not needed; with one it has at most that many entries.
    if (budgetCount === 0) starts.length = 0;
    return budgetCount === 0 || starts.length < budgetCount;
  }
}
