/** `tailtrap track` over a recorded trace or a live session: the same tracker, fed with events. */
import { EventTracker, type EventTrackerOptions, eventNames, keyPairs } from '../analyses/index.ts';
import { UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import type { Outlier } from '../base/outlier.ts';
import type { CtfSource } from '../ctf/reader.ts';
import { DEFAULT_TEXT_OPTIONS } from '../ctf/text/options.ts';
import { watchSession } from '../lttng/viewer/index.ts';
import { stdoutBacklog } from './backlog.ts';
import { deadline } from './deadline.ts';
import { OUTLIER_ROWS } from './outlier-text.ts';
import type { Output } from './output.ts';
import { type Percentiles, percentileRecord, percentileTable } from './percentiles.ts';
import { Progress } from './progress.ts';
import { interruptedBy } from './stop.ts';
import { noticeTeller, openTraces } from './trace-input.ts';

/** As in the kernel (docs/track.md). */
const DEFAULT_SLOTS = 16_384;
/** Events between two looks at Ctrl-C and at whoever reads our output: a millisecond, at most 1.5 MB. */
const STRETCH = 4096;

export interface TraceTracking {
  readonly in: string;
  readonly out: string;
  readonly key: string;
  readonly name: string;
  readonly mode: EventTrackerOptions['mode'];
  readonly threshold: number;
  readonly timeout: number;
  readonly forget: number;
  readonly pid: number | undefined;
  readonly tid: number | undefined;
  readonly comm: string | undefined;
  readonly cpu: number | undefined;
  readonly cgroup: string | undefined;
  readonly only: readonly string[];
  readonly slots: number | undefined;
  readonly rate: number;
  readonly count: number | undefined;
  readonly for: number | undefined;
  readonly hist: boolean;
}

export interface Told {
  readonly out: Output;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  readonly row: (outlier: Outlier) => string;
}

/** @returns exit status */
export async function trackTrace(place: string, settings: TraceTracking, told: Told): Promise<number> {
  if (settings.cgroup !== undefined || settings.only.length > 0) {
    throw new UsageError(
      'TT_USAGE',
      `a trace does not tell what --${settings.cgroup === undefined ? 'only' : 'cgroup'} asks`,
      {
        next: 'choose with --pid, --tid, --comm or --cpu',
      },
    );
  }
  const run = new Run(settings, told);
  const ends = settings.for === undefined ? [told.signal] : [told.signal, deadline(settings.for)];
  const signal = AbortSignal.any(ends);
  const status = place.startsWith('net:') ? await run.live(place, signal) : await run.folder(place, signal);
  run.close();
  return status;
}

class Run {
  readonly #settings: TraceTracking;
  readonly #told: Told;
  #tracker: EventTracker | null = null;
  #seen = 0;
  #first = Number.NaN;
  #last = Number.NaN;

  constructor(settings: TraceTracking, told: Told) {
    this.#settings = settings;
    this.#told = told;
    keyPairs(settings.key); // a mistake is told before anything is opened
  }

  async folder(path: string, signal: AbortSignal): Promise<number> {
    const traces = openTraces([path]);
    const { source } = traces;
    for (const side of ['in', 'out'] as const) assertEvent(source, this.#settings[side], `--${side}`);
    const tracker = this.#make(source.origin_ns);
    this.#told.out.text(OUTLIER_ROWS.head());
    const progress = Progress.of(source);
    const tell = noticeTeller(traces, DEFAULT_TEXT_OPTIONS.clock, this.#told.log);
    const events = source.events({
      events: tracker.events,
      onNotice: (notice) => {
        progress.clear();
        tell(notice);
      },
    });
    let read = 0;
    try {
      for (let event = events.next(); event !== null && !this.#isDone; event = events.next()) {
        this.#feed(event.time, () => tracker.feed(event));
        if (++read % STRETCH !== 0) continue;
        progress.at(read, event.time);
        await (stdoutBacklog(signal) ?? new Promise((resolve) => setImmediate(resolve)));
        if (signal.aborted) break;
      }
    } finally {
      progress.clear();
      events.close();
    }
    const range = source.timeRange();
    if (signal.aborted) this.#told.log('warning: stopped: the trace was not read to its end');
    else if (!this.#isDone && range !== null) tracker.poll(Number(range.end_ns - source.origin_ns));
    return interruptedBy(this.#told.signal) ?? 0;
  }

  async live(url: string, signal: AbortSignal): Promise<number> {
    const stop = new AbortController();
    const { log } = this.#told;
    const { events } = this.#make(0n); // only to ask what it wants
    this.#tracker = null;
    const viewer = watchSession(url, {
      seek: 'beginning',
      events,
      log: (line) => log(`tailtrap: ${line}`),
      signal: AbortSignal.any([signal, stop.signal]),
      onNotice: ({ message }) => log(`warning: ${message}`),
    });
    this.#told.out.text(OUTLIER_ROWS.head());
    let more = true;
    while (more && !this.#isDone) {
      more = await viewer.advance();
      const { reader } = viewer;
      for (let event = reader.next(); event !== null && !this.#isDone; event = reader.next()) {
        const tracker = this.#tracker ?? this.#make(reader.origin_ns);
        const now = event;
        this.#feed(now.time, () => tracker.feed(now));
      }
      await stdoutBacklog(signal);
    }
    stop.abort();
    if (more) await viewer.advance();
    return 0;
  }

  /** What was not timed, and the percentiles. */
  close(): void {
    const tracker = this.#tracker;
    const { name, hist, in: inName, out: outName } = this.#settings;
    const { out, log } = this.#told;
    if (tracker === null) {
      log(`${name}: no event came`);
      return;
    }
    if (tracker.found.in === 0) log(`${name}: no ${inName} came`);
    if (tracker.found.out === 0) log(`${name}: no ${outName} came`);
    const { skipped, crowded, collected, replaced, unmatched, rate_limited, negative, pending, mean_ns } =
      tracker.statistics();
    const histogram = tracker.histogram();
    if (hist) {
      const sum_ns = histogram.total() === 0 ? 0 : mean_ns * histogram.total();
      const reading: Percentiles = { tracker: name, class: 'all', histogram, sum_ns };
      out.record(percentileRecord(reading, this.#last - this.#first));
      for (const line of percentileTable([reading])) out.text(line);
    }
    const never = histogram.total() === 0 && unmatched > 0;
    const lines: [number, string][] = [
      [skipped + crowded, 'in events not timed, too many were in flight (--slots):'],
      [tracker.keyless, 'events of a thread that is not known yet (no sched_switch before):'],
      [replaced, 'in events that a later one of the same key took the place of:'],
      [collected, 'in events forgotten, no out event came (--forget):'],
      [
        unmatched,
        `out events without an in event${never ? ', and none with one: do the key fields of both mean the same?' : ''}:`,
      ],
      [negative, 'out events before their in event (the clock went back):'],
      [rate_limited, 'outliers not shown (--rate):'],
      [pending, 'in events still pending at the end:'],
    ];
    for (const [count, what] of lines) if (count > 0) log(`${name}: ${what} ${count}`);
  }

  get #isDone(): boolean {
    return this.#settings.count !== undefined && this.#seen >= this.#settings.count;
  }

  #feed(time: number, feed: () => void): void {
    if (Number.isNaN(this.#first)) this.#first = time;
    this.#last = time;
    feed();
  }

  #make(origin_ns: bigint): EventTracker {
    const { out, row } = this.#told;
    const { name, in: inName, out: outName, key, threshold, timeout, forget, mode, slots, rate } = this.#settings;
    const { pid, tid, comm, cpu } = this.#settings;
    this.#tracker = new EventTracker(
      {
        name,
        in: inName,
        out: outName,
        key: keyPairs(key),
        threshold_ns: threshold,
        timeout_ns: timeout,
        forget_ns: forget,
        mode,
        capacity: slots ?? DEFAULT_SLOTS,
        rate,
        pid,
        tid,
        comm,
        cpu,
        onOutlier: (outlier) => {
          if (this.#isDone) return;
          this.#seen++;
          out.record(outlier, () => row(outlier));
        },
      },
      origin_ns,
    );
    return this.#tracker;
  }
}

/** @throws UsageError `TT_NO_EVENT` */
function assertEvent(source: CtfSource, text: string, where: string): void {
  const names = source.eventTypes.map(({ name }) => name);
  if (eventNames(text).some((name) => names.includes(name))) return;
  const hint = eventNames(text)
    .map((name) => didYouMean(name, names))
    .find((one) => one !== '');
  throw new UsageError('TT_NO_EVENT', `no event of the trace is called '${text}'`, {
    where,
    next: hint ?? 'see what there is with tailtrap cat',
  });
}
