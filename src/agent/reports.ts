/**
 * Programs that report their own outliers (tailtrap/node), on connections that asked for it with `{"report":true}`.
 *
 *     line --> short enough? --> rate of the connection, rate of all --> parseReport --> onOutlier
 *                  |                         |                               |
 *                  '-- refused, closed       '-- limited, and the            |-- too old
 *                                                connection is not read for      '-- refused; closed after MAX_BAD_LINES
 *                                                a while
 *
 * What one program sends costs a bounded share of the agent's time, whatever it sends: a connection over its rate is not
 * read for PAUSE_MS, so its own socket fills up and it has to drop.
 */
import type { Socket } from 'node:net';
import type { Outlier } from '../base/outlier.ts';
import { RateLimiter } from '../tracker/limiter.ts';
import { MAX_LINE_CHARS, parseReport, TOO_OLD } from './report-line.ts';
import { turnAway } from './subscribers.ts';

/** Programs (and their workers) that report at the same time. */
const MAX_REPORTERS = 128;
/** tailtrap/node sends at most 10 a second and tracker. */
const PER_CONNECTION = { per_second: 100, burst: 500 };
const ALL_TOGETHER = { per_second: 500, burst: 2000 };
/** A program that sends this many lines which are none does not speak our language. */
const MAX_BAD_LINES = 10;
const PAUSE_MS = 200;

export interface ReportCounters {
  accepted: number;
  /** Lines that are no outlier, or too long; each bad line counts. */
  refused: number;
  /** Outliers that ended too long ago: a program kept them while there was no agent. */
  too_old: number;
  /** Outliers over a rate. */
  limited: number;
  /** Connections over MAX_REPORTERS. */
  turned_away: number;
}

export class Reports {
  readonly counters: ReportCounters = { accepted: 0, refused: 0, too_old: 0, limited: 0, turned_away: 0 };
  readonly #host: string;
  readonly #onOutlier: (outlier: Outlier) => void;
  readonly #all: RateLimiter = new RateLimiter(ALL_TOGETHER);
  readonly #sockets = new Set<Socket>();

  constructor(host: string, onOutlier: (outlier: Outlier) => void) {
    this.#host = host;
    this.#onOutlier = onOutlier;
  }

  get count(): number {
    return this.#sockets.size;
  }

  /**
   * Takes a connection over.
   *
   * @param text what came behind the request already
   */
  accept(socket: Socket, text: string): void {
    if (this.#sockets.size >= MAX_REPORTERS) {
      this.counters.turned_away++;
      turnAway(socket, { error: 'TT_TOO_MANY_REPORTERS' });
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.setTimeout(0); // a healthy program reports nothing for days
    const take = this.#reader(socket);
    socket.on('data', (chunk: string | Buffer) => take(String(chunk)));
    take(text);
    greet(socket);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #reader(socket: Socket): (text: string) => void {
    const rate = new RateLimiter(PER_CONNECTION);
    let rest = '';
    let bad = 0;
    const refuse = (): void => {
      this.counters.refused++;
      bad++;
    };
    return (text) => {
      if (bad >= MAX_BAD_LINES) return;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      let limited = false;
      for (const line of lines) {
        if (bad >= MAX_BAD_LINES) break;
        const now_ns = performance.now() * 1e6;
        if (!rate.allow(now_ns) || !this.#all.allow(now_ns)) {
          this.counters.limited++;
          limited = true;
        } else if (line.length > MAX_LINE_CHARS || !this.#deliver(line)) refuse();
      }
      if (rest.length > MAX_LINE_CHARS) {
        refuse();
        bad = MAX_BAD_LINES;
      }
      if (bad >= MAX_BAD_LINES) {
        rest = '';
        if (this.#sockets.delete(socket)) turnAway(socket, { error: 'TT_BAD_REPORT' });
      } else if (limited) pause(socket);
    };
  }

  #deliver(line: string): boolean {
    const outlier = parseReport(line, this.#host, BigInt(Date.now()) * 1_000_000n);
    if (outlier === null) return false;
    if (outlier === TOO_OLD) {
      this.counters.too_old++;
      return true;
    }
    this.counters.accepted++;
    this.#onOutlier(outlier);
    return true;
  }
}

function pause(socket: Socket): void {
  socket.pause();
  setTimeout(() => socket.resume(), PAUSE_MS).unref();
}

/**
 * Tells a program that it is listened to, once all that it has sent by now is read: writing to one that has ended is an error,
 * upon which Node throws away what is unread. The loop reads what there is (up to 2 MB, which no local socket holds) between two
 * immediates, unless paused.
 */
function greet(socket: Socket): void {
  setImmediate(() => {
    setImmediate(() => {
      if (socket.destroyed) return;
      if (socket.isPaused()) setTimeout(() => greet(socket), PAUSE_MS).unref();
      else if (!socket.readableEnded && socket.writable) socket.write('{"reporting":true}\n');
    });
  });
}
