/** Texts of enumerations' values: `( "READ" : container = 1 )`. Made when a value first comes, and kept. */
import type { IntegerClass } from '../model.ts';
import { quotedText } from './escapes.ts';
import { integerText } from './values.ts';

/** An enumeration with more different values than this is no enumeration; its texts are made anew each time. */
const MAX_KEPT = 4096;

const encoder = new TextEncoder();

export class LabelTexts {
  readonly #field: IntegerClass;
  readonly #kept = new Map<number, Uint8Array>();

  constructor(field: IntegerClass) {
    this.#field = field;
  }

  of(value: number): Uint8Array {
    const kept = this.#kept.get(value);
    if (kept !== undefined) return kept;
    const made = this.#make(BigInt(value));
    if (this.#kept.size < MAX_KEPT) this.#kept.set(value, made);
    return made;
  }

  /** @param low unsigned half, @param high unsigned or signed half */
  ofWide(low: number, high: number): Uint8Array {
    const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
    return high === 0 || high === -1 ? this.of(high === 0 ? low >>> 0 : (low >>> 0) - 2 ** 32) : this.#make(value);
  }

  #make(value: bigint): Uint8Array {
    const labels = this.#field.mappings.filter(({ ranges }) => ranges.some((r) => r.low <= value && value <= r.high));
    const text = labels.length === 0 ? '<unknown>' : labels.map(({ name }) => quotedText(name)).join(', ');
    return encoder.encode(`( ${text} : container = ${integerText(this.#field, value)} )`);
  }
}
