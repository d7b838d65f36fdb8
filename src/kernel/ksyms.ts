/** Kernel symbols from /proc/kallsyms: read at the first question, kept as two sorted arrays. */
import { readFileSync } from 'node:fs';

/** 200,000 symbols are usual; a table larger than this is not read. */
const MAX_SYMBOLS = 2_000_000;

export class KernelSymbols {
  #addresses: BigUint64Array | null = null;
  #names: string[] = [];

  /** `symbol+0x1f`, or `0x...` when symbols are hidden (kernel.kptr_restrict, not root). */
  name(address: bigint): string {
    this.#addresses ??= this.#read();
    const table = this.#addresses;
    let low = 0;
    let high = table.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (table[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return `0x${address.toString(16)}`;
    const offset = address - table[low - 1]!;
    if (offset > 0x100000n) return `0x${address.toString(16)}`;
    return offset === 0n ? this.#names[low - 1]! : `${this.#names[low - 1]!}+0x${offset.toString(16)}`;
  }

  #read(): BigUint64Array {
    let text = '';
    try {
      text = readFileSync('/proc/kallsyms', 'latin1');
    } catch {
      return new BigUint64Array(0);
    }
    const symbols: [bigint, string][] = [];
    for (const line of text.split('\n')) {
      const match = /^([0-9a-f]+) [tTwW] (\S+)/.exec(line);
      if (match === null || symbols.length >= MAX_SYMBOLS) continue;
      const address = BigInt(`0x${match[1]!}`);
      if (address !== 0n) symbols.push([address, match[2]!]);
    }
    symbols.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#names = symbols.map(([, name]) => name);
    return BigUint64Array.from(symbols, ([address]) => address);
  }
}
