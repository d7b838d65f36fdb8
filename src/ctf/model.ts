/**
 * What metadata says: the classes of a trace, the same for CTF 1.8 (TSDL) and CTF 2 (JSON). Both parsers produce this
 * model; the decoder, the text output and the writer read only this.
 *
 * Decisions
 * - **Sizes and alignments are in bits**, as in the specifications, unless the name says `_bytes`.
 * - **A field class object stands at exactly one place of one tree.** An alias that is used twice makes two objects. So
 *   an object identifies a field, and a reference is simply the object that it means.
 * - **References are resolved by the parser**: the length of a dynamic array, string or blob and the selector of a variant
 *   or optional name the integer field objects that may hold the value (`FieldReference.targets`). There are several
 *   when the path leads through a variant; the one decoded last counts.
 * - **Roles**: CTF 1.8 gives meaning by member name, CTF 2 by role. The TSDL parser sets the role of the well-known names,
 *   so that the decoder knows roles only.
 * - **Names**: `name` is what viewers show (CTF 1.8: without the one leading underscore), `sourceName` what was written.
 * - Enumerations, bit maps and booleans are integers with a `form`; their labels are `mappings`.
 * - Ranges and mapping values are bigint: 64-bit values occur. Ids of classes are numbers up to 2^53; larger are refused.
 * - Everything is read-only for consumers. Parsers fill `streamClasses` and `eventClasses`; live metadata adds to them.
 *
 * Limits that both parsers enforce (`LIMITS`) keep hostile metadata from costing more than it is worth.
 */

export { LIMITS } from './limits.ts';

export type ByteOrder = 'le' | 'be';
export type Base = 2 | 8 | 10 | 16;
/** Where a field stands. The order is the order of decoding. */
export type Scope =
  | 'packet-header'
  | 'packet-context'
  | 'event-header'
  | 'common-context'
  | 'specific-context'
  | 'payload';
export const SCOPES: readonly Scope[] = [
  'packet-header',
  'packet-context',
  'event-header',
  'common-context',
  'specific-context',
  'payload',
];

/** CTF 2's roles (section 16.3 of the notes); CTF 1.8's names are translated to them. */
export type Role =
  | 'magic'
  | 'uuid'
  | 'stream-class-id'
  | 'stream-id'
  | 'packet-total-length'
  | 'packet-content-length'
  | 'clock-timestamp'
  | 'packet-end-timestamp'
  | 'discarded-events'
  | 'packet-sequence-number'
  | 'event-class-id';

/** Inclusive. */
export interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

/** A label and the values that it stands for (enumeration), or the bit indexes (bit map). */
export interface Mapping {
  readonly name: string;
  readonly ranges: readonly Range[];
}

/** Names the fields decoded earlier that may hold a length or a selector. */
export interface FieldReference {
  /** As written, for messages: `event.fields.len`. */
  readonly path: string;
  readonly targets: readonly IntegerClass[];
}

interface Attributes {
  /** CTF 2: what the fragment said under `attributes`, parsed, with numbers beyond 2^53 as bigint. */
  readonly attributes?: unknown;
}

export interface IntegerClass extends Attributes {
  readonly kind: 'integer';
  /** What it means to viewers. `enum` has labels for ranges of values, `bit-map` for ranges of bits. */
  readonly form: 'integer' | 'enum' | 'bit-array' | 'bit-map' | 'boolean';
  /** `leb128`: CTF 2's variable length, at most 64 significant bits are accepted; `bits` is then 64. */
  readonly encoding: 'fixed' | 'leb128';
  /** 1 to 64. */
  readonly bits: number;
  readonly signed: boolean;
  readonly alignment: number;
  readonly byteOrder: ByteOrder;
  /** CTF 2: the bit order is not the byte order's natural one; the value's bits are read in reverse. */
  readonly reversed: boolean;
  readonly base: Base;
  readonly mappings: readonly Mapping[];
  readonly roles: readonly Role[];
  /** CTF 1.8 `map = clock.NAME.value`; the role `clock-timestamp` is set besides where it drives the stream's clock. */
  readonly clock: ClockClass | null;
  /** CTF 1.8 text encoding of a single character; only arrays of such integers are text. */
  readonly text: boolean;
}

/** IEEE 754. 128 bits and more are skipped over and read as NaN: no peer reads them either. */
export interface FloatClass extends Attributes {
  readonly kind: 'float';
  readonly bits: number;
  readonly alignment: number;
  readonly byteOrder: ByteOrder;
  readonly reversed: boolean;
}

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

export interface StringClass extends Attributes {
  readonly kind: 'string';
  readonly encoding: TextEncoding;
  /** `null`: ends with a NUL code unit. Else bytes; the text ends before the first NUL code unit, if there is one. */
  readonly length: null | number | FieldReference;
  /** 8, or that of the character integers (CTF 1.8 text arrays). */
  readonly alignment: number;
}

export interface BlobClass extends Attributes {
  readonly kind: 'blob';
  /** Bytes. */
  readonly length: number | FieldReference;
  readonly mediaType: string;
  readonly roles: readonly Role[];
  readonly alignment: 8;
}

