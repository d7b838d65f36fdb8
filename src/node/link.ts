/**
 * The way to the agent on this machine: lines of JSON over its local socket.
 *
 *     send(line) --> connected: written at once, in the same call (a local socket takes it without waiting) --> agent
 *            '-----> not: kept for KEEP_MS, at most MAX_QUEUED of the youngest; connects, unless the last attempt was too recent
 *
 * A local socket is connected when connect(2) returns, a round of the event loop before Node tells: lines are written to its
 * file descriptor then, so that a program which ends in that round, or is killed, has told what it knew. What is still kept
 * when the process exits is written in the 'exit' event, if an agent is there.
 *
 * It never waits, never throws, and keeps the process alive for STUCK_MS at most. An absent agent is asked for only when there
 * is something to tell, and then seldom. What does not fit is dropped and counted.
 */
import { writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

/** Outliers kept while there is no connection. */
const MAX_QUEUED = 64;
/** The agent refuses what ended more than a minute ago (agent/report-line.ts): no snapshot covers it. */
const KEEP_MS = 50_000;
/** Bytes that an agent which does not read may leave with us. */
const MAX_UNSENT_BYTES = 64 * 1024;
/** The agent refuses longer ones (agent/report-line.ts). */
const MAX_LINE_CHARS = 8 * 1024;
/** A write that waits keeps the process alive, unreferenced or not (libuv counts requests): so none may wait for long. */
const STUCK_MS = 300;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const REQUEST = Buffer.from('{"report":true}\n');

export interface LinkCounters {
  /** Written to a connection on which the agent said that it takes reports. */
  sent: number;
  dropped: number;
  attempts: number;
}

export class AgentLink {
  readonly counters: LinkCounters = { sent: 0, dropped: 0, attempts: 0 };
  readonly #path: string;
  readonly #now_ms: () => number;
  readonly #opening: (open: () => Socket) => Socket;
  readonly #queue: { readonly line: string; readonly at_ms: number }[] = [];
  #socket: Socket | null = null;
  #connected = false;
  /** The agent has said that it takes reports on this connection; until then, what was written to it. */
  #accepted = false;
  #unconfirmed = 0;
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
    process.on('exit', this.#atExit);
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
      this.#dropOld();
      if (this.#queue.length >= MAX_QUEUED) {
        this.#queue.shift();
        this.counters.dropped++;
      }
      this.#queue.push({ line, at_ms: this.#now_ms() });
      if (this.#now_ms() >= this.#notBefore_ms) this.#open();
    }
  }

  close(): void {
    this.#closed = true;
    process.off('exit', this.#atExit);
    this.counters.dropped += this.#queue.splice(0).length;
    this.#socket?.destroy();
  }

  readonly #atExit = (): void => {
    try {
      this.#dropOld();
      if (this.#queue.length > 0) this.#open();
    } catch {
      // The process ends as it would have without us.
    }
  };

  #dropOld(): void {
    const oldest_ms = this.#now_ms() - KEEP_MS;
    while (this.#queue.length > 0 && this.#queue[0]!.at_ms < oldest_ms) {
      this.#queue.shift();
      this.counters.dropped++;
    }
  }

  #open(): void {
    if (this.#socket !== null) return;
    this.#notBefore_ms = this.#now_ms() + this.#wait_ms;
    this.#wait_ms = Math.min(LONGEST_WAIT_MS, this.#wait_ms * 2);
    this.counters.attempts++;
    const socket = this.#opening(() => connect({ path: this.#path }));
    this.#socket = socket;
    socket.unref();
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => this.#ended());
    socket.once('data', (answer: Buffer) => this.#onAnswer(answer.toString()));
    socket.resume();
    const written = writeNow(socket, REQUEST);
    if (written > 0) this.#begin(REQUEST.subarray(written));
    else socket.once('connect', () => this.#begin(REQUEST));
  }

  /** @param request what of it is still to be written */
  #begin(request: Buffer): void {
    this.#connected = true;
    if (request.length > 0) this.#socket!.write(request);
    this.#dropOld();
    for (const { line } of this.#queue.splice(0)) this.#write(line);
  }

  #onAnswer(answer: string): void {
    if (!answer.startsWith('{"reporting":true')) return;
    this.#accepted = true;
    this.counters.sent += this.#unconfirmed;
    this.#unconfirmed = 0;
    this.#wait_ms = FIRST_WAIT_MS; // only now is the next failure a new one
  }

  #ended(): void {
    this.#socket = null;
    this.#connected = false;
    this.#accepted = false;
    this.counters.dropped += this.#unconfirmed;
    this.#unconfirmed = 0;
    this.#unstick();
  }

  #write(line: string): void {
    const socket = this.#socket!;
    if (socket.writableLength > MAX_UNSENT_BYTES || !socket.writable) {
      this.counters.dropped++;
      return;
    }
    const data = Buffer.from(`${line}\n`);
    const written = writeNow(socket, data);
    if (written === data.length) {
      this.#count();
      return;
    }
    socket.write(data.subarray(written), (error) => {
      if (error) this.counters.dropped++;
      else this.#count();
      if (socket.writableLength === 0) this.#unstick();
    });
    if (socket.writableLength > 0) this.#stuck ??= setTimeout(() => socket.destroy(), STUCK_MS).unref();
  }

  #count(): void {
    if (this.#accepted) this.counters.sent++;
    else this.#unconfirmed++;
  }

  #unstick(): void {
    if (this.#stuck !== null) clearTimeout(this.#stuck);
    this.#stuck = null;
  }
}

/**
 * Bytes of the data that the kernel took at once. Node's sockets do not wait (O_NONBLOCK), so this does not either. 0: it took
 * none, or Node still holds what goes before, or does not tell the file descriptor: then socket.write has to do.
 */
function writeNow(socket: Socket, data: Buffer): number {
  const fd = (socket as { _handle?: { fd?: unknown } | null })._handle?.fd;
  if (socket.writableLength > 0 || typeof fd !== 'number' || fd < 0) return 0;
  let written = 0;
  try {
    while (written < data.length) written += writeSync(fd, data, written);
  } catch {
    // EAGAIN: full. ENOTCONN, EPIPE: nobody there, which the socket tells next.
  }
  return written;
}
