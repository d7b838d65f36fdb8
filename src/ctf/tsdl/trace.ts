/** From the blocks of TSDL to the trace's classes: ids, clocks, roles by name, and event classes that are built when used. */
import type { ClockClass, DataStreamClass, EventRecordClass, Role, Scope, StructClass, TraceClass } from '../model.ts';
import { naturalOf, textOf, uuidOf } from './attributes.ts';
import { type Block, type Document, parseTsdl } from './blocks.ts';
import { type BuildContext, ScopeBuilder, type Scopes } from './build.ts';
import { clockClass, noClock } from './clock.ts';
import type { Lexer } from './lexer.ts';
import type { IntegerNode, TypeNode, Value } from './syntax.ts';
import { checkEventHeader, checkEventIds, checkPacketContext, checkPacketHeader } from './validate.ts';

const HEADER_ROLES: Readonly<Record<string, Role>> = {
  magic: 'magic',
  stream_id: 'stream-class-id',
  stream_instance_id: 'stream-id',
};
const CONTEXT_ROLES: Readonly<Record<string, Role>> = {
  packet_size: 'packet-total-length',
  content_size: 'packet-content-length',
  timestamp_begin: 'clock-timestamp',
  timestamp_end: 'packet-end-timestamp',
  events_discarded: 'discarded-events',
  packet_seq_num: 'packet-sequence-number',
};

/** The roles of an integer by its name; `id` counts at any depth of the event header (LTTng's `v.extended.id`). */
function rolesOf(scope: Scope, path: readonly string[], node: IntegerNode): readonly Role[] {
  const name = path.at(-1) ?? '';
  if (scope === 'packet-header') return path.length === 1 && name in HEADER_ROLES ? [HEADER_ROLES[name]!] : [];
  if (scope === 'packet-context') {
    return path.length === 1 && name in CONTEXT_ROLES && !node.signed ? [CONTEXT_ROLES[name]!] : [];
  }
  if (scope !== 'event-header') return [];
  if (name === 'id' && !node.signed) return ['event-class-id'];
  return node.clock !== '' || name === 'timestamp' ? ['clock-timestamp'] : [];
}

class Builder implements BuildContext {
  readonly document: Document;
  readonly byteOrder: 'le' | 'be';
  readonly clocks = new Map<string, ClockClass>();
  readonly environment: ReadonlyMap<string, string | bigint>;
  built = 0;

  constructor(document: Document) {
    this.document = document;
    this.byteOrder = document.byteOrder;
    this.environment = document.environment;
    for (const block of document.clocks) {
      const clock = clockClass(document.parser.lexer, block);
      if (this.clocks.has(clock.id)) throw this.error(`there are two clocks '${clock.id}'`, block.at);
      this.clocks.set(clock.id, clock);
    }
  }

  error(message: string, at: number): ReturnType<BuildContext['error']> {
    return this.document.parser.lexer.error(message, at);
  }

  scope(block: Block | null, name: string, scope: Scope, scopes: Scopes): StructClass | null {
    const found = block?.types.get(name);
    if (found === undefined) return null;
    return this.root(found.type, scope, scopes, found.at);
  }

  root(type: TypeNode, scope: Scope, scopes: Scopes, at: number): StructClass {
    return new ScopeBuilder(this, scopes, scope, at, (path, node) => rolesOf(scope, path, node)).root(type);
  }

  /** Errors about a type of a block. */
  complain(block: Block, name: string): (message: string) => Error {
    return (message) => this.error(message, block.types.get(name)?.at ?? block.at);
  }

  id(block: Block, name: string): number {
    const value: Value | undefined = block.values.get(name);
    if (value === undefined) return 0;
    if (value.kind !== 'number' || value.value < 0n || value.value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw this.error(`'${name}' is a number from 0 to 2^53`, value.at);
    }
    return Number(value.value);
  }
}

/** Parses CTF 1.8 metadata text. @param name of the file, for errors */
export function traceOfTsdl(text: string, name: string): TraceClass {
  const document = parseTsdl(text, name);
  const builder = new Builder(document);
  checkVersion(builder);
  const packetHeader = builder.scope(document.trace, 'packet.header', 'packet-header', {});
  checkPacketHeader(packetHeader, builder.complain(document.trace!, 'packet.header'));
  const streamClasses = new Map<number, DataStreamClass & { eventClasses: Map<number, EventRecordClass> }>();
  for (const block of document.streams) {
    const stream = streamClass(builder, block, packetHeader);
    if (streamClasses.has(stream.id)) throw builder.error(`there are two streams with id ${stream.id}`, block.at);
    streamClasses.set(stream.id, stream);
  }
  if (document.streams.length === 0 && document.events.length > 0) {
    streamClasses.set(0, streamClass(builder, { values: new Map(), types: new Map(), at: 0 }, packetHeader));
  }
  for (const block of document.events) {
    const stream = streamOf(builder, block, streamClasses);
    const event = new LazyEvent(builder, block, stream, packetHeader);
    if (stream.eventClasses.has(event.id)) {
      throw builder.error(`there are two events with id ${event.id} in stream ${stream.id}`, block.at);
    }
    stream.eventClasses.set(event.id, event);
    if (stream.eventClasses.size === 2) checkEventIds(stream, builder.complain(block, ''));
  }
  return {
    majorVersion: 1,
    get warnings() {
      return document.parser.lexer.warnings;
    },
    namespace: '',
    name: '',
    uuid: traceUuid(builder),
    uid: '',
    byteOrder: document.byteOrder,
    environment: document.environment,
    packetHeader,
    clocks: [...builder.clocks.values()],
    streamClasses,
  };
}