export interface Member extends Attributes {
  readonly name: string;
  readonly sourceName: string;
  readonly type: FieldClass;
}

export interface StructClass extends Attributes {
  readonly kind: 'struct';
  readonly members: readonly Member[];
  /** The largest of `align(N)` / `minimum-alignment` and the members' alignments (`structAlignment`). */
  readonly alignment: number;
}

export interface ArrayClass extends Attributes {
  readonly kind: 'array';
  readonly element: FieldClass;
  readonly length: number | FieldReference;
  /** The larger of the element's and CTF 2's `minimum-alignment`; applies to empty arrays too. */
  readonly alignment: number;
}

export interface OptionalClass extends Attributes {
  readonly kind: 'optional';
  readonly content: FieldClass;
  readonly selector: FieldReference;
  /** `null`: the selector is a boolean; there when any bit of it is set. */
  readonly ranges: readonly Range[] | null;
  readonly alignment: 1;
}

export interface Option extends Attributes {
  readonly name: string;
  readonly sourceName: string;
  /** CTF 1.8: the ranges of the selector's label of this name, none when it has no such label. The first match counts. */
  readonly ranges: readonly Range[];
  readonly type: FieldClass;
}

/** No alignment of its own: that of the chosen option applies. A value that no option matches is an error in the data. */
export interface VariantClass extends Attributes {
  readonly kind: 'variant';
  readonly options: readonly Option[];
  readonly selector: FieldReference;
  readonly alignment: 1;
}

export type FieldClass =
  | IntegerClass
  | FloatClass
  | StringClass
  | BlobClass
  | StructClass
  | ArrayClass
  | OptionalClass
  | VariantClass;

export interface ClockClass extends Attributes {
  /** CTF 1.8: its name. CTF 2: its `id` (`name` may differ or be ''). */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** CTF 1.8: uuid; CTF 2: uid; '' when absent. */
  readonly uid: string;
  /** Cycles per second, at least 1. */
  readonly frequency_hz: bigint;
  /** Time of cycle 0 = offset_s seconds + offset_cycles cycles after the origin. */
  readonly offset_s: bigint;
  readonly offset_cycles: bigint;
  /** CTF 1.8 has always the epoch. CTF 2: `unix-epoch`, a custom origin as text, or '' for unknown. */
  readonly origin: string;
  readonly precision_cycles: bigint | null;
}

export interface EventRecordClass extends Attributes {
  readonly id: number;
  readonly name: string;
  readonly namespace: string;
  readonly streamClass: DataStreamClass;
  readonly specificContext: StructClass | null;
  readonly payload: StructClass | null;
  /** 0 (emergency) .. 14 (debug) as in LTTng; null when not given. */
  readonly logLevel: number | null;
  /** `model.emf.uri`; ''. */
  readonly emfUri: string;
}

export interface DataStreamClass extends Attributes {
  readonly id: number;
  readonly name: string;
  readonly namespace: string;
  readonly packetContext: StructClass | null;
  readonly eventHeader: StructClass | null;
  readonly commonContext: StructClass | null;
  /** `null`: events of these streams have no time. */
  readonly defaultClock: ClockClass | null;
  readonly eventClasses: ReadonlyMap<number, EventRecordClass>;
}

/** Something in the metadata that was left out of account. */
export interface MetadataWarning {
  readonly message: string;
  /** File, line and column. */
  readonly where: string;
}

export interface TraceClass extends Attributes {
  /** At most `LIMITS.warnings`, and one that says how many more there were. */
  readonly warnings?: readonly MetadataWarning[];
  /** 1 (1.8) or 2. */
  readonly majorVersion: 1 | 2;
  readonly namespace: string;
  readonly name: string;
  /** 16 bytes, or null. Identifies the trace across its folders (CTF 1.8) or its metadata stream (CTF 2). */
  readonly uuid: Uint8Array | null;
  readonly uid: string;
  /** CTF 1.8's `byte_order`. */
  readonly byteOrder: ByteOrder;
  readonly environment: ReadonlyMap<string, string | bigint>;
  readonly packetHeader: StructClass | null;
  readonly clocks: readonly ClockClass[];
  readonly streamClasses: ReadonlyMap<number, DataStreamClass>;
}

/** Alignment of a structure from its own minimum and its members. */
export function structAlignment(minimum: number, members: readonly Member[]): number {
  let alignment = minimum;
  for (const member of members) alignment = Math.max(alignment, member.type.alignment);
  return alignment;
}

/** The root structure of a scope for events of a class. */
export function scopeRoot(trace: TraceClass, event: EventRecordClass, scope: Scope): StructClass | null {
  switch (scope) {
    case 'packet-header':
      return trace.packetHeader;
    case 'packet-context':
      return event.streamClass.packetContext;
    case 'event-header':
      return event.streamClass.eventHeader;
    case 'common-context':
      return event.streamClass.commonContext;
    case 'specific-context':
      return event.specificContext;
    case 'payload':
      return event.payload;
  }
}
