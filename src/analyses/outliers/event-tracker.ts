/**
 * The latency tracker over the events of a trace or of a live session: what `tailtrap track` does in the kernel, afterwards,
 * or on the machine that receives the stream.
 *
 *     event --in side: key--> LatencyTracker.eventIn          time is that of the events: a timeout is noticed at the first
 *           --out side: key--> LatencyTracker.eventOut        event of any kind that comes after it
 *                                    '--> Outlier
 */

import type { Histogram } from '../../base/histogram.ts';
import type { Outlier } from '../../base/outlier.ts';
import type { EventType, TraceEvent } from '../../trace/event.ts';
import type { TrackerEvent } from '../../tracker/event.ts';
import type { Key } from '../../tracker/key.ts';
import { Flag } from '../../tracker/result.ts';
import type { TrackerStatistics } from '../../tracker/statistics.ts';
import { LatencyTracker } from '../../tracker/tracker.ts';
import { type Handler, inOrder } from '../listener.ts';
import type { Task } from '../models/task.ts';
import { Tasks } from '../models/tasks.ts';
import { eventNames, type KeyPair } from './pair.ts';
import { Side } from './side.ts';

export interface EventTrackerOptions {
  /** In outliers. */
  readonly name: string;
  /** Names of the events, as for {@link eventNames}. */
  readonly in: string;
  readonly out: string;
  /** 1 to 4 pairs; besides the fields of the events there are tid, pid and cpu. */
  readonly key: readonly KeyPair[];
  readonly threshold_ns: number;
  /** 0: never. */
  readonly timeout_ns: number;
  /** What has no out event by then is forgotten, and counted. 0: never. */
  readonly forget_ns: number;
  /** Of several in events of one key: the last counts, the first does, or all do and one out event ends them. */
  readonly mode: 'replace' | 'keep' | 'duplicate';
  /** Operations in flight, 1 to 4,194,304. More are counted as skipped. */
  readonly capacity: number;
  /** Outliers a second (of the trace's time); 0: all. */
  readonly rate: number;
  /** Only in events of such a thread. */
  readonly pid?: number | undefined;
  readonly tid?: number | undefined;
  readonly comm?: string | undefined;
  readonly cpu?: number | undefined;
  readonly onOutlier: (outlier: Outlier) => void;
}

/** What is remembered of an operation in flight. */
interface Begun {
  readonly values: readonly (Key | null)[];
  readonly task: Task | null;
  readonly comm: string;
  readonly cpu: number;
  readonly host: string;
}

/** The event that is being looked at, for the outlier that it causes. */
interface Ending {
  readonly event: TraceEvent;
  readonly side: Side;
}

export class EventTracker {
  /** Events that it wants. */
  readonly events: readonly string[];
  /** Kinds of events that were found to be its in and out side. */
  readonly found: { in: number; out: number } = { in: 0, out: 0 };
  /** Events whose key is not known: of a thread that was not seen yet. */
  keyless = 0;
  readonly #options: EventTrackerOptions;
  readonly #tasks = new Tasks();
  readonly #tracker: LatencyTracker;
  readonly #handlers = new Map<EventType, Handler>();
  readonly #inNames: readonly string[];
  readonly #outNames: readonly string[];
  readonly #origin_ns: bigint;
  #ending: Ending | null = null;
  #now_ns = Number.NEGATIVE_INFINITY;
  #nextPoll_ns = Number.NEGATIVE_INFINITY;
  #outliers = 0;

