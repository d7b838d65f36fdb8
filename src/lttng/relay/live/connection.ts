/** A viewer's connection: takes requests one after the other and answers each in one write. */
import { setImmediate as turn } from 'node:timers/promises';
import { messageOf } from '../../../base/errors.ts';
import { Inbox } from '../../channel/channel.ts';
import { SocketChannel } from '../../channel/socket.ts';
import {
  CONNECTION_COMMAND,
  CONNECTION_NOTIFICATION,
  LIVE_MAJOR,
  LIVE_MINOR_TRACE_FORMAT,
  type LiveRequest,
  type LiveSessionEntry,
} from '../../protocol/live.ts';
import * as replies from '../../protocol/live-replies.ts';
import { decodeRequest } from '../../protocol/live-requests.ts';
import { Watchdog } from '../ingest/watchdog.ts';
import type { Limits } from '../limits.ts';
import type { Peer } from '../peer.ts';
import type { StoredSession } from '../store.ts';
import { AttachedSession, ERROR_INDEX } from './attached.ts';

/** What connections share. */
export interface LiveHub {
  readonly limits: Limits;
  /** Of the version that viewers are told. */
  readonly minor: number;
  sessions(): readonly StoredSession[];
  session(id: number): StoredSession | undefined;
  nextViewerId(): bigint;
  /** Viewers that watch a session. */
  watching(session: StoredSession): number;
  watch(session: StoredSession, change: 1 | -1): void;
}

/** How long an answer waits for news. Viewers wait for seconds before they give up, and do nothing else meanwhile. */
const HOLD_MS = 100;

/** Thousands of requests may have come at once: others have their turn in between. */
const ANSWERS_IN_TURN = 8;

/** Larger packets are read and sent in such pieces: a viewer that does not read holds one of them, not the packet. */
const PIECE_BYTES = 262_144;

/** One that is large comes in pieces, each when the one before was taken. */
type Reply = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const NO_FLAGS = { newMetadata: false, newStreams: false } as const;

/** Ends the connection, with a line in the log. */
class Refusal extends Error {}

export class ViewerConnection {
  readonly #hub: LiveHub;
  readonly #peer: Peer;
  readonly #channel: SocketChannel;
  readonly #inbox: Inbox;
  readonly #watchdog: Watchdog;
  readonly #attached = new Map<number, AttachedSession>();
  /** null before CONNECT. */
  #minor: number | null = null;
  #created = false;
  /** Of which the viewer was told nothing new last. */
  #staleStream: number | null = null;
  #answers = 0;
  /** Answers in a row without news. */
  #quiet = 0;

  constructor(hub: LiveHub, peer: Peer) {
    this.#hub = hub;
    this.#peer = peer;
    this.#channel = new SocketChannel(peer.socket);
    this.#watchdog = new Watchdog(hub.limits, (reason) => peer.fault(reason));
    this.#inbox = new Inbox(this.#channel, () => this.#watchdog.heard(true));
  }

