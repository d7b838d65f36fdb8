/** From the JSON of field classes to nodes (CTF2-SPEC-2.0, section 5.3). */
import { LIMITS, type Range } from '../model.ts';
import type { Fragment } from './fragment.ts';
import type { Json } from './json.ts';
import { BITS, blobOf, FIXED_PROPERTIES, floatOf, integerOf, staticLength, stringOf } from './leaves.ts';
import { type FieldNode, type Location, type MemberNode, type OptionNode, ORIGINS } from './nodes.ts';
import { Properties, shown } from './properties.ts';

/** What is the same in each node that properties describe. */
type Common = Pick<FieldNode, 'fragment' | 'at' | 'attributes'>;

export class FieldParser {
  readonly #aliases = new Map<string, FieldNode>();
  #nesting = 0;

  /** Section 5.5. The name must be new, and the class can only refer to aliases that are there already. */
  alias(properties: Properties): void {
    const name = properties.text('name');
    if (this.#aliases.has(name)) throw properties.error(`there are two aliases '${name}'`, properties.need('name').at);
    this.#aliases.set(name, this.field(properties.fragment, properties.need('field-class')));
  }

  /** A field class, or the name of an alias. */
  field(fragment: Fragment, json: Json): FieldNode {
    if (json.kind === 'string') return this.#named(fragment, json.value, json.at);
    if (++this.#nesting > LIMITS.nesting) {
      throw fragment.error(`field classes nested deeper than ${LIMITS.nesting}`, json.at);
    }
    const node = this.#anonymous(fragment, json);
    this.#nesting--;
    return bounded(fragment, json.at, node);
  }

  /** A failed fragment leaves nothing behind. */
  reset(): void {
    this.#nesting = 0;
  }

  #named(fragment: Fragment, name: string, at: number): FieldNode {
    const node = this.#aliases.get(name);
    if (node === undefined) throw fragment.error(`no field class alias '${name}' stands before this`, at);
    return bounded(fragment, at, node);
  }

  #anonymous(fragment: Fragment, json: Json): FieldNode {
    const type = typeOf(fragment, json);
    switch (type) {
      case 'structure':
        return this.#struct(fragment, json);
      case 'static-length-array':
      case 'dynamic-length-array':
        return this.#array(fragment, json, type);
      case 'optional':
        return this.#optional(fragment, json);
      case 'variant':
        return this.#variant(fragment, json);
      default:
        return leaf(fragment, json, type);
    }
  }

  #struct(fragment: Fragment, json: Json): FieldNode {
    const properties = new Properties(fragment, json, 'a structure', ['type', 'member-classes', 'minimum-alignment']);
    const minimumAlignment = properties.powerOfTwo('minimum-alignment', LIMITS.alignment_bits);
    const names = new Set<string>();
    const members = properties.array('member-classes', []).map((member): MemberNode => {
      const own = new Properties(fragment, member, 'a member class', ['name', 'field-class']);
      const name = own.text('name');
      if (names.has(name)) throw own.error(`the structure has two members '${name}'`, own.need('name').at);
      names.add(name);
      return { name, type: this.field(fragment, own.need('field-class')), ...own.attributes() };
    });
    const children = members.map((member) => member.type);
    return { node: 'struct', members, minimumAlignment, ...common(properties), ...sizeOf(children) };
  }

  #array(fragment: Fragment, json: Json, type: string): FieldNode {
    const dynamic = type === 'dynamic-length-array';
    const lengthName = dynamic ? 'length-field-location' : 'length';
    const names = ['type', 'element-field-class', 'minimum-alignment', lengthName];
    const properties = new Properties(fragment, json, dynamic ? 'a dynamic array' : 'a static array', names);
    const element = this.field(fragment, properties.need('element-field-class'));
    const minimumAlignment = properties.powerOfTwo('minimum-alignment', LIMITS.alignment_bits);
    const length = dynamic ? locationOf(properties, lengthName) : staticLength(properties);
    return { node: 'array', element, length, minimumAlignment, ...common(properties), ...sizeOf([element]) };
  }

  #optional(fragment: Fragment, json: Json): FieldNode {
    const names = ['type', 'field-class', 'selector-field-location', 'selector-field-ranges'];
    const properties = new Properties(fragment, json, 'an optional', names);
    const content = this.field(fragment, properties.need('field-class'));
    const location = locationOf(properties, 'selector-field-location');
    const ranges = properties.get('selector-field-ranges') === undefined ? null : selectorRanges(properties);
    return { node: 'optional', content, location, ranges, ...common(properties), ...sizeOf([content]) };
  }

  #variant(fragment: Fragment, json: Json): FieldNode {
    const properties = new Properties(fragment, json, 'a variant', ['type', 'options', 'selector-field-location']);
    const names = new Set<string>();
    const options = properties.array('options').map((option): OptionNode => {
      const own = new Properties(fragment, option, 'an option', ['name', 'field-class', 'selector-field-ranges']);
      const name = own.text('name', '');
      const named = own.get('name');
      if (named !== undefined && names.has(name)) throw own.error(`the variant has two options '${name}'`, named.at);
      if (named !== undefined) names.add(name);
      const type = this.field(fragment, own.need('field-class'));
      return { name, type, ranges: selectorRanges(own), ...own.attributes() };
    });
    if (options.length === 0) throw properties.error('a variant needs one or more options', properties.at);
    const location = locationOf(properties, 'selector-field-location');
    checkApart(properties, options);
    const children = options.map((option) => option.type);
    return { node: 'variant', options, location, ...common(properties), ...sizeOf(children) };
  }
}

