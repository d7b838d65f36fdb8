/** The time at the beginning of a line, and the time since the line before. */
import type { CtfEvent } from '../reader.ts';
import type { TextBuffer } from './buffer.ts';
import { nine, unsigned } from './digits.ts';
import { Literal } from './literal.ts';
import type { TextOptions } from './options.ts';
import type { TimeStyle } from './style.ts';

const SECOND = 1_000_000_000n;
/** Differences of doubles are exact below this. */
const EXACT = 2 ** 53;

export class EventTimes {
  readonly #origin_ns: bigint;
  readonly #style: TimeStyle;
  readonly #after: Literal;
  readonly #afterDelta: Literal | null;
  readonly #firstDelta: Literal;
  readonly #plus0: Literal = new Literal('+0.');
  /** Text up to the point of the second that the last event was in, and when that began. */
  #second: Literal = new Literal('');
  #secondBegin = Number.NaN;
  /** Of the last event, as `TraceEvent.time`; NaN before the first. `#last_ns` is for times that are not exact. */
  #last = Number.NaN;
  #last_ns = 0n;
  #lastCycles = -1n;

  /** @param origin_ns what `TraceEvent.time` counts from */
  constructor(origin_ns: bigint, style: TimeStyle) {
    this.#origin_ns = origin_ns;
    this.#style = style;
    this.#after = new Literal(style.after);
    this.#afterDelta = style.afterDelta === null ? null : new Literal(style.afterDelta);
    this.#firstDelta = new Literal(style.clock.cycles ? '+????????????' : '+?.?????????');
  }

  /** `TraceEvent.time` of the event before; NaN before the first. */
  get last(): number {
    return this.#last;
  }

  /** Writes the times of an event that has a clock. */
  write(out: TextBuffer, at: number, event: CtfEvent): number {
    if (this.#style.clock.cycles) return this.#writeCycles(out, at, event.cycles);
    const { view } = out;
    const { time } = event;
    let ns = time - this.#secondBegin;
    if (!(ns >= 0 && ns < 1e9)) ns = this.#enterSecond(event);
    let p = nine(view, this.#second.write(view, at), ns);
    p = this.#after.write(view, p);
    if (this.#afterDelta === null) return p;
    const delta = time - this.#last;
    if (delta >= 0 && delta < 1e9 && time < EXACT) {
      p = nine(view, this.#plus0.write(view, p), delta);
      this.#last = time;
    } else p = this.#writeDelta(out, p, event);
    return this.#afterDelta.write(view, p);
  }

  /** @returns nanoseconds of the event's second */
  #enterSecond(event: CtfEvent): number {
    const { time, time_ns } = event;
    const ns = Number(((time_ns % SECOND) + SECOND) % SECOND);
    if (time_ns < 0n) {
      // No second to keep: seconds before the epoch count the other way round.
      this.#secondBegin = Number.NaN;
      this.#second = new Literal(`${this.#style.before}-${-time_ns / SECOND}${this.#style.point}`);
      return Number(-time_ns % SECOND);
    }
    this.#secondBegin = Math.abs(time) < EXACT ? time - ns : Number.NaN;
    this.#second = new Literal(
      `${this.#style.before}${secondText(time_ns / SECOND, this.#style.clock)}${this.#style.point}`,
    );
    return ns;
  }

  #writeDelta(out: TextBuffer, at: number, event: CtfEvent): number {
    const { time, time_ns } = event;
    const first = Number.isNaN(this.#last);
    const last_ns = first || Math.abs(this.#last) >= EXACT ? this.#last_ns : this.#origin_ns + BigInt(this.#last);
    this.#last = time;
    this.#last_ns = time_ns;
    if (first) return this.#firstDelta.write(out.view, at);
    // A step back shows as babeltrace2 shows it: modulo 2^64.
    const delta = BigInt.asUintN(64, time_ns - last_ns);
    const p = unsigned(out.view, out.ascii(at, '+'), Number(delta / SECOND));
    return nine(out.view, out.ascii(p, '.'), Number(delta % SECOND));
  }

  #writeCycles(out: TextBuffer, at: number, cycles: bigint): number {
    let p = out.ascii(at, `${this.#style.before}${BigInt.asUintN(64, cycles).toString().padStart(20, '0')}`);
    p = this.#after.write(out.view, p);
    if (this.#afterDelta === null) return p;
    if (this.#lastCycles < 0n) p = this.#firstDelta.write(out.view, p);
    else
      p = out.ascii(
        p,
        `+${BigInt.asUintN(64, cycles - this.#lastCycles)
          .toString()
          .padStart(12, '0')}`,
      );
    this.#lastCycles = cycles;
    return this.#afterDelta.write(out.view, p);
  }
}

/** A second of the epoch, not negative, as the options want it. */
function secondText(second: bigint, options: TextOptions['clock']): string {
  const date = new Date(Number(second) * 1000);
  // Beyond what calendars reach.
  if (options.seconds || Number.isNaN(date.getTime())) return second.toString();
  const two = (n: number): string => String(n).padStart(2, '0');
  const time = options.gmt
    ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
    : `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (!options.date) return time;
  const day = options.gmt
    ? `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${time}`;
}

/** A time as it stands on lines; for warnings. */
export function timeText(time_ns: bigint, options: TextOptions['clock']): string {
  const nanoseconds = (ns: bigint): string => ns.toString().padStart(9, '0');
  if (time_ns < 0n) return `-${-time_ns / SECOND}.${nanoseconds(-time_ns % SECOND)}`;
  return `${secondText(time_ns / SECOND, options)}.${nanoseconds(time_ns % SECOND)}`;
}
