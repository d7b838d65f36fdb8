/** The grammar that all of TSDL shares: blocks, dotted names, values, attributes. */
import { LIMITS } from '../model.ts';
import type { Attribute } from './attributes.ts';
import { Lexer } from './lexer.ts';
import { type Path, TypeScope, type Value } from './syntax.ts';

/** How deep `{` and `[` may nest in the text; the classes' own nesting is limited where they are built. */
const MAX_BLOCKS = LIMITS.nesting;

export class Parser {
  readonly lexer: Lexer;
  scope: TypeScope = new TypeScope(null);
  #depth = 0;
  #statements = 0;
  #declarations = 0;

  constructor(text: string, name: string, start = 0) {
    this.lexer = new Lexer(text, name, start);
  }

  is(text: string): boolean {
    const { token } = this.lexer;
    return token.text === text && (token.kind === 'sign' || token.kind === 'word');
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.lexer.advance();
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.lexer.error(`expected '${text}' here, not ${this.#shown()}`);
  }

  word(what: string): string {
    const { token } = this.lexer;
    if (token.kind !== 'word') throw this.lexer.error(`expected ${what} here, not ${this.#shown()}`);
    const { text } = token;
    this.lexer.advance();
    return text;
  }

  #shown(): string {
    const { token } = this.lexer;
    return token.kind === 'end' ? token.text : `'${token.text.slice(0, 40)}'`;
  }

  /** `{ ... }` with a scope of its own for named types. */
  block(body: () => void): void {
    this.expect('{');
    const outer = this.scope;
    this.scope = new TypeScope(outer);
    this.nested(() => {
      while (!this.is('}')) {
        if (this.lexer.token.kind === 'end') throw this.lexer.error("the text ends before the '}' of a block");
        if (++this.#statements > LIMITS.statements) {
          throw this.lexer.error(`there are more than ${LIMITS.statements} statements`);
        }
        body();
      }
    });
    this.lexer.advance();
    this.scope = outer;
  }

  /** `a.b.c`; keywords are names here too. */
  path(): Path {
    const { at } = this.lexer.token;
    const words = [this.word('a name')];
    while (this.accept('.') || this.accept('->')) words.push(this.word('a name'));
    return { words, at };
  }

  value(): Value {
    const { token } = this.lexer;
    const { at } = token;
    if (this.accept('(')) {
      const inner = this.nested(() => this.value());
      this.expect(')');
      return inner;
    }
    let negative = false;
    while (this.is('-') || this.is('+')) {
      if (this.accept('-')) negative = !negative;
      else this.lexer.advance();
    }
    if (token.kind === 'number') {
      const value = negative ? -token.value : token.value;
      this.lexer.advance();
      return { kind: 'number', value, at };
    }
    if (token.kind !== 'string') return { kind: 'path', path: this.path(), at };
    let text = '';
    // Adjacent texts are one, as in C.
    for (; this.lexer.token.kind === 'string'; this.lexer.advance()) text += token.text;
    return { kind: 'string', text, at };
  }

  /** `name = value;` pairs of an integer, float, string, clock or env. */
  attributes(): Attribute[] {
    const out: Attribute[] = [];
    this.block(() => {
      const { at } = this.lexer.token;
      const name = this.lexer.token.kind === 'string' ? this.value() : null;
      const key = name?.kind === 'string' ? name.text : this.path().words.join('.');
      this.expect('=');
      out.push({ name: key, value: this.value(), at });
      this.expect(';');
    });
    return out;
  }

  /** A named type or a block more. */
  declared(at: number): void {
    if (++this.#declarations <= LIMITS.declarations) return;
    throw this.lexer.error(`there are more than ${LIMITS.declarations} types and events`, at);
  }

  /** Runs `inner` one level deeper. */
  nested<T>(inner: () => T): T {
    if (++this.#depth > MAX_BLOCKS) throw this.lexer.error(`this is nested deeper than ${MAX_BLOCKS}`);
    const result = inner();
    this.#depth--;
    return result;
  }
}
