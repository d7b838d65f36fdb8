/**
 * Thresholds that are learned: a high quantile of recent delays, times a factor, between a floor and a ceiling.
 *
 *     record(delay, class) / feed(histogram, class)         update(), once a second
 *         '--> RecentDelays of the class (recent.ts) --> quantile x factor --> floor, ceiling --> hysteresis --> threshold_ns
 *
 * It has no clock of its own on the hot path and no timer: values are counted, and `update` does the rest. It neither
 * compares nor reports: `LatencyTracker` (follow.ts) and the kernel trackers do that, with the threshold it answers.
 * docs/adaptive.md: the error, the memory, and how long it takes to follow a step.
 */
import { BUCKETS, type Histogram } from '../base/histogram.ts';
import { checkObject, duration, functionOrNull, numberWithin, threshold, wrongOption } from './check.ts';
import { safeClock } from './options.ts';
import { RecentDelays, SLICES } from './recent.ts';

export interface AdaptiveOptions {
  /** Which quantile of the recent delays; 0.5 .. 0.99999. Default 0.999. */
  readonly quantile?: number;
  /** The threshold is so many times the quantile; 0.1 .. 1000. Default 2. */
  readonly factor?: number;
  /** Never below this: what is faster is no problem, however unusual. Default 1 ms. */
  readonly floor_ns?: number;
  /** Never above this, the absolute objective: what is slower is a problem, however usual. Default 1 s. */
  readonly ceiling_ns?: number;
  /** Values are only collected for this long, and until there are enough of them. Default 60 s. */
  readonly train_ns?: number;
  /** What counts as recent; above 0. Default 60 s. */
  readonly window_ns?: number;
  /** The threshold while training. Default: the ceiling. */
  readonly initial_ns?: number;
  /** A new threshold must differ by more than this share to replace the one in force; 0 .. 1. Default 0.1. */
  readonly hysteresis?: number;
  /** Classes of keys that learn for themselves; 38 KB each. Default 16. */
  readonly max_classes?: number;
  /** Nanoseconds of any origin. Default: performance.now(). */
  readonly clock_ns?: () => number;
  /** Told of each change of a threshold, also of the end of training. What it throws is counted (`callback_errors`). */
  readonly onChange?: (change: ThresholdChange) => void;
}

export interface ThresholdChange {
  readonly class: string;
  readonly before_ns: number;
  readonly threshold_ns: number;
  readonly quantile_ns: number;
  /** This is the end of the class's training. */
  readonly trained: boolean;
}

export interface ClassState {
  readonly class: string;
  readonly state: 'training' | 'learned';
  readonly threshold_ns: number;
  /** Of the window; NaN when there is no value. */
  readonly quantile_ns: number;
  /** Values in the window, and how many training needs. */
  readonly count: number;
  readonly needed: number;
  readonly changes: number;
}

/** Values above the quantile that a window must hold: their number is then uncertain by a third (1 / sqrt(10)). */
const VALUES_ABOVE = 10;
/** Standard deviations of the rank within which two quantiles count as the same. */
const SIGMAS = 3;
const MAX_CLASSES = 1024;
/** All of AdaptiveOptions. */
export const ADAPTIVE_NAMES: readonly (keyof AdaptiveOptions)[] = [
  'quantile',
  'factor',
  'floor_ns',
  'ceiling_ns',
  'train_ns',
  'window_ns',
  'initial_ns',
  'hysteresis',
  'max_classes',
  'clock_ns',
  'onChange',
];

/** What is learned of one class. Keep it where values come fast: it saves the look-up. */
export class ClassThreshold {
  readonly name: string;
  /** The threshold in force. */
  threshold_ns: number;
  /** Values that are no delay: negative, NaN, or no number. */
  ignored = 0;
  trained: boolean = false;
  changes: number = 0;
  readonly recent: RecentDelays = new RecentDelays();
  began_ns: number = Number.NaN;
  sliceBegan_ns: number = Number.NaN;
  lastValue_ns: number = Number.NaN;
  touched: boolean = false;

  constructor(name: string, initial_ns: number) {
    this.name = name;
    this.threshold_ns = initial_ns;
  }

  /** Counts a delay. Does not allocate, reads no clock. */
  record(delay_ns: number): void {
    if (!(typeof delay_ns === 'number' && delay_ns >= 0)) {
      this.ignored++;
      return;
    }
    this.touched = true;
    this.recent.record(delay_ns);
  }
}

