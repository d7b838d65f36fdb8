/**
 * Live reading: metadata and packets are handed in as they arrive, events come out in order of time as soon as no stream
 * can bring an earlier one.
 *
 *     const live = new PushReader({ name: 'net://host/session' });
 *     live.metadata(bytes);                      // all of it so far; again when there is more
 *     live.stream(3);                            // this stream holds events back until it says something
 *     live.packet(3, packet);                    // whole packets, in order
 *     live.inactive(3, time_ns);                 // nothing will come before this time
 *     live.end(3);
 *     for (let e = live.next(); e !== null; e = live.next()) use(e);   // null: nothing is certain for now
 *
 * Packets wait until their events were given; how many may wait is the caller's flow control (`waiting_bytes`). After new
 * metadata the packets that follow have new `EventType` objects: key tables by name, or resolve fields again.
 */
import { UsageError } from '../base/errors.ts';
import type { Notice, Selection } from '../trace/event.ts';
import { Merge } from '../trace/merge.ts';
import { StreamCursor } from './cursor.ts';
import { canGenerate } from './decode/compile.ts';
import type { DataStreamClass, TraceClass } from './model.ts';
import { parseMetadata } from './open.ts';
import { StreamPlan } from './plan.ts';
import type { CtfEvent, ReaderOptions, StreamFile } from './reader.ts';
import { byEventClass, matcher, selectionOf } from './source.ts';

export interface PushOptions extends ReaderOptions, Pick<Selection, 'events' | 'onNotice'> {
  /** As shown in messages. */
  readonly name: string;
  /** What `TraceEvent.time` counts from; default the epoch, where doubles are exact to 256 ns only. */
  readonly origin_ns?: bigint;
}

interface Live {
  readonly cursor: StreamCursor;
  readonly packets: StreamFile[];
  /** Nothing comes before this time; null when not known. */
  notBefore_ns: bigint | null;
  ended: boolean;
  /** It has an event in the merge. */
  merged: boolean;
}

export class PushReader {
  /** Bytes of packets whose events were not all given. */
  waiting_bytes = 0;
  readonly origin_ns: bigint;
  readonly #options: PushOptions;
  readonly #owner: { trace: TraceClass | null; plans: Map<DataStreamClass, StreamPlan> } = {
    trace: null,
    plans: new Map(),
  };
  readonly #streams = new Map<number, Live>();
  readonly #merge = new Merge<StreamCursor>(byEventClass);
  #current: StreamCursor | null = null;

  constructor(options: PushOptions) {
    this.#options = options;
    this.origin_ns = options.origin_ns ?? 0n;
  }

  /** Everything there is of the metadata; replaces what was known, for the packets that come after. */
  metadata(bytes: Uint8Array): void {
    const trace = parseMetadata(bytes, `${this.#options.name}/metadata`);
    const generate = this.#options.generate ?? canGenerate();
    this.#owner.plans = new Map();
    for (const streamClass of trace.streamClasses.values()) {
      this.#owner.plans.set(streamClass, new StreamPlan(streamClass, generate));
    }
    this.#owner.trace = trace;
  }

  /** Announces a stream. Packets of unannounced ones announce it. */
  stream(id: number, name = `stream ${id}`): void {
    if (this.#streams.has(id)) return;
    const wanted = matcher(this.#options.events);
    const packets: StreamFile[] = [];
    const environment = this.#owner.trace?.environment ?? new Map();
    const cursor = new StreamCursor({
      nextFile: () => packets.shift() ?? null,
      growing: true,
      info: { trace: this.#options.name, name, environment },
      owner: this.#owner as { trace: TraceClass },
      planOf: (packet) => this.#owner.plans.get(packet.streamClass)!,
      origin_ns: this.origin_ns,
      selectionOf: (plan) => selectionOf(plan, wanted),
      begin_ns: null,
      end_ns: null,
      onNotice: this.#options.onNotice ?? ((_notice: Notice): void => {}),
    });
    cursor.rank = id;
    this.#streams.set(id, { cursor, packets, notBefore_ns: null, ended: false, merged: false });
  }

  /** A whole packet; the bytes are the reader's from now on. */
  packet(id: number, bytes: Uint8Array): void {
    if (this.#owner.trace === null) {
      throw new UsageError('TT_CTF_NO_METADATA', 'a packet came before the metadata', { where: this.#options.name });
    }
    this.stream(id);
    const live = this.#streams.get(id)!;
    this.waiting_bytes += bytes.length;
    live.packets.push({
      name: live.cursor.stream.name,
      open: () => ({
        size_bytes: bytes.length,
        read: (into, at) => {
          const part = bytes.subarray(at, at + into.length);
          into.set(part);
          return part.length;
        },
        close: () => {
          this.waiting_bytes -= bytes.length;
        },
      }),
    });
  }

  /** The stream is alive and has nothing before this time (LTTng's beacon). */
  inactive(id: number, time_ns: bigint): void {
    this.stream(id);
    this.#streams.get(id)!.notBefore_ns = time_ns;
  }

  end(id: number): void {
    const live = this.#streams.get(id);
    if (live !== undefined) live.ended = true;
  }

  /** The next event that no stream can be before, or null for now. It is valid until the next call of any method. */
  next(): CtfEvent | null {
    const current = this.#current;
    this.#current = null;
    if (current !== null) {
      if (current.advance()) this.#merge.settle();
      else {
        this.#merge.pop();
        this.#streams.get(current.rank)!.merged = false;
      }
    }
    const bound = this.#refill();
    const top = this.#merge.top;
    if (top === undefined || (bound !== null && top.time_ns >= bound)) return null;
    this.#current = top;
    return top;
  }

  /** Brings waiting streams into the merge. @returns before which time the others bring nothing; null: there are none */
  #refill(): bigint | null {
    let bound: bigint | null = null;
    for (const [id, live] of this.#streams) {
      if (live.merged) continue;
      if (live.cursor.advance()) {
        live.merged = true;
        this.#merge.push(live.cursor);
      } else if (live.ended) {
        live.cursor.close();
        this.#streams.delete(id);
      } else {
        const from = live.notBefore_ns ?? -(2n ** 63n);
        if (bound === null || from < bound) bound = from;
      }
    }
    return bound;
  }
}
