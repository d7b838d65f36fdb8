/** `CtfSource`: opened traces, and iterators over their events. */
import { UsageError } from '../base/errors.ts';
import type { Notice, StreamInfo } from '../trace/event.ts';
import { Merge } from '../trace/merge.ts';
import { StreamCursor } from './cursor.ts';
import type { Drain, SelectedClasses } from './cursor-options.ts';
import { canGenerate, type Run } from './decode/compile.ts';
import type { Consumer } from './decode/emit.ts';
import type { CtfEventType } from './event-type.ts';
import { lastEventTime } from './last-event.ts';
import { type OpenStream, type OpenTrace, openTraces } from './open.ts';
import type { StreamPlan } from './plan.ts';
import type { CtfEvent, CtfEvents, CtfSelection, CtfSource, ReaderOptions, TimeSlice, TraceFiles } from './reader.ts';
import { matcher, selector } from './selection.ts';
import { slicesOf } from './slices.ts';
import { filesToRead } from './stream-files.ts';
import { commonPieces, type Pieces, rangeOf, unionOf } from './time-range.ts';
import { DrainTurns } from './turns.ts';

/** Opens traces given as files. Metadata is parsed and the first packet of each file is read; nothing else. */
export function openCtf(traces: readonly TraceFiles[], options: ReaderOptions = {}): CtfSource {
  return new Source(openTraces(traces, options.generate ?? canGenerate()), null);
}

class Source implements CtfSource {
  readonly origin_ns: bigint;
  readonly #traces: OpenTrace[];
  readonly #streams: OpenStream[];
  /** Of each stream, what is read; null: all. A stream that is not in it is not read. */
  readonly #pieces: Pieces | null;

  constructor(opened: { readonly traces: OpenTrace[]; readonly streams: OpenStream[] }, pieces: Pieces | null) {
    this.#traces = opened.traces;
    this.#streams = opened.streams;
    this.#pieces = pieces;
    let origin: bigint | null = null;
    for (const { begin_ns } of this.#streams) {
      if (begin_ns !== null && (origin === null || begin_ns < origin)) origin = begin_ns;
    }
    this.origin_ns = origin ?? 0n;
  }

  get traces(): CtfSource['traces'] {
    return this.#traces;
  }

  get streams(): readonly StreamInfo[] {
    return this.#streams.map((stream) => stream.info);
  }

  get eventTypes(): readonly CtfEventType[] {
    const out: CtfEventType[] = [];
    for (const { plans } of this.#traces) {
      for (const plan of plans.values()) for (const type of plan.types) if (type !== undefined) out.push(type);
    }
    return out;
  }

  timeRange(): { readonly begin_ns: bigint; readonly end_ns: bigint } | null {
    return this.#pieces === null ? rangeOf(this.#streams) : unionOf([...this.#pieces.values()]);
  }

