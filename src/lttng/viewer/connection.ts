/** A connection to a relay's live port: requests go out, answers come in the order of the requests. */
import { TailtrapError } from '../../base/errors.ts';
import { type ByteChannel, type Clock, Inbox } from '../channel/channel.ts';
import { UNSET } from '../protocol/bytes.ts';
import {
  type AttachReply,
  CONNECTION_COMMAND,
  type IndexReply,
  LIVE_LIMITS,
  LIVE_MAJOR,
  LIVE_MINOR,
  LIVE_MINOR_DETACH,
  type LiveRequest,
  type LiveSeek,
  type LiveSessionEntry,
  type MetadataReply,
  type NewStreamsReply,
  type PacketReply,
} from '../protocol/live.ts';
import * as replies from '../protocol/live-replies.ts';
import { encodeRequest } from '../protocol/live-requests.ts';
import type { Decoder } from '../protocol/wire.ts';

/** A relay that says nothing for so long while it should answer is gone: half-open connections never tell. */
export const ANSWER_TIMEOUT_NS = 15e9;

/** The connection is lost, or the peer cannot be understood; a new connection may be better. */
export class ConnectionLost extends TailtrapError {
  constructor(message: string, where: string, cause?: unknown, next = 'see whether the relay runs, and its log') {
    super('TT_LIVE_CONNECTION', message, { where, cause, next });
  }
}

/** Closed before it has said anything: so our relay does with a wrong token. */
const UNWELCOME = 'see whether TAILTRAP_TOKEN is the token of the relay, and the log of the relay';

const GRACE_NS = 500e6;
const NO_VERSION = 0xffff_ffff;

/** So many make the mean of round trips. */
const ROUND_TRIPS = 8;

interface Outstanding {
  /** Packets come in one piece from every relay. */
  readonly isPacket: boolean;
  readonly decoder: Decoder<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export interface ConnectionOptions {
  readonly channel: ByteChannel;
  readonly clock: Clock;
  /** Of the relay, for messages. */
  readonly name: string;
  readonly timeout_ns?: number;
}

export class LiveConnection {
  /** The relay's own version. */
  relayMinor = 0;
  /** The version in use. */
  minor = 0;
  /** From a question to its answer, lately. */
  roundTrip_ns = 0;
  readonly name: string;
  readonly #channel: ByteChannel;
  readonly #clock: Clock;
  readonly #timeout_ns: number;
  readonly #inbox: Inbox;
  readonly #outstanding: Outstanding[] = [];
  readonly #unsent: Uint8Array[] = [];
  readonly #closing = new AbortController();
  #heard_ns = 0;
  #failure: ConnectionLost | null = null;
  /** Answers are being awaited; `#watching`: a timer looks after that. */
  #running = false;
  #watching = false;

