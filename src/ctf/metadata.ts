/**
 * What a trace's metadata says, and as CTF 1.8 (TSDL, CTF 1.8.3 appendix C): plain text in the dialect of LTTng, the same
 * packet header, packet context, event headers and names, so that readers that know LTTng traces know these. As CTF 2:
 * write/ctf2.ts.
 */
import type { Field } from './fields.ts';
import type { PacketParts } from './write/layout.ts';
import { quote, structText } from './write/tsdl-fields.ts';

/** A clock. Time of its cycle 0: `offset_s` seconds and `offset_cycles` cycles after the origin. */
export interface ClockDescription {
  /** An identifier: `monotonic`. */
  readonly name: string;
  readonly description?: string;
  /** Identifies the clock across traces of one boot. */
  readonly uuid?: string;
  /** Cycles a second; default 1 GHz: a cycle is a nanosecond. */
  readonly frequency_hz?: bigint;
  /** Default 0. */
  readonly offset_s?: bigint;
  readonly offset_cycles?: bigint;
  readonly precision_cycles?: bigint | null;
  /** `unix-epoch` (default); other origins only in CTF 2, '' for an unknown one. */
  readonly origin?: string;
}

export interface StreamClassDescription {
  readonly id: number;
  /** CTF 2. */
  readonly name?: string;
  readonly namespace?: string;
  /** `compact` and `large` hold a timestamp, `plain` only the id: for streams without clock. */
  readonly header: 'compact' | 'large' | 'plain';
  /** Null: events have no time. */
  readonly clock: ClockDescription | null;
  readonly parts: PacketParts;
  /** Fields of the packets' context besides those that say sizes, times and losses. */
  readonly packetContext: readonly Field[];
  /** Fields in front of every event of the stream, such as pid, tid, procname. Null: there is no such structure. */
  readonly context: readonly Field[] | null;
}

export interface EventClassDescription {
  readonly id: number;
  readonly name: string;
  readonly stream: number;
  /** Null: there is no such structure. */
  readonly fields: readonly Field[] | null;
  readonly details?: EventDetails;
}

/** What few events have. */
export interface EventDetails {
  /** The event's own context, before its fields. */
  readonly context?: readonly Field[];
  /** 0 (emergency) .. 14 (debug). */
  readonly logLevel?: number | null;
  readonly emfUri?: string;
  /** CTF 2. */
  readonly namespace?: string;
}

export interface TraceDescription {
  /** 16 bytes, or null for a trace without identity. */
  readonly uuid: Uint8Array | null;
  /** CTF 2: what names the trace class. */
  readonly identity?: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
  /** Keys are identifiers; written in this order. */
  readonly environment: readonly (readonly [key: string, value: string | number | bigint])[];
  readonly clocks: readonly ClockDescription[];
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

/** `01234567-89ab-...` of 16 bytes. */
export function formatUuid(uuid: Uint8Array): string {
  const hex = Array.from(uuid, (b) => b.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Types and event headers whose timestamps are those of a clock. */
function headersText({ name: clock }: ClockDescription): string {
  const aliases = [27, 32, 64].map((bits) => {
    const align = bits === 27 ? 1 : 8;
    return `typealias integer {\n\tsize = ${bits}; align = ${align}; signed = false;\n\tmap = clock.${clock}.value;\n} := uint${bits}_clock_${clock}_t;\n`;
  });
  const header = (name: string, id: string, last: number, bits: number): string => `struct ${name}_${clock} {
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
${header('event_header_compact', 'uint5_t', 31, 27)}
${header('event_header_large', 'uint16_t', 65535, 32)}`;
}

function clockText(clock: ClockDescription): string {
  const { uuid = '', description = '', frequency_hz = 1_000_000_000n, precision_cycles } = clock;
  const { offset_s = 0n, offset_cycles = 0n } = clock;
  return `clock {
	name = ${quote(clock.name)};
${uuid === '' ? '' : `\tuuid = ${quote(uuid)};\n`}	description = ${quote(description)};
	freq = ${frequency_hz}; /* Frequency, in Hz */
${typeof precision_cycles === 'bigint' ? `\tprecision = ${precision_cycles};\n` : ''}${offset_s === 0n ? '' : `\toffset_s = ${offset_s};\n`}	/* clock value offset from Epoch is: offset * (1/freq) */
	offset = ${offset_cycles};
};
`;
}

function streamText({ id, header, clock, parts, packetContext, context }: StreamClassDescription): string {
  const own = context === null ? '' : `\tevent.context := ${structText(context, 'common-context')};\n`;
  const time = clock === null ? 'uint64_t' : `uint64_clock_${clock.name}_t`;
  const lead = [
    ...(parts.begin ? [`${time} timestamp_begin`] : []),
    ...(parts.end ? [`${time} timestamp_end`] : []),
    'uint64_t content_size',
    'uint64_t packet_size',
    ...(parts.sequence ? ['uint64_t packet_seq_num'] : []),
    ...(parts.discarded ? ['unsigned long events_discarded'] : []),
  ];
  const eventHeader =
    clock === null || header === 'plain' ? 'struct { uint32_t id; }' : `struct event_header_${header}_${clock.name}`;
  return `stream {
	id = ${id};
	event.header := ${eventHeader};
	packet.context := ${structText(packetContext, 'packet-context', lead)};
${own}};
`;
}

/** Metadata is written again when there are more classes, by recorders while they should record: each is said once. */
const eventTexts = new WeakMap<EventClassDescription, string>();

function eventText(event: EventClassDescription): string {
  let text = eventTexts.get(event);
  if (text === undefined) {
    text = newEventText(event);
    eventTexts.set(event, text);
  }
  return text;
}

function newEventText(event: EventClassDescription): string {
  return `event {
	name = ${quote(event.name)};
	id = ${event.id};
	stream_id = ${event.stream};
${detailsText(event.details ?? {})}${event.fields === null ? '' : `\tfields := ${structText(event.fields, 'payload')};\n`}};
`;
}

function detailsText({ context, logLevel, emfUri }: EventDetails): string {
  return [
    typeof logLevel === 'number' ? `\tloglevel = ${logLevel};\n` : '',
    emfUri ? `\tmodel.emf.uri = ${quote(emfUri)};\n` : '',
    context === undefined ? '' : `\tcontext := ${structText(context, 'specific-context')};\n`,
  ].join('');
}

function traceText({ uuid, streams }: TraceDescription): string {
  const instance = streams.some(({ parts }) => parts.instance);
  return `trace {
	major = 1;
	minor = 8;
${uuid === null ? '' : `\tuuid = ${quote(formatUuid(uuid))};\n`}	byte_order = le;
	packet.header := struct {
		uint32_t magic;
${uuid === null ? '' : '\t\tuint8_t  uuid[16];\n'}		uint32_t stream_id;
${instance ? '\t\tuint64_t stream_instance_id;\n' : ''}	};
};
`;
}

/** The whole metadata file, as CTF 1.8. */
export function metadataText(trace: TraceDescription): string {
  const environment = trace.environment.map(([key, value]) => {
    return `\t${key} = ${typeof value === 'string' ? quote(value) : value};\n`;
  });
  const parts = [
    `/* CTF 1.8 */\n\n${PRELUDE}`,
    traceText(trace),
    ...(environment.length === 0 ? [] : [`env {\n${environment.join('')}};\n`]),
    ...trace.clocks.map(clockText),
    ...trace.clocks.map(headersText),
    ...trace.streams.map(streamText),
    ...trace.events.map(eventText),
  ];
  return parts.join('\n');
}
