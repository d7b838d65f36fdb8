/** CTF 2 metadata (CTF2-SPEC-2.0, section 5): fragments, one after the other, to the classes of a trace. */
import { TailtrapError } from '../../base/errors.ts';
import {
  type ClockClass,
  type DataStreamClass,
  type EventRecordClass,
  LIMITS,
  type Scope,
  type StructClass,
  type TraceClass,
} from '../model.ts';
import { type Budget, buildScope } from './build.ts';
import { clockOf, emfUriOf, logLevelOf, uuidOf } from './classes.ts';
import { FieldParser } from './fields.ts';
import { Fragment, fragmentTexts } from './fragment.ts';
import type { JsonObject } from './json.ts';
import type { Scopes } from './locate.ts';
import { Properties } from './properties.ts';

type StreamClass = DataStreamClass & { readonly eventClasses: Map<number, EventRecordClass> };
interface Trace extends TraceClass {
  uuid: Uint8Array | null;
  readonly environment: Map<string, string | bigint>;
  readonly clocks: ClockClass[];
  readonly streamClasses: Map<number, StreamClass>;
}

const IDENTITY = ['type', 'namespace', 'name', 'uid'];
const MAX_ID = Number.MAX_SAFE_INTEGER;

/**
 * Parses metadata. That it must describe a data stream (section 5) is not asked for: while a session is live it may not do
 * so yet, and a trace without streams is a trace without events.
 *
 * @param name of the file, for errors
 */
export function traceOfJson(sequence: string, name: string): TraceClass {
  const metadata = new Ctf2Metadata(name);
  metadata.append(sequence);
  if (metadata.fragments === 0) {
    throw new TailtrapError('TT_CTF_METADATA', 'the metadata has not even a preamble', { where: name });
  }
  return metadata.trace;
}

