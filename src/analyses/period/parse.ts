/**
 * Parser of period definitions and captures.
 *
 *     definition = [ NAME [ "(" NAME ")" ] ] ":" expression [ ":" expression ]
 *     expression = and { "||" and }
 *     and        = unary { "&&" unary }
 *     unary      = "!" unary | "(" expression ")" | reference operator operand
 *     reference  = [ "$parent." ] [ "$begin." ] "$evt." ( "$name" | [ "$payload." | "$ctx." ... ] NAME )
 *     captures   = NAME ":" [ capture { "," capture } ] [ ":" capture { "," capture } ]
 *     capture    = [ NAME "=" ] reference
 */
import type { Capture, Comparison, Expression, Operand, Reference, Scope } from './expression.ts';
import { periodError, type Token, tokensOf } from './lexer.ts';

const COMPARISONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>=', '=*'];
const SCOPES: readonly string[] = ['payload', 'ctx', 'header', 'stream_ctx', 'pkt_ctx', 'pkt_header'];

export interface ParsedPeriod {
  readonly name: string;
  readonly parent: string | null;
  readonly begin: Expression;
  readonly end: Expression;
}

export interface ParsedCaptures {
  readonly name: string;
  readonly begin: readonly Capture[];
  readonly end: readonly Capture[];
}

/** @throws UsageError `TT_BAD_PERIOD` with the column */
export function parsePeriod(text: string): ParsedPeriod {
  const parser = new Parser(text, '--period');
  let name = '';
  let parent: string | null = null;
  if (parser.next.kind === 'identifier') {
    name = parser.take().text;
    if (parser.skip('(')) {
      parent = parser.identifier('the name of the parent');
      parser.expect(')');
    }
  }
  parser.expect(':');
  const begin = parser.expression();
  const end = parser.skip(':') ? parser.expression() : begin;
  parser.expectEnd();
  return { name, parent, begin, end };
}

/** @throws UsageError `TT_BAD_PERIOD` with the column */
export function parseCaptures(text: string): ParsedCaptures {
  const parser = new Parser(text, '--period-captures');
  const name = parser.identifier('the name of a period');
  parser.expect(':');
  const begin = parser.next.text === ':' || parser.next.kind === 'end' ? [] : parser.captures();
  const end = parser.skip(':') ? parser.captures() : [];
  parser.expectEnd();
  return { name, begin, end };
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string, what: string) {
    this.#text = text;
    this.#tokens = tokensOf(text, what);
  }

  get next(): Token {
    return this.#tokens[this.#at]!;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  skip(symbol: string): boolean {
    if (this.next.kind !== 'symbol' || this.next.text !== symbol) return false;
    this.#at++;
    return true;
  }

  expect(symbol: string): void {
    if (!this.skip(symbol)) throw this.#wrong(`'${symbol}'`);
  }

  expectEnd(): void {
    if (this.next.kind !== 'end') throw this.#wrong('the end');
  }

  identifier(what: string): string {
    if (this.next.kind !== 'identifier') throw this.#wrong(what);
    return this.take().text;
  }

  expression(): Expression {
    return this.#list('or', '||', () => this.#list('and', '&&', () => this.#unary()));
  }

  #list(kind: 'and' | 'or', symbol: string, one: () => Expression): Expression {
    const operands = [one()];
    while (this.skip(symbol)) operands.push(one());
    return operands.length === 1 ? operands[0]! : { kind, operands };
  }

  #unary(): Expression {
    if (this.skip('!')) return { kind: 'not', operand: this.#unary() };
    if (!this.skip('(')) return this.#comparison();
    const inner = this.expression();
    this.expect(')');
    return inner;
  }

  #comparison(): Expression {
    const left = this.#reference();
    const { text, column } = this.next;
    if (!COMPARISONS.includes(text)) throw this.#wrong('a comparison (== != < <= > >= =*)');
    this.take();
    const operator = text as Comparison;
    const right = this.#operand();
    if (operator === '=*' && right.kind !== 'string') {
      throw periodError(this.#text, column, '=* compares with a pattern in quotes');
    }
    return { kind: 'compare', operator, left, right };
  }

  #operand(): Operand {
    const { kind, text } = this.next;
    if (kind === 'number') {
      this.take();
      return { kind, value: Number(text) };
    }
    if (kind === 'string') {
      this.take();
      return { kind, value: text };
    }
    return { kind: 'reference', reference: this.#reference() };
  }

  #reference(): Reference {
    const first = this.#at;
    const isParent = this.#prefix('$parent');
    const isBegin = this.#prefix('$begin');
    if (isParent && !isBegin) throw this.#wrong('$begin: of a parent only the begin is known');
    if (!this.#prefix('$evt')) throw this.#wrong('$evt, $begin.$evt or $parent.$begin.$evt');
    const source = isParent ? 'parent' : isBegin ? 'begin' : 'current';
    let scope: Scope = 'auto';
    let isName = false;
    if (this.next.kind === 'dollar') {
      const word = this.next.text.slice(1);
      isName = word === 'name';
      if (!isName && !SCOPES.includes(word))
        throw this.#wrong(`a field, $name, ${SCOPES.map((s) => `$${s}`).join(', ')}`);
      this.take();
      if (!isName) {
        scope = word as Scope;
        this.expect('.');
      }
    }
    const field = isName ? '' : this.identifier('the name of a field');
    const text = this.#tokens
      .slice(first, this.#at)
      .map((token) => token.text)
      .join('');
    return { source, isName, scope, field, text };
  }

  #prefix(word: string): boolean {
    if (this.next.kind !== 'dollar' || this.next.text !== word) return false;
    this.take();
    this.expect('.');
    return true;
  }

  captures(): Capture[] {
    const captures: Capture[] = [];
    do {
      const { column, kind } = this.next;
      let name = '';
      if (kind === 'identifier') {
        name = this.take().text;
        this.expect('=');
      }
      const reference = this.#reference();
      if (name === '') name = reference.text;
      if (captures.some((other) => other.name === name)) {
        throw periodError(this.#text, column, `'${name}' is captured twice`);
      }
      captures.push({ name, reference });
    } while (this.skip(','));
    return captures;
  }

  #wrong(expected: string): Error {
    const { kind, text, column } = this.next;
    const found = kind === 'end' ? 'the end' : `'${text}'`;
    return periodError(this.#text, column, `${found} where ${expected} is expected`);
  }
}
