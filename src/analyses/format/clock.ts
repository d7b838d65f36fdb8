/** Times of day for tables: `04:37:45.259167679`, with the date where a trace lasts over midnight. */

const NS_PER_S = 1_000_000_000n;
/** Prefixes are kept for this many seconds: logs print two times of neighbouring seconds in turn. */
const KEPT_SECONDS = 64;

export interface ClockOptions {
  /** Greenwich time; else the local time zone. */
  readonly gmt: boolean;
  /** With the date. */
  readonly date: boolean;
}

export class ClockText {
  readonly #originSeconds: number;
  readonly #originRest_ns: number;
  readonly #options: ClockOptions;
  /** By second modulo KEPT_SECONDS. */
  readonly #seconds: number[] = new Array(KEPT_SECONDS).fill(Number.NaN);
  #lastSecond: number = Number.NaN;
  #lastPrefix = '';
  readonly #prefixes: string[] = new Array(KEPT_SECONDS).fill('');

  /** @param origin_ns what the times count from, nanoseconds since the epoch */
  constructor(origin_ns: bigint, options: ClockOptions) {
    let seconds = origin_ns / NS_PER_S;
    if (origin_ns < 0n && seconds * NS_PER_S !== origin_ns) seconds--;
    this.#originSeconds = Number(seconds);
    this.#originRest_ns = Number(origin_ns - seconds * NS_PER_S);
    this.#options = options;
  }

  /** @param time nanoseconds since the origin, exact within 2^53 */
  text(time: number): string {
    return `${this.prefix(time)}${String(1_000_000_000 + this.nanoseconds(time)).slice(1)}`;
  }

  /** `text` up to the point, and the point. */
  prefix(time: number): string {
    return this.#prefix(this.#originSeconds + Math.floor((this.#originRest_ns + time) / 1e9));
  }

  /** What `text` has behind the point. */
  nanoseconds(time: number): number {
    const ns = this.#originRest_ns + time;
    return ns - Math.floor(ns / 1e9) * 1e9;
  }

  /** Always with the date: `2026-11-23 04:37:45.259167679`. */
  dated(time: number): string {
    if (this.#options.date) return this.text(time);
    const seconds = this.#originSeconds + Math.floor((this.#originRest_ns + time) / 1e9);
    return `${dateOf(seconds, this.#options.gmt)} ${this.text(time)}`;
  }

  /** `2026-11-23`. */
  day(time: number): string {
    return dateOf(this.#originSeconds + Math.floor((this.#originRest_ns + time) / 1e9), this.#options.gmt);
  }

  #prefix(second: number): string {
    if (second === this.#lastSecond) return this.#lastPrefix;
    this.#lastPrefix = this.#prefixOf(second);
    this.#lastSecond = second;
    return this.#lastPrefix;
  }

  #prefixOf(second: number): string {
    const slot = ((second % KEPT_SECONDS) + KEPT_SECONDS) % KEPT_SECONDS;
    if (this.#seconds[slot] !== second) {
      this.#seconds[slot] = second;
      const date = this.#options.date ? `${dateOf(second, this.#options.gmt)} ` : '';
      this.#prefixes[slot] = `${date}${timeOf(second, this.#options.gmt)}.`;
    }
    return this.#prefixes[slot]!;
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function dateOf(second: number, gmt: boolean): string {
  const at = new Date(second * 1000);
  const [year, month, day] = gmt
    ? [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
    : [at.getFullYear(), at.getMonth(), at.getDate()];
  return `${String(year).padStart(4, '0')}-${two(month + 1)}-${two(day)}`;
}

function timeOf(second: number, gmt: boolean): string {
  const at = new Date(second * 1000);
  const [hour, minute, rest] = gmt
    ? [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()]
    : [at.getHours(), at.getMinutes(), at.getSeconds()];
  return `${two(hour)}:${two(minute)}:${two(rest)}`;
}