export class AdaptiveThreshold {
  readonly quantile: number;
  readonly factor: number;
  readonly floor_ns: number;
  readonly ceiling_ns: number;
  readonly train_ns: number;
  readonly window_ns: number;
  readonly initial_ns: number;
  readonly hysteresis: number;
  readonly max_classes: number;
  /** Values a class needs in its window: so many that VALUES_ABOVE of them lie above the quantile. */
  readonly needed: number;
  /** Values of classes that there was no room for. They have the initial threshold. */
  refused = 0;
  /** Values given to `record` with a class that is no text. */
  ignored = 0;
  /** Calls of `onChange` that threw, or whose promise was rejected. */
  callback_errors = 0;
  /** What the last of them has thrown. */
  lastCallbackError: unknown = undefined;
  readonly #clock_ns: () => number;
  readonly #onChange: ((change: ThresholdChange) => void) | null;
  readonly #classes = new Map<string, ClassThreshold>();
  #refusedBefore = 0;

  /** @throws UsageError `TT_TRACKER_OPTION` with the name of an option that is wrong, and what to give */
  constructor(options: AdaptiveOptions = {}) {
    checkObject(options, 'new AdaptiveThreshold', ADAPTIVE_NAMES, 'docs/adaptive.md');
    this.quantile = numberWithin(options.quantile ?? 0.999, 'quantile', 0.5, 0.99999);
    this.factor = numberWithin(options.factor ?? 2, 'factor', 0.1, 1000);
    this.floor_ns = duration(options.floor_ns ?? 1e6, 'floor_ns');
    this.ceiling_ns = threshold(options.ceiling_ns ?? 1e9, 'ceiling_ns');
    if (this.floor_ns > this.ceiling_ns) {
      throw wrongOption('floor_ns', this.floor_ns, `it is above ceiling_ns: give at most ${this.ceiling_ns}`);
    }
    this.train_ns = duration(options.train_ns ?? 60e9, 'train_ns');
    this.window_ns = duration(options.window_ns ?? 60e9, 'window_ns');
    if (this.window_ns === 0) throw wrongOption('window_ns', 0, 'give a number of nanoseconds above 0');
    this.initial_ns = threshold(options.initial_ns ?? this.ceiling_ns, 'initial_ns');
    this.hysteresis = numberWithin(options.hysteresis ?? 0.1, 'hysteresis', 0, 1);
    this.max_classes = numberWithin(options.max_classes ?? 16, 'max_classes', 1, MAX_CLASSES, true);
    this.#clock_ns = safeClock(functionOrNull(options.clock_ns, 'clock_ns'));
    this.#onChange = functionOrNull(options.onChange, 'onChange');
    this.needed = Math.ceil(VALUES_ABOVE / (1 - this.quantile) - 1e-6);
  }

  /**
   * A class, made when there is room for it; null otherwise (counted in `refused`).
   *
   * @throws UsageError `TT_TRACKER_OPTION` when the name is no text
   */
  class(name = ''): ClassThreshold | null {
    const found = this.#classes.get(name);
    if (found !== undefined) return found;
    if (typeof name !== 'string') throw wrongOption('the name of a class', name, 'give a text');
    if (this.#classes.size >= this.max_classes) {
      this.refused++;
      return null;
    }
    const made = new ClassThreshold(name, this.initial_ns);
    this.#classes.set(name, made);
    return made;
  }

  /** Counts one delay. Allocates only for the first value of a class. A name that is no text: counted in `ignored`, no error. */
  record(delay_ns: number, name = ''): void {
    if (typeof name !== 'string') this.ignored++;
    else this.class(name)?.record(delay_ns);
  }

  /**
   * Counts many: the delays that came since the last call, as a histogram (`later.since(earlier)`).
   *
   * @throws UsageError `TT_TRACKER_OPTION` when it is no such histogram
   */
  feed(histogram: Histogram, name = ''): void {
    if ((histogram as Histogram | undefined)?.counts?.length !== BUCKETS) {
      throw wrongOption(
        'the histogram of feed',
        histogram,
        `give one of a tracker: tracker.histogram(), ${BUCKETS} counts`,
      );
    }
    const cls = this.class(name);
    if (cls === null) return;
    const before = cls.recent.sliceCount;
    cls.recent.add(histogram);
    if (cls.recent.sliceCount > before) cls.touched = true;
  }

