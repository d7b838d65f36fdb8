/**
 * Kernel symbols from /proc/kallsyms: read at the first question. Names stay bytes: 100,000 of them as JavaScript strings
 * would take more memory than the rest of the agent.
 */
import { readFileSync } from 'node:fs';
import { LITTLE_ENDIAN } from './abi.ts';

/** A symbol table larger than this (ten times a usual one) is not read. */
const MAX_SYMBOLS = 2_000_000;
/** An address further than this behind a symbol belongs to something unknown. */
const MAX_SYMBOL_BYTES = 0x100000n;

const NEWLINE = 10;
const SPACE = 32;
const TAB = 9;

export class KernelSymbols {
  #table: SymbolTable | null = null;
  readonly #read: () => Uint8Array;

  /** @param read the content of /proc/kallsyms; empty when it cannot be read */
  constructor(read: () => Uint8Array = readKallsyms) {
    this.#read = read;
  }

  /** `symbol+0x1f`, or `0x...` when symbols are hidden (kernel.kptr_restrict, not root). */
  name(address: bigint): string {
    this.#table ??= parseSymbols(this.#read());
    const { addresses, ends, names } = this.#table;
    let low = 0;
    let high = addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (addresses[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return `0x${address.toString(16)}`;
    const offset = address - addresses[low - 1]!;
    if (offset > MAX_SYMBOL_BYTES) return `0x${address.toString(16)}`;
    const name = Buffer.from(names.buffer as ArrayBuffer).toString('latin1', ends[low - 2] ?? 0, ends[low - 1]);
    return offset === 0n ? name : `${name}+0x${offset.toString(16)}`;
  }
}

/** Ascending addresses; name i is the bytes from ends[i - 1] to ends[i]. */
interface SymbolTable {
  readonly addresses: BigUint64Array;
  readonly ends: Uint32Array;
  readonly names: Uint8Array;
}

function readKallsyms(): Uint8Array {
  try {
    return readFileSync('/proc/kallsyms');
  } catch {
    return new Uint8Array(0);
  }
}

/** Lines `ffffffff81000000 T _text`, with `\t[module]` behind symbols of modules; functions are t, T, w, W. */
export function parseSymbols(text: Uint8Array): SymbolTable {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.length);
  const lines = Math.min(MAX_SYMBOLS, countLines(bytes));
  const halves = new Uint32Array(2 * lines); // high and low half of each address
  const starts = new Uint32Array(lines);
  let count = 0;
  for (let line = 0; line < bytes.length && count < lines; ) {
    const space = bytes.indexOf(SPACE, line);
    if (space < 0) break;
    if (isFunction(bytes[space + 1]!) && readAddress(bytes, line, space, halves, count)) starts[count++] = space + 3;
    const end = bytes.indexOf(NEWLINE, space);
    if (end < 0) break;
    line = end + 1;
  }
  return sorted(bytes, halves, starts.subarray(0, count));
}

function countLines(bytes: Uint8Array): number {
  let lines = 1;
  for (const byte of bytes) if (byte === NEWLINE) lines++;
  return lines;
}

function isFunction(type: number): boolean {
  const lower = type | 0x20;
  return lower === 0x74 || lower === 0x77; // t, w
}

/** Stores the hexadecimal number there; false when it is 0: hidden. */
function readAddress(bytes: Uint8Array, from: number, to: number, halves: Uint32Array, at: number): boolean {
  let high = 0;
  let low = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! <= 0x39 ? bytes[i]! - 0x30 : (bytes[i]! | 0x20) - 0x57;
    high = ((high << 4) | (low >>> 28)) >>> 0;
    low = ((low << 4) | digit) >>> 0;
  }
  halves[2 * at] = high;
  halves[2 * at + 1] = low;
  return (high | low) !== 0;
}

function sorted(bytes: Uint8Array, halves: Uint32Array, starts: Uint32Array): SymbolTable {
  const order = Uint32Array.from(starts.keys());
  order.sort((a, b) => halves[2 * a]! - halves[2 * b]! || halves[2 * a + 1]! - halves[2 * b + 1]! || a - b);
  const addresses = new BigUint64Array(order.length);
  const words = new Uint32Array(addresses.buffer);
  const ends = new Uint32Array(order.length);
  const names = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < order.length; i++) {
    const symbol = order[i]!;
    words[2 * i + (LITTLE_ENDIAN ? 1 : 0)] = halves[2 * symbol]!;
    words[2 * i + (LITTLE_ENDIAN ? 0 : 1)] = halves[2 * symbol + 1]!;
    for (let at = starts[symbol]!; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === NEWLINE || byte === TAB) break;
      names[length++] = byte;
    }
    ends[i] = length;
  }
  return { addresses, ends, names: names.slice(0, length) };
}