/** An event that does not say its stream is of the only one. */
function streamOf<T>(builder: Builder, block: Block, streams: ReadonlyMap<number, T>): T {
  if (!block.values.has('stream_id')) {
    const [only] = streams.values();
    if (streams.size === 1) return only!;
    throw builder.error("this event does not say its 'stream_id'", block.at);
  }
  const id = builder.id(block, 'stream_id');
  const stream = streams.get(id);
  if (stream === undefined) throw builder.error(`there is no stream with id ${id}`, block.at);
  return stream;
}

function traceUuid(builder: Builder): Uint8Array | null {
  const value = builder.document.trace?.values.get('uuid');
  if (value === undefined) return null;
  const digits = uuidOf(builder.document.parser.lexer, value).replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

function checkVersion(builder: Builder): void {
  const { trace, parser } = builder.document;
  for (const [key, wanted] of [
    ['major', 1n],
    ['minor', 8n],
  ] as const) {
    const value = trace!.values.get(key);
    if (value?.kind === 'number' && value.value === wanted) continue;
    throw parser.lexer.error(`the trace's '${key}' must be ${wanted}: this is CTF 1.8`, value?.at ?? trace!.at);
  }
}

function streamClass(
  builder: Builder,
  block: Block,
  packetHeader: StructClass | null,
): DataStreamClass & { eventClasses: Map<number, EventRecordClass> } {
  const scopes: Scopes = { 'packet-header': packetHeader };
  const packetContext = builder.scope(block, 'packet.context', 'packet-context', scopes);
  checkPacketContext(packetContext, builder.complain(block, 'packet.context'));
  scopes['packet-context'] = packetContext;
  const eventHeader = builder.scope(block, 'event.header', 'event-header', scopes);
  checkEventHeader(eventHeader, builder.complain(block, 'event.header'));
  scopes['event-header'] = eventHeader;
  const commonContext = builder.scope(block, 'event.context', 'common-context', scopes);
  const known = new Set<ClockClass>();
  const unmapped = clocksOf([packetContext, eventHeader], known);
  if (known.size > 1) throw builder.error('the times of a stream are of more than one clock', block.at);
  let defaultClock: ClockClass | null = [...known][0] ?? null;
  if (defaultClock === null && unmapped) {
    if (builder.clocks.size > 1) throw builder.error('a timestamp is mapped to none of several clocks', block.at);
    defaultClock = [...builder.clocks.values()][0] ?? noClock();
  }
  return {
    id: builder.id(block, 'id'),
    name: '',
    namespace: '',
    packetContext,
    eventHeader,
    commonContext,
    defaultClock,
    eventClasses: new Map(),
  };
}

/** Collects the clocks of timestamps. @returns whether there are timestamps without a clock */
function clocksOf(roots: readonly (StructClass | null)[], into: Set<ClockClass>): boolean {
  let unmapped = false;
  const walk = (entries: readonly { readonly type: unknown }[]): void => {
    for (const entry of entries) {
      const type = entry.type as StructClass['members'][number]['type'];
      if (type.kind === 'struct') walk(type.members);
      else if (type.kind === 'variant') walk(type.options);
      else if (type.kind === 'integer' && type.clock !== null) into.add(type.clock);
      else if (type.kind === 'integer' && type.roles.some((role) => role.includes('timestamp'))) unmapped = true;
    }
  };
  for (const root of roots) if (root !== null) walk(root.members);
  return unmapped;
}

/**
 * Most classes of a kernel trace never occur: what is surely right is built when it is first asked for. (A class of its
 * own: V8 makes a map for each object literal with getters.)
 */
class LazyEvent implements EventRecordClass {
  readonly id: number;
  readonly name: string;
  readonly namespace = '';
  readonly streamClass: DataStreamClass;
  readonly logLevel: number | null;
  readonly emfUri: string;
  readonly #builder: Builder;
  readonly #block: Block;
  readonly #packetHeader: StructClass | null;
  #built = false;
  #context: StructClass | null = null;
  #payload: StructClass | null = null;

  constructor(builder: Builder, block: Block, stream: DataStreamClass, packetHeader: StructClass | null) {
    const { lexer } = builder.document.parser;
    const name = block.values.get('name');
    if (name === undefined) throw builder.error('this event has no name', block.at);
    const level = block.values.get('loglevel');
    const uri = block.values.get('model.emf.uri');
    this.#builder = builder;
    this.#block = block;
    this.#packetHeader = packetHeader;
    this.streamClass = stream;
    for (const { plain } of block.types.values()) if (!plain) this.#build();
    this.id = builder.id(block, 'id');
    this.name = textOf(lexer, name, "'name'");
    this.logLevel = level === undefined ? null : logLevelOf(lexer, level);
    this.emfUri = uri === undefined ? '' : textOf(lexer, uri, "'model.emf.uri'");
  }

  get specificContext(): StructClass | null {
    if (!this.#built) this.#build();
    return this.#context;
  }

  get payload(): StructClass | null {
    if (!this.#built) this.#build();
    return this.#payload;
  }

  #build(): void {
    const { packetContext, eventHeader, commonContext } = this.streamClass;
    const scopes: Scopes = {
      'packet-header': this.#packetHeader,
      'packet-context': packetContext,
      'event-header': eventHeader,
      'common-context': commonContext,
    };
    this.#context = this.#builder.scope(this.#block, 'context', 'specific-context', scopes);
    scopes['specific-context'] = this.#context;
    this.#payload = this.#builder.scope(this.#block, 'fields', 'payload', scopes);
    this.#built = true;
  }
}

/** Levels beyond LTTng's have no name, and are left out as babeltrace2 does. */
function logLevelOf(lexer: Lexer, value: Value): number | null {
  const level = naturalOf(lexer, value, "'loglevel'");
  if (level <= 14n) return Number(level);
  lexer.warn(`there is no log level ${level}`, value.at);
  return null;
}