  /** Until the viewer is gone. */
  async run(): Promise<void> {
    try {
      for (let request = await this.#read(); request !== null; request = await this.#read()) {
        const reply = await this.#answer(request);
        if (reply instanceof Uint8Array) this.#channel.write(reply);
        else for await (const piece of reply) await this.#write(piece);
        if (request.command === 'unknown') throw new Refusal(`command ${request.number} is unknown`);
        // A viewer that does not read keeps one reply in memory, and is asked for nothing.
        await this.#channel.drained();
        if (++this.#answers % ANSWERS_IN_TURN === 0) await turn();
      }
    } catch (error) {
      this.#peer.fault(messageOf(error));
    } finally {
      this.#watchdog.stop();
      for (const id of [...this.#attached.keys()]) this.#detach(id);
      this.#peer.socket.end();
    }
  }

  async #write(piece: Uint8Array): Promise<void> {
    this.#channel.write(piece);
    await this.#channel.drained();
  }

  async #read(): Promise<LiveRequest | null> {
    this.#watchdog.heard(this.#inbox.begun);
    const decoder = decodeRequest();
    let step = decoder.next();
    while (step.done !== true) {
      const bytes = await this.#inbox.take(step.value);
      if (bytes === null) {
        if (this.#inbox.begun) this.#peer.note('ended in the middle of a request');
        return null;
      }
      step = decoder.next(bytes);
    }
    this.#watchdog.pause();
    return step.value;
  }

  async #answer(request: LiveRequest): Promise<Reply> {
    if (request.command === 'connect') return this.#connect(request.major, request.minor, request.type);
    if (this.#minor === null) throw new Refusal(`${request.command} before CONNECT`);
    switch (request.command) {
      case 'list':
        return replies.encodeList(this.#list(this.#minor), this.#minor);
      case 'create':
        this.#created = true;
        return replies.encodeCreate('ok');
      case 'attach':
        return this.#attach(request.sessionId, request.seek);
      case 'index':
        return this.#index(request.streamId);
      case 'packet':
        return this.#packet(request.streamId, request.offset_bytes, request.bytes);
      case 'metadata':
        return this.#metadata(request.streamId);
      case 'new-streams':
        return this.#newStreams(request.sessionId);
      case 'detach':
        return this.#leave(request.sessionId);
      case 'unknown':
        return replies.UNKNOWN_COMMAND_REPLY;
    }
  }

  #connect(major: number, minor: number, type: number): Uint8Array {
    if (major !== LIVE_MAJOR) throw new Refusal(`speaks version ${major}.${minor}`);
    if (type !== CONNECTION_COMMAND && type !== CONNECTION_NOTIFICATION)
      throw new Refusal(`connection of type ${type}`);
    this.#minor = Math.min(minor, this.#hub.minor);
    this.#peer.introduced();
    const viewerSessionId = type === CONNECTION_COMMAND ? this.#hub.nextViewerId() : 0n;
    return replies.encodeConnect({ viewerSessionId, major: LIVE_MAJOR, minor: this.#hub.minor });
  }

  #list(minor: number): LiveSessionEntry[] {
    return this.#hub
      .sessions()
      .filter((session) => isFor(session, minor))
      .map((session) => ({
        id: BigInt(session.id),
        liveTimer_us: session.liveTimer_us,
        clients: this.#hub.watching(session),
        streams: session.streamCount,
        hostname: session.hostname,
        name: session.name,
        format: session.format === 'ctf2' ? 'ctf-2' : 'ctf-1.8',
      }));
  }

  #attach(sessionId: bigint, seek: 'beginning' | 'last' | 'unknown'): Reply {
    const refuse = (status: 'no-session' | 'unknown' | 'not-live' | 'already' | 'seek-error'): Uint8Array =>
      replies.encodeAttach({ status, streams: [] });
    const id = Number(sessionId);
    const session = this.#hub.session(id);
    if (!this.#created) return refuse('no-session');
    if (session === undefined || session.closed || !isFor(session, this.#minor!)) return refuse('unknown');
    if (session.liveTimer_us === 0) return refuse('not-live');
    if (this.#attached.has(id)) return refuse('already');
    if (seek === 'unknown') return refuse('seek-error');
    const attached = new AttachedSession(session, seek, (error) => this.#peer.fault(error.message));
    this.#attached.set(id, attached);
    this.#hub.watch(session, 1);
    return replies.streamsInPieces('attach', attached.takeStreams());
  }

  async #index(streamId: bigint): Promise<Uint8Array> {
    const id = Number(streamId);
    const attached = this.#of(streamId);
    if (attached?.isStale(id) && !attached.hasProcesses) await this.#news(attached, id);
    this.#quiet = attached?.isStale(id) ? this.#quiet + 1 : 0;
    return replies.encodeIndex(attached?.index(id) ?? ERROR_INDEX);
  }

  /**
   * There is nothing to tell of this stream: the answer waits a little, so that what comes is told at once and not when
   * the viewer asks again, after 100 ms if it is babeltrace2. A viewer that takes turns between streams waits only while
   * there is no news of any, and after a whole turn without: before, it may have news in hand that it looks at when the
   * turn is over. One that asks for the same stream again cannot go on without that one.
   */
  #news(attached: AttachedSession, id: number): Promise<void> {
    const insists = this.#staleStream === id;
    this.#staleStream = id;
    const all = [...this.#attached.values()];
    const streams = all.reduce((sum, other) => sum + other.streamCount, 0);
    if (!insists && (this.#quiet < streams || all.some((other) => !other.stale))) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        for (const stop of stops) stop();
        resolve();
      };
      const timer = setTimeout(done, HOLD_MS);
      const isNews = (): boolean => !attached.isStale(id) || (!insists && all.some((other) => !other.stale));
      const stops = all.map(({ session }) => session.onChange(() => isNews() && done()));
    });
  }

  async #packet(streamId: bigint, offset_bytes: bigint, length_bytes: number): Promise<Reply> {
    const attached = this.#of(streamId);
    const first_bytes = Math.min(length_bytes, PIECE_BYTES);
    const isThere = attached?.hasPacket(Number(streamId), offset_bytes, length_bytes) === true;
    const bytes = isThere ? await attached.read(Number(streamId), offset_bytes, first_bytes) : null;
    if (attached === undefined || bytes === null || bytes.length < first_bytes) {
      return replies.encodePacket({ status: 'error', bytes: new Uint8Array(0), ...NO_FLAGS });
    }
    const reply = replies.encodePacket({ status: 'ok', bytes, ...NO_FLAGS }, length_bytes);
    return length_bytes === first_bytes
      ? reply
      : this.#pieces(reply, attached, Number(streamId), offset_bytes, length_bytes);
  }

  async *#pieces(
    first: Uint8Array,
    attached: AttachedSession,
    streamId: number,
    offset_bytes: bigint,
    length_bytes: number,
  ): AsyncIterable<Uint8Array> {
    yield first;
    for (let at = PIECE_BYTES; at < length_bytes; at += PIECE_BYTES) {
      const size = Math.min(PIECE_BYTES, length_bytes - at);
      const bytes = await attached.read(streamId, offset_bytes + BigInt(at), size);
      if (bytes === null || bytes.length < size) throw new Refusal('a packet that was announced cannot be read');
      // It may be the relay's own memory.
      yield bytes.slice();
    }
  }

  #metadata(streamId: bigint): Uint8Array {
    const bytes = this.#of(streamId)?.metadata(Number(streamId)) ?? null;
    if (bytes === null) return replies.encodeMetadata({ status: 'error', bytes: new Uint8Array(0) });
    return replies.encodeMetadata({ status: bytes.length === 0 ? 'no-new' : 'ok', bytes });
  }

  #newStreams(sessionId: bigint): Reply {
    const attached = this.#attached.get(Number(sessionId));
    if (attached === undefined) return replies.encodeNewStreams({ status: 'error', streams: [] });
    if (attached.over) return replies.encodeNewStreams({ status: 'hangup', streams: [] });
    return replies.streamsInPieces('new-streams', attached.takeStreams());
  }

  #leave(sessionId: bigint): Uint8Array {
    const id = Number(sessionId);
    if (this.#attached.has(id)) {
      this.#detach(id);
      return replies.encodeDetach('ok');
    }
    return replies.encodeDetach(this.#created && this.#hub.session(id) === undefined ? 'unknown' : 'error');
  }

  #detach(id: number): void {
    const attached = this.#attached.get(id)!;
    const { session, skipped } = attached;
    if (skipped > 0) {
      this.#peer.note(`${skipped} packets of session ${session.name} were dropped before this viewer had read them`);
    }
    attached.close();
    this.#attached.delete(id);
    this.#hub.watch(session, -1);
  }

  #of(streamId: bigint): AttachedSession | undefined {
    const id = Number(streamId);
    for (const attached of this.#attached.values()) if (attached.has(id)) return attached;
    return undefined;
  }
}

/** Viewers before 2.15 do not know of CTF 2. */
function isFor({ format }: StoredSession, minor: number): boolean {
  return format === 'ctf1' || minor >= LIVE_MINOR_TRACE_FORMAT;
}