/** Metadata that may grow, as it does in live tracing. */
export class Ctf2Metadata {
  readonly #name: string;
  readonly #fields = new FieldParser();
  readonly #budget: Budget = { fieldClasses: 0 };
  readonly #clocks = new Map<string, ClockClass>();
  #fragments = 0;
  #hasTraceClass = false;
  readonly #trace: Trace = {
    majorVersion: 2,
    namespace: '',
    name: '',
    uuid: null,
    uid: '',
    byteOrder: 'le',
    environment: new Map(),
    packetHeader: null,
    clocks: [],
    streamClasses: new Map(),
  };

  /** @param name of the metadata, for errors */
  constructor(name: string) {
    this.#name = name;
  }

  /** How many were understood. */
  get fragments(): number {
    return this.#fragments;
  }

  /** What is known so far: always the same object. */
  get trace(): TraceClass {
    return this.#trace;
  }

  /** Whole fragments. One that is refused changes nothing. */
  append(sequence: string): void {
    if (sequence.length > LIMITS.metadata_bytes) {
      const message = `metadata of more than ${LIMITS.metadata_bytes} bytes`;
      throw new TailtrapError('TT_CTF_METADATA', message, { where: this.#name });
    }
    for (const text of fragmentTexts(sequence)) {
      const fragment = new Fragment(text, this.#name, this.#fragments + 1);
      this.#fields.reset();
      this.#add(fragment, fragment.object());
      this.#fragments++;
    }
  }

  #add(fragment: Fragment, json: JsonObject): void {
    const type = json.entries.get('type')?.value;
    if (type?.kind !== 'string') throw fragment.error("a fragment needs the property 'type', a string", json.at);
    fragment.label = type.value.slice(0, 40);
    if (this.#fragments >= LIMITS.declarations) {
      throw fragment.error(`there are more than ${LIMITS.declarations} fragments`, json.at);
    }
    if ((this.#fragments === 0) !== (type.value === 'preamble')) {
      throw fragment.error('the first fragment, and only that, is the preamble', type.at);
    }
    switch (type.value) {
      case 'preamble':
        this.#preamble(fragment, json);
        break;
      case 'field-class-alias':
        this.#fields.alias(new Properties(fragment, json, 'an alias', ['type', 'name', 'field-class']));
        break;
      case 'trace-class':
        this.#traceClass(fragment, json);
        break;
      case 'clock-class':
        this.#clockClass(fragment, json);
        break;
      case 'data-stream-class':
        this.#streamClass(fragment, json);
        break;
      case 'event-record-class':
        this.#eventClass(fragment, json);
        break;
      default:
        throw fragment.error(`there is no fragment type '${type.value.slice(0, 60)}'`, type.at);
    }
  }

  /** Section 5.4. */
  #preamble(fragment: Fragment, json: JsonObject): void {
    const properties = new Properties(fragment, json, 'the preamble', ['type', 'version', 'uuid']);
    properties.attributes();
    const version = properties.need('version');
    if (version.kind !== 'integer' || version.value !== 2n) throw properties.wrong('version', '2', version);
    this.#trace.uuid = uuidOf(properties);
  }

  /** Section 5.6. */
  #traceClass(fragment: Fragment, json: JsonObject): void {
    const names = [...IDENTITY, 'environment', 'packet-header-field-class'];
    const properties = new Properties(fragment, json, 'a trace class', names);
    if (this.#hasTraceClass) throw fragment.error('there are two trace classes', json.at);
    if (this.#trace.streamClasses.size > 0) {
      throw fragment.error('the trace class comes before the data stream classes', json.at);
    }
    const environment = properties.entries('environment').map(([key, value]) => {
      if (value.kind === 'string' || value.kind === 'integer') return [key, value.value] as const;
      throw properties.wrong(`environment.${key}`, 'a string or an integer', value);
    });
    const header = this.#scope(properties, 'packet-header-field-class', 'packet-header', {}, false);
    const identity = { ...identityOf(properties), uid: properties.text('uid', '') };
    Object.assign(this.#trace, identity, properties.attributes(), { packetHeader: header });
    for (const [key, value] of environment) this.#trace.environment.set(key, value);
    this.#hasTraceClass = true;
  }

  /** Section 5.7. */
  #clockClass(fragment: Fragment, json: JsonObject): void {
    const clock = clockOf(fragment, json);
    if (this.#clocks.has(clock.id)) throw fragment.error(`there are two clock classes '${clock.id}'`, json.at);
    this.#clocks.set(clock.id, clock);
    this.#trace.clocks.push(clock);
  }

  /** Section 5.8. */
  #streamClass(fragment: Fragment, json: JsonObject): void {
    const properties = new Properties(fragment, json, 'a data stream class', [
      ...IDENTITY,
      'id',
      'default-clock-class-id',
      'packet-context-field-class',
      'event-record-header-field-class',
      'event-record-common-context-field-class',
    ]);
    const id = properties.number('id', { low: 0, high: MAX_ID, otherwise: 0 });
    fragment.label = `data-stream-class ${id}`;
    if (this.#trace.streamClasses.has(id)) throw fragment.error(`there are two data stream classes ${id}`, json.at);
    const clockId = properties.get('default-clock-class-id');
    const defaultClock = clockId === undefined ? null : this.#clocks.get(properties.text('default-clock-class-id'));
    if (defaultClock === undefined) throw fragment.error('no clock class with this id stands before', clockId!.at);
    properties.text('uid', '');
    const scopes: Scopes = { 'packet-header': this.#trace.packetHeader };
    const scope = (name: string, as: Scope): StructClass | null => {
      const built = this.#scope(properties, name, as, scopes, defaultClock !== null);
      scopes[as] = built;
      return built;
    };
    this.#trace.streamClasses.set(id, {
      id,
      ...identityOf(properties),
      packetContext: scope('packet-context-field-class', 'packet-context'),
      eventHeader: scope('event-record-header-field-class', 'event-header'),
      commonContext: scope('event-record-common-context-field-class', 'common-context'),
      defaultClock,
      eventClasses: new Map(),
      ...properties.attributes(),
    });
  }

  /** Section 5.9. */
  #eventClass(fragment: Fragment, json: JsonObject): void {
    const classes = ['specific-context-field-class', 'payload-field-class'];
    const names = [...IDENTITY, 'id', 'data-stream-class-id', ...classes];
    const properties = new Properties(fragment, json, 'an event record class', names);
    const { name, namespace } = identityOf(properties);
    fragment.label = `event-record-class '${name.slice(0, 60)}'`;
    properties.text('uid', '');
    const id = properties.number('id', { low: 0, high: MAX_ID, otherwise: 0 });
    const streamId = properties.number('data-stream-class-id', { low: 0, high: MAX_ID, otherwise: 0 });
    const streamClass = this.#trace.streamClasses.get(streamId);
    if (streamClass === undefined) throw fragment.error(`no data stream class ${streamId} stands before`, json.at);
    if (streamClass.eventClasses.has(id)) {
      throw fragment.error(`there are two event record classes ${id} in data stream class ${streamId}`, json.at);
    }
    const attributes = properties.attributes();
    const scopes: Scopes = {
      'packet-header': this.#trace.packetHeader,
      'packet-context': streamClass.packetContext,
      'event-header': streamClass.eventHeader,
      'common-context': streamClass.commonContext,
    };
    const specificContext = this.#scope(properties, classes[0]!, 'specific-context', scopes, false);
    scopes['specific-context'] = specificContext;
    const payload = this.#scope(properties, classes[1]!, 'payload', scopes, false);
    streamClass.eventClasses.set(id, {
      id,
      name,
      namespace,
      streamClass,
      specificContext,
      payload,
      logLevel: logLevelOf(properties),
      emfUri: emfUriOf(properties),
      ...attributes,
    });
  }

  #scope(properties: Properties, name: string, scope: Scope, scopes: Scopes, hasClock: boolean): StructClass | null {
    const json = properties.get(name);
    if (json === undefined) return null;
    const node = this.#fields.field(properties.fragment, json);
    const around = { scopes, scope, hasUuid: this.#trace.uuid !== null, hasClock, budget: this.#budget };
    return buildScope(node, around, properties.fragment, json.at);
  }
}

function identityOf(properties: Properties): { readonly namespace: string; readonly name: string } {
  return { namespace: properties.text('namespace', ''), name: properties.text('name', '') };
}
