/**
 * The live state of a machine: fed with events, it always knows who runs, waits, and has what open, now and during the
 * last seconds.
 *
 *     const state = new LiveState({ origin_ns: source.origin_ns });
 *     for (let event = events.next(); event !== null; event = events.next()) state.update(event);
 *
 * Parts are chosen by what is asked: each follows only the events that it needs (`events`).
 */
import { UsageError } from '../base/errors.ts';
import type { EventType, Notice, TraceEvent } from '../trace/event.ts';
import { Calls } from './calls/calls.ts';
import { fileEffects } from './calls/files.ts';
import { ioEffects } from './calls/io.ts';
import { socketEffects } from './calls/sockets.ts';
import { type Change, type ChangeFilter, changesBetween, type Subscriber, Subscription } from './changes.ts';
import { Descriptors } from './descriptors.ts';
import { DEFAULT_LIMITS, Model, type ModelLimits } from './model.ts';
import type { Handler, Part } from './part.ts';
import { blockPart, Disks } from './parts/block.ts';
import { Interrupts, interruptPart } from './parts/interrupts.ts';
import { memoryPart } from './parts/memory.ts';
import { Interfaces, netPart } from './parts/net.ts';
import { lifePart, schedPart } from './parts/sched.ts';
import { stateDumpPart } from './parts/state-dump.ts';
import { Query } from './query.ts';
import { Threads } from './threads.ts';
import { View } from './view.ts';

/** Parts by name. The first three are always there: everything is told of threads. */
export const PARTS = ['sched', 'life', 'statedump', 'syscalls', 'block', 'net', 'interrupts', 'memory'] as const;
export type PartName = (typeof PARTS)[number];

const ALWAYS: readonly PartName[] = ['sched', 'life', 'statedump'];

/** The past is trimmed that many times in a window. */
const COLLECTIONS = 256;

export interface LiveStateOptions extends Partial<ModelLimits> {
  /** What `TraceEvent.time` of the sources counts from. */
  readonly origin_ns?: bigint;
  /** Default: all. */
  readonly parts?: readonly PartName[];
}

/** What the state has seen, and what it had to do without. */
export interface StateCounters {
  readonly events: number;
  /** Events older than the one before; they were taken as happening at its time. */
  readonly reordered: number;
  /** Events that the sources lost, as far as they were counted. */
  readonly lost: number;
  /** Times that a CPU ran another thread than we thought. */
  readonly corrected: number;
  /** Times that a thread ran on an idle CPU without a switch that told so. */
  readonly implied: number;
  /** System calls that ended without beginning, and those of unknown threads. */
  readonly unmatched: number;
  readonly unattributed: number;
  /** Rows refused, and history given up, because of the limits. */
  readonly refused: number;
  /** Disk requests whose end was seen, but not their issue. */
  readonly unmatchedRequests: number;
  readonly droppedChanges: number;
  readonly hurried: number;
}

const nothing: Handler = () => {};

export class LiveState {
  readonly origin_ns: bigint;
  readonly model: Model;
  readonly threads: Threads;
  readonly calls: Calls;
  readonly descriptors: Descriptors;
  readonly disks: Disks;
  readonly interfaces: Interfaces;
  readonly interrupts: Interrupts;
  readonly parts: readonly Part[];
  readonly #subscriptions = new Set<Subscription>();
  readonly #handlers = new Map<EventType, Handler>();
  #lastType: EventType | null = null;
  #lastHandler: Handler = nothing;
  #collectAt = Number.NEGATIVE_INFINITY;
  #events = 0;
  #reordered = 0;
  #lost = 0;

  constructor(options: LiveStateOptions = {}) {
    this.origin_ns = options.origin_ns ?? 0n;
    const limits = { ...DEFAULT_LIMITS, ...options };
    if (!(limits.window_ns > 0)) {
      throw new UsageError('TT_STATE_WINDOW', 'the window must be longer than nothing', { next: 'give some seconds' });
    }
    this.model = new Model(limits);
    this.threads = new Threads(this.model);
    this.calls = new Calls(this.threads);
    this.descriptors = new Descriptors(this.threads, this.calls.pending, (task) => this.#cloneFlags(task));
    this.calls.add(ioEffects(this.calls, this.descriptors));
    this.calls.add(fileEffects(this.calls, this.descriptors));
    this.calls.add(socketEffects(this.calls, this.descriptors));
    this.disks = new Disks(this.model);
    this.interfaces = new Interfaces(this.model);
    this.interrupts = new Interrupts(this.model);
    const chosen = new Set<string>([...ALWAYS, ...(options.parts ?? PARTS)]);
    this.parts = this.#all().filter((part) => chosen.has(part.name));
  }

  #all(): Part[] {
    return [
      schedPart(this.threads, this.calls.subject),
      lifePart(this.threads),
      stateDumpPart(this.descriptors, this.interrupts),
      this.calls,
      blockPart(this.disks),
      netPart(this.interfaces),
      interruptPart(this.threads, this.interrupts),
      memoryPart(this.threads),
    ];
  }

