/**
 * Writes CTF 1.8 metadata (TSDL, CTF 1.8.3 appendix C) as plain text, in the dialect of LTTng: the same packet header,
 * packet context, event headers and names, so that readers that know LTTng kernel traces know these.
 */
import type { Field, FieldType, IntegerType } from './fields.ts';

export interface ClockDescription {
  /** An identifier: `monotonic`. */
  readonly name: string;
  readonly description: string;
  /** Identifies the clock across traces of one boot. */
  readonly uuid: string;
  /** Nanoseconds from the epoch to the clock's zero; the clock ticks in nanoseconds. */
  readonly offset_ns: bigint;
}

export interface StreamClassDescription {
  readonly id: number;
  readonly header: 'compact' | 'large';
  /** Fields in front of every event of the stream, such as pid, tid, procname. */
  readonly context: readonly Field[];
}

export interface EventClassDescription {
  readonly id: number;
  readonly name: string;
  readonly stream: number;
  readonly fields: readonly Field[];
  readonly details?: EventDetails;
}

/** What few events have. */
export interface EventDetails {
  /** The event's own context, before its fields. */
  readonly context?: readonly Field[];
  /** 0 (emergency) .. 14 (debug). */
  readonly logLevel?: number | null;
  readonly emfUri?: string;
}

export interface TraceDescription {
  readonly uuid: string;
  /** Keys are identifiers; written in this order. */
  readonly environment: readonly (readonly [key: string, value: string | number])[];
  readonly clock: ClockDescription;
  readonly streams: readonly StreamClassDescription[];
  readonly events: readonly EventClassDescription[];
}

const PRELUDE = `typealias integer { size = 8; align = 8; signed = false; } := uint8_t;
typealias integer { size = 16; align = 8; signed = false; } := uint16_t;
typealias integer { size = 32; align = 8; signed = false; } := uint32_t;
typealias integer { size = 64; align = 8; signed = false; } := uint64_t;
typealias integer { size = 64; align = 8; signed = false; } := unsigned long;
typealias integer { size = 5; align = 1; signed = false; } := uint5_t;
typealias integer { size = 27; align = 1; signed = false; } := uint27_t;
`;

/** A TSDL string literal: C escapes, everything outside printable ASCII byte-wise in octal. */
export function quote(value: string): string {
  let out = '"';
  for (const byte of new TextEncoder().encode(value)) {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === '\\') out += `\\${char}`;
    else if (byte >= 0x20 && byte < 0x7f) out += char;
    else out += `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `${out}"`;
}

function integerText(type: IntegerType, encoding = 'none'): string {
  const signed = type.signed ? 1 : 0;
  return `integer { size = ${type.bits}; align = 8; signed = ${signed}; encoding = ${encoding}; base = ${type.base}; }`;
}

/** One field's declaration, without indentation. */
function fieldText(name: string, type: FieldType): string {
  switch (type.kind) {
    case 'integer':
      return `${integerText(type)} _${name};`;
    case 'string':
      return `string _${name};`;
    case 'text':
      return `${integerText({ kind: 'integer', bits: 8, signed: true, base: 10 }, 'UTF8')} _${name}[${type.bytes}];`;
    case 'enum': {
      const labels = type.labels.map(([value, label]) => `${quote(label)} = ${value}`).join(', ');
      return `enum : ${integerText(type.container)} { ${labels} } _${name};`;
    }
    case 'array':
      return `${integerText(type.element)} _${name}[${type.length}];`;
    case 'declared':
      return `${type.declaration};`;
    case 'sequence': {
      const length = `__${name}_length`;
      return `uint32_t ${length}; ${integerText(type.element)} _${name}[ ${length} ];`;
    }
  }
}

function structText(fields: readonly Field[]): string {
  return `struct {\n${fields.map((f) => `\t\t${fieldText(f.name, f.type)}\n`).join('')}\t}`;
}

function headerText(clock: string): string {
  const aliases = [27, 32, 64].map((bits) => {
    const align = bits === 27 ? 1 : 8;
    return `typealias integer {\n\tsize = ${bits}; align = ${align}; signed = false;\n\tmap = clock.${clock}.value;\n} := uint${bits}_clock_${clock}_t;\n`;
  });
  const header = (name: string, id: string, last: number, bits: number): string => `struct ${name} {
	enum : ${id} { compact = 0 ... ${last - 1}, extended = ${last} } id;
	variant <id> {
		struct {
			uint${bits}_clock_${clock}_t timestamp;
		} compact;
		struct {
			uint32_t id;
			uint64_clock_${clock}_t timestamp;
		} extended;
	} v;
} align(8);
`;
  return `${aliases.join('\n')}
struct packet_context {
	uint64_clock_${clock}_t timestamp_begin;
	uint64_clock_${clock}_t timestamp_end;
	uint64_t content_size;
	uint64_t packet_size;
	uint64_t packet_seq_num;
	unsigned long events_discarded;
	uint32_t cpu_id;
};

${header('event_header_compact', 'uint5_t', 31, 27)}
${header('event_header_large', 'uint16_t', 65535, 32)}`;
}

function clockText(clock: ClockDescription): string {
  return `clock {
	name = ${quote(clock.name)};
	uuid = ${quote(clock.uuid)};
	description = ${quote(clock.description)};
	freq = 1000000000; /* Frequency, in Hz */
	/* clock value offset from Epoch is: offset * (1/freq) */
	offset = ${clock.offset_ns};
};
`;
}

function streamText(stream: StreamClassDescription): string {
  const context = stream.context.length === 0 ? '' : `\tevent.context := ${structText(stream.context)};\n`;
  return `stream {
	id = ${stream.id};
	event.header := struct event_header_${stream.header};
	packet.context := struct packet_context;
${context}};
`;
}

function eventText(event: EventClassDescription): string {
  return `event {
	name = ${quote(event.name)};
	id = ${event.id};
	stream_id = ${event.stream};
${detailsText(event.details ?? {})}	fields := ${structText(event.fields)};
};
`;
}

function detailsText({ context, logLevel, emfUri }: EventDetails): string {
  return [
    typeof logLevel === 'number' ? `\tloglevel = ${logLevel};\n` : '',
    emfUri ? `\tmodel.emf.uri = ${quote(emfUri)};\n` : '',
    context === undefined ? '' : `\tcontext := ${structText(context)};\n`,
  ].join('');
}

/** The whole metadata file. */
export function metadataText(trace: TraceDescription): string {
  const environment = trace.environment.map(([key, value]) => {
    return `\t${key} = ${typeof value === 'number' ? value : quote(value)};\n`;
  });
  const parts = [
    `/* CTF 1.8 */\n\n${PRELUDE}`,
    `trace {
	major = 1;
	minor = 8;
	uuid = ${quote(trace.uuid)};
	byte_order = le;
	packet.header := struct {
		uint32_t magic;
		uint8_t  uuid[16];
		uint32_t stream_id;
		uint64_t stream_instance_id;
	};
};
`,
    `env {\n${environment.join('')}};\n`,
    clockText(trace.clock),
    headerText(trace.clock.name),
    ...trace.streams.map(streamText),
    ...trace.events.map(eventText),
  ];
  return parts.join('\n');
}