  constructor({ channel, clock, name, timeout_ns = ANSWER_TIMEOUT_NS }: ConnectionOptions) {
    this.name = name;
    this.#channel = channel;
    this.#clock = clock;
    this.#timeout_ns = timeout_ns;
    this.#inbox = new Inbox(channel, () => {
      this.#heard_ns = clock.now_ns();
    });
  }

  /** First of all. */
  async connect(): Promise<void> {
    const request = { command: 'connect', major: LIVE_MAJOR, minor: LIVE_MINOR, type: CONNECTION_COMMAND } as const;
    const { major, minor } = await this.#ask(request, replies.decodeConnect());
    if (major !== LIVE_MAJOR) {
      this.close();
      // What our relay answers to those who come without TLS or token.
      if (major === NO_VERSION) throw this.#refused();
      throw new TailtrapError('TT_LIVE_VERSION', `the relay speaks version ${major}.${minor} of LTTng live, not 2`, {
        where: this.name,
      });
    }
    this.relayMinor = minor;
    this.minor = Math.min(minor, LIVE_MINOR);
  }

  list(): Promise<LiveSessionEntry[]> {
    return this.#ask({ command: 'list' }, replies.decodeList(this.minor));
  }

  /** Once for each connection, before `attach`. */
  async create(): Promise<void> {
    const status = await this.#ask({ command: 'create' }, replies.decodeCreate());
    if (status !== 'ok') throw new ConnectionLost('the relay refuses to serve a viewer', this.name);
  }

  attach(sessionId: bigint, seek: LiveSeek): Promise<AttachReply> {
    return this.#ask({ command: 'attach', sessionId, seek }, replies.decodeAttach());
  }

  async index(streamId: bigint): Promise<IndexReply> {
    const asked_ns = this.#clock.now_ns();
    const alone = this.#outstanding.length === 0;
    const reply = await this.#ask({ command: 'index', streamId }, replies.decodeIndex());
    // Our relay's answers without news may wait for news.
    if (alone && reply.status === 'ok')
      this.roundTrip_ns += (this.#clock.now_ns() - asked_ns - this.roundTrip_ns) / ROUND_TRIPS;
    return reply;
  }

  /** @returns never more bytes than asked for; fewer are to be continued */
  packet(streamId: bigint, offset_bytes: bigint, bytes: number): Promise<PacketReply> {
    return this.#ask({ command: 'packet', streamId, offset_bytes, bytes }, replies.decodePacket(bytes));
  }

  metadata(streamId: bigint): Promise<MetadataReply> {
    return this.#ask({ command: 'metadata', streamId }, replies.decodeMetadata(LIVE_LIMITS.metadata_bytes));
  }

  newStreams(sessionId: bigint): Promise<NewStreamsReply> {
    return this.#ask({ command: 'new-streams', sessionId }, replies.decodeNewStreams());
  }

  /** Lets go of a session; old relays learn of it by the connection's end. */
  async detach(sessionId: bigint): Promise<void> {
    if (this.minor >= LIVE_MINOR_DETACH) await this.#ask({ command: 'detach', sessionId }, replies.decodeDetach());
  }

  close(): void {
    this.#fail(new ConnectionLost('the connection was closed', this.name));
  }

  #ask<T>(request: LiveRequest, decoder: Decoder<T>): Promise<T> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#unsent.push(encodeRequest(request)) === 1) queueMicrotask(() => this.#send());
    return new Promise<T>((resolve, reject) => {
      this.#outstanding.push({ isPacket: request.command === 'packet', decoder, resolve, reject } as Outstanding);
      if (!this.#running) {
        this.#running = true;
        this.#heard_ns = this.#clock.now_ns();
        void this.#receive();
        if (!this.#watching) void this.#watch();
      }
    });
  }

  #refused(): TailtrapError {
    return new TailtrapError('TT_LIVE_REFUSED', 'the relay wants TLS, or a token', {
      where: this.name,
      next: 'write tls://HOST, and put the token into TAILTRAP_TOKEN',
    });
  }

  /** What was asked in one turn of the event loop leaves in one piece. */
  #send(): void {
    if (this.#failure !== null) return;
    const all = this.#unsent.splice(0);
    this.#channel.write(all.length === 1 ? all[0]! : Buffer.concat(all));
  }

  async #receive(): Promise<void> {
    try {
      for (let next = this.#outstanding[0]; next !== undefined; next = this.#outstanding[0]) {
        const value = await this.#decode(next);
        this.#outstanding.shift();
        next.resolve(value as never);
      }
      this.#running = false;
    } catch (error) {
      this.#fail(
        error instanceof ConnectionLost
          ? error
          : this.#broken(error instanceof Error ? error.message : String(error), error),
      );
    }
  }

  async #decode({ decoder, isPacket }: Outstanding): Promise<unknown> {
    let step = decoder.next();
    for (let part = 0; step.done !== true; part++) {
      if (part === 1 && !isPacket && !this.#inbox.has(step.value)) this.#nudge();
      const bytes = await this.#inbox.take(step.value);
      if (bytes === null) throw this.#broken('the relay has closed the connection');
      step = decoder.next(bytes);
    }
    return step.value;
  }

  /**
   * The original writes head and body of a reply separately, and its kernel holds the body back until the head was
   * acknowledged, which ours puts off by 40 ms, or until we send something. What we send is a question about a stream
   * that does not exist: it is answered in one piece at any time, and means nothing.
   */
  #nudge(): void {
    if (this.#outstanding.length > 1 || this.#failure !== null) return;
    const nothing = (): void => {};
    this.#outstanding.push({ isPacket: false, decoder: replies.decodeIndex(), resolve: nothing, reject: nothing });
    this.#channel.write(encodeRequest({ command: 'index', streamId: UNSET }));
  }

  /** Ends the connection when an answer does not come. */
  async #watch(): Promise<void> {
    this.#watching = true;
    while (this.#running) {
      const left_ns = this.#heard_ns + this.#timeout_ns - this.#clock.now_ns();
      if (left_ns <= 0) {
        // We may be late ourselves, after a suspension: what has arrived meanwhile is heard first.
        const heard_ns = this.#heard_ns;
        await this.#clock.wait(GRACE_NS, this.#closing.signal);
        if (this.#heard_ns !== heard_ns) continue;
        this.#fail(new ConnectionLost(`no answer for ${this.#timeout_ns / 1e9} s`, this.name));
        return;
      }
      await this.#clock.wait(left_ns, this.#closing.signal);
    }
    this.#watching = false;
  }

  #broken(message: string, cause?: unknown): ConnectionLost {
    return new ConnectionLost(message, this.name, cause, this.relayMinor === 0 ? UNWELCOME : undefined);
  }

  #fail(failure: ConnectionLost): void {
    if (this.#failure !== null) return;
    this.#failure = failure;
    this.#running = false;
    this.#channel.close();
    this.#closing.abort();
    for (const { reject } of this.#outstanding.splice(0)) reject(failure);
  }
}
