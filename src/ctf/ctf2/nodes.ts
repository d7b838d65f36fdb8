/**
 * What a field class of CTF 2 says before it stands anywhere: checked, aliases followed, but the locations of lengths and
 * selectors not resolved, since they depend on where the class is used. All uses of an alias share its node; build.ts
 * makes objects of their own for each use.
 */
import type { BlobClass, FloatClass, IntegerClass, Range, Role, Scope, StringClass } from '../model.ts';
import type { Fragment } from './fragment.ts';

/** A field location (section 5.3.1). */
export interface Location {
  readonly origin: Scope | null;
  /** Names of members; null means the structure around. */
  readonly path: readonly (string | null)[];
  readonly fragment: Fragment;
  readonly at: number;
}

interface NodeBase {
  readonly fragment: Fragment;
  readonly at: number;
  readonly attributes?: unknown;
  /** Field classes that one use makes. Aliases of aliases make it grow exponentially, so it is known before building. */
  readonly size: number;
  /** Levels of nesting, itself included. */
  readonly depth: number;
}

/** Anything that neither contains nor refers to others: copied for each use. */
export interface LeafNode extends NodeBase {
  readonly node: 'leaf';
  readonly template: IntegerClass | FloatClass | StringClass | BlobClass;
}

/** A string or BLOB whose length is another field. */
export interface DynamicNode extends NodeBase {
  readonly node: 'dynamic';
  readonly template: StringClass | BlobClass;
  readonly location: Location;
}

export interface MemberNode {
  readonly name: string;
  readonly type: FieldNode;
  readonly attributes?: unknown;
}

export interface StructNode extends NodeBase {
  readonly node: 'struct';
  readonly members: readonly MemberNode[];
  readonly minimumAlignment: number;
}

export interface ArrayNode extends NodeBase {
  readonly node: 'array';
  readonly element: FieldNode;
  readonly length: number | Location;
  readonly minimumAlignment: number;
}

export interface OptionalNode extends NodeBase {
  readonly node: 'optional';
  readonly content: FieldNode;
  readonly location: Location;
  readonly ranges: readonly Range[] | null;
}

export interface OptionNode extends MemberNode {
  readonly ranges: readonly Range[];
}

export interface VariantNode extends NodeBase {
  readonly node: 'variant';
  readonly options: readonly OptionNode[];
  readonly location: Location;
}

export type FieldNode = LeafNode | DynamicNode | StructNode | ArrayNode | OptionalNode | VariantNode;

/** The roles by their names (section 5.3.3), and the scopes that may have them (sections 5.6.1 and 5.8.1). */
export const ROLES: ReadonlyMap<string, { readonly role: Role; readonly scopes: readonly Scope[] }> = new Map([
  ['packet-magic-number', { role: 'magic', scopes: ['packet-header'] }],
  ['metadata-stream-uuid', { role: 'uuid', scopes: ['packet-header'] }],
  ['data-stream-class-id', { role: 'stream-class-id', scopes: ['packet-header'] }],
  ['data-stream-id', { role: 'stream-id', scopes: ['packet-header'] }],
  ['packet-total-length', { role: 'packet-total-length', scopes: ['packet-context'] }],
  ['packet-content-length', { role: 'packet-content-length', scopes: ['packet-context'] }],
  ['default-clock-timestamp', { role: 'clock-timestamp', scopes: ['packet-context', 'event-header'] }],
  ['packet-end-default-clock-timestamp', { role: 'packet-end-timestamp', scopes: ['packet-context'] }],
  ['discarded-event-record-counter-snapshot', { role: 'discarded-events', scopes: ['packet-context'] }],
  ['packet-sequence-number', { role: 'packet-sequence-number', scopes: ['packet-context'] }],
  ['event-record-class-id', { role: 'event-class-id', scopes: ['event-header'] }],
]);

/** Origins of field locations. */
export const ORIGINS: ReadonlyMap<string, Scope> = new Map([
  ['packet-header', 'packet-header'],
  ['packet-context', 'packet-context'],
  ['event-record-header', 'event-header'],
  ['event-record-common-context', 'common-context'],
  ['event-record-specific-context', 'specific-context'],
  ['event-record-payload', 'payload'],
]);
