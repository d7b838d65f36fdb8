/**
 * Makes the field classes of one scope of nodes: every use of an alias gets objects of its own, and locations become
 * the fields that they mean (CTF2-SPEC-2.0, section 6.4.2, done once instead of for each event).
 */
import type { TailtrapError } from '../../base/errors.ts';
import {
  type FieldClass,
  type FieldReference,
  type IntegerClass,
  LIMITS,
  type Member,
  type Option,
  type Scope,
  type StructClass,
  structAlignment,
} from '../model.ts';
import type { Fragment } from './fragment.ts';
import { type FrameEntry, type Scopes, targetsOf } from './locate.ts';
import {
  type ArrayNode,
  type FieldNode,
  type LeafNode,
  type Location,
  type OptionalNode,
  ROLES,
  type StructNode,
  type VariantNode,
} from './nodes.ts';

/** Counts what the whole trace has. */
export interface Budget {
  fieldClasses: number;
}

/** What a scope needs to know of its surroundings. */
export interface Surroundings {
  /** Finished scopes, which come before this one in the data. */
  readonly scopes: Scopes;
  readonly scope: Scope;
  /** The metadata stream has a UUID. */
  readonly hasUuid: boolean;
  /** The data streams have a default clock. */
  readonly hasClock: boolean;
  readonly budget: Budget;
}

/** @param at of the property that gives the class, for errors */
export function buildScope(node: FieldNode, around: Surroundings, fragment: Fragment, at: number): StructClass {
  if (node.node !== 'struct') throw fragment.error('this must be a structure', at);
  spend(around.budget, node.size, fragment, at);
  return new ScopeBuilder(around).root(node);
}

function spend(budget: Budget, count: number, fragment: Fragment, at: number): void {
  budget.fieldClasses += count;
  if (budget.fieldClasses > LIMITS.fieldClasses) {
    throw fragment.error(`the trace has more than ${LIMITS.fieldClasses} field classes`, at);
  }
}

class ScopeBuilder {
  readonly #around: Surroundings;
  readonly #frames: FrameEntry[] = [];
  #first: FieldNode | undefined;
  #hasMagic = false;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  root(node: StructNode): StructClass {
    this.#first = node.members[0]?.type;
    return this.#struct(node);
  }

  #build(node: FieldNode): FieldClass {
    switch (node.node) {
      case 'leaf':
        this.#checkRoles(node);
        return { ...node.template };
      case 'dynamic':
        return { ...node.template, length: this.#length(node.location) };
      case 'struct':
        return this.#struct(node);
      case 'array':
        return this.#array(node);
      case 'optional':
        return this.#optional(node);
      case 'variant':
        return this.#variant(node);
    }
  }

  #struct(node: StructNode): StructClass {
    const members: Member[] = [];
    const frame: FrameEntry = { members: new Map(), current: '' };
    this.#frames.push(frame);
    for (const { name, type, ...attributes } of node.members) {
      frame.current = name;
      const built = this.#build(type);
      members.push({ name, sourceName: name, type: built, ...attributes });
      frame.members.set(name, built);
    }
    this.#frames.pop();
    return { kind: 'struct', members, alignment: structAlignment(node.minimumAlignment, members), ...said(node) };
  }

  #array(node: ArrayNode): FieldClass {
    const length = typeof node.length === 'number' ? node.length : this.#length(node.length);
    const element = this.#build(node.element);
    const alignment = Math.max(node.minimumAlignment, element.alignment);
    return { kind: 'array', element, length, alignment, ...said(node) };
  }

  #optional(node: OptionalNode): FieldClass {
    const selector = this.#reference(node.location);
    const booleans = selector.targets.filter((target) => target.form === 'boolean').length;
    if (node.ranges === null && booleans < selector.targets.length) {
      throw error(node, `'selector-field-ranges' is missing: the selector '${selector.path}' is no boolean`);
    }
    if (node.ranges !== null) this.#checkSelector(node, selector, [node.ranges]);
    const content = this.#build(node.content);
    return { kind: 'optional', content, selector, ranges: node.ranges, alignment: 1, ...said(node) };
  }

  #variant(node: VariantNode): FieldClass {
    const selector = this.#reference(node.location);
    const ranges = node.options.map((option) => option.ranges);
    this.#checkSelector(node, selector, ranges);
    const options = node.options.map(({ name, type, ...rest }): Option => {
      return { name, sourceName: name, type: this.#build(type), ...rest };
    });
    return { kind: 'variant', options, selector, alignment: 1, ...said(node) };
  }

  /** Selectors with ranges are integers, all signed or all unsigned (sections 5.3.22 and 5.3.23). */
  #checkSelector(
    node: OptionalNode | VariantNode,
    { targets, path }: FieldReference,
    ranges: readonly OptionalNode['ranges'][],
  ): void {
    if (!targets.every(isInteger)) throw error(node, `the selector '${path}' is not an integer`);
    const signed = targets[0]!.signed;
    if (targets.some((target) => target.signed !== signed)) {
      throw error(node, `the selector '${path}' is signed in one place and unsigned in another`);
    }
    const negative = ranges.some((set) => set?.some((range) => range.low < 0n));
    if (!signed && negative) throw error(node, `the selector '${path}' is unsigned, but its ranges are negative`);
  }

  #length(location: Location): FieldReference {
    const reference = this.#reference(location);
    if (!reference.targets.every((target) => isInteger(target) && !target.signed)) {
      throw location.fragment.error(`the length '${reference.path}' is not an unsigned integer`, location.at);
    }
    return reference;
  }

  #reference(location: Location): FieldReference {
    const reference = targetsOf(location, this.#around.scope, this.#around.scopes, this.#frames);
    // Many references to a variant of many options are as costly as that many fields.
    spend(this.#around.budget, reference.targets.length, location.fragment, location.at);
    return reference;
  }

  /** Sections 5.6.1 and 5.8.1. */
  #checkRoles(node: LeafNode): void {
    const { template } = node;
    if (template.kind !== 'integer' && template.kind !== 'blob') return;
    const { scope, hasUuid, hasClock } = this.#around;
    for (const role of template.roles) {
      const [name, { scopes }] = [...ROLES].find(([, known]) => known.role === role)!;
      if (!scopes.includes(scope)) throw error(node, `the role '${name}' has no meaning here`);
      if (role === 'uuid' && !hasUuid) throw error(node, `the role '${name}' needs 'uuid' in the preamble`);
      if (role === 'magic') this.#checkMagic(node, template as IntegerClass);
      if ((role === 'clock-timestamp' || role === 'packet-end-timestamp') && !hasClock) {
        throw error(node, `the role '${name}' needs 'default-clock-class-id' in the data stream class`);
      }
    }
  }

  #checkMagic(node: LeafNode, template: IntegerClass): void {
    if (template.encoding !== 'fixed' || template.bits !== 32) throw error(node, 'the magic number has 32 bits');
    if (this.#hasMagic || this.#frames.length !== 1 || node !== this.#first) {
      throw error(node, 'the magic number is the first member of the packet header');
    }
    this.#hasMagic = true;
  }
}

function isInteger({ form }: IntegerClass): boolean {
  return form === 'integer' || form === 'enum';
}

function said(node: FieldNode): { readonly attributes?: unknown } {
  return node.attributes === undefined ? {} : { attributes: node.attributes };
}

function error(node: FieldNode, message: string): TailtrapError {
  return node.fragment.error(message, node.at);
}
