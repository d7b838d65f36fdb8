/** Damage, as disks, networks and attackers make it. Every mutation is decided by the seed alone. */
import type { Random } from './random.fuzz.ts';

/** Values that overflow something somewhere. */
const BOMBS = [
  0n,
  1n,
  0x7fn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  1n << 53n,
  (1n << 63n) - 1n,
  (1n << 64n) - 1n,
];

/** One to four mutations of bytes. The given bytes stay as they are. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let out: Uint8Array = bytes.slice();
  for (let count = random.between(1, 4); count > 0; count--) out = mutateOnce(out, random);
  return out;
}

function mutateOnce(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return Uint8Array.from([random.below(256)]);
  // Headers matter more than payloads, so the beginning is hit more often.
  const at = random.once(2) ? random.below(Math.min(bytes.length, 256)) : random.below(bytes.length);
  switch (random.below(8)) {
    case 0:
    case 1:
      bytes[at]! ^= 1 << random.below(8);
      return bytes;
    case 2:
      bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
      return bytes;
    case 3:
      return bytes.slice(0, at);
    case 4:
    case 5:
      bomb(bytes, at, random);
      return bytes;
    case 6:
      return swapped(bytes, at, random);
    default:
      return concat(bytes.subarray(0, at), bytes.subarray(random.below(bytes.length)));
  }
}

function bomb(bytes: Uint8Array, at: number, random: Random): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = random.pick(BOMBS);
  const little = random.once(2);
  const place = at & ~3;
  if (random.once(2) && place + 8 <= bytes.length) view.setBigUint64(place, value, little);
  else if (place + 4 <= bytes.length) view.setUint32(place, Number(BigInt.asUintN(32, value)), little);
}

/** Two parts of equal size change places: packets, where the size is a page. */
function swapped(bytes: Uint8Array, at: number, random: Random): Uint8Array {
  const size = Math.min(random.pick([1, 8, 64, 4096]), bytes.length >> 1);
  const one = Math.min(at - (at % Math.max(size, 1)), bytes.length - size);
  const other = random.below(bytes.length - size + 1);
  const kept = bytes.slice(one, one + size);
  bytes.copyWithin(one, other, other + size);
  bytes.set(kept, other);
  return bytes;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const out = new Uint8Array(first.length + second.length);
  out.set(first);
  out.set(second, first.length);
  return out;
}

const TOKEN = /[A-Za-z_][\w-]*|-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|\s+|./gsu;
const STRANGE = [
  ...BOMBS.map(String),
  '-1',
  '1.5',
  '1e999',
  '""',
  '"\\ud800"',
  '"\\x00"',
  '[',
  ']',
  '{',
  '}',
  '<',
  '>',
  ';',
  ',',
  ':',
  '=',
  '...',
  '->',
  '*',
  'null',
  'true',
  'struct',
  'variant',
  'integer',
  'typealias',
  'enum',
  'string',
  'env',
  'trace',
  'event.fields.',
  '\x1e',
  '/*',
  '//',
  '\0',
  '\u{1f600}',
  '9'.repeat(400),
  '['.repeat(300),
  '{'.repeat(300),
  'struct { '.repeat(300),
];

/** Metadata with a few tokens dropped, doubled, exchanged or replaced. */
export function mutateText(text: string, random: Random): string {
  const tokens = text.match(TOKEN) ?? [];
  for (let count = random.between(1, 5); count > 0 && tokens.length > 0; count--) {
    const at = random.below(tokens.length);
    const length = random.between(1, 6);
    const other = random.below(tokens.length);
    const kind = random.below(6);
    if (kind === 0) tokens.splice(at, length);
    else if (kind === 1) tokens.splice(at, 0, ...tokens.slice(other, other + length * 8));
    else if (kind === 2) [tokens[at], tokens[other]] = [tokens[other]!, tokens[at]!];
    else if (kind === 3) tokens[at] = tokens[other]!;
    else if (kind === 4) tokens[at] = random.pick(STRANGE);
    else tokens.splice(at, 0, random.pick(STRANGE));
  }
  return tokens.join('');
}
