/** Words of the period language, with their places. */
import { UsageError } from '../../base/errors.ts';

export interface Token {
  readonly kind: 'identifier' | 'dollar' | 'number' | 'string' | 'symbol' | 'end';
  /** Of strings: without quotes and escapes. */
  readonly text: string;
  /** First character, from 1. */
  readonly column: number;
}

const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['identifier', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['dollar', /\$[A-Za-z_]+/y],
  ['number', /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['string', /"(?:[^"\\]|\\.)*"/sy],
  ['symbol', /&&|\|\||==|!=|<=|>=|=\*|[<>!()=:,.]/y],
];

/** @param what is read, for messages: `--period` */
export function tokensOf(text: string, what: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ; ) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (at >= text.length) break;
    const found = PATTERNS.flatMap(([kind, pattern]) => {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      return match === null ? [] : [{ kind, text: match[0] }];
    })[0];
    if (found === undefined) {
      const message = text[at] === '"' ? 'the text does not end' : `'${text[at]}' means nothing here`;
      throw periodError(text, at + 1, message);
    }
    const isText = found.kind === 'string';
    tokens.push({
      kind: found.kind,
      text: isText ? found.text.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : found.text,
      column: at + 1,
    });
    at += found.text.length;
  }
  tokens.push({ kind: 'end', text: '', column: text.length + 1 });
  if (tokens.length === 1) throw periodError(text, 1, `${what} is empty`);
  return tokens;
}

export function periodError(text: string, column: number, message: string): UsageError {
  return new UsageError('TT_BAD_PERIOD', message, {
    where: `column ${column} of ${text}\n     ${' '.repeat(`column ${column} of `.length + column - 2)} ^`,
    next: "write 'NAME(PARENT) : BEGIN : END', such as 'run : $evt.$name == \"sched_switch\"'; see docs/periods.md",
  });
}
