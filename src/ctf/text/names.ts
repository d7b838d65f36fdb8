/** Names of processes: texts of 16 bytes, of which the same few come again and again, kept as they are written. */
import type { TextBuffer } from './buffer.ts';
import { ESCAPES } from './escapes.ts';

/** The kernel's TASK_COMM_LEN. */
export const NAME_BYTES = 16;

/** Slots; names that share one take turns. */
const SLOTS = 256;
/** Words of a slot: the name's four, the length of its text. */
const KEY_WORDS = 8;
const TEXT_WORDS = 3;

export class NameTexts {
  readonly #out: TextBuffer;
  readonly #keys = new Int32Array(SLOTS * KEY_WORDS);
  readonly #texts = new Float64Array(SLOTS * TEXT_WORDS);
  readonly #bytes = new Uint8Array(this.#texts.buffer);

  constructor(out: TextBuffer) {
    this.#out = out;
  }

  /** Writes the name at a byte of the window in quotes. */
  write(p: number, from: DataView, bytes: Uint8Array, at: number): number {
    const a = from.getInt32(at, true);
    const b = from.getInt32(at + 4, true);
    const c = from.getInt32(at + 8, true);
    const d = from.getInt32(at + 12, true);
    const mixed = Math.imul(a ^ Math.imul(b, 31) ^ Math.imul(c, 961) ^ d, 0x9e3779b1) >>> 24;
    const keys = this.#keys;
    const k = mixed * KEY_WORDS;
    if (keys[k] !== a || keys[k + 1] !== b || keys[k + 2] !== c || keys[k + 3] !== d || keys[k + 4] === 0) {
      return this.#make(p, bytes, at, mixed);
    }
    const { view } = this.#out;
    const texts = this.#texts;
    const t = mixed * TEXT_WORDS;
    view.setFloat64(p, texts[t]!, true);
    view.setFloat64(p + 8, texts[t + 1]!, true);
    view.setFloat64(p + 16, texts[t + 2]!, true);
    return p + keys[k + 4]!;
  }

  #make(p: number, bytes: Uint8Array, at: number, slot: number): number {
    let end = at;
    let plain = true;
    for (; end < at + NAME_BYTES && bytes[end] !== 0; end++) plain &&= bytes[end]! < 128 && ESCAPES[bytes[end]!] === 0;
    const next = this.#out.quotedBytes(p, bytes, at, end);
    // Bytes from 128 on may make the bit pattern of a NaN, which does not stay what it is.
    if (plain) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + at, NAME_BYTES);
      for (let i = 0; i < 4; i++) this.#keys[slot * KEY_WORDS + i] = view.getInt32(4 * i, true);
      this.#keys[slot * KEY_WORDS + 4] = next - p;
      this.#bytes.set(this.#out.bytes.subarray(p, next), slot * TEXT_WORDS * 8);
    }
    return next;
  }
}
