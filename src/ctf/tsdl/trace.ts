/** From the blocks of TSDL to the trace's classes: ids, clocks, roles by name, and event classes that are built when used. */
import type { ClockClass, DataStreamClass, EventRecordClass, Role, Scope, StructClass, TraceClass } from '../model.ts';
import { type Block, type Document, parseTsdl } from './blocks.ts';
import { type BuildContext, ScopeBuilder, type Scopes } from './build.ts';
import { clockClass, noClock, textOf } from './clock.ts';
import type { IntegerNode, TypeNode, Value } from './syntax.ts';

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
  const packetHeader = builder.scope(document.trace, 'packet.header', 'packet-header', {});
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
    const streamId = builder.id(block, 'stream_id');
    const stream = streamClasses.get(streamId);
    if (stream === undefined) throw builder.error(`there is no stream with id ${streamId}`, block.at);
    const event = eventClass(builder, block, stream, packetHeader);
    if (stream.eventClasses.has(event.id)) {
      throw builder.error(`there are two events with id ${event.id} in stream ${streamId}`, block.at);
    }
    stream.eventClasses.set(event.id, event);
  }
  return {
    majorVersion: 1,
    namespace: '',
    name: '',
    uuid: uuidOf(builder),
    uid: '',
    byteOrder: document.byteOrder,
    environment: document.environment,
    packetHeader,
    clocks: [...builder.clocks.values()],
    streamClasses,
  };
}

function uuidOf(builder: Builder): Uint8Array | null {
  const value = builder.document.trace?.values.get('uuid');
  if (value === undefined) return null;
  const digits = textOf(value).replaceAll('-', '');
  if (!/^[0-9a-fA-F]{32}$/.test(digits)) throw builder.error('this is not a UUID', value.at);
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

function streamClass(
  builder: Builder,
  block: Block,
  packetHeader: StructClass | null,
): DataStreamClass & { eventClasses: Map<number, EventRecordClass> } {
  const scopes: Scopes = { 'packet-header': packetHeader };
  const packetContext = builder.scope(block, 'packet.context', 'packet-context', scopes);
  scopes['packet-context'] = packetContext;
  const eventHeader = builder.scope(block, 'event.header', 'event-header', scopes);
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

/** Most classes of a kernel trace never occur: their fields are built when they are first asked for. */
function eventClass(
  builder: Builder,
  block: Block,
  stream: DataStreamClass,
  packetHeader: StructClass | null,
): EventRecordClass {
  const nameValue = block.values.get('name');
  const level = block.values.get('loglevel');
  const uri = block.values.get('model.emf.uri');
  let built: { context: StructClass | null; payload: StructClass | null } | null = null;
  const build = (): { context: StructClass | null; payload: StructClass | null } => {
    if (built !== null) return built;
    const scopes: Scopes = {
      'packet-header': packetHeader,
      'packet-context': stream.packetContext,
      'event-header': stream.eventHeader,
      'common-context': stream.commonContext,
    };
    const context = builder.scope(block, 'context', 'specific-context', scopes);
    scopes['specific-context'] = context;
    built = { context, payload: builder.scope(block, 'fields', 'payload', scopes) };
    return built;
  };
  return {
    id: builder.id(block, 'id'),
    name: nameValue === undefined ? '' : textOf(nameValue),
    namespace: '',
    streamClass: stream,
    get specificContext() {
      return build().context;
    },
    get payload() {
      return build().payload;
    },
    logLevel: level?.kind === 'number' ? Number(level.value) : null,
    emfUri: uri === undefined ? '' : textOf(uri),
  };
}
