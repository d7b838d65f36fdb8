/** The time at the beginning of a line, and the time since the line before. */
import type { CtfEvent } from '../reader.ts';
import type { TextBuffer } from './buffer.ts';
import { nine, unsigned } from './digits.ts';
import type { Literal } from './literal.ts';
import type { TimeStyle } from './style.ts';
import { SECOND, secondText } from './time-text.ts';

/** Differences of doubles are exact below this. */
const EXACT = 2 ** 53;

export class EventTimes {
  readonly #origin_ns: bigint;
  readonly #style: TimeStyle;
  readonly #out: TextBuffer;
  /** Between the time and the digits of a delta below a second. */
  readonly #middle: Literal;
  /** Text up to the nanoseconds of the second that the last event was in, and when that began. */
  #second: Literal;
  #secondBegin = Number.NaN;
  /** Of the last event, as `TraceEvent.time`; NaN before the first. `#last_ns` is for times that are not exact. */
  #last = Number.NaN;
  #last_ns = 0n;
  #lastCycles = -1n;

  /**
   * @param origin_ns what `TraceEvent.time` counts from
   * @param style its `before` has the end of the line before, too
   */
  constructor(origin_ns: bigint, style: TimeStyle, out: TextBuffer) {
    this.#origin_ns = origin_ns;
    this.#style = style;
    this.#out = out;
    this.#middle = out.literals.add(`${style.after}+0.`);
    this.#second = out.literals.reserve();
  }

  /** `TraceEvent.time` of the event before; NaN before the first. */
  get last(): number {
    return this.#last;
  }

  /** Of the first event since the beginning or `restart`; NaN before it. */
  first: number = Number.NaN;

  /** The next event is the first, or the first after one at a time. */
  restart(last: number = Number.NaN): void {
    this.#last = last;
    this.#lastCycles = -1n;
    this.first = Number.NaN;
  }

  /** Writes the times of an event that has a clock, up to the last digit of the last one. */
  write(at: number, event: CtfEvent): number {
    const { delta, clock } = this.#style;
    if (clock.cycles) return this.#writeCycles(at, event.cycles);
    const out = this.#out;
    const { time } = event;
    let ns = time - this.#secondBegin;
    if (!(ns >= 0 && ns < 1e9)) ns = this.#enterSecond(event);
    const p = nine(out.view, out.literal(at, this.#second.word, this.#second.length), ns);
    const elapsed = time - this.#last;
    if (!(delta && elapsed >= 0 && elapsed < 1e9 && time < EXACT)) return this.#writeDelta(p, event);
    this.#last = time;
    return nine(out.view, out.literal(p, this.#middle.word, this.#middle.length), elapsed);
  }

  /** @returns nanoseconds of the event's second */
  #enterSecond(event: CtfEvent): number {
    const { time, time_ns } = event;
    const ns = Number(((time_ns % SECOND) + SECOND) % SECOND);
    const { before, point, clock } = this.#style;
    const { literals } = this.#out;
    if (time_ns < 0n) {
      // No second to keep: seconds before the epoch count the other way round.
      this.#secondBegin = Number.NaN;
      this.#second = literals.replace(this.#second, `${before}-${-time_ns / SECOND}${point}`);
      return Number(-time_ns % SECOND);
    }
    this.#secondBegin = Math.abs(time) < EXACT ? time - ns : Number.NaN;
    this.#second = literals.replace(this.#second, `${before}${secondText(time_ns / SECOND, clock)}${point}`);
    return ns;
  }

  /** Everything but the usual: the first event, a second and more, a step back, or no delta at all. */
  #writeDelta(at: number, event: CtfEvent): number {
    const { time, time_ns } = event;
    const first = Number.isNaN(this.#last);
    if (first) this.first = time;
    const last_ns = first || Math.abs(this.#last) >= EXACT ? this.#last_ns : this.#origin_ns + BigInt(this.#last);
    this.#last = time;
    this.#last_ns = time_ns;
    if (!this.#style.delta) return at;
    const out = this.#out;
    const p = out.ascii(at, `${this.#style.after}+`);
    if (first) return out.ascii(p, '?.?????????');
    // A step back shows as babeltrace2 shows it: modulo 2^64.
    const elapsed = BigInt.asUintN(64, time_ns - last_ns);
    return nine(out.view, out.ascii(unsigned(out.view, p, Number(elapsed / SECOND)), '.'), Number(elapsed % SECOND));
  }

  #writeCycles(at: number, cycles: bigint): number {
    const { before, after, delta } = this.#style;
    const out = this.#out;
    const p = out.ascii(at, `${before}${BigInt.asUintN(64, cycles).toString().padStart(20, '0')}`);
    const elapsed = BigInt.asUintN(64, cycles - this.#lastCycles)
      .toString()
      .padStart(12, '0');
    const first = this.#lastCycles < 0n;
    this.#lastCycles = cycles;
    return delta ? out.ascii(p, `${after}+${first ? '????????????' : elapsed}`) : p;
  }
}
