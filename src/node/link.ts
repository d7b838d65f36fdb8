/**
 * The way to the agent on this machine: lines of JSON over its local socket.
 *
 *     send(line) --> connected: written at once (a local socket takes it without waiting) --> agent
 *            '-----> not: kept, at most MAX_QUEUED of the youngest; connects, unless the last attempt was too recent
 *
 * It never waits, never throws, and keeps the process alive for STUCK_MS at most. An absent agent is asked for only when there
 * is something to tell, and then seldom. What does not fit is dropped and counted.
 */
import { connect, type Socket } from 'node:net';

/** Outliers kept while there is no connection. Older ones would no longer be covered by a snapshot. */
const MAX_QUEUED = 64;
/** Bytes that an agent which does not read may leave with us. */
const MAX_UNSENT_BYTES = 64 * 1024;
/** The agent refuses longer ones (agent/report-line.ts). */
const MAX_LINE_CHARS = 8 * 1024;
/** A write that waits keeps the process alive, unreferenced or not (libuv counts requests): so none may wait for long. */
const STUCK_MS = 300;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

export interface LinkCounters {
  sent: number;
  dropped: number;
  attempts: number;
}

export class AgentLink {
  readonly counters: LinkCounters = { sent: 0, dropped: 0, attempts: 0 };
  readonly #path: string;
  readonly #now_ms: () => number;
  readonly #opening: (open: () => Socket) => Socket;
  readonly #queue: string[] = [];
  #socket: Socket | null = null;
  #connected = false;
  #wait_ms = FIRST_WAIT_MS;
  #notBefore_ms = Number.NEGATIVE_INFINITY;
  #stuck: NodeJS.Timeout | null = null;
  #closed = false;

  /** @param opening wraps the making of the socket, so that the instrumentation does not track itself */
  constructor(
    path: string,
    opening: (open: () => Socket) => Socket = (open) => open(),
    now_ms: () => number = () => performance.now(),
  ) {
    this.#path = path;
    this.#opening = opening;
    this.#now_ms = now_ms;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** A line without its newline. */
  send(line: string): void {
    if (this.#closed || line.length > MAX_LINE_CHARS) {
      this.counters.dropped++;
    } else if (this.#connected) {
      this.#write(line);
    } else {
      if (this.#queue.length >= MAX_QUEUED) {
        this.#queue.shift();
        this.counters.dropped++;
      }
      this.#queue.push(line);
      this.#open();
    }
  }

  close(): void {
    this.#closed = true;
    this.counters.dropped += this.#queue.splice(0).length;
    this.#socket?.destroy();
  }

  #open(): void {
    const now_ms = this.#now_ms();
    if (this.#socket !== null || now_ms < this.#notBefore_ms) return;
    this.#notBefore_ms = now_ms + this.#wait_ms;
    this.#wait_ms = Math.min(LONGEST_WAIT_MS, this.#wait_ms * 2);
    this.counters.attempts++;
    const socket = this.#opening(() => connect({ path: this.#path }));
    this.#socket = socket;
    socket.unref();
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      this.#socket = null;
      this.#connected = false;
      this.#unstick();
    });
    socket.once('connect', () => this.#begin());
    // A first answer means that it takes reports: only then is the next failure a new one.
    socket.once('data', (answer: Buffer) => {
      if (answer.toString().startsWith('{"reporting":true')) this.#wait_ms = FIRST_WAIT_MS;
    });
    socket.resume();
  }

  #begin(): void {
    this.#connected = true;
    this.#socket!.write('{"report":true}\n');
    for (const line of this.#queue.splice(0)) this.#write(line);
  }

  #write(line: string): void {
    const socket = this.#socket!;
    if (socket.writableLength > MAX_UNSENT_BYTES || !socket.writable) {
      this.counters.dropped++;
      return;
    }
    socket.write(`${line}\n`, (error) => {
      if (error) this.counters.dropped++;
      else this.counters.sent++;
      if (socket.writableLength === 0) this.#unstick();
    });
    if (socket.writableLength > 0) this.#stuck ??= setTimeout(() => socket.destroy(), STUCK_MS).unref();
  }

  #unstick(): void {
    if (this.#stuck !== null) clearTimeout(this.#stuck);
    this.#stuck = null;
  }
}