function common(properties: Properties): Common {
  return { fragment: properties.fragment, at: properties.at, ...properties.attributes() };
}

function sizeOf(children: readonly FieldNode[]): { readonly size: number; readonly depth: number } {
  let size = 1;
  let depth = 0;
  for (const child of children) {
    size += child.size;
    depth = Math.max(depth, child.depth);
  }
  return { size, depth: depth + 1 };
}

function bounded(fragment: Fragment, at: number, node: FieldNode): FieldNode {
  if (node.depth > LIMITS.nesting) throw fragment.error(`field classes nested deeper than ${LIMITS.nesting}`, at);
  if (node.size > LIMITS.fieldClasses) throw fragment.error(`more than ${LIMITS.fieldClasses} field classes`, at);
  return node;
}

function typeOf(fragment: Fragment, json: Json): string {
  if (json.kind !== 'object') throw fragment.error(`a field class is an object or the name of an alias`, json.at);
  const type = json.entries.get('type')?.value;
  if (type === undefined) throw fragment.error("a field class needs the property 'type'", json.at);
  if (type.kind !== 'string') throw fragment.error(`'type' of a field class is a string, not ${shown(type)}`, type.at);
  return type.value;
}

function leaf(fragment: Fragment, json: Json, type: string): FieldNode {
  const properties = (what: string, names: readonly string[]): Properties =>
    new Properties(fragment, json, what, ['type', ...names]);
  const end = { size: 1, depth: 1 };
  const fixed = Object.hasOwn(FIXED_PROPERTIES, type) ? FIXED_PROPERTIES[type] : undefined;
  if (fixed !== undefined) {
    const own = properties(`a ${type}`, fixed);
    return { node: 'leaf', template: integerOf(own, type), ...common(own), ...end };
  }
  if (type === 'fixed-length-floating-point-number') {
    const own = properties(`a ${type}`, BITS);
    return { node: 'leaf', template: floatOf(own), ...common(own), ...end };
  }
  if (type === 'null-terminated-string' || type === 'static-length-string') {
    const isStatic = type === 'static-length-string';
    const own = properties(`a ${type}`, isStatic ? ['encoding', 'length'] : ['encoding']);
    return { node: 'leaf', template: stringOf(own, isStatic ? staticLength(own) : null), ...common(own), ...end };
  }
  if (type === 'static-length-blob') {
    const own = properties(`a ${type}`, ['length', 'media-type', 'roles']);
    return { node: 'leaf', template: blobOf(own, staticLength(own)), ...common(own), ...end };
  }
  if (type === 'dynamic-length-string' || type === 'dynamic-length-blob') {
    const isText = type === 'dynamic-length-string';
    const own = properties(`a ${type}`, ['length-field-location', isText ? 'encoding' : 'media-type']);
    const template = isText ? stringOf(own, null) : blobOf(own, 0);
    return { node: 'dynamic', template, location: locationOf(own, 'length-field-location'), ...common(own), ...end };
  }
  throw fragment.error(`there is no field class type '${type.slice(0, 60)}'`, json.at);
}

/** Section 5.3.1. */
function locationOf(properties: Properties, name: string): Location {
  const own = new Properties(properties.fragment, properties.need(name), 'a field location', ['origin', 'path']);
  const origin = own.get('origin') === undefined ? null : ORIGINS.get(own.oneOf('origin', [...ORIGINS.keys()]))!;
  const path = own.array('path').map((element) => {
    if (element.kind === 'null') return null;
    if (element.kind !== 'string') throw own.wrong('path', 'an array of strings and null', element);
    return element.value;
  });
  if (path.length === 0 || path.at(-1) === null) {
    throw own.error('the path of a field location ends with a name', own.need('path').at);
  }
  return { origin, path, fragment: own.fragment, at: own.at };
}

/** Whether the selector is signed is not known yet: what the one or the other cannot be is refused when it is. */
function selectorRanges(properties: Properties): Range[] {
  const name = 'selector-field-ranges';
  const value = properties.need(name);
  const negative =
    value.kind === 'array' &&
    value.elements.some(
      (range) => range.kind === 'array' && range.elements.some((end) => end.kind === 'integer' && end.value < 0n),
    );
  return properties.ranges(name, value, negative);
}

/** Section 5.3.23: no value selects two options. */
function checkApart(properties: Properties, options: readonly OptionNode[]): void {
  const all = options.flatMap((option, owner) => option.ranges.map((range) => ({ ...range, owner })));
  all.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  // The range that reaches furthest so far.
  let last = all[0]!;
  for (const range of all.slice(1)) {
    if (range.owner !== last.owner && range.low <= last.high) {
      throw properties.error(`two options of the variant are for ${range.low}`, properties.need('options').at);
    }
    if (range.high > last.high) last = range;
  }
}
