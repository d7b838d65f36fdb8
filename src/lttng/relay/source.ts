/**
 * A session of a relay in this process as a source of events: what viewers get over the network, without one. With
 * `output: null` nothing ever touches a disk.
 *
 *     const source = new SessionSource(session, { log: console.error });
 *     while (await source.advance()) for (let e = source.reader.next(); e !== null; e = source.reader.next()) use(e);
 */
import type { TailtrapError } from '../../base/errors.ts';
import { type PushOptions, PushReader } from '../../ctf/push.ts';
import type { Clock } from '../channel/channel.ts';
import { NODE_CLOCK } from '../channel/socket.ts';
import type { LiveSeek, LiveSessionEntry, MetadataReply, NewStreamsReply, PacketReply } from '../protocol/live.ts';
import { KnownStreams } from '../viewer/known-streams.ts';
import { LiveSession, type SessionPort } from '../viewer/session.ts';
import { DEFAULT_MEMORY_BYTES } from '../viewer/viewer.ts';
import { AttachedSession, ERROR_INDEX } from './live/attached.ts';
import type { StoredSession } from './store.ts';

/** A session says when something changes, but not when what is held back (per-PID buffers) may be told. */
const LOOK_NS = 100e6;

export interface SessionSourceOptions extends Pick<PushOptions, 'events' | 'onNotice' | 'generate'> {
  /** Default: everything that the relay has of the session. */
  readonly seek?: LiveSeek;
  readonly memory_bytes?: number;
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

export class SessionSource {
  readonly session: StoredSession;
  readonly reader: PushReader;
  /** Packets that could not be read. */
  lost_packets = 0;
  readonly #attached: AttachedSession;
  readonly #live: LiveSession;
  readonly #known: KnownStreams;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #stop: () => void;
  #changed = new AbortController();
  #failure: TailtrapError | null = null;
  #done = false;

  constructor(session: StoredSession, options: SessionSourceOptions = {}) {
    const { seek = 'beginning', memory_bytes = DEFAULT_MEMORY_BYTES, log = () => {}, clock = NODE_CLOCK } = options;
    const { events, onNotice, generate, signal } = options;
    this.session = session;
    this.#clock = clock;
    this.#signal = signal ?? new AbortController().signal;
    const name = `${session.hostname}/${session.name}`;
    this.reader = new PushReader({
      name,
      ...(events === undefined ? {} : { events }),
      ...(onNotice === undefined ? {} : { onNotice }),
      ...(generate === undefined ? {} : { generate }),
    });
    this.#known = new KnownStreams(this.reader, name);
    this.#attached = new AttachedSession(session, seek, (error) => {
      this.#failure ??= error;
    });
    const { reader } = this;
    this.#live = new LiveSession(new LocalPort(name, this.#attached), entryOf(session), {
      reader,
      clock,
      known: this.#known,
      memory_bytes,
      log,
    });
    this.#live.add(this.#attached.takeStreams(), seek);
    const wake = (): void => this.#changed.abort();
    const forget = session.onChange(wake);
    this.#signal.addEventListener('abort', wake);
    this.#stop = () => {
      forget();
      this.#signal.removeEventListener('abort', wake);
    };
  }

  /** Packets that the relay dropped or overwrote before they were read: the consumer is too slow for its memory. */
  get skipped_packets(): number {
    return this.#attached.skipped;
  }

  /**
   * Waits until the reader may have more events.
   *
   * @returns false at the end: what the reader has then is the last
   * @throws TailtrapError when the session cannot be read any more
   */
  async advance(): Promise<boolean> {
    while (!this.#done) {
      if (this.reader.hasNext()) return true;
      if (this.#signal.aborted) break;
      this.#changed = new AbortController();
      const changed = await this.#turn();
      if (changed) return true;
      await this.#clock.wait(LOOK_NS, this.#changed.signal);
    }
    this.close();
    return false;
  }

  /** Lets go of the session; what was received can be read. Idempotent. */
  close(): void {
    if (!this.#done) this.#known.endSession(this.#live.entry);
    this.#done = true;
    this.#stop();
    this.#attached.close();
    this.reader.endAll();
  }

  async #turn(): Promise<boolean> {
    try {
      const changed = await this.#live.turn();
      if (this.#failure !== null) throw this.#failure;
      this.lost_packets = this.#live.lost;
      if (!this.#live.ended) return changed;
    } catch (error) {
      this.close();
      throw error;
    }
    this.close();
    return true;
  }
}

/** The live server's answers without a server. */
class LocalPort implements SessionPort {
  readonly name: string;
  readonly roundTrip_ns = 0;
  readonly #attached: AttachedSession;

  constructor(name: string, attached: AttachedSession) {
    this.name = name;
    this.#attached = attached;
  }

  async index(streamId: bigint): ReturnType<SessionPort['index']> {
    return this.#attached.index(Number(streamId)) ?? ERROR_INDEX;
  }

  async packet(streamId: bigint, offset_bytes: bigint, length_bytes: number): Promise<PacketReply> {
    const bytes = await this.#attached.read(Number(streamId), offset_bytes, length_bytes);
    const flags = { newMetadata: false, newStreams: false };
    if (bytes === null || bytes.length < length_bytes) return { status: 'error', bytes: new Uint8Array(0), ...flags };
    // They are the relay's own memory, and the reader keeps what it is given.
    return { status: 'ok', bytes: bytes.slice(), ...flags };
  }

  async metadata(streamId: bigint): Promise<MetadataReply> {
    const bytes = this.#attached.metadata(Number(streamId));
    if (bytes === null) return { status: 'error', bytes: new Uint8Array(0) };
    return { status: bytes.length === 0 ? 'no-new' : 'ok', bytes };
  }

  async newStreams(): Promise<NewStreamsReply> {
    if (this.#attached.over) return { status: 'hangup', streams: [] };
    return { status: 'ok', streams: this.#attached.takeStreams() };
  }
}

function entryOf(session: StoredSession): LiveSessionEntry {
  return {
    id: BigInt(session.id),
    liveTimer_us: session.liveTimer_us,
    clients: 1,
    streams: session.streamCount,
    hostname: session.hostname,
    name: session.name,
    format: session.format === 'ctf2' ? 'ctf-2' : 'ctf-1.8',
  };
}