  /** The threshold in force. */
  threshold_ns(name = ''): number {
    return this.#classes.get(name)?.threshold_ns ?? this.initial_ns;
  }

  /** Ends training, follows, forgets. Call it once a second, and at least four times a window. No time: nothing happens. */
  update(now_ns: number = this.#clock_ns()): void {
    if (!Number.isFinite(now_ns)) return;
    for (const cls of this.#classes.values()) if (cls.touched) this.#updateClass(cls, now_ns);
    // Room for new classes: those without a value for a whole window go, but only when others had to be refused.
    if (this.refused > this.#refusedBefore) {
      for (const [name, cls] of this.#classes) {
        if (now_ns - cls.lastValue_ns > this.window_ns) this.#classes.delete(name);
      }
    }
    this.#refusedBefore = this.refused;
  }

  /** What each class has learned, for people to look at. */
  states(): ClassState[] {
    return [...this.#classes.values()].map((cls) => ({
      class: cls.name,
      state: cls.trained ? 'learned' : 'training',
      threshold_ns: cls.threshold_ns,
      quantile_ns: cls.recent.quantile_ns(this.quantile),
      count: cls.recent.count,
      needed: this.needed,
      changes: cls.changes,
    }));
  }

  #updateClass(cls: ClassThreshold, now_ns: number): void {
    cls.touched = false;
    cls.lastValue_ns = now_ns;
    if (Number.isNaN(cls.began_ns)) {
      cls.began_ns = now_ns;
      cls.sliceBegan_ns = now_ns;
    }
    // A clock that went back must not stop the rotation until it has caught up.
    if (now_ns < cls.sliceBegan_ns) cls.sliceBegan_ns = now_ns;
    if (now_ns < cls.began_ns) cls.began_ns = now_ns;
    this.#judge(cls, now_ns);
    // Where values are rare a slice lasts until it has its share of those needed: the window gets longer, not emptier.
    const over = now_ns - cls.sliceBegan_ns >= this.window_ns / SLICES;
    if (over && cls.recent.sliceCount >= this.needed / (SLICES - 1)) {
      cls.recent.rotate();
      cls.sliceBegan_ns = now_ns;
    }
  }

  #judge(cls: ClassThreshold, now_ns: number): void {
    const count = cls.recent.count;
    if (count < this.needed || (!cls.trained && now_ns - cls.began_ns < this.train_ns)) return;
    const quantile_ns = cls.recent.quantile_ns(this.quantile);
    const wanted_ns = this.#limited(quantile_ns);
    const before_ns = cls.threshold_ns;
    const trained = !cls.trained;
    if (!trained && this.#isSame(cls, count, wanted_ns)) return;
    cls.trained = true;
    cls.threshold_ns = wanted_ns;
    if (before_ns !== wanted_ns) cls.changes++;
    this.#tell({ class: cls.name, before_ns, threshold_ns: wanted_ns, quantile_ns, trained });
  }

  /** `update` is called by timers: what the application throws must not end its process. */
  #tell(change: ThresholdChange): void {
    const failed = (error: unknown): void => {
      this.callback_errors++;
      this.lastCallbackError = error;
    };
    try {
      const result: unknown = this.#onChange?.(change);
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** The threshold in force is near enough, or the values do not prove that it is another one. */
  #isSame(cls: ClassThreshold, count: number, wanted_ns: number): boolean {
    const now_ns = cls.threshold_ns;
    const band = 1 + this.hysteresis;
    if (wanted_ns <= now_ns * band && wanted_ns >= now_ns / band) return true;
    // The number of values above the true quantile is binomial: its deviation says which ranks may be the true one.
    const spread = SIGMAS * Math.sqrt(count * this.quantile * (1 - this.quantile));
    const low_ns = this.#limited(cls.recent.atRank(Math.max(0, this.quantile * count - spread)));
    const high_ns = this.#limited(cls.recent.atRank(Math.min(count, this.quantile * count + spread)));
    return now_ns >= low_ns && now_ns <= high_ns;
  }

  #limited(quantile_ns: number): number {
    return Math.min(this.ceiling_ns, Math.max(this.floor_ns, Math.round(quantile_ns * this.factor)));
  }
}
