/** Prints a plan as CTF 2 metadata. Every second location is relative, every second integer goes through an alias. */
import type { Plan, PlanInteger, PlanLength, PlanReference, PlanScope, PlanStruct, PlanType } from './plan.fuzz.ts';

const ORIGINS: Readonly<Record<PlanScope, string>> = {
  'packet-header': 'packet-header',
  'packet-context': 'packet-context',
  'event-header': 'event-record-header',
  'common-context': 'event-record-common-context',
  'specific-context': 'event-record-specific-context',
  payload: 'event-record-payload',
};
const LEVELS =
  'emergency alert critical error warning notice info debug:system debug:program debug:process debug:module debug:unit debug:function debug:line debug'.split(
    ' ',
  );

type JsonValue = unknown;

/** JSON with bigint as integers. @param indent null for everything on one line */
export function jsonText(value: JsonValue, indent: string | null = ''): string {
  if (typeof value === 'bigint') return String(value);
  const inner = indent === null ? null : `${indent}  `;
  if (Array.isArray(value)) return `[${value.map((element) => jsonText(element, inner)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  const texts = entries.map(([key, entry]) => `${JSON.stringify(key)}:${jsonText(entry, inner)}`);
  if (inner === null || texts.length === 0) return `{${texts.join(',')}}`;
  return `{\n${inner}${texts.join(`,\n${inner}`)}\n${indent}}`;
}

/** @param indent as in `jsonText` */
export function printCtf2(plan: Plan, indent: string | null = ''): string {
  const printer = new Printer();
  const { clock } = plan;
  const fragments: JsonValue[] = [
    {
      type: 'trace-class',
      environment: Object.fromEntries(plan.environment),
      'packet-header-field-class': printer.root(plan.packetHeader, 'packet-header'),
    },
    {
      type: 'clock-class',
      id: clock.name,
      name: clock.name,
      frequency: clock.frequency,
      origin: 'unix-epoch',
      'offset-from-origin': { seconds: clock.seconds, cycles: clock.cycles },
    },
  ];
  for (const stream of plan.streams) {
    fragments.push({
      type: 'data-stream-class',
      id: stream.id === 0 ? undefined : stream.id,
      'default-clock-class-id': clock.name,
      'packet-context-field-class': printer.root(stream.packetContext, 'packet-context'),
      'event-record-header-field-class': printer.root(stream.eventHeader, 'event-header'),
      'event-record-common-context-field-class':
        stream.commonContext && printer.root(stream.commonContext, 'common-context'),
    });
    for (const event of stream.events) {
      const level = event.logLevel === null ? undefined : LEVELS[event.logLevel];
      const uri = event.emfUri === '' ? undefined : event.emfUri;
      fragments.push({
        type: 'event-record-class',
        id: event.id,
        'data-stream-class-id': stream.id,
        name: event.name,
        'specific-context-field-class': event.context && printer.root(event.context, 'specific-context'),
        'payload-field-class': printer.root(event.payload, 'payload'),
        attributes: { 'lttng.org,2009': { 'log-level': level, 'emf-uri': uri } },
      });
    }
  }
  const all = [{ type: 'preamble', version: 2, uuid: plan.uuid }, ...printer.aliases, ...fragments.map(withoutNulls)];
  return all.map((fragment) => `\x1e${jsonText(fragment, indent)}\n`).join('');
}

function withoutNulls(fragment: JsonValue): JsonValue {
  return Object.fromEntries(Object.entries(fragment as object).filter(([, value]) => value !== null));
}

class Printer {
  readonly aliases: JsonValue[] = [];
  readonly #names = new Map<string, string>();
  #scope: PlanScope = 'payload';
  #path: string[] = [];
  #count = 0;

  root(struct: PlanStruct, scope: PlanScope): JsonValue {
    this.#scope = scope;
    this.#path = [];
    return this.#type(struct);
  }

  #inside(name: string, type: PlanType): JsonValue {
    this.#path.push(name);
    const value = this.#type(type);
    this.#path.pop();
    return value;
  }

  #type(type: PlanType): JsonValue {
    switch (type.t) {
      case 'integer':
        return this.#aliased(integer(type));
      case 'float': {
        const order = type.order === 'le' ? 'little-endian' : 'big-endian';
        const name = 'fixed-length-floating-point-number';
        return { type: name, length: type.bits, 'byte-order': order, alignment: type.align };
      }
      case 'string':
        return { type: 'null-terminated-string', encoding: type.encoding };
      case 'text':
        return { ...this.#length('string', type.length) };
      case 'blob':
        return { ...this.#length('blob', type.length), roles: type.role === undefined ? undefined : [type.role] };
      case 'array':
        return { ...this.#length('array', type.length), 'element-field-class': this.#type(type.element) };
      case 'struct': {
        const members = type.members.map((member) => ({
          name: member.name,
          'field-class': this.#inside(member.name, member.type),
        }));
        return { type: 'structure', 'member-classes': members, 'minimum-alignment': type.align };
      }
      case 'variant': {
        const options = type.options.map((option) => ({
          name: option.name,
          'field-class': this.#type(option.type),
          'selector-field-ranges': option.ranges,
        }));
        return { type: 'variant', 'selector-field-location': this.#location(type.tag), options };
      }
      case 'optional':
        return {
          type: 'optional',
          'selector-field-location': this.#location(type.selector),
          'selector-field-ranges': type.ranges ?? undefined,
          'field-class': this.#type(type.content),
        };
    }
  }

  #length(what: string, length: PlanLength): object {
    if (typeof length === 'number') return { type: `static-length-${what}`, length };
    return { type: `dynamic-length-${what}`, 'length-field-location': this.#location(length) };
  }

  #location({ scope, path }: PlanReference): JsonValue {
    const names = path.filter((name) => !name.startsWith('<'));
    if (scope !== this.#scope || this.#count++ % 2 === 0) return { origin: ORIGINS[scope], path: names };
    const up = this.#path.length - names.length;
    return { path: [...Array<null>(Math.max(up, 0)).fill(null), names.at(-1)] };
  }

  #aliased(value: JsonValue): JsonValue {
    const text = jsonText(value);
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `alias ${this.#names.size}`;
      this.#names.set(text, name);
      if (this.#names.size % 2 === 0) this.aliases.push({ type: 'field-class-alias', name, 'field-class': value });
    }
    return Number(name.slice(6)) % 2 === 1 ? name : value;
  }
}

function integer(type: PlanInteger): JsonValue {
  const ranges = Object.fromEntries(type.labels.map((label) => [label.name, label.ranges]));
  const base = { 'preferred-display-base': type.base, mappings: ranges };
  const sign = type.signed ? 'signed' : 'unsigned';
  const roles = type.role === undefined ? undefined : [type.role];
  if (type.form === 'variable') return { type: `variable-length-${sign}-integer`, ...base, roles };
  const natural = type.order === 'le' ? 'first-to-last' : 'last-to-first';
  const other = type.order === 'le' ? 'last-to-first' : 'first-to-last';
  const layout = {
    length: type.bits,
    'byte-order': type.order === 'le' ? 'little-endian' : 'big-endian',
    'bit-order': type.reversed ? other : natural,
    alignment: type.align,
  };
  if (type.form === 'integer') return { type: `fixed-length-${sign}-integer`, ...layout, ...base, roles };
  if (type.form === 'bit-map') return { type: 'fixed-length-bit-map', ...layout, flags: ranges };
  return { type: `fixed-length-${type.form}`, ...layout };
}
