/**
 * Live reading: metadata and packets are handed in as they arrive, events come out in order as soon as none can be earlier.
 *
 *     const live = new PushReader({ name: 'net://host/session' });
 *     live.metadata(bytes);                      // all of it so far; again when there is more
 *     live.packet(3, packet);                    // whole packets, in order
 *     live.inactive(3, time_ns);                 // nothing will come before this time; live.end(3): nothing at all
 *     for (let e = live.next(); e !== null; e = live.next()) use(e);   // null: nothing is certain for now
 *
 * A stream promises by a beacon, and by the end of its last packet. Packets wait until their events were given; how many
 * is the caller's flow control (`waiting_bytes`, `wants`). Traces, each with its metadata, have numbers. After new metadata the packets that follow have new `EventType` objects: key tables by name.
 */
import type { StreamInfo } from '../trace/event.ts';
import { Merge } from '../trace/merge.ts';
import type { StreamCursor } from './cursor.ts';
import { canGenerate } from './decode/compile.ts';
import type { Consumer } from './decode/emit.ts';
import type { TraceClass } from './model.ts';
import { parseMetadata } from './open.ts';
import { UntoldDamage } from './push-damage.ts';
import { knownOf, LiveStream, type LiveTrace, type PushOptions, planned, StreamOrder, traceOf } from './push-stream.ts';
import type { CtfEvent, CtfSource } from './reader.ts';
import { matcher } from './selection.ts';
import { byEventClass, RunCache } from './source.ts';

export type { PushOptions };

export class PushReader {
  /** As shown in messages. */
  readonly name: string;
  /** Bytes of packets whose events were not all given. */
  waiting_bytes = 0;
  /** The earliest begin of a stream's first packet so far; null: there was none. */
  begin_ns: bigint | null = null;
  /** Streams and pieces of metadata so far: what keeps something for each should be made anew now and then. */
  changes = 0;
  readonly #options: PushOptions;
  readonly #wanted: (name: string) => boolean;
  readonly #traces = new Map<number, LiveTrace>();
  readonly #streams = new Map<number, LiveStream>();
  /** Those without an event in the merge. */
  readonly #idle = new Set<LiveStream>();
  readonly #merge = new Merge<StreamCursor>(byEventClass);
  readonly #byCursor = new Map<StreamCursor, LiveStream>();
  readonly #order = new StreamOrder();
  #origin_ns: bigint | null;
  #current: StreamCursor | null = null;
  readonly #draining = new RunCache();
  /** Before which time the idle streams bring nothing; null: there are none. */
  #bound_ns: bigint | null = null;
  #stale = true;
  readonly #untold = new UntoldDamage();

  constructor(options: PushOptions) {
    this.#options = options;
    this.name = options.name;
    this.#wanted = matcher(options.events);
    this.#origin_ns = options.origin_ns ?? null;
  }

  /** What `TraceEvent.time` counts from; of use once `begun`. */
  get origin_ns(): bigint {
    return this.#origin_ns ?? 0n;
  }

  /** A packet came: `origin_ns` will not change any more. */
  get begun(): boolean {
    return this.#origin_ns !== null;
  }