  /** Names of the events that the parts follow: what a source has to give. */
  get events(): readonly string[] {
    return [...new Set(this.parts.flatMap((part) => part.events))];
  }

  /** Time of the last event, nanoseconds since the epoch. */
  get now_ns(): bigint {
    const { now } = this.model.journal;
    return Number.isFinite(now) ? this.origin_ns + BigInt(Math.round(now)) : this.origin_ns;
  }

  update(event: TraceEvent): void {
    const { journal } = this.model;
    const { time } = event;
    if (time > journal.now) {
      journal.now = time;
      if (time >= this.#collectAt) this.#collect();
    } else if (time < journal.now) this.#reordered++;
    this.#events++;
    const { type } = event;
    if (type === this.#lastType) {
      this.#lastHandler(event);
      return;
    }
    const handler = this.#handlers.get(type) ?? this.#resolve(type);
    this.#lastType = type;
    this.#lastHandler = handler;
    handler(event);
  }

  /** Time passes without events: what is older than the window is forgotten. */
  advance(time_ns: bigint): void {
    const time = this.timeOf(time_ns);
    if (time > this.model.journal.now) this.model.journal.now = time;
    this.#collect();
  }

  /** A source lost something: who runs where is not believed any more. */
  notice(notice: Notice): void {
    if (notice.kind === 'open-packet') return;
    this.#lost += notice.count ?? 0;
    this.threads.forgetCurrent();
  }

  /** Nanoseconds since the epoch to nanoseconds since the origin. */
  timeOf(time_ns: bigint): number {
    return Number(time_ns - this.origin_ns);
  }

  /**
   * The state at a time, the present when none is given; valid until the state is fed again.
   *
   * @throws UsageError `TT_STATE_OUTSIDE_WINDOW`
   */
  view(time_ns?: bigint): View {
    const { now } = this.model.journal;
    const time = time_ns === undefined ? (Number.isFinite(now) ? now : 0) : this.timeOf(time_ns);
    if (time_ns !== undefined && time > now) this.advance(time_ns);
    return new View(this.model, this.origin_ns, time);
  }

  /** Questions to the state at a time. */
  at(time_ns?: bigint): Query {
    return new Query(this.view(time_ns), this.calls.names);
  }

  /**
   * What changed after one time, up to another; default: in the whole window.
   *
   * @throws UsageError `TT_STATE_OUTSIDE_WINDOW`
   */
  changes(from_ns?: bigint, to_ns?: bigint, filter: ChangeFilter = {}): Change[] {
    const { model, origin_ns } = this;
    const { journal } = model;
    const from = from_ns === undefined ? journal.forgotten : this.timeOf(from_ns);
    const to = to_ns === undefined ? journal.now : this.timeOf(to_ns);
    return changesBetween(model, origin_ns, from, to, filter);
  }

  /**
   * Tells changes as they happen, some time later: when `deliver` is called, and at least that often that none is lost
   * while the history can hold them. @returns ends it
   */
  subscribe(filter: ChangeFilter, tell: Subscriber): () => void {
    const subscription = new Subscription(this.model, this.origin_ns, filter, tell);
    this.#subscriptions.add(subscription);
    return () => this.#subscriptions.delete(subscription);
  }

  /** Tells subscribers what has changed. */
  deliver(): void {
    for (const subscription of this.#subscriptions) subscription.deliver();
  }

  get counters(): StateCounters {
    const { model, threads, calls } = this;
    return {
      events: this.#events,
      reordered: this.#reordered,
      lost: this.#lost,
      corrected: threads.corrected,
      implied: threads.implied,
      unmatched: calls.unmatched,
      unattributed: calls.unattributed,
      refused: model.tables.reduce((sum, table) => sum + table.refused, this.descriptors.refused),
      unmatchedRequests: this.disks.unmatched,
      droppedChanges: model.journal.dropped,
      hurried: model.hurried,
    };
  }

  #collect(): void {
    const { model } = this;
    this.deliver();
    model.collect();
    this.#collectAt = model.journal.now + model.limits.window_ns / COLLECTIONS;
  }

  #resolve(type: EventType): Handler {
    const handlers = this.parts.map((part) => part.handler(type)).filter((handler) => handler !== null);
    const handler = handlers.length === 0 ? nothing : handlers.length === 1 ? handlers[0]! : inTurn(handlers);
    // A live source makes new classes with new metadata: as many as it has kinds of events, each time.
    this.#handlers.set(type, handler);
    return handler;
  }

  #cloneFlags(task: number): number {
    const call = this.model.tasks.syscall.data[task]!;
    return this.calls.names.name(call) === 'clone' ? this.calls.pending.extra[task]! : 0;
  }
}

function inTurn(handlers: readonly Handler[]): Handler {
  return (event) => {
    for (const handler of handlers) handler(event);
  };
}
