/**
 * Watches a session of a relay: every domain of it, through reconnections, until it ends.
 *
 *     const viewer = new LiveViewer(address, { connect, clock, seek: 'beginning', log: console.error });
 *     while (await viewer.advance()) for (let e = viewer.reader.next(); e !== null; e = viewer.reader.next()) use(e);
 *
 * `advance` asks the relay only while it runs: a consumer that is slow between its calls makes the relay keep the rest.
 */
import { TailtrapError } from '../../base/errors.ts';
import { type PushOptions, PushReader } from '../../ctf/push.ts';
import type { ByteChannel, Clock } from '../channel/channel.ts';
import type { LiveSeek, LiveSessionEntry } from '../protocol/live.ts';
import { ConnectionLost, LiveConnection } from './connection.ts';
import { KnownStreams } from './known-streams.ts';
import { LiveSession } from './session.ts';
import { type SessionAddress, sessionUrl } from './url.ts';

/** Between two turns that brought nothing: a part of the live timer, after which there will be something. */
const POLLS_PER_TIMER = 20;
const MIN_POLL_NS = 10e6;
const MAX_POLL_NS = 50e6;
/** lttng-relayd up to 2.13 forgets what a process wrote last (per-PID buffers) some 20 ms after its end. */
const HASTY_POLL_NS = 3e6;
const FORGETFUL_MINOR = 13;
/** At most a quarter of the time is spent with asking in vain. */
const TURNS_PER_POLL = 3;
/** Between tries: doubles from the first to the longest. */
const FIRST_RETRY_NS = 100e6;
const LONGEST_RETRY_NS = 5e9;
/** How long a lost relay, or one that has not seen the end of our lost connection, is tried again. */
const RECONNECT_NS = 60e9;
/** A relay that was started anew does not get its sessions back: producers do not connect again. */
const LOST_SESSION_NS = 2e9;
/** A domain of the session may be enabled later than the others: it is a session of its own to the relay. */
const RELIST_NS = 5e9;
/** Packets in memory. One of each stream is enough to go on: 16 CPUs with sub-buffers of 4 MiB in 4 channels. */
export const DEFAULT_MEMORY_BYTES = 268_435_456;

export interface ViewerOptions extends Pick<PushOptions, 'events' | 'onNotice' | 'generate'> {
  /** Opens a connection. Rejects with `ConnectionLost` when there is none. */
  readonly connect: () => Promise<ByteChannel>;
  readonly clock: Clock;
  readonly seek: LiveSeek;
  /** How long to wait for a relay and session that are not there yet; default 0. */
  readonly wait_ns?: number;
  readonly memory_bytes?: number;
  /** Told what goes on: reconnections, sessions that another viewer holds, losses. */
  readonly log: (line: string) => void;
  /** Ends the watching; what was received is still given. */
  readonly signal?: AbortSignal;
  readonly reconnect_ns?: number;
}

export class LiveViewer {
  readonly reader: PushReader;
  /** Packets that the relay announced and could not give. */
  lost_packets = 0;
  reconnections = 0;
  readonly #address: SessionAddress;
  readonly #options: ViewerOptions;
  readonly #known: KnownStreams;
  #connection: LiveConnection | null = null;
  readonly #sessions = new Map<bigint, LiveSession>();
  #seen = false;
  #done = false;
  #listed_ns = 0;
  /** Since when there is no session to watch; and the pause before the next try. */
  #without_ns: number | null = null;
  #pause_ns = FIRST_RETRY_NS;
  #told = '';

