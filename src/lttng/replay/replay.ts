/**
 * A recorded session once more: its packets become complete at the pace at which they once did, or faster, and streams
 * that have none promise by beacons, as a tracer with a live timer does.
 */
import { relative } from 'node:path';
import { clockBase_ns } from '../../ctf/clock.ts';
import { type OpenStream, openTraces } from '../../ctf/open.ts';
import type { TraceFiles } from '../../ctf/reader.ts';
import type { Clock } from '../channel/channel.ts';
import type { FedSession, FedStore, FedStream } from './fed-store.ts';
import { inPackets } from './metadata-packets.ts';
import { packetsOf, type RecordedPacket } from './packets.ts';

export interface ReplayOptions {
  readonly traces: readonly TraceFiles[];
  /** Folder that the traces are in. */
  readonly root: string;
  readonly store: FedStore;
  readonly name: string;
  readonly hostname: string;
  readonly liveTimer_us: number;
  /** 2: twice as fast as it was; Infinity: all at once. */
  readonly speed: number;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** At full speed the event loop gets its turn after so many packets. */
const PACKETS_AT_ONCE = 256;

interface Playing {
  readonly recorded: OpenStream;
  readonly stream: FedStream;
  readonly packets: Iterator<RecordedPacket, void>;
  next: RecordedPacket | null;
}

export class Replay {
  readonly session: FedSession;
  packets = 0;
  readonly #options: ReplayOptions;
  readonly #playing: Playing[] = [];

  /** Opens the traces and shows the session; nothing of its streams yet. */
  constructor(options: ReplayOptions) {
    this.#options = options;
    const { traces, store, root, name, hostname, liveTimer_us, log } = options;
    const opened = openTraces(traces, false);
    const format = opened.traces.some(({ trace }) => trace.majorVersion === 2) ? 'ctf2' : 'ctf1';
    this.session = store.add({ name, hostname, liveTimer_us, format });
    for (const owner of opened.traces) {
      const fed = this.session.addTrace(relative(root, owner.name) || owner.name);
      const files = traces.find((candidate) => candidate.name === owner.name)!;
      fed.metadata.append(inPackets(files.metadata, owner.trace.uuid));
      for (const recorded of opened.streams.filter((stream) => stream.owner === owner)) {
        const packets = packetsOf(recorded, log);
        this.#playing.push({ recorded, stream: fed.addStream(recorded.info.name), packets, next: null });
      }
    }
    this.session.publish();
  }

  /** Plays to the end, then the session ends. */
  async play(): Promise<void> {
    const { speed, clock, signal, liveTimer_us } = this.#options;
    for (const playing of this.#playing) this.#step(playing);
    const begin_ns = least(this.#playing.map(({ next }) => next?.begin_ns ?? null)) ?? 0n;
    const started_ns = clock.now_ns();
    while (signal?.aborted !== true) {
      const played_ns = (clock.now_ns() - started_ns) * speed;
      const now_ns = speed === Number.POSITIVE_INFINITY ? null : begin_ns + BigInt(Math.floor(played_ns));
      for (const playing of this.#playing) await this.#advance(playing, now_ns);
      if (this.#playing.every(({ next }) => next === null)) break;
      await clock.wait(liveTimer_us * 1000, signal);
    }
    this.session.close();
  }

  /** Gives what is complete by then. @param now_ns null: everything */
  async #advance(playing: Playing, now_ns: bigint | null): Promise<void> {
    const { stream } = playing;
    if (stream.closed) return;
    for (let next = playing.next; next !== null; next = playing.next) {
      if (now_ns !== null && next.end_ns !== null && next.end_ns > now_ns) {
        this.#promise(playing, next, now_ns);
        return;
      }
      stream.add(next.facts, next.read);
      this.packets++;
      if (this.packets % PACKETS_AT_ONCE === 0) await this.#options.clock.wait(0);
      this.#step(playing);
    }
    stream.close();
  }

  /** Until the packet is complete nothing comes before its begin. */
  #promise({ stream, recorded }: Playing, next: RecordedPacket, now_ns: bigint): void {
    const clock = recorded.owner.trace.streamClasses.get(Number(next.facts.streamClassId))?.defaultClock ?? null;
    if (clock === null || next.begin_ns === null) return;
    const until_ns = next.begin_ns < now_ns ? next.begin_ns : now_ns;
    const elapsed_ns = until_ns - clockBase_ns(clock);
    if (elapsed_ns >= 0n) stream.promise((elapsed_ns * clock.frequency_hz) / 1_000_000_000n, next.facts.streamClassId);
  }

  #step(playing: Playing): void {
    const step = playing.packets.next();
    playing.next = step.done === true ? null : step.value;
  }
}

function least(times: readonly (bigint | null)[]): bigint | null {
  let first: bigint | null = null;
  for (const time of times) if (time !== null && (first === null || time < first)) first = time;
  return first;
}
