/** Feeds values to text output as a decoder does, generated and visited, without a trace: only for tests. */
import type { FieldObject } from '../../trace/event.ts';
import type { Consumer, Emitter, Visitor } from '../decode/emit.ts';
import { type FieldClass, SCOPES, type StructClass, scopeRoot, type TraceClass } from '../model.ts';
import type { CtfEvent, CtfSource } from '../reader.ts';
import { traceOfTsdl } from '../tsdl/trace.ts';
import { EventLines } from './lines.ts';
import { DEFAULT_TEXT_OPTIONS } from './options.ts';
import { type Style, textStyle } from './style.ts';

/** Structures and arrays as arrays, a variant as [index, value], strings as text or bytes, integers as bigint. */
export type Value = bigint | number | string | Uint8Array | readonly Value[];
export interface Fed {
  readonly name: string;
  readonly time_ns?: bigint;
  readonly packet?: FieldObject;
  readonly context?: readonly Value[];
  readonly specific?: readonly Value[];
  readonly payload?: readonly Value[];
}

const NO_PACKET: FieldObject = {};
const bytesOf = (value: Value): Uint8Array =>
  value instanceof Uint8Array ? value : new TextEncoder().encode(String(value));

function visit(visitor: Visitor, field: FieldClass, name: string, value: Value): void {
  const items = value as readonly Value[];
  switch (field.kind) {
    case 'integer': {
      const n = BigInt(value as bigint);
      const high = Number(n >> 32n);
      if (field.bits <= 32) visitor.integer(field, name, Number(n));
      else visitor.wide(field, name, Number(BigInt.asUintN(32, n)), high);
      break;
    }
    case 'float':
      visitor.float(field, name, Number(value));
      break;
    case 'string':
      visitor.string(field, name, bytesOf(value), 0, bytesOf(value).length);
      break;
    case 'blob':
      visitor.blob(field, name, bytesOf(value), 0, bytesOf(value).length);
      break;
    case 'struct':
      visitor.beginStruct(field, name);
      field.members.forEach((member, i) => {
        visit(visitor, member.type, member.name, items[i]!);
      });
      visitor.endStruct(field);
      break;
    case 'array':
      visitor.beginArray(field, name, items.length);
      for (const item of items) visit(visitor, field.element, name, item);
      visitor.endArray(field);
      break;
    case 'optional':
      if (items.length === 0) visitor.absent(field, name);
      else visit(visitor, field.content, name, items[0]!);
      break;
    case 'variant': {
      const option = field.options[Number(items[0])]!;
      visitor.option(field, name, Number(items[0]));
      visit(visitor, option.type, option.name, items[1]!);
      break;
    }
  }
}

/** A visitor that gathers what the emitter writes for these very values, branches and loops unrolled. */
function recorder(emitter: Emitter, code: string[], constant: (value: unknown) => string): Visitor {
  const text = (bytes: Uint8Array, start: number, end: number): string =>
    `{const u8=${constant(bytes.slice(start, end))};`;
  const put = (...parts: string[]): void => {
    code.push(parts.join(''));
  };
  return {
    beginScope: (scope, root) => put(emitter.beginScope(scope, root)),
    endScope: (scope) => put(emitter.endScope(scope)),
    integer: (field, name, value) => put(emitter.integer(field, name, `(${value})`)),
    wide: (field, name, low, high) => put(emitter.wide(field, name, `${low}`, `(${high})`)),
    float: (field, name, value) => put(emitter.float(field, name, constant(value))),
    string: (f, name, bytes, start, end) =>
      put(text(bytes, start, end), emitter.string(f, name, '0', `${end - start}`), '}'),
    blob: (f, name, bytes, start, end) =>
      put(text(bytes, start, end), emitter.blob(f, name, '0', `${end - start}`), '}'),
    beginStruct: (field, name) => put(emitter.beginStruct(field, name)),
    endStruct: (field) => put(emitter.endStruct(field)),
    beginArray: (field, name, length) => put(emitter.beginArray(field, name, `${length}`)),
    endArray: (field) => put(emitter.endArray(field)),
    absent: (field, name) => put(emitter.absent(field, name)),
    option: (field, name, index) => put(emitter.option(field, name, index)),
  };
}

function feed<S>(consumer: Consumer<S>, state: S, fed: Fed, roots: readonly (StructClass | null)[], generate: boolean) {
  const constants: unknown[] = [];
  const constant = (value: unknown): string => `c[${constants.push(value) - 1}]`;
  const code: string[] = [];
  const visitor = generate ? recorder(consumer.emitter!(constant), code, constant) : consumer.visitor(state);
  for (const [i, values] of [fed.context, fed.specific, fed.payload].entries()) {
    const root = roots[i] ?? null;
    if (root === null) continue;
    visitor.beginScope(SCOPES[3 + i]!, root);
    visit(visitor, root, '', values!);
    visitor.endScope(SCOPES[3 + i]!);
  }
  if (generate) new Function('s', 'c', code.join('\n'))(state, constants);
}

/** The text of events of a TSDL trace. */
export function textOf(tsdl: string, events: readonly Fed[], generate = true, style: Style | null = null): string {
  const trace: TraceClass = traceOfTsdl(tsdl, 'test');
  const parts: string[] = [];
  const decoder = new TextDecoder();
  const source = { origin_ns: 0n, traces: [{ name: 'test', trace }] } as unknown as CtfSource;
  const lines = new EventLines(source, style ?? textStyle(DEFAULT_TEXT_OPTIONS), (bytes) => {
    parts.push(decoder.decode(bytes, { stream: true }));
  });
  const classes = [...trace.streamClasses.values()].flatMap((stream) => [...stream.eventClasses.values()]);
  const stream = {};
  for (const fed of events) {
    const recordClass = classes.find(({ name }) => name === fed.name)!;
    const time_ns = fed.time_ns ?? 0n;
    const times = { time_ns, time: Number(time_ns), cycles: time_ns };
    const event = { recordClass, type: recordClass, trace, stream, packetContext: fed.packet ?? NO_PACKET, ...times };
    lines.each(event as unknown as CtfEvent);
    const roots = SCOPES.slice(3).map((scope) => scopeRoot(trace, recordClass, scope));
    feed(lines.consumer, lines.out, fed, roots, generate);
  }
  lines.end();
  return parts.join('');
}
