/** Parses whole TSDL metadata into its blocks; types inside are still nodes (syntax.ts), build.ts makes classes of them. */
import { type Attribute, byteOrderOf, wordOf } from './attributes.ts';
import { forgetStructs, plainEvent, plainNode, plainStruct } from './plain.ts';
import type { TypeNode, Value } from './syntax.ts';
import { TypeParser } from './types.ts';

export interface Block {
  /** `name = value;`, by name. */
  readonly values: ReadonlyMap<string, Value>;
  /** `name := type;`, by dotted name, and where it stands. */
  readonly types: ReadonlyMap<string, BlockType>;
  readonly at: number;
}

export interface BlockType {
  readonly type: TypeNode;
  readonly at: number;
  /** It is right and refers to nothing outside: there is no need to build it before it is used. */
  readonly plain: boolean;
}

/** What blocks may hold. */
const KNOWN: Readonly<Record<string, ReadonlySet<string>>> = {
  trace: new Set(['major', 'minor', 'byte_order', 'uuid', 'packet.header']),
  clock: new Set(['name', 'uuid', 'description', 'freq', 'precision', 'offset_s', 'offset', 'absolute']),
  stream: new Set(['id', 'packet.context', 'event.header', 'event.context']),
  event: new Set(['name', 'id', 'stream_id', 'loglevel', 'model.emf.uri', 'context', 'fields']),
};

export interface Document {
  readonly parser: TypeParser;
  readonly byteOrder: 'le' | 'be';
  trace: Block | null;
  readonly environment: Map<string, string | bigint>;
  readonly clocks: Block[];
  readonly streams: Block[];
  readonly events: Block[];
}

/** The trace's byte order: types before the trace block depend on it, so it is looked for first. */
function declaredByteOrder(block: Block | null, parser: TypeParser): 'le' | 'be' {
  const value = block?.values.get('byte_order');
  if (value === undefined) throw parser.lexer.error("the trace block does not say its 'byte_order'", block?.at ?? 0);
  const order = byteOrderOf(parser.lexer, value);
  if (order === 'native') throw parser.lexer.error("the trace's byte order cannot be native", value.at);
  return order;
}

/** @param name of the text, for errors */
export function parseTsdl(text: string, name: string): Document {
  const parser = new TypeParser(text, name);
  const document = {
    parser,
    byteOrder: 'le' as 'le' | 'be',
    trace: null as Block | null,
    environment: new Map<string, string | bigint>(),
    clocks: [] as Block[],
    streams: [] as Block[],
    events: [] as Block[],
  };
  while (parser.lexer.token.kind !== 'end') topLevel(parser, document);
  forgetStructs();
  document.byteOrder = declaredByteOrder(document.trace, parser);
  return document;
}

function topLevel(parser: TypeParser, document: Document): void {
  if (parser.accept(';') || parser.typeDeclaration()) return;
  const { token, following } = parser.lexer;
  const { at } = token;
  if (token.kind === 'word' && following.kind === 'sign' && following.text === '{') {
    if (blockOf(parser, document, token.text)) {
      parser.expect(';');
      return;
    }
  }
  if (token.kind !== 'word') throw parser.lexer.error('expected a block or a type here');
  if (!['struct', 'variant', 'enum'].includes(token.text)) throw parser.lexer.error(`unexpected '${token.text}'`, at);
  parser.type('declaration');
  parser.expect(';');
}

/** @returns false when the word names no block */
function blockOf(parser: TypeParser, document: Document, word: string): boolean {
  const { at } = parser.lexer.token;
  parser.declared(at);
  switch (word) {
    case 'trace':
      if (document.trace !== null) throw parser.lexer.error('there are two trace blocks', at);
      document.trace = block(parser, word);
      return true;
    case 'env':
      environment(parser, document.environment);
      return true;
    case 'clock':
      document.clocks.push(block(parser, word));
      return true;
    case 'stream':
      document.streams.push(block(parser, word));
      return true;
    case 'event':
      document.events.push(eventBlock(parser) ?? block(parser, word));
      return true;
    case 'callsite':
      block(parser, word);
      return true;
    default:
      return false;
  }
}

function environment(parser: TypeParser, into: Map<string, string | bigint>): void {
  parser.lexer.advance();
  for (const { name, value } of parser.attributes() as Attribute[]) {
    into.set(name, value.kind === 'number' ? value.value : wordOf(value));
  }
}

/** The statements of a block: attributes, types, and declarations of types that hold only inside. */
function block(parser: TypeParser, word: string): Block {
  const values = new Map<string, Value>();
  const types = new Map<string, BlockType>();
  const { at: blockAt } = parser.lexer.token;
  parser.lexer.advance();
  parser.block(() => {
    if (parser.accept(';') || parser.typeDeclaration()) return;
    const { at, text, kind } = parser.lexer.token;
    const { following } = parser.lexer;
    const declares = kind === 'word' && ['struct', 'variant', 'enum'].includes(text);
    if (declares && (following.kind === 'word' || following.text === '{' || following.text === ':')) {
      parser.type('declaration');
      parser.expect(';');
      return;
    }
    const name = parser.path().words.join('.');
    if (KNOWN[word]?.has(name) === false) parser.lexer.warn(`'${name}' of ${word} is unknown`, at);
    else if (values.has(name) || types.has(name)) throw parser.lexer.error(`'${name}' is given twice`, at);
    if (parser.accept('=')) values.set(name, parser.value());
    else {
      parser.expect(':=');
      types.set(name, typeOf(parser, at));
    }
    parser.expect(';');
  });
  return { values, types, at: blockAt };
}

/** A plain struct is only looked through: remembers where it stands, and the named types that are visible there. */
function typeOf(parser: TypeParser, at: number): BlockType {
  const { lexer } = parser;
  const { token, following } = lexer;
  const end = token.text === 'struct' && following.text === '{' ? plainStruct(lexer.text, following.at + 1) : -1;
  if (end < 0) return { type: parser.type('abstract'), at, plain: false };
  const start = token.at;
  lexer.moveTo(end);
  // A struct may be followed by its alignment.
  if (!parser.is(';')) {
    lexer.moveTo(start);
    return { type: parser.type('abstract'), at, plain: false };
  }
  return new LaterType(lexer.text, start, at);
}

/** An event as nearly all are, which is only looked through. */
function eventBlock(parser: TypeParser): Block | null {
  const { lexer } = parser;
  const { at } = lexer.token;
  const found = plainEvent(lexer.text, lexer.following.at + 1);
  if (found === null) return null;
  lexer.moveTo(found.end);
  const types = new Map([['fields', new LaterType(lexer.text, found.fieldsAt, found.fieldsAt)]]);
  return { values: found.values, types, at };
}

/** A plain struct, parsed when it is asked for. */
class LaterType implements BlockType {
  readonly at: number;
  readonly plain = true;
  readonly #text: string;
  readonly #start: number;
  #node: TypeNode | null = null;

  constructor(text: string, start: number, at: number) {
    this.#text = text;
    this.#start = start;
    this.at = at;
  }

  get type(): TypeNode {
    this.#node ??= plainNode(this.#text, this.#text.indexOf('{', this.#start) + 1);
    return this.#node;
  }
}
