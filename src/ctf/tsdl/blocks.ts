/** Parses whole TSDL metadata into its blocks; types inside are still nodes (syntax.ts), build.ts makes classes of them. */
import { type Attribute, byteOrderOf } from './attributes.ts';
import type { TypeNode, Value } from './syntax.ts';
import { TypeParser } from './types.ts';

export interface Block {
  /** `name = value;`, by name. */
  readonly values: ReadonlyMap<string, Value>;
  /** `name := type;`, by dotted name, and where it stands. */
  readonly types: ReadonlyMap<string, { readonly type: TypeNode; readonly at: number }>;
  readonly at: number;
}

export interface Document {
  readonly parser: TypeParser;
  readonly byteOrder: 'le' | 'be';
  trace: Block | null;
  readonly environment: Map<string, string | bigint>;
  readonly clocks: Block[];
  readonly streams: Block[];
  readonly events: Block[];
}

/**
 * In longer texts the types of an event are parsed when its first event comes: a kernel trace declares 1200 classes in
 * 370 KiB, of which few occur. An error in a class that never occurs is then never told.
 */
const LAZY_CHARACTERS = 64 * 1024;

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
  switch (word) {
    case 'trace':
      if (document.trace !== null) throw parser.lexer.error('there are two trace blocks', at);
      document.trace = block(parser);
      return true;
    case 'env':
      environment(parser, document.environment);
      return true;
    case 'clock':
      document.clocks.push(block(parser));
      return true;
    case 'stream':
      document.streams.push(block(parser));
      return true;
    case 'event':
      document.events.push(block(parser, parser.lexer.text.length > LAZY_CHARACTERS));
      return true;
    case 'callsite':
      block(parser);
      return true;
    default:
      return false;
  }
}

function environment(parser: TypeParser, into: Map<string, string | bigint>): void {
  parser.lexer.advance();
  for (const { name, value, at } of parser.attributes() as Attribute[]) {
    if (value.kind === 'path') throw parser.lexer.error(`'${name}' is neither a number nor a text`, at);
    into.set(name, value.kind === 'number' ? value.value : value.text);
  }
}

/** The statements of a block: attributes, types, and declarations of types that hold only inside. */
function block(parser: TypeParser, lazy = false): Block {
  const values = new Map<string, Value>();
  const types = new Map<string, { type: TypeNode; at: number }>();
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
    if (values.has(name) || types.has(name)) throw parser.lexer.error(`'${name}' is given twice`, at);
    if (parser.accept('=')) values.set(name, parser.value());
    else {
      parser.expect(':=');
      types.set(name, lazy ? laterType(parser, at) : { type: parser.type('abstract'), at });
    }
    parser.expect(';');
  });
  return { values, types, at: blockAt };
}

/** Remembers where a type stands, and the named types that are visible there. */
function laterType(parser: TypeParser, at: number): { readonly type: TypeNode; readonly at: number } {
  const { lexer, scope } = parser;
  const start = lexer.token.at;
  lexer.skipStatement();
  let parsed: TypeNode | null = null;
  return {
    at,
    get type() {
      if (parsed === null) {
        const later = new TypeParser(lexer.text, lexer.name, start);
        later.scope = scope;
        parsed = later.type('abstract');
        later.expect(';');
      }
      return parsed;
    },
  };
}