  /**
   * @param origin_ns of the source: nanoseconds since the epoch at which `TraceEvent.time` is 0
   * @throws UsageError `TT_TRACKER_OPTION`
   */
  constructor(options: EventTrackerOptions, origin_ns: bigint) {
    this.#options = options;
    this.#origin_ns = origin_ns;
    this.#inNames = eventNames(options.in);
    this.#outNames = eventNames(options.out);
    this.events = [...new Set([...this.#inNames, ...this.#outNames, ...this.#tasks.events])];
    this.#tracker = new LatencyTracker({
      name: options.name,
      capacity: options.capacity,
      threshold_ns: options.threshold_ns,
      timeout_ns: options.timeout_ns,
      gc_age_ns: options.forget_ns,
      timer: false,
      clock_ns: () => (Number.isFinite(this.#now_ns) ? this.#now_ns : 0),
      notify: Flag.normal | Flag.timeout,
      callback: (event) => this.#report(event),
      ...(options.rate > 0 ? { rate_limit: { per_second: options.rate, burst: options.rate } } : {}),
    });
  }

  /**
   * Looks at the next event of the source.
   *
   * @throws TailtrapError `TT_NO_FIELD` at the first event of a kind that lacks a field of the key
   */
  feed(event: TraceEvent): void {
    const { type, time } = event;
    let handler = this.#handlers.get(type);
    if (handler === undefined) {
      handler = this.#handler(type);
      this.#handlers.set(type, handler);
    }
    this.#now_ns = time;
    if (time >= this.#nextPoll_ns) this.poll();
    handler(event);
  }

  /** Looks for timeouts. @param time as of then, such as the end of the trace; absent: the last event */
  poll(time: number = this.#now_ns): void {
    if (!Number.isFinite(time)) return;
    this.#now_ns = time;
    this.#tracker.poll(time);
    this.#nextPoll_ns = time + this.#tracker.tick_ns;
  }

  statistics(): TrackerStatistics {
    return this.#tracker.statistics();
  }

  histogram(): Histogram {
    return this.#tracker.histogram();
  }

  #handler(type: EventType): Handler {
    const { key } = this.#options;
    const handlers: Handler[] = [];
    // The out event first, where both are one: what leaves ends before what comes begins. Both before the model of who runs
    // where: an event belongs to the thread that had the CPU until then.
    if (this.#outNames.includes(type.name)) {
      const side = new Side(
        type,
        key.map((pair) => pair.out),
        this.#tasks,
      );
      handlers.push((event) => this.#out(event, side));
      this.found.out++;
    }
    if (this.#inNames.includes(type.name)) {
      const side = new Side(
        type,
        key.map((pair) => pair.in),
        this.#tasks,
      );
      handlers.push((event) => this.#in(event, side));
      this.found.in++;
    }
    if (this.#tasks.events.includes(type.name)) {
      const follow = this.#tasks.handler(type);
      if (follow !== null) handlers.push(follow);
    }
    return handlers.length === 0 ? () => {} : inOrder(handlers);
  }

  #in(event: TraceEvent, side: Side): void {
    const task = side.task(event);
    if (!this.#wants(event, side, task)) return;
    const key = side.key(event);
    if (key === null) {
      this.keyless++;
      return;
    }
    const { mode } = this.#options;
    if (mode === 'keep' && this.#tracker.find(key) !== 0) return;
    const begun: Begun = {
      values: side.values(event),
      task,
      comm: task?.comm ?? '', // now: a thread may be called something else later
      cpu: side.cpu(event),
      host: String(event.stream.environment.get('hostname') ?? ''),
    };
    this.#tracker.eventIn(key, event.time, begun, mode === 'replace');
  }

  #wants(event: TraceEvent, side: Side, task: Task | null): boolean {
    const { pid, tid, comm, cpu } = this.#options;
    if (cpu !== undefined && side.cpu(event) !== cpu) return false;
    if (tid !== undefined && task?.tid !== tid) return false;
    if (pid !== undefined && task?.pid !== pid && task?.tid !== pid) return false;
    return comm === undefined || task?.comm === comm;
  }

  #out(event: TraceEvent, side: Side): void {
    const key = side.key(event);
    if (key === null) {
      this.keyless++;
      return;
    }
    this.#ending = { event, side };
    this.#tracker.eventOut(key, event.time);
    this.#ending = null;
  }

  #report(reported: TrackerEvent): void {
    const { flag, begin_ns, end_ns, delay_ns, threshold_ns } = reported;
    const begun = reported.data as Begun;
    const { key, name, in: inName, out: outName, timeout_ns } = this.#options;
    const ended = flag === Flag.timeout ? null : this.#ending;
    const other = ended === null ? null : ended.side.task(ended.event);
    const begin = this.#epoch_ns(begin_ns);
    this.#options.onOutlier({
      id: `${name}-${begin}-${++this.#outliers}`,
      host: begun.host,
      tracker: name,
      kind: flag === Flag.timeout ? 'timeout' : 'threshold',
      key: Object.fromEntries(key.map((pair, i) => [pair.in, shown(begun.values[i])])),
      begin_ns: String(begin),
      end_ns: String(this.#epoch_ns(end_ns)),
      delay_ns,
      threshold_ns: flag === Flag.timeout ? timeout_ns : threshold_ns,
      cpu: ended === null ? begun.cpu : ended.side.cpu(ended.event),
      pid: known(begun.task?.pid),
      tid: known(begun.task?.tid),
      comm: begun.comm,
      cgroup: '',
      details: {
        in: inName,
        out: outName,
        ...(other === null ? {} : { out_pid: known(other.pid), out_tid: other.tid, out_comm: other.comm }),
      },
      snapshot: null,
    });
  }

  #epoch_ns(time: number): bigint {
    return this.#origin_ns + BigInt(Math.round(time));
  }
}

/** 0 where it is not known. */
function known(id: number | undefined): number {
  return id === undefined || id < 0 ? 0 : id;
}

/** JSON has no integers beyond 2^53: those are addresses. */
function shown(value: Key | null | undefined): unknown {
  return typeof value === 'bigint' ? `0x${BigInt.asUintN(64, value).toString(16)}` : value;
}
