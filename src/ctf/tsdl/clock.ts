/** The clock block (CTF 1.8.3, section 8). */
import type { ClockClass } from '../model.ts';
import type { Block } from './blocks.ts';
import type { Lexer } from './lexer.ts';
import type { Value } from './syntax.ts';

const NS_PER_S = 1_000_000_000n;

/** The text of a quoted or bare value: old traces write `name = monotonic;`. */
export function textOf(value: Value): string {
  if (value.kind === 'string') return value.text;
  return value.kind === 'path' ? value.path.words.join('.') : String(value.value);
}

export function clockClass(lexer: Lexer, block: Block): ClockClass {
  const number = (key: string, otherwise: bigint): bigint => {
    const value = block.values.get(key);
    if (value === undefined) return otherwise;
    if (value.kind !== 'number') throw lexer.error(`'${key}' is a number`, value.at);
    return value.value;
  };
  const text = (key: string): string => {
    const value = block.values.get(key);
    return value === undefined ? '' : textOf(value);
  };
  const name = text('name');
  if (name === '') throw lexer.error('a clock needs a name', block.at);
  const frequency_hz = number('freq', NS_PER_S);
  if (frequency_hz < 1n || frequency_hz >= 1n << 63n) throw lexer.error("a clock's frequency is at least 1", block.at);
  const precision = block.values.get('precision');
  return {
    id: name,
    name,
    description: text('description'),
    uid: text('uuid'),
    frequency_hz,
    offset_s: number('offset_s', 0n),
    offset_cycles: number('offset', 0n),
    origin: 'unix-epoch',
    precision_cycles: precision === undefined ? null : number('precision', 0n),
  };
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
