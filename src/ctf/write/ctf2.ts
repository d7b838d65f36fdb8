/** Metadata as CTF 2 (CTF2-SPEC-2.0, section 5): fragments of JSON. The packets are the same as those of CTF 1.8. */
import type { ClockDescription, EventClassDescription, StreamClassDescription, TraceDescription } from '../metadata.ts';
import { type Json, member, printJson, structureOf, unsigned } from './ctf2-fields.ts';

/** Begins each fragment: RFC 7464. */
const RECORD_SEPARATOR = '\u001e';

/** As LTTng and babeltrace2 write them; the place is the number. */
const LOG_LEVELS: readonly string[] =
  'emergency alert critical error warning notice info debug:system debug:program debug:process debug:module debug:unit debug:function debug:line debug'.split(
    ' ',
  );

const role = (bits: number, name: string, alignment = 8): Json => unsigned(bits, alignment, { roles: [name] });

/** The whole metadata file, as CTF 2. */
export function ctf2Text(trace: TraceDescription): string {
  const fragments: Json[] = [
    { type: 'preamble', version: 2, uuid: trace.uuid === null ? undefined : [...trace.uuid] },
    {
      type: 'trace-class',
      ...named(trace.identity),
      uid: trace.identity?.uid || undefined,
      environment: new Map(trace.environment),
      'packet-header-field-class': packetHeader(trace),
    },
    ...trace.clocks.map(clockClass),
    ...trace.streams.map(streamClass),
    ...trace.events.map(eventClass),
  ];
  return fragments.map((fragment) => `${RECORD_SEPARATOR}${printJson(fragment)}\n`).join('');
}

function named(identity: { readonly namespace?: string; readonly name?: string } = {}): Record<string, Json> {
  return { namespace: identity.namespace || undefined, name: identity.name || undefined };
}

function packetHeader({ uuid, streams }: TraceDescription): Json {
  const members = [member('magic', role(32, 'packet-magic-number'))];
  if (uuid !== null) {
    members.push(member('uuid', { type: 'static-length-blob', length: 16, roles: ['metadata-stream-uuid'] }));
  }
  members.push(member('stream_id', role(32, 'data-stream-class-id')));
  if (streams.some(({ parts }) => parts.instance)) {
    members.push(member('stream_instance_id', role(64, 'data-stream-id')));
  }
  return { type: 'structure', 'member-classes': members };
}

function clockClass(clock: ClockDescription): Json {
  const { frequency_hz = 1_000_000_000n, offset_s = 0n, offset_cycles = 0n, origin = 'unix-epoch' } = clock;
  // The offset's cycles are less than a second of them.
  const cycles = ((offset_cycles % frequency_hz) + frequency_hz) % frequency_hz;
  const seconds = offset_s + (offset_cycles - cycles) / frequency_hz;
  return {
    type: 'clock-class',
    id: clock.name,
    name: clock.name,
    uid: clock.uuid || undefined,
    description: clock.description || undefined,
    frequency: frequency_hz,
    origin: originOf(origin),
    'offset-from-origin': { seconds, cycles },
    precision: clock.precision_cycles ?? undefined,
  };
}

/** The model has an origin of its own as the JSON text of namespace, name and uid. */
function originOf(origin: string): Json {
  if (origin === '') return undefined;
  if (origin === 'unix-epoch') return origin;
  const [namespace, name, uid] = JSON.parse(origin) as [string, string, string];
  return { namespace: namespace || undefined, name, uid };
}

function streamClass(description: StreamClassDescription): Json {
  const { id, header, clock, parts, packetContext, context } = description;
  const lead: Json[] = [];
  if (parts.begin) lead.push(member('timestamp_begin', role(64, 'default-clock-timestamp')));
  if (parts.end) lead.push(member('timestamp_end', role(64, 'packet-end-default-clock-timestamp')));
  lead.push(member('content_size', role(64, 'packet-content-length')));
  lead.push(member('packet_size', role(64, 'packet-total-length')));
  if (parts.sequence) lead.push(member('packet_seq_num', role(64, 'packet-sequence-number')));
  if (parts.discarded) lead.push(member('events_discarded', role(64, 'discarded-event-record-counter-snapshot')));
  return {
    type: 'data-stream-class',
    id,
    ...named(description),
    'default-clock-class-id': clock?.name,
    'packet-context-field-class': structureOf(packetContext, 'packet-context', lead),
    'event-record-header-field-class': eventHeader(clock === null ? 'plain' : header),
    'event-record-common-context-field-class': context === null ? undefined : structureOf(context, 'common-context'),
  };
}

function eventHeader(header: StreamClassDescription['header']): Json {
  const id = role(32, 'event-record-class-id');
  if (header === 'plain') return { type: 'structure', 'member-classes': [member('id', id)] };
  const [bits, last, short] = header === 'compact' ? [5, 31, 27] : [16, 65535, 32];
  const time = (size: number): Json => member('timestamp', role(size, 'default-clock-timestamp', size === 27 ? 1 : 8));
  const option = (name: string, low: number, high: number, members: readonly Json[]): Json => ({
    name,
    'field-class': { type: 'structure', 'member-classes': members },
    'selector-field-ranges': [[low, high]],
  });
  const shortId = unsigned(bits, header === 'compact' ? 1 : 8, {
    roles: ['event-record-class-id'],
    mappings: { compact: [[0, last - 1]], extended: [[last, last]] },
  });
  const variant = {
    type: 'variant',
    'selector-field-location': { origin: 'event-record-header', path: ['id'] },
    options: [
      option('compact', 0, last - 1, [time(short)]),
      option('extended', last, last, [member('id', id), time(64)]),
    ],
  };
  const members = [member('id', shortId), member('v', variant)];
  return { type: 'structure', 'minimum-alignment': 8, 'member-classes': members };
}

function eventClass({ id, name, stream, fields, details = {} }: EventClassDescription): Json {
  const { context, logLevel, emfUri } = details;
  const level = typeof logLevel === 'number' ? LOG_LEVELS[logLevel] : undefined;
  const told = { 'log-level': level, 'emf-uri': emfUri || undefined };
  return {
    type: 'event-record-class',
    id,
    'data-stream-class-id': stream,
    ...named({ name, namespace: details.namespace ?? '' }),
    'specific-context-field-class': context === undefined ? undefined : structureOf(context, 'specific-context'),
    'payload-field-class': fields === null ? undefined : structureOf(fields, 'payload'),
    attributes: level === undefined && !emfUri ? undefined : { 'lttng.org,2009': told },
  };
}