  common(): CtfSource | null {
    const pieces = commonPieces(this.#streams);
    return pieces === null ? null : new Source({ traces: this.#traces, streams: this.#streams }, pieces);
  }

  slices(slice_bytes: number): readonly TimeSlice[] | null {
    return this.#pieces === null ? slicesOf(this.#streams, slice_bytes) : null;
  }

  lastTime(): number | null {
    return lastEventTime(
      this.#streams,
      this.#pieces,
      this.origin_ns,
      selector(() => false),
    );
  }

  events(selection: CtfSelection = {}): CtfEvents {
    return new Events(this.#streams, this.#pieces, this.origin_ns, selection);
  }
}

/** Larger than any log level. */
const NO_LEVEL = 1000;

/** Streams that only their events tell apart: babeltrace2 compares their classes, then the streams' paths. */
export function byEventClass(a: StreamCursor, b: StreamCursor): number {
  if (a.type.id !== b.type.id) return a.type.id - b.type.id;
  if (a.type.name !== b.type.name) return a.type.name < b.type.name ? -1 : 1;
  const [one, other] = [a.recordClass, b.recordClass];
  // Those with a log level go first, those with a URI last.
  const level = (one.logLevel ?? NO_LEVEL) - (other.logLevel ?? NO_LEVEL);
  if (level !== 0) return level;
  if (one.emfUri !== other.emfUri) return one.emfUri < other.emfUri ? -1 : 1;
  const [path, otherPath] = [a.stream, b.stream].map(({ trace, name }) => `${trace}/${name}`);
  return path === otherPath ? 0 : path! < otherPath! ? -1 : 1;
}

/** The runs of a consumer, made when their class first occurs. */
export function drainOf<S>(consumer: Consumer<S>, each: Drain<S>['each']): Drain<S> {
  let plan: StreamPlan | null = null;
  let last: (Run<S> | undefined)[] = [];
  const of = (wanted: StreamPlan): (Run<S> | undefined)[] => {
    if (wanted === plan) return last;
    plan = wanted;
    last = wanted.runsOf(consumer);
    return last;
  };
  const runOf = (type: CtfEventType): Run<S> => {
    const run = type.plan.run(type, consumer);
    of(type.plan)[type.slot] = run;
    return run;
  };
  return { each, of, runOf };
}

function earlier(a: bigint | undefined, b: bigint | undefined): bigint | null {
  if (a === undefined || b === undefined) return a ?? b ?? null;
  return a < b ? a : b;
}

/** Runs are compiled once for each consumer and class; nearly always the consumer is that of the call before. */
export class RunCache {
  #last: { readonly consumer: unknown; readonly each: unknown; readonly runs: Drain<never> } | null = null;

  of<S>(consumer: Consumer<S>, each: Drain<S>['each']): Drain<S> {
    if (this.#last?.consumer !== consumer || this.#last.each !== each) {
      this.#last = { consumer, each, runs: drainOf(consumer, each) as unknown as Drain<never> };
    }
    return this.#last.runs as unknown as Drain<S>;
  }
}

class Events implements CtfEvents {
  readonly #streams: readonly OpenStream[];
  readonly #pieces: Pieces | null;
  readonly #origin_ns: bigint;
  readonly #selection: CtfSelection;
  readonly #selected: (plan: StreamPlan) => SelectedClasses;
  readonly #merge = new Merge<StreamCursor>(byEventClass);
  #cursors: StreamCursor[] = [];
  #current: StreamCursor | null = null;
  #visiting: { readonly consumer: unknown; readonly runs: Drain<never> } | null = null;
  /** Everything is open, and the merge has the first event of each stream. */
  #ready = false;
  /** Of the cursors; those before are in the merge, or had nothing. */
  #entered = 0;
  paused = false;
  /** Time of the earliest event of the other streams. */
  #second = Number.NEGATIVE_INFINITY;

  constructor(streams: readonly OpenStream[], pieces: Pieces | null, origin_ns: bigint, selection: CtfSelection) {
    this.#streams = streams;
    this.#pieces = pieces;
    this.#origin_ns = origin_ns;
    this.#selection = selection;
    this.#selected = selector(matcher(selection.events));
  }

  next(): CtfEvent | null {
    if (!this.#ready && !this.#prepare()) return null;
    const current = this.#current;
    if (current !== null) {
      if (current.advance()) {
        // Most events follow one of their own stream: nothing moves while it is before the second of the heap.
        if (current.time < this.#second) return current;
        this.#merge.settle();
      } else if (this.paused) return null;
      else this.#merge.pop();
    }
    this.#second = this.#limit();
    this.#current = this.#merge.top ?? null;
    if (this.#current === null) this.#throwDamage();
    return this.#current;
  }

  /** Until when the top goes on. */
  #limit(): number {
    return this.#selection.order === 'stream' ? Number.POSITIVE_INFINITY : this.#merge.secondTime();
  }

  /** Once everything readable was given. */
  #throwDamage(): void {
    for (const cursor of this.#cursors) {
      const { damage } = cursor;
      cursor.damage = null;
      if (damage !== null) throw damage;
    }
  }

  seek(time_ns: bigint): void {
    this.close();
    const { begin_ns } = this.#selection;
    this.#open(begin_ns !== undefined && begin_ns > time_ns ? begin_ns : time_ns);
  }

  close(): void {
    for (const cursor of this.#cursors) cursor.close();
    this.#cursors = [];
    this.#merge.clear();
    this.#current = null;
    this.#ready = true;
  }

  /** @returns false when it was paused */
  #prepare(): boolean {
    if (this.#cursors.length === 0) this.#open(this.#selection.begin_ns ?? null);
    for (; this.#entered < this.#cursors.length; this.#entered++) {
      const cursor = this.#cursors[this.#entered]!;
      if (cursor.advance()) this.#merge.push(cursor);
      else if (this.paused) return false;
    }
    this.#ready = true;
    return true;
  }

  #open(from_ns: bigint | null): void {
    this.#ready = false;
    this.#entered = 0;
    const { pause } = this.#selection;
    const isPaused = pause === undefined ? undefined : (): boolean => (this.paused = pause());
    const onNotice = this.#selection.onNotice ?? ((_notice: Notice): void => {});
    for (const stream of this.#streams) {
      const piece = this.#pieces?.get(stream);
      if (this.#pieces !== null && piece === undefined) continue;
      const { owner, info, files, rank } = stream;
      const begin_ns = piece !== undefined && (from_ns === null || piece.begin_ns > from_ns) ? piece.begin_ns : from_ns;
      const toRead = filesToRead(files, info, begin_ns, onNotice);
      let file = 0;
      const cursor = new StreamCursor({
        nextFile: () => toRead[file++] ?? null,
        info,
        owner,
        planOf: (packet) => owner.plans.get(packet.streamClass)!,
        origin_ns: this.#origin_ns,
        selectionOf: this.#selected,
        begin_ns,
        end_ns: earlier(this.#selection.end_ns, piece?.end_ns),
        onNotice,
        onPacket: this.#selection.onPacket,
        isPaused,
      });
      cursor.rank = rank;
      this.#cursors.push(cursor);
    }
  }

  drain<S>(consumer: Consumer<S>, state: S, each?: (event: CtfEvent, state: S) => boolean): number {
    const merge = this.#merge;
    const runs = drainOf(consumer, each ?? null);
    if (this.next() === null) return 0;
    for (const cursor of merge) cursor.unread();
    const turns = new DrainTurns(merge);
    let count = 0;
    try {
      for (let top = merge.top; top !== undefined; top = merge.top) {
        const more = top.drainTo(this.#limit(), runs, state, turns);
        count += turns.current!.drained;
        if (!more) merge.pop();
        else if (this.#selection.order !== 'stream') merge.settle();
      }
    } catch (error) {
      // The event was given: next() goes on after it, and the other streams show theirs again.
      this.#current = turns.current;
      for (const cursor of merge) if (cursor !== this.#current) cursor.advance();
      this.#second = Number.NEGATIVE_INFINITY;
      throw error;
    }
    this.#current = null;
    this.#throwDamage();
    return count;
  }

  visit<S>(consumer: Consumer<S>, state: S): void {
    const event = this.#current;
    if (event === null)
      throw new UsageError('TT_CTF_NO_EVENT', 'there is no event to visit', { next: 'call next() first' });
    // Compiled once for each consumer and class; nearly always the consumer is that of the call before.
    if (this.#visiting?.consumer !== consumer)
      this.#visiting = { consumer, runs: drainOf<never>(consumer as never, null) };
    const { runs } = this.#visiting;
    const run = runs.of(event.plan)[event.slot] ?? runs.runOf(event.type);
    run(event, event.body, state as never);
  }
}
