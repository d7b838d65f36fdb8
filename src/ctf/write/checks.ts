/** Declarations that readers would refuse, or take for something else, are refused where they are made. */
import type { Field, FieldType } from '../fields.ts';
import type { ClockDescription, EventDetails, TraceDescription } from '../metadata.ts';
import { LIMITS } from '../model.ts';
import type { CtfVersion } from '../writer.ts';
import { badDeclaration, fits, refused } from './errors.ts';

/** The smallest packet that is accepted: header and a few events. The largest, also for one event: readers' limit. */
export const MIN_PACKET_BYTES = 4096;
export const MAX_PACKET_BYTES: number = 64 * 1024 * 1024;
/** Linux's NAME_MAX less `.idx`. */
const MAX_NAME_BYTES = 251;
/** `debug`, LTTng's last. */
const MAX_LOG_LEVEL = 14;

/** What stands before the user's fields in packets' contexts; in CTF 2 no underscore tells those apart. */
export const PACKET_NAMES: readonly string[] =
  'timestamp_begin timestamp_end content_size packet_size packet_seq_num events_discarded'.split(' ');

export function checkPacketBytes(bytes: number): number {
  if (Number.isInteger(bytes) && bytes >= MIN_PACKET_BYTES && bytes <= MAX_PACKET_BYTES) return bytes;
  throw badDeclaration(`packetBytes is ${bytes}, not an integer from ${MIN_PACKET_BYTES} to ${MAX_PACKET_BYTES}`);
}

/** An identifier of TSDL, in CTF 1.8; in CTF 2 any name. */
function checkIdentifier(name: string, what: string, version: CtfVersion): void {
  if (version === '2' || /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return;
  throw badDeclaration(`${what} ${JSON.stringify(name)}: letters, digits and _, and no digit first, in CTF 1.8`);
}

export function checkEnvironment(environment: TraceDescription['environment'], version: CtfVersion): void {
  const seen = new Set<string>();
  for (const [name, value] of environment) {
    checkIdentifier(name, 'environment name', version);
    if (seen.has(name)) throw badDeclaration(`two values of the environment's ${name}`);
    seen.add(name);
    if (typeof value === 'string') continue;
    const whole = typeof value === 'bigint' || Number.isSafeInteger(value);
    if (whole && BigInt.asIntN(64, BigInt(value)) === BigInt(value)) continue;
    throw badDeclaration(`environment ${name} is ${value}, not text or an integer of 64 bits`);
  }
}

export function checkClock(clock: ClockDescription, version: CtfVersion): void {
  checkIdentifier(clock.name, 'clock name', version);
  const { frequency_hz = 1n, offset_s = 0n, offset_cycles = 0n, precision_cycles } = clock;
  if (typeof frequency_hz !== 'bigint' || frequency_hz < 1n || !fits(frequency_hz, 64)) {
    throw badDeclaration(`frequency_hz of clock ${clock.name} is ${frequency_hz}, not a bigint from 1 to 2^64 - 1`);
  }
  for (const offset of [offset_s, offset_cycles]) {
    if (typeof offset === 'bigint' && BigInt.asIntN(64, offset) === offset) continue;
    throw badDeclaration(`an offset of clock ${clock.name} is ${offset}, not a bigint of 64 bits`);
  }
  if (precision_cycles != null && !(typeof precision_cycles === 'bigint' && fits(precision_cycles, 64))) {
    throw badDeclaration(`precision_cycles of clock ${clock.name} is ${precision_cycles}, not a bigint of 64 bits`);
  }
}

export function checkId(id: number, what: string): void {
  if (!fits(id, 32)) throw badDeclaration(`the id of ${what} is ${id}, not an integer from 0 to 2^32 - 1`);
}

export function checkDetails({ logLevel }: EventDetails, what: string): void {
  if (logLevel == null || (Number.isInteger(logLevel) && logLevel >= 0 && logLevel <= MAX_LOG_LEVEL)) return;
  throw badDeclaration(`logLevel of ${what} is ${logLevel}, not an integer from 0 to ${MAX_LOG_LEVEL}`);
}

/** Names of files in the trace's folder, beside `metadata` and `index`; readers skip hidden ones. */
export function checkStreamName(name: string): void {
  const reserved = name === 'metadata' || name === 'index';
  const long = new TextEncoder().encode(name).length > MAX_NAME_BYTES;
  if (!reserved && !long && /^[^./\0][^/\0]*$/.test(name)) return;
  const rule = `1 to ${MAX_NAME_BYTES} bytes without / and NUL, no dot first, not metadata or index`;
  throw badDeclaration(`stream name ${JSON.stringify(name.slice(0, 60))}: ${rule}`);
}

/** @param lead names that stand in the same structure already */
export function checkFields(
  fields: readonly Field[],
  what: string,
  version: CtfVersion,
  lead: readonly string[] = [],
): void {
  new FieldCheck(what, version).members(fields, 0, lead);
}

class FieldCheck {
  readonly #what: string;
  readonly #version: CtfVersion;

  constructor(what: string, version: CtfVersion) {
    this.#what = what;
    this.#version = version;
  }

  members(fields: readonly Field[], depth: number, lead: readonly string[] = []): void {
    const seen = new Set(lead);
    for (const { name, type } of fields) {
      // The metadata puts an underscore in front.
      if (this.#version === '1.8' && !/^[A-Za-z0-9_]+$/.test(name)) {
        throw this.#refusal(`field name ${JSON.stringify(name)}: letters, digits and _ in CTF 1.8`);
      }
      for (const own of type.kind === 'sequence' ? [`_${name}_length`, name] : [name]) {
        if (seen.has(own)) throw this.#refusal(`two fields ${own}`);
        seen.add(own);
      }
      this.#type(type, name, depth);
    }
  }

  #type(type: FieldType, name: string, depth: number): void {
    if (depth > LIMITS.nesting) throw this.#refusal(`field ${name} is more than ${LIMITS.nesting} structures deep`);
    switch (type.kind) {
      case 'text':
      case 'blob':
        this.#length(type.bytes, name);
        break;
      case 'array':
        this.#length(type.length, name);
        this.#type(type.element, name, depth + 1);
        break;
      case 'sequence':
        this.#type(type.element, name, depth + 1);
        break;
      case 'struct':
        this.members(type.fields, depth + 1);
        break;
      case 'enum':
        this.#labels(type.labels, name);
        break;
      case 'optional':
        this.#type(type.content, name, depth + 1);
        break;
      case 'variant':
        for (const option of type.options) {
          if (this.#version === '1.8') checkIdentifier(option.name, `${this.#what}: option`, '1.8');
          this.#type(option.type, name, depth + 1);
        }
    }
  }

  #length(length: unknown, name: string): void {
    if (typeof length === 'number' && !fits(length, 32)) {
      throw this.#refusal(`length of field ${name} is ${length}, not an integer from 0 to 2^32 - 1`);
    }
  }

  #labels(labels: readonly (readonly [value: number | bigint, label: string])[], name: string): void {
    for (const [value] of labels) {
      if (typeof value === 'bigint' || Number.isSafeInteger(value)) continue;
      throw this.#refusal(`field ${name} has a label for ${value}, which is no integer`);
    }
  }

  #refusal(message: string): RangeError {
    return badDeclaration(`${this.#what}: ${message}`);
  }
}

/** A counter or a time in a packet's head. */
export function checkCounter(value: bigint | undefined, what: string): void {
  if (value !== undefined && !(typeof value === 'bigint' && fits(value, 64))) throw refused(`${what} is ${value}`);
}
