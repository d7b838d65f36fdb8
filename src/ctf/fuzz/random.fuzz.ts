/** Seeded choices: a failing case is its seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 32 bits: mulberry32 (Tommy Ettinger, public domain). */
  bits32(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** 0 .. count - 1. */
  below(count: number): number {
    return Math.floor((this.bits32() / 2 ** 32) * count);
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  bits64(): bigint {
    return (BigInt(this.bits32()) << 32n) | BigInt(this.bits32());
  }

  /** Any value of an integer; its ends, 0 and 1 more often than chance would. */
  integer(bits: number, signed: boolean): bigint {
    const low = signed ? -(1n << BigInt(bits - 1)) : 0n;
    const high = signed ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
    const edge = [low, high, 0n, high > 0n ? 1n : 0n];
    return this.once(3) ? this.pick(edge) : low + (this.bits64() & ((1n << BigInt(bits)) - 1n));
  }

  /** Text of a few characters, some of them beyond ASCII and beyond 16 bits; never NUL. */
  text(length: number): string {
    let text = '';
    for (let i = 0; i < length; i++) text += this.pick(['a', 'Z', '0', ' ', '"', '\\', 'é', '中', '😀', '\n', '_']);
    return text;
  }
}
