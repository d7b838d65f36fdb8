/** Prints a plan as TSDL, in the style of LTTng: members with an underscore in front, so that keywords can be names. */
import type {
  Plan,
  PlanEvent,
  PlanInteger,
  PlanLength,
  PlanMember,
  PlanReference,
  PlanScope,
  PlanStream,
  PlanStruct,
  PlanType,
} from './plan.fuzz.ts';

const PREFIXES: Readonly<Record<PlanScope, string>> = {
  'packet-header': 'trace.packet.header',
  'packet-context': 'stream.packet.context',
  'event-header': 'stream.event.header',
  'common-context': 'stream.event.context',
  'specific-context': 'event.context',
  payload: 'event.fields',
};

/** Names that have a meaning of their own stay as they are. */
const WELL_KNOWN = new Set([
  'magic',
  'uuid',
  'stream_id',
  'timestamp_begin',
  'timestamp_end',
  'content_size',
  'packet_size',
  'packet_seq_num',
  'events_discarded',
  'cpu_id',
  'timestamp',
  'id',
  'v',
]);

const named = (name: string): string => (WELL_KNOWN.has(name) ? name : `_${name}`);
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;

export function printTsdl(plan: Plan): string {
  const uuid = plan.uuid.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const dashed = uuid.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const environment = plan.environment.map(
    ([name, value]) => `  ${name} = ${typeof value === 'string' ? quoted(value) : value};`,
  );
  const { clock } = plan;
  return [
    '/* CTF 1.8 */',
    `trace { major = 1; minor = 8; byte_order = ${plan.order}; uuid = "${dashed}";`,
    `  packet.header := ${structText(plan, plan.packetHeader, 'packet-header')}; };`,
    `env {\n${environment.join('\n')}\n};`,
    `clock { name = ${clock.name}; freq = ${clock.frequency}; offset_s = ${clock.seconds}; offset = ${clock.cycles}; };`,
    ...plan.streams.flatMap((stream) => [
      streamText(plan, stream),
      ...stream.events.map((event) => eventText(plan, event, stream.id)),
    ]),
  ].join('\n');
}

function streamText(plan: Plan, stream: PlanStream): string {
  const { commonContext } = stream;
  return [
    `stream { id = ${stream.id};`,
    `  packet.context := ${structText(plan, stream.packetContext, 'packet-context')};`,
    `  event.header := ${structText(plan, stream.eventHeader, 'event-header')};`,
    commonContext === null ? '' : `  event.context := ${structText(plan, commonContext, 'common-context')};`,
    '};',
  ].join('\n');
}

function eventText(plan: Plan, event: PlanEvent, streamId: number): string {
  return [
    `event { name = "${event.name}"; id = ${event.id}; stream_id = ${streamId};`,
    event.logLevel === null ? '' : `  loglevel = ${event.logLevel};`,
    event.emfUri === '' ? '' : `  model.emf.uri = "${event.emfUri}";`,
    event.context === null ? '' : `  context := ${structText(plan, event.context, 'specific-context')};`,
    `  fields := ${structText(plan, event.payload, 'payload')};`,
    '};',
  ].join('\n');
}

function structText(plan: Plan, struct: PlanStruct, scope: PlanScope): string {
  const members = struct.members.map((member) => `${memberText(plan, member, scope)};`);
  return `struct { ${members.join(' ')} }${struct.align > 1 ? ` align(${struct.align})` : ''}`;
}

/** `TYPE NAME[LENGTH]`; the outer of two arrays has the first brackets. */
function memberText(plan: Plan, { name, type }: PlanMember, scope: PlanScope, own = named(name)): string {
  let element = type;
  let brackets = '';
  while (element.t === 'array' || element.t === 'text' || element.t === 'blob') {
    brackets += `[${lengthText(element.length, scope)}]`;
    if (element.t === 'array') element = element.element;
    else return `${characterText(element.t === 'text')} ${own}${brackets}`;
  }
  return `${typeText(plan, element, scope)} ${own}${brackets}`;
}

function characterText(text: boolean): string {
  return `integer { size = 8; align = 8; signed = false;${text ? ' encoding = UTF8;' : ''} }`;
}

function lengthText(length: PlanLength, scope: PlanScope): string {
  return typeof length === 'number' ? String(length) : referenceText(length, scope);
}

/** In the same scope, names are unique, so the last one is enough. */
function referenceText({ scope, path }: PlanReference, at: PlanScope): string {
  const names = path.map(named);
  return scope === at ? names.at(-1)! : [PREFIXES[scope], ...names].join('.');
}

function typeText(plan: Plan, type: PlanType, scope: PlanScope): string {
  switch (type.t) {
    case 'integer':
      return type.labels.length === 0 ? integerText(plan, type) : enumText(plan, type);
    case 'float': {
      const digits = type.bits === 32 ? 'exp_dig = 8; mant_dig = 24;' : 'exp_dig = 11; mant_dig = 53;';
      return `floating_point { ${digits} align = ${type.align}; byte_order = ${type.order}; }`;
    }
    case 'string':
      return 'string { encoding = UTF8; }';
    case 'struct':
      return structText(plan, type, scope);
    case 'variant': {
      const options = type.options.map((option) => `${memberText(plan, option, scope, option.name)};`);
      return `variant <${referenceText(type.tag, scope)}> { ${options.join(' ')} }`;
    }
    default:
      throw new Error(`TSDL has no ${type.t}`);
  }
}

function integerText(plan: Plan, type: PlanInteger): string {
  const isTime = type.role?.includes('timestamp') ?? false;
  return [
    `integer { size = ${type.bits}; align = ${type.align}; signed = ${type.signed}; base = ${type.base};`,
    type.order === plan.order ? '' : `byte_order = ${type.order};`,
    isTime ? `map = clock.${plan.clock.name}.value;` : '',
    '}',
  ].join(' ');
}

function enumText(plan: Plan, type: PlanInteger): string {
  const labels = type.labels.flatMap(({ name, ranges }) =>
    ranges.map(([low, high]) => `${quoted(name)} = ${low === high ? low : `${low} ... ${high}`}`),
  );
  return `enum : ${integerText(plan, type)} { ${labels.join(', ')} }`;
}
