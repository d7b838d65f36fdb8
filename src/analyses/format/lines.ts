/**
 * Lines of logs as bytes: a log has a million of them, and strings of ten pieces each, put together and encoded, took half
 * of the time that a log took. Texts are padded as `left` and `right` of python.ts do.
 */
import type { ClockText } from './clock.ts';
import { micros, paddingOf } from './python.ts';

/** What is collected before it goes out; larger buffers leave the processor's cache. */
const LIMIT_BYTES = 64 * 1024;
/** Longer texts are encoded apart. */
const SHORT_CHARACTERS = 1024;
/** Behind the limit: all fixed parts of a line, and its texts of up to `SHORT_CHARACTERS`, each with its padding. */
const SLACK_BYTES = 32 * 1024;
const SPACE = 32;
const ZERO = 48;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Lines {
  readonly #bytes: Uint8Array = new Uint8Array(LIMIT_BYTES + SLACK_BYTES);
  #at = 0;
  /** The second that was written last: when it began, and its text. */
  #clock: ClockText | null = null;
  #second = 0;
  #prefix: Uint8Array = new Uint8Array(0);
  readonly #sink: (bytes: Uint8Array) => void;

  /** @param sink takes bytes that are valid only during the call; always whole characters */
  constructor(sink: (bytes: Uint8Array) => void) {
    this.#sink = sink;
  }

  /** Gives what there is to the sink. */
  flush(): void {
    const end = this.#at;
    this.#at = 0;
    if (end > 0) this.#sink(this.#bytes.subarray(0, end));
  }

  /** Any text. */
  text(text: string): void {
    const { length } = text;
    if (this.#at > LIMIT_BYTES) this.flush();
    const bytes = this.#bytes;
    const start = this.#at;
    let i = 0;
    for (const stop = length > SHORT_CHARACTERS ? 0 : length; i < stop; i++) {
      const code = text.charCodeAt(i);
      if (code >= 128) break;
      bytes[start + i] = code;
    }
    if (i === length) this.#at = start + length;
    else this.#encoded(text);
  }

  /** A text, then spaces up to a width. */
  left(text: string, columns: number): void {
    this.text(text);
    this.spaces(paddingOf(text, columns));
  }

  /** Spaces up to a width, then a text. */
  right(text: string, columns: number): void {
    this.spaces(paddingOf(text, columns));
    this.text(text);
  }

  /** No more than a line has. */
  spaces(count: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (const end = at + count; at < end; at++) bytes[at] = SPACE;
    this.#at = at;
  }

  /** A time of day, as `ClockText.text` writes it. */
  time(clock: ClockText, time: number): void {
    if (this.#at > LIMIT_BYTES) this.flush();
    let ns = time - this.#second;
    if (clock !== this.#clock || !(ns >= 0 && ns < 1e9)) ns = this.#enter(clock, time);
    const bytes = this.#bytes;
    const prefix = this.#prefix;
    let at = this.#at;
    for (let i = 0; i < prefix.length; i++) bytes[at++] = prefix[i]!;
    this.#at = at;
    this.#digits(ns, 9);
  }

  /** @returns nanoseconds of the time's second, from now on the one that is known */
  #enter(clock: ClockText, time: number): number {
    const ns = clock.nanoseconds(time);
    this.#clock = clock;
    this.#second = time - ns;
    this.#prefix = encoder.encode(clock.prefix(time));
    return ns;
  }

  /** A whole number, on the right of a width. */
  number(value: number, columns: number): void {
    if (!isSmall(value)) {
      this.right(String(value), columns);
      return;
    }
    const digits = digitsOf(value);
    this.spaces(columns - digits);
    this.#digits(value, digits);
  }

  /** The same on the left. */
  numberLeft(value: number, columns: number): void {
    if (!isSmall(value)) {
      this.left(String(value), columns);
      return;
    }
    const digits = digitsOf(value);
    this.#digits(value, digits);
    this.spaces(columns - digits);
  }

  /** Nanoseconds as microseconds, as `micros` of python.ts writes them, on the right of a width. */
  micros(ns: number, columns: number): void {
    if (!isSmall(ns)) {
      this.right(micros(ns), columns);
      return;
    }
    const whole = (ns / 1000) | 0;
    const digits = digitsOf(whole);
    this.spaces(columns - digits - 4);
    this.#digits(whole, digits);
    this.#bytes[this.#at++] = 46;
    this.#digits(ns - whole * 1000, 3);
  }

  #digits(value: number, count: number): void {
    const bytes = this.#bytes;
    let rest = value | 0;
    for (let at = this.#at + count - 1; at >= this.#at; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.#at += count;
  }

  #encoded(text: string): void {
    const encoded = encoder.encode(text);
    if (encoded.length > SLACK_BYTES / 4) {
      this.flush();
      this.#sink(encoded);
      return;
    }
    this.#bytes.set(encoded, this.#at);
    this.#at += encoded.length;
  }
}

let collected = '';
let scratch: Lines | null = null;

/** What is written to lines, as one text: for tables that have the lines of a log. */
export function linesText(write: (out: Lines) => void): string {
  scratch ??= new Lines((bytes) => {
    collected += decoder.decode(bytes);
  });
  collected = '';
  write(scratch);
  scratch.flush();
  return collected;
}

/** Whole, and below 2^31. */
function isSmall(value: number): boolean {
  return (value | 0) === value && value >= 0;
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let power = 10; digits < 10 && value >= power; power *= 10) digits++;
  return digits;
}
