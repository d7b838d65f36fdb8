/** The clock block (CTF 1.8.3, section 8). */
import type { ClockClass } from '../model.ts';
import { booleanOf, naturalOf, textOf, uuidOf } from './attributes.ts';
import type { Block } from './blocks.ts';
import type { Lexer } from './lexer.ts';
import type { Value } from './syntax.ts';

const NS_PER_S = 1_000_000_000n;
/** babeltrace2 keeps the last value for itself. */
const MAX_FREQUENCY = (1n << 64n) - 1n;

export function clockClass(lexer: Lexer, block: Block): ClockClass {
  const value = <T>(key: string, read: (lexer: Lexer, value: Value, what: string) => T, otherwise: T): T => {
    const given = block.values.get(key);
    return given === undefined ? otherwise : read(lexer, given, `'${key}'`);
  };
  const name = value('name', textOf, '');
  if (name === '') throw lexer.error('a clock needs a name', block.at);
  const frequency_hz = value('freq', naturalOf, NS_PER_S);
  if (frequency_hz < 1n || frequency_hz >= MAX_FREQUENCY) {
    throw lexer.error("a clock's frequency is from 1 to 2^64 - 2", block.values.get('freq')!.at);
  }
  value('absolute', booleanOf, false);
  return {
    id: name,
    name,
    description: value('description', textOf, ''),
    uid: value('uuid', uuidOf, ''),
    frequency_hz,
    offset_s: value('offset_s', numberOf, 0n),
    offset_cycles: value('offset', numberOf, 0n),
    origin: 'unix-epoch',
    precision_cycles: value<bigint | null>('precision', naturalOf, null),
  };
}

/** babeltrace2 reads only positive offsets in cycles; negative ones are as clear. */
function numberOf(lexer: Lexer, value: Value, what: string): bigint {
  if (value.kind !== 'number') throw lexer.error(`${what} is a number`, value.at);
  return value.value;
}

/** Timestamps without any clock count nanoseconds from the epoch. */
export function noClock(): ClockClass {
  return {
    id: 'default',
    name: 'default',
    description: '',
    uid: '',
    frequency_hz: NS_PER_S,
    offset_s: 0n,
    offset_cycles: 0n,
    origin: 'unix-epoch',
    precision_cycles: null,
  };
}
