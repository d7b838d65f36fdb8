/**
 * Learned thresholds of kernel trackers: once a second, what came in between (two readings of the kernel's histogram) is
 * handed to an AdaptiveThreshold, and what it answers is stored in the tracker's configuration.
 *
 * While training, and whenever too few operations come to learn from, the tracker's fixed threshold holds.
 */
import { messageOf } from '../base/errors.ts';
import { Histogram } from '../base/histogram.ts';
import { formatDuration } from '../base/units.ts';
import { type AdaptiveOptions, AdaptiveThreshold } from '../tracker/adaptive.ts';

const UPDATE_MS = 1000;
/** A change that is told: what moves less, or sooner after the last line, would fill the log while load swings. */
const NOTABLE_SHARE = 0.25;
const TELL_EVERY_NS = 60e9;

/** The part of a kernel tracker that learning needs. */
export interface Learnable {
  readonly spec: { readonly name: string; readonly classes: readonly string[] };
  readonly config: { threshold_ns: number };
  histogram(cls: number): Histogram;
}

interface Learner {
  readonly object: Learnable;
  readonly adaptive: AdaptiveThreshold;
  readonly classes: readonly number[];
  readonly options: string;
  seen: Histogram;
  /** The threshold that the last line in the log told, and when. */
  told_ns: number;
  toldAt_ns: number;
}

/**
 * The histograms whose delays are compared with the threshold: of a block request only the whole, of time off the CPU
 * only the kinds that were chosen, otherwise all.
 */
export function learnedClasses(spec: Learnable['spec'], only: readonly string[] | undefined): number[] {
  const all = spec.classes.map((_, i) => i);
  if (spec.name === 'block') return [0];
  if (spec.name !== 'offcpu') return all;
  const chosen = only ?? ['disk', 'runnable'];
  return all.filter((i) => chosen.includes(spec.classes[i]!));
}

function sum(object: Learnable, classes: readonly number[]): Histogram {
  const all = new Histogram();
  for (const cls of classes) all.add(object.histogram(cls));
  return all;
}

export class Learning {
  readonly #learners = new Map<string, Learner>();
  readonly #log: (line: string) => void;
  readonly #now_ns: () => number;
  #timer: NodeJS.Timeout | null = null;

  constructor(log: (line: string) => void, now_ns: () => number = () => Number(process.hrtime.bigint())) {
    this.#log = log;
    this.#now_ns = now_ns;
  }

  /**
   * From now on the tracker's threshold is learned; with `undefined` no longer. What was learned stays when the options
   * are the same as before: reading the configuration again does not begin the training again.
   *
   * @param fixed_ns the threshold while training
   */
  set(object: Learnable, fixed_ns: number, options: AdaptiveOptions | undefined, only?: readonly string[]): void {
    const { name } = object.spec;
    if (options === undefined) {
      this.delete(name);
      return;
    }
    const classes = learnedClasses(object.spec, only);
    const key = JSON.stringify([options, fixed_ns, classes]);
    const old = this.#learners.get(name);
    if (old?.object === object && old.options === key) {
      object.config.threshold_ns = old.adaptive.threshold_ns();
      return;
    }
    const adaptive = new AdaptiveThreshold({ ...options, initial_ns: fixed_ns, max_classes: 1 });
    this.#learners.set(name, {
      object,
      adaptive,
      classes,
      options: key,
      seen: sum(object, classes),
      told_ns: Number.NaN,
      toldAt_ns: Number.NaN,
    });
    this.#timer ??= setInterval(() => this.update(), UPDATE_MS).unref();
  }

  delete(name: string): void {
    this.#learners.delete(name);
    if (this.#learners.size === 0) this.close();
  }

  /** Once a second. */
  update(): void {
    const now_ns = this.#now_ns();
    for (const [name, learner] of this.#learners) {
      try {
        const all = sum(learner.object, learner.classes);
        learner.adaptive.feed(all.since(learner.seen));
        learner.seen = all;
        learner.adaptive.update(now_ns);
        learner.object.config.threshold_ns = learner.adaptive.threshold_ns();
        this.#tell(name, learner, now_ns);
      } catch (error) {
        this.#log(`${name}: its threshold is no longer learned: ${messageOf(error)}`);
        this.delete(name);
      }
    }
  }

  /** For the status: what is learned, or null where the threshold is fixed. */
  state(name: string): object | null {
    const adaptive = this.#learners.get(name)?.adaptive;
    if (adaptive === undefined) return null;
    const { quantile, factor, floor_ns, ceiling_ns, needed } = adaptive;
    const known = adaptive.states()[0];
    return {
      state: known?.state ?? 'training',
      quantile,
      quantile_ns: known === undefined || Number.isNaN(known.quantile_ns) ? null : Math.round(known.quantile_ns),
      factor,
      floor_ns,
      ceiling_ns,
      values: known?.count ?? 0,
      values_needed: needed,
      changes: known?.changes ?? 0,
    };
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** A line at the end of training, and when the threshold is notably another one than was told last. */
  #tell(name: string, learner: Learner, now_ns: number): void {
    const known = learner.adaptive.states()[0];
    if (known === undefined || known.state === 'training') return;
    const { told_ns } = learner;
    const moved = Math.abs(Math.log(known.threshold_ns / told_ns)) > Math.log(1 + NOTABLE_SHARE);
    const first = Number.isNaN(told_ns);
    if (!first && !(moved && now_ns - learner.toldAt_ns >= TELL_EVERY_NS)) return;
    learner.told_ns = known.threshold_ns;
    learner.toldAt_ns = now_ns;
    const before = first ? '' : ` (was ${formatDuration(told_ns)})`;
    const share = Number((learner.adaptive.quantile * 100).toFixed(3));
    const of = `${share} % of its operations take at most ${formatDuration(known.quantile_ns)}`;
    this.#log(`${name}: learned threshold ${formatDuration(known.threshold_ns)}${before}: ${of}`);
  }
}
