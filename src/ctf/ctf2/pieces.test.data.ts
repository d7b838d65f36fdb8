/** Pieces of CTF 2 metadata for tests. */
import { jsonText } from '../fuzz/print-ctf2.fuzz.ts';

export const SEPARATOR = '\x1e';
export const PREAMBLE = { type: 'preamble', version: 2 };
export const STREAM = { type: 'data-stream-class' };

export function sequence(...fragments: unknown[]): string {
  return fragments.map((fragment) => `${SEPARATOR}${jsonText(fragment)}\n`).join('');
}

export function uint(length: number, more: object = {}): object {
  return { type: 'fixed-length-unsigned-integer', length, 'byte-order': 'little-endian', ...more };
}

export const u8: object = uint(8);

/** An event record class with these members in its payload. */
export function event(members: Record<string, unknown>, more: object = {}): object {
  const classes = Object.entries(members).map(([name, type]) => ({ name, 'field-class': type }));
  return {
    type: 'event-record-class',
    'payload-field-class': { type: 'structure', 'member-classes': classes },
    ...more,
  };
}
