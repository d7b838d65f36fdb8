/** Parses type declarations of TSDL: typealias, typedef, struct, variant, enum, integer, floating_point, string. */
import { LIMITS, type Mapping, type Range } from '../model.ts';
import { checkString, floatOf, integerOf } from './attributes.ts';
import { Parser } from './parser.ts';
import { plainInteger } from './plain.ts';
import type { MemberNode, Path, TypeNode } from './syntax.ts';

/** Words that begin a type or a block: an alias of that name could never be used. Fields may have these names. */
const KEYWORDS: ReadonlySet<string> = new Set(
  'callsite clock enum env event floating_point integer stream string struct trace typealias typedef variant'.split(
    ' ',
  ),
);

export class TypeParser extends Parser {
  /**
   * A declaration of named types: `typealias`, `typedef`, `struct NAME {`, `enum NAME {`, `variant NAME {`.
   *
   * @returns false when something else stands here
   */
  typeDeclaration(): boolean {
    if (this.is('typealias')) this.#typealias();
    else if (this.is('typedef')) this.#typedef();
    else return false;
    return true;
  }

  #typealias(): void {
    this.lexer.advance();
    const type = this.type('abstract');
    this.#declarators(type, ':=', (name) => {
      throw this.lexer.error(`typealias takes a type without a name, not '${name}'`);
    });
    this.expect(':=');
    const { at } = this.lexer.token;
    const words = [this.word('the name of the alias')];
    while (this.lexer.token.kind === 'word') words.push(this.word('a word'));
    const reserved = words.find((word) => KEYWORDS.has(word));
    if (reserved !== undefined) throw this.lexer.error(`'${reserved}' cannot be the name of a type`, at);
    this.expect(';');
    this.#name(words.join(' '), type, at);
  }

  #typedef(): void {
    this.lexer.advance();
    const type = this.type('declaration');
    this.#declarators(type, ';', (name, declared, at) => this.#name(name, declared, at));
    this.expect(';');
  }

  #name(name: string, type: TypeNode, at: number): void {
    this.declared(at);
    if (!this.scope.add(name, type)) throw this.lexer.error(`the type '${name}' was declared before in this block`, at);
  }

  /** `a, b[4], c[len]` up to `end`. */
  #declarators(type: TypeNode, end: string, each: (name: string, type: TypeNode, at: number) => void): void {
    if (this.is(end)) return;
    do {
      const { at } = this.lexer.token;
      if (this.is('*')) throw this.lexer.error('pointers have no meaning in a trace');
      const name = this.word('a name');
      each(name, this.#dimensions(type), at);
    } while (this.accept(','));
  }

  /** As in C, `a[2][3]` is two arrays of three. */
  #dimensions(element: TypeNode): TypeNode {
    if (!this.accept('[')) return element;
    const { at } = this.lexer.token;
    const value = this.value();
    if (value.kind === 'string') throw this.lexer.error('a length is a number or a field', at);
    if (value.kind === 'number' && (value.value < 0n || value.value > BigInt(LIMITS.staticLength))) {
      throw this.lexer.error(`a length of ${value.value} is not possible`, at);
    }
    this.expect(']');
    const inner = this.nested(() => this.#dimensions(element));
    return { node: 'array', element: inner, length: value.kind === 'number' ? Number(value.value) : value.path };
  }

  /**
   * A type. `declaration`: names follow, so the last of several words is not part of the type. `abstract`: all words are.
   */
  type(mode: 'declaration' | 'abstract'): TypeNode {
    while (this.accept('const'));
    const { token, following } = this.lexer;
    const opens = following.text === '{' && following.kind === 'sign';
    switch (token.kind === 'word' ? token.text : '') {
      case 'struct':
        return this.#struct();
      case 'variant':
        return this.#variant();
      case 'enum':
        return this.#enum();
      case 'integer':
        if (!opens) break;
        return this.#integer();
      case 'floating_point':
        if (!opens) break;
        this.lexer.advance();
        return floatOf(this.lexer, this.attributes());
      case 'string':
        this.lexer.advance();
        if (opens) checkString(this.lexer, this.attributes());
        return { node: 'string' };
    }
    return this.#namedType(mode);
  }

  #integer(): TypeNode {
    const { lexer } = this;
    const plain = plainInteger(lexer.text, lexer.token.at);
    if (plain === null) {
      lexer.advance();
      return integerOf(lexer, this.attributes());
    }
    lexer.moveTo(plain.end);
    return plain.node;
  }

  #namedType(mode: 'declaration' | 'abstract'): TypeNode {
    const { at } = this.lexer.token;
    const words = [this.word('a type')];
    const { token, following } = this.lexer;
    while (token.kind === 'word' && (mode === 'abstract' || following.kind === 'word')) {
      if (token.text !== 'const') words.push(token.text);
      this.lexer.advance();
    }
    const name = words.join(' ');
    const type = this.scope.find(name);
    if (type === undefined) throw this.lexer.error(`there is no type '${name}'`, at);
    return type;
  }

  /** The word after struct, variant or enum, unless it is the name of the field already. */
  #tagName(): string {
    return this.lexer.token.kind === 'word' ? this.word('a name') : '';
  }

  #known(kind: string, name: string, at: number): TypeNode {
    const type = this.scope.find(`${kind} ${name}`);
    if (type === undefined) throw this.lexer.error(`there is no type '${kind} ${name}'`, at);
    return type;
  }

  #struct(): TypeNode {
    const { at } = this.lexer.token;
    this.lexer.advance();
    const name = this.#tagName();
    if (!this.is('{')) return this.#known('struct', name, at);
    const members = this.#members();
    const minimumAlignment = this.#align();
    const type: TypeNode = { node: 'struct', members, minimumAlignment };
    if (name !== '') this.#name(`struct ${name}`, type, at);
    return type;
  }

  #align(): number {
    if (!this.is('align')) return 1;
    this.lexer.advance();
    this.expect('(');
    const value = this.value();
    this.expect(')');
    const bits = value.kind === 'number' ? Number(value.value) : 0;
    if (!isAlignment(bits)) throw this.lexer.error('an alignment is a power of two', value.at);
    return bits;
  }

  #members(): MemberNode[] {
    const members: MemberNode[] = [];
    const names = new Set<string>();
    this.block(() => {
      if (this.accept(';') || this.typeDeclaration()) return;
      const declares = this.is('struct') || this.is('variant') || this.is('enum');
      const type = this.type('declaration');
      if (!declares && this.is(';')) throw this.lexer.error('this field has no name');
      this.#declarators(type, ';', (name, declared, at) => {
        if (names.has(name)) throw this.lexer.error(`there are two fields '${name}'`, at);
        names.add(name);
        members.push({ name, type: declared });
      });
      this.expect(';');
    });
    return members;
  }

  #variant(): TypeNode {
    const { at } = this.lexer.token;
    this.lexer.advance();
    const name = this.#tagName();
    let tag: Path | null = null;
    if (this.accept('<')) {
      tag = this.path();
      this.expect('>');
    }
    if (!this.is('{')) {
      const known = this.#known('variant', name, at);
      return tag === null || known.node !== 'variant' ? known : { ...known, tag };
    }
    const options = this.#members();
    const type: TypeNode = { node: 'variant', tag, options };
    if (name !== '') this.#name(`variant ${name}`, type, at);
    return type;
  }

  #enum(): TypeNode {
    const { at } = this.lexer.token;
    this.lexer.advance();
    const name = this.#tagName();
    let container: TypeNode | undefined;
    if (this.accept(':')) container = this.type('abstract');
    if (!this.is('{')) return this.#known('enum', name, at);
    container ??= this.scope.find('int');
    if (container === undefined) throw this.lexer.error("an enum without container type needs the type 'int'", at);
    if (container.node !== 'integer') throw this.lexer.error('the container of an enum is an integer', at);
    const mappings = this.#enumerators();
    if (mappings.length === 0) throw this.lexer.error('an enum needs a label', at);
    const type: TypeNode = { node: 'enum', container, mappings };
    if (name !== '') this.#name(`enum ${name}`, type, at);
    return type;
  }

  #enumerators(): Mapping[] {
    const labels = new Map<string, Range[]>();
    let next = 0n;
    this.block(() => {
      const label = this.value();
      if (label.kind === 'number') throw this.lexer.error('expected a label here', label.at);
      let low = next;
      let high = next;
      if (this.accept('=')) {
        low = this.#bound();
        high = this.accept('...') ? this.#bound() : low;
        if (high < low) throw this.lexer.error(`the range ends before it begins`, label.at);
      }
      next = high + 1n;
      const name = label.kind === 'string' ? label.text : label.path.words.join('.');
      const ranges = labels.get(name);
      if (ranges === undefined) labels.set(name, [{ low, high }]);
      else ranges.push({ low, high });
      if (!this.is('}')) this.expect(',');
    });
    return Array.from(labels, ([name, ranges]) => ({ name, ranges }));
  }

  /** babeltrace2 reads labels that no value of the integer can have: they are never shown. */
  #bound(): bigint {
    const value = this.value();
    if (value.kind !== 'number') throw this.lexer.error('expected a number here', value.at);
    if (value.value < -(1n << 63n) || value.value >= 1n << 64n) {
      throw this.lexer.error(`${value.value} does not fit 64 bits`, value.at);
    }
    return value.value;
  }
}

export function isAlignment(bits: number): boolean {
  return bits >= 1 && bits <= LIMITS.alignment_bits && Number.isInteger(Math.log2(bits));
}