  /** What a stream is part of, for messages about it; null when it has ended. */
  place(info: StreamInfo): { trace: TraceClass; streamClassId: number; streamId: bigint } | null {
    for (const live of this.#streams.values()) if (live.info === info) return live.place;
    return null;
  }

  /** Those whose metadata is known. */
  get traces(): CtfSource['traces'] {
    return knownOf(this.#traces.values());
  }

  /** Everything there is of a trace's metadata; replaces what was known, for the packets that come after. */
  metadata(bytes: Uint8Array, traceId = 0, name: string = this.#options.name): void {
    const known = planned(parseMetadata(bytes, `${name}/metadata`), this.#options.generate ?? canGenerate());
    this.changes++;
    const owner = this.#traces.get(traceId);
    if (owner === undefined) this.#traces.set(traceId, { name, ...known });
    else Object.assign(owner, known);
  }

  /**
   * Announces a stream, also before its trace's metadata. Packets of unannounced ones announce it.
   *
   * @param fromFirst it should come from its first packet on: those that are missing before are told as lost
   */
  stream(id: number, name?: string, traceId?: number, fromFirst?: boolean): void {
    this.#live(id, name, traceId, fromFirst);
  }

  #live(id: number, name = `stream ${id}`, traceId = 0, fromFirst = false): LiveStream {
    const known = this.#streams.get(id);
    if (known !== undefined) return known;
    const owner = traceOf(this.#traces, traceId, this.#options.name);
    const live = new LiveStream(id, name, owner, {
      wanted: this.#wanted,
      fromFirst,
      onNotice: this.#options.onNotice ?? this.#untold.onNotice,
      origin_ns: () => this.origin_ns,
      onBytes: (change) => {
        this.waiting_bytes += change;
      },
    });
    this.#streams.set(id, live);
    this.changes++;
    this.#idle.add(live);
    this.#stale = true;
    return live;
  }

  /**
   * A whole packet, after those before it; the bytes are the reader's from now on. What is wrong with it is told as a
   * notice when it is read.
   *
   * @throws UsageError `TT_CTF_NO_METADATA`; `TT_CTF_ENDED`: the stream was ended, and still has events to give
   */
  packet(id: number, bytes: Uint8Array): void {
    const live = this.#live(id);
    live.add(bytes);
    this.#stale = true;
    if (live.cursor === null) this.#begin(live);
  }

  /** The stream is alive and has nothing before this time (LTTng's beacon). */
  inactive(id: number, time_ns: bigint): void {
    this.#live(id).inactive(time_ns);
    this.#stale = true;
  }

  /** The same, as a value of the clock of a stream class; of any class when that one is not known. */
  inactiveCycles(id: number, streamClassId: number, cycles: bigint): void {
    const time_ns = this.#live(id).timeOf(streamClassId, cycles);
    if (time_ns !== null) this.inactive(id, time_ns);
  }

  /** Waits for this stream no longer, until it brings something; what it brings may come late then. */
  release(id: number): void {
    const live = this.#streams.get(id);
    if (live !== undefined) live.released = true;
    this.#stale = true;
  }

  end(id: number): void {
    const live = this.#streams.get(id);
    if (live !== undefined) live.ended = true;
    this.#stale = true;
  }

  /** No packet will come for anything announced so far. */
  endAll(): void {
    for (const id of this.#streams.keys()) this.end(id);
  }

  /** Forgets a trace whose streams ended. What waits of them is still given. */
  dropTrace(traceId: number): void {
    this.#traces.delete(traceId);
  }

  /** Nothing of this stream waits: its next packet, or word that there is none, lets others go on. */
  wants(id: number): boolean {
    const live = this.#streams.get(id);
    return live !== undefined && live.waiting === 0 && this.#idle.has(live);
  }

  /** Streams that were not ended, or whose events were not all given. */
  get size(): number {
    return this.#streams.size;
  }

  /** Everything before this time was given or is certain; null: nothing holds anything back. */
  get certain_ns(): bigint | null {
    this.#refill();
    return this.#bound_ns;
  }

  /** Whether `next` would give an event. */
  hasNext(): boolean {
    this.#leave();
    this.#refill();
    const { top } = this.#merge;
    return top !== undefined && (this.#bound_ns === null || top.time_ns < this.#bound_ns);
  }

  /**
   * The next event that no stream can be before, or null for now. It is valid until the next call of any method.
   * @throws TailtrapError `TT_CTF_DAMAGED` in the place of null, once for the damage since, where there is no `onNotice`;
   *   the reader goes on with the next call
   */
  next(): CtfEvent | null {
    this.#current = this.hasNext() ? this.#merge.top! : null;
    if (this.#current === null) this.#untold.throw();
    return this.#current;
  }

  /**
   * Gives all events that are certain for now to a consumer, as `CtfEvents.drain` does.
   *
   * @returns how many they were @throws TailtrapError as `next` does, when all were given
   */
  drain<S>(consumer: Consumer<S>, state: S, each?: (event: CtfEvent, state: S) => boolean): number {
    this.#leave();
    this.#refill();
    const runs = this.#draining.of(consumer, each ?? null);
    const merge = this.#merge;
    let count = 0;
    for (const cursor of merge) cursor.unread();
    try {
      for (let top = merge.top; top !== undefined; top = merge.top) {
        const limit = this.#boundTime();
        if (!(top.time < limit)) break;
        const more = top.drainTo(Math.min(limit, merge.secondTime()), runs, state);
        count += top.drained;
        if (more) merge.settle();
        else {
          this.#takeOut(top);
          // Its promise may be what others wait for, and it may have ended.
          this.#refill((cursor) => cursor.unread());
        }
      }
    } finally {
      for (const cursor of merge) cursor.advance();
    }
    this.#untold.throw();
    return count;
  }

  #begin(live: LiveStream): void {
    const begin_ns = live.begin();
    this.#origin_ns ??= begin_ns ?? 0n;
    if (begin_ns !== null && (this.begin_ns === null || begin_ns < this.begin_ns)) this.begin_ns = begin_ns;
    live.open();
    this.#byCursor.set(live.cursor!, live);
    this.#order.add(live);
  }

  /** Goes on behind the event that `next` gave. */
  #leave(): void {
    const current = this.#current;
    this.#current = null;
    if (current === null) return;
    if (current.advance()) this.#merge.settle();
    else this.#takeOut(current);
  }

  /** The top has no more events for now. */
  #takeOut(cursor: StreamCursor): void {
    this.#merge.pop();
    const live = this.#byCursor.get(cursor)!;
    live.dry();
    this.#idle.add(live);
    this.#stale = true;
  }

  /** Brings idle streams into the merge, and computes the bound of the others. */
  #refill(entered?: (cursor: StreamCursor) => void): void {
    if (!this.#stale) return;
    this.#stale = false;
    this.#bound_ns = null;
    for (const live of this.#idle) {
      const { cursor } = live;
      if (cursor !== null && live.waiting > 0 && cursor.advance()) {
        this.#idle.delete(live);
        live.checkBeacon();
        this.#merge.push(cursor);
        entered?.(cursor);
        continue;
      }
      live.dry();
      if (live.ended) this.#forget(live);
      else if (!live.released && (this.#bound_ns === null || live.promise_ns < this.#bound_ns)) {
        this.#bound_ns = live.promise_ns;
      }
    }
  }

  #forget(live: LiveStream): void {
    live.close();
    this.#idle.delete(live);
    this.#streams.delete(live.id);
    if (live.cursor === null) return;
    this.#byCursor.delete(live.cursor);
    this.#order.remove(live);
  }

  #boundTime(): number {
    return this.#bound_ns === null ? Number.POSITIVE_INFINITY : Number(this.#bound_ns - this.origin_ns);
  }
}
