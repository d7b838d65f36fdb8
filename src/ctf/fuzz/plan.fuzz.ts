/**
 * Random traces for tests: a plan says what a trace consists of, and can be printed as TSDL and as CTF 2 and filled with
 * values. It knows nothing of the parsers' model, so that a mistake there is not repeated here.
 */
import type { Random } from './random.fuzz.ts';

export type Order = 'le' | 'be';
/** Root structures in the order of decoding, by their names in the model. */
export const PLAN_SCOPES = [
  'packet-header',
  'packet-context',
  'event-header',
  'common-context',
  'specific-context',
  'payload',
] as const;
export type PlanScope = (typeof PLAN_SCOPES)[number];

/** A field that is decoded earlier: names from the root of its scope. */
export interface PlanReference {
  readonly scope: PlanScope;
  readonly path: readonly string[];
}

export interface PlanLabel {
  readonly name: string;
  readonly ranges: readonly (readonly [low: bigint, high: bigint])[];
}

export interface PlanInteger {
  readonly t: 'integer';
  readonly bits: number;
  readonly signed: boolean;
  readonly align: number;
  readonly order: Order;
  readonly base: 2 | 8 | 10 | 16;
  readonly labels: readonly PlanLabel[];
  /** Only CTF 2 has the others. */
  readonly form: 'integer' | 'boolean' | 'bit-array' | 'bit-map' | 'variable';
  readonly reversed: boolean;
  /** Role in CTF 2; in TSDL the name says it. */
  readonly role?: string;
}

export type PlanLength = number | PlanReference;

export type PlanType =
  | PlanInteger
  | { readonly t: 'float'; readonly bits: 32 | 64; readonly align: number; readonly order: Order }
  | { readonly t: 'string'; readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be' }
  | { readonly t: 'text'; readonly length: PlanLength }
  | { readonly t: 'blob'; readonly length: PlanLength; readonly role?: string }
  | { readonly t: 'array'; readonly element: PlanType; readonly length: PlanLength }
  | { readonly t: 'struct'; readonly align: number; readonly members: readonly PlanMember[] }
  | { readonly t: 'variant'; readonly tag: PlanReference; readonly options: readonly PlanOption[] }
  | {
      readonly t: 'optional';
      readonly selector: PlanReference;
      readonly ranges: PlanLabel['ranges'] | null;
      readonly content: PlanType;
    };

export type PlanStruct = Extract<PlanType, { t: 'struct' }>;

export interface PlanMember {
  readonly name: string;
  readonly type: PlanType;
}

export interface PlanOption extends PlanMember {
  readonly ranges: PlanLabel['ranges'];
}

export interface PlanEvent {
  readonly id: number;
  readonly name: string;
  readonly logLevel: number | null;
  readonly emfUri: string;
  readonly context: PlanStruct | null;
  readonly payload: PlanStruct;
}

export interface PlanStream {
  readonly id: number;
  readonly packetContext: PlanStruct;
  readonly eventHeader: PlanStruct;
  readonly commonContext: PlanStruct | null;
  readonly events: readonly PlanEvent[];
}

export interface Plan {
  readonly order: Order;
  readonly uuid: readonly number[];
  readonly environment: readonly (readonly [name: string, value: string | bigint])[];
  readonly clock: {
    readonly name: string;
    readonly frequency: bigint;
    readonly seconds: bigint;
    readonly cycles: bigint;
  };
  readonly packetHeader: PlanStruct;
  readonly streams: readonly PlanStream[];
}

/** Integers without anything special. */
export function plainInteger(bits: number, order: Order, more: Partial<PlanInteger> = {}): PlanInteger {
  const align = bits % 8 === 0 ? 8 : 1;
  return {
    t: 'integer',
    bits,
    signed: false,
    align,
    order,
    base: 10,
    labels: [],
    form: 'integer',
    reversed: false,
    ...more,
  };
}

const struct = (...members: PlanMember[]): PlanStruct => ({ t: 'struct', align: 1, members });

/** The structures that make a trace a trace, as LTTng has them; the rest is random (fields.fuzz.ts). */
export function packetHeader(order: Order): PlanStruct {
  return struct(
    { name: 'magic', type: plainInteger(32, order, { role: 'packet-magic-number', base: 16 }) },
    { name: 'uuid', type: { t: 'blob', length: 16, role: 'metadata-stream-uuid' } },
    { name: 'stream_id', type: plainInteger(32, order, { role: 'data-stream-class-id' }) },
  );
}

export function packetContext(order: Order, extra: readonly PlanMember[]): PlanStruct {
  const u64 = (role: string): PlanInteger => plainInteger(64, order, { role });
  return struct(
    { name: 'timestamp_begin', type: u64('default-clock-timestamp') },
    { name: 'timestamp_end', type: u64('packet-end-default-clock-timestamp') },
    { name: 'content_size', type: u64('packet-content-length') },
    { name: 'packet_size', type: u64('packet-total-length') },
    { name: 'packet_seq_num', type: u64('packet-sequence-number') },
    { name: 'events_discarded', type: u64('discarded-event-record-counter-snapshot') },
    { name: 'cpu_id', type: plainInteger(32, order) },
    ...extra,
  );
}

/** Simple, or LTTng's compact header with its 27 bits of time and its extended form. */
export function eventHeader(order: Order, compact: boolean): PlanStruct {
  const time = (bits: number): PlanMember => ({
    name: 'timestamp',
    type: plainInteger(bits, order, { role: 'default-clock-timestamp' }),
  });
  const id = (bits: number, more: Partial<PlanInteger> = {}): PlanMember => ({
    name: 'id',
    type: plainInteger(bits, order, { role: 'event-record-class-id', ...more }),
  });
  if (!compact) return struct(id(16), time(64));
  const small = [[0n, 30n]] as const;
  const large = [[31n, 31n]] as const;
  const labels = [
    { name: 'compact', ranges: small },
    { name: 'extended', ranges: large },
  ];
  return struct(id(5, { labels }), {
    name: 'v',
    type: {
      t: 'variant',
      tag: { scope: 'event-header', path: ['id'] },
      options: [
        { name: 'compact', ranges: small, type: struct(time(27)) },
        { name: 'extended', ranges: large, type: struct(id(32), time(64)) },
      ],
    },
  });
}

export function randomUuid(random: Random): number[] {
  return Array.from({ length: 16 }, () => random.below(256));
}