  constructor(address: SessionAddress, options: ViewerOptions) {
    const { events, onNotice, generate } = options;
    this.#address = address;
    this.#options = options;
    const name = sessionUrl(
      { ...address, url: address.url.replace(/\/host\/.*$/, '') },
      address.hostname,
      address.session,
    );
    this.reader = new PushReader({
      name,
      ...(events === undefined ? {} : { events }),
      ...(onNotice === undefined ? {} : { onNotice }),
      ...(generate === undefined ? {} : { generate }),
    });
    this.#known = new KnownStreams(this.reader, name);
    options.signal?.addEventListener('abort', () => this.#connection?.close());
  }

  /**
   * Waits until the reader may have more events.
   *
   * @returns false at the end: what the reader has then is the last
   * @throws TailtrapError when the session cannot be watched (any more); what was received can be read
   */
  async advance(): Promise<boolean> {
    while (!this.#done) {
      // Nothing is asked of the relay while there are events to be taken.
      if (this.reader.hasNext()) return true;
      try {
        if (this.#isAborted) this.#done = true;
        else if (await this.#turn()) return true;
      } catch (error) {
        await this.#caught(error);
      }
    }
    await this.#leave();
    this.reader.endAll();
    return false;
  }

  get #isAborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** Goes on after a lost connection. @throws what cannot be helped */
  async #caught(error: unknown): Promise<void> {
    if (this.#isAborted) return;
    try {
      if (!(error instanceof ConnectionLost)) throw error;
      await this.#lost(error);
    } catch (final) {
      this.#done = true;
      this.#disconnect();
      this.reader.endAll();
      throw final;
    }
  }

  async #turn(): Promise<boolean> {
    const { clock } = this.#options;
    this.#connection ??= await this.#connect();
    if (this.#sessions.size === 0 || clock.now_ns() - this.#listed_ns > RELIST_NS)
      await this.#attachAll(this.#connection);
    if (this.#done) return false;
    let changed = false;
    let poll_ns = MAX_POLL_NS;
    const begun_ns = clock.now_ns();
    for (const session of this.#sessions.values()) {
      if (await session.turn()) changed = true;
      this.lost_packets += session.lost;
      session.lost = 0;
      poll_ns = Math.min(poll_ns, this.#pollOf(session, this.#connection));
      if (session.ended) await this.#end(session, this.#connection);
    }
    if (!changed) await this.#wait(Math.max(poll_ns, TURNS_PER_POLL * (clock.now_ns() - begun_ns)));
    return changed;
  }

  #pollOf(session: LiveSession, connection: LiveConnection): number {
    if (connection.relayMinor <= FORGETFUL_MINOR && session.hasProcesses) return HASTY_POLL_NS;
    return Math.max(MIN_POLL_NS, (session.entry.liveTimer_us * 1000) / POLLS_PER_TIMER);
  }

  async #connect(): Promise<LiveConnection> {
    const { connect, clock } = this.#options;
    const name = `${this.#address.host}:${this.#address.port}`;
    const connection = new LiveConnection({ channel: await connect(), clock, name });
    try {
      await connection.connect();
      await connection.create();
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  /** Attaches to every session of the name that is not attached yet. */
  async #attachAll(connection: LiveConnection): Promise<void> {
    const { clock } = this.#options;
    this.#listed_ns = clock.now_ns();
    const { hostname, session } = this.#address;
    const all = await connection.list();
    const wanted = all.filter((entry) => entry.hostname === hostname && entry.name === session);
    if (wanted.length === 0 && this.#sessions.size === 0) return this.#notFound(all);
    let refusal: TailtrapError | null = null;
    for (const entry of wanted) {
      if (this.#sessions.has(entry.id)) continue;
      refusal = (await this.#attach(connection, entry)) ?? refusal;
    }
    if (this.#sessions.size === 0 && refusal !== null) await this.#retry(refusal);
  }

  /** @returns why not for now, or null */
  async #attach(connection: LiveConnection, entry: LiveSessionEntry): Promise<TailtrapError | null> {
    const { clock, log, memory_bytes = DEFAULT_MEMORY_BYTES, seek } = this.#options;
    // What was received before a reconnection is recognised, so everything is asked for that came meanwhile.
    const from = this.#seen ? 'beginning' : seek;
    const { status, streams } = await connection.attach(entry.id, from);
    const where = { where: this.reader.name };
    switch (status) {
      case 'ok':
        break;
      case 'not-live':
        throw new TailtrapError('TT_LIVE_NOT_LIVE', `session ${entry.name} is not a live one`, {
          ...where,
          next: 'create it with: lttng create --live -U net://RELAY',
        });
      case 'already':
        return new TailtrapError('TT_LIVE_HELD', `another viewer watches session ${entry.name}`, where);
      case 'unknown':
        // Between LIST and ATTACH it ended, or it is in CTF 2 and the relay thinks that we are old.
        return new TailtrapError('TT_LIVE_NO_SESSION', `the relay does not give session ${entry.name}`, where);
      default:
        throw new TailtrapError(
          'TT_LIVE_ATTACH',
          `the relay refuses to attach session ${entry.name}: ${status}`,
          where,
        );
    }
    const { reader } = this;
    const session = new LiveSession(connection, entry, { reader, clock, known: this.#known, memory_bytes, log });
    this.#known.endOthers(entry, streams);
    session.add(streams, from);
    this.#sessions.set(entry.id, session);
    this.#without_ns = null;
    this.#pause_ns = FIRST_RETRY_NS;
    return null;
  }

  async #notFound(all: readonly LiveSessionEntry[]): Promise<void> {
    const { hostname, session, url } = this.#address;
    const relay = { ...this.#address, url: url.replace(/\/host\/.*$/, '') };
    const others = all.slice(0, 3).map((entry) => sessionUrl(relay, entry.hostname, entry.name));
    const lost = this.#seen ? 'the relay has lost' : 'the relay has no';
    await this.#retry(
      new TailtrapError('TT_LIVE_NO_SESSION', `${lost} session ${session} of host ${hostname}`, {
        where: `${relay.host}:${relay.port}`,
        next:
          others.length === 0 ? 'it has no session at all now; --wait waits for one' : `it has ${others.join(', ')}`,
      }),
    );
  }

  async #lost(error: ConnectionLost): Promise<void> {
    const wasThere = this.#sessions.size > 0;
    this.#disconnect();
    if (wasThere) {
      this.#seen = true;
      this.reconnections++;
      this.#options.log(`the connection to the relay is lost (${error.message}); connecting again`);
    }
    await this.#retry(error);
  }

  /** Waits before the next try. @throws the reason when it was tried for long enough */
  async #retry(reason: TailtrapError): Promise<void> {
    const { clock, wait_ns = 0, reconnect_ns = RECONNECT_NS, log } = this.#options;
    const now_ns = clock.now_ns();
    this.#without_ns ??= now_ns;
    // Another viewer may leave, however long it takes.
    const lost_ns = reason.code === 'TT_LIVE_NO_SESSION' ? Math.min(LOST_SESSION_NS, reconnect_ns) : reconnect_ns;
    const patience_ns = reason.code === 'TT_LIVE_HELD' ? Number.POSITIVE_INFINITY : this.#seen ? lost_ns : wait_ns;
    if (now_ns - this.#without_ns >= patience_ns) throw given(reason);
    if (this.#told !== reason.message) log(`${reason.message}; trying again`);
    this.#told = reason.message;
    await this.#wait(this.#pause_ns);
    this.#pause_ns = Math.min(2 * this.#pause_ns, LONGEST_RETRY_NS);
  }

  async #wait(duration_ns: number): Promise<void> {
    await this.#options.clock.wait(duration_ns, this.#options.signal);
  }

  async #end(session: LiveSession, connection: LiveConnection): Promise<void> {
    const { entry } = session;
    this.#sessions.delete(entry.id);
    this.#known.endSession(entry);
    if (this.#sessions.size === 0) this.#done = true;
    // Nothing is lost when it does not hear that.
    await connection.detach(entry.id).catch(() => {});
  }

  /** Tells the relay that the sessions are free. */
  async #leave(): Promise<void> {
    const connection = this.#connection;
    try {
      for (const { entry } of this.#sessions.values()) await connection?.detach(entry.id);
    } catch {
      // It will notice.
    }
    this.#disconnect();
  }

  #disconnect(): void {
    this.#connection?.close();
    this.#connection = null;
    this.#sessions.clear();
  }
}

/** What is thrown in the end is not taken for a lost connection once more. */
function given(reason: TailtrapError): TailtrapError {
  const { code, message, where, next } = reason;
  return reason instanceof ConnectionLost ? new TailtrapError(code, message, { where, next, cause: reason }) : reason;
}
