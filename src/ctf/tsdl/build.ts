/**
 * Makes field classes of TSDL nodes: every use of a type gets objects of its own, byte orders and clocks are filled in,
 * and lengths and tags are resolved to the fields that they mean (CTF 1.8.3, section 7.3: static and dynamic scopes).
 */
import type { TailtrapError } from '../../base/errors.ts';
import { insides, membersOf } from '../lookup.ts';
import {
  type ByteOrder,
  type ClockClass,
  type FieldClass,
  type FieldReference,
  type IntegerClass,
  LIMITS,
  type Member,
  type Option,
  type Role,
  type Scope,
  type StructClass,
  structAlignment,
} from '../model.ts';
import type { ArrayNode, IntegerNode, MemberNode, Path, StructNode, TypeNode, VariantNode } from './syntax.ts';

/** Absolute names of scopes, longest first where one begins another. */
const ABSOLUTE: readonly (readonly [prefix: string, scope: Scope])[] = [
  ['trace.packet.header', 'packet-header'],
  ['stream.packet.context', 'packet-context'],
  ['stream.event.header', 'event-header'],
  ['stream.event.context', 'common-context'],
  ['event.context', 'specific-context'],
  ['event.fields', 'payload'],
];

/** What a structure or variant that is being built has so far. */
interface Frame {
  readonly kind: 'struct' | 'variant';
  /** What is finished, by the names that were written. */
  readonly entries: Map<string, FieldClass>;
  /** What is being built. */
  current: string;
}

/** Finished scopes that later ones may refer to. */
export type Scopes = Partial<Record<Scope, StructClass | null>>;

export interface BuildContext {
  readonly byteOrder: ByteOrder;
  readonly clocks: ReadonlyMap<string, ClockClass>;
  readonly environment: ReadonlyMap<string, string | bigint>;
  error(message: string, at: number): TailtrapError;
  /** Field classes built so far in the whole trace. */
  built: number;
}

/** The name that viewers show: without the one underscore that keeps it apart from keywords. */
function shown(name: string): string {
  return name.length > 1 && name.startsWith('_') ? name.slice(1) : name;
}

export class ScopeBuilder {
  readonly #context: BuildContext;
  readonly #scopes: Scopes;
  readonly #scope: Scope;
  readonly #at: number;
  readonly #frames: Frame[] = [];
  readonly #roleOf: (path: readonly string[], node: IntegerNode) => readonly Role[];
  readonly #names: string[] = [];

  constructor(
    context: BuildContext,
    scopes: Scopes,
    scope: Scope,
    at: number,
    roleOf: (path: readonly string[], node: IntegerNode) => readonly Role[],
  ) {
    this.#context = context;
    this.#scopes = scopes;
    this.#scope = scope;
    this.#at = at;
    this.#roleOf = roleOf;
  }

  root(node: TypeNode): StructClass {
    const built = this.#build(node);
    if (built.kind !== 'struct') throw this.#context.error('this must be a struct', this.#at);
    return built;
  }

  #build(node: TypeNode): FieldClass {
    if (++this.#context.built > LIMITS.fieldClasses) {
      throw this.#context.error(`the trace has more than ${LIMITS.fieldClasses} fields`, this.#at);
    }
    if (this.#names.length > LIMITS.nesting) {
      throw this.#context.error(`fields are nested deeper than ${LIMITS.nesting}`, this.#at);
    }
    switch (node.node) {
      case 'integer':
        return this.#integer(node, 'integer');
      case 'enum':
        return { ...this.#integer(node.container, 'enum'), mappings: node.mappings };
      case 'float':
        return {
          kind: 'float',
          bits: node.bits,
          alignment: node.alignment,
          byteOrder: this.#order(node.byteOrder),
          reversed: false,
        };
      case 'string':
        return { kind: 'string', encoding: 'utf-8', length: null, alignment: 8 };
      case 'struct':
        return this.#struct(node);
      case 'variant':
        return this.#variant(node);
      case 'array':
        return this.#array(node);
    }
  }

  #order(order: 'le' | 'be' | 'native'): ByteOrder {
    return order === 'native' ? this.#context.byteOrder : order;
  }

  #integer(node: IntegerNode, form: 'integer' | 'enum'): IntegerClass {
    const clock = node.clock === '' ? null : this.#context.clocks.get(node.clock);
    if (clock === undefined) throw this.#context.error(`there is no clock '${node.clock}'`, this.#at);
    return {
      kind: 'integer',
      form,
      encoding: 'fixed',
      bits: node.bits,
      signed: node.signed,
      alignment: node.alignment,
      byteOrder: this.#order(node.byteOrder),
      reversed: false,
      base: node.base,
      mappings: [],
      roles: this.#roleOf(this.#names, node),
      clock,
      text: node.text,
    };
  }

  #entry<T>(name: string, build: () => T): T {
    this.#names.push(name);
    const built = build();
    this.#names.pop();
    return built;
  }

  #struct(node: StructNode): StructClass {
    const frame: Frame = { kind: 'struct', entries: new Map(), current: '' };
    this.#frames.push(frame);
    const members: Member[] = [];
    for (const member of node.members) {
      frame.current = member.name;
      const type = this.#entry(member.name, () => this.#build(member.type));
      members.push({ name: shown(member.name), sourceName: member.name, type });
      frame.entries.set(member.name, type);
    }
    this.#frames.pop();
    return { kind: 'struct', members, alignment: structAlignment(node.minimumAlignment, members) };
  }

  #variant(node: VariantNode): FieldClass {
    if (node.tag === null) throw this.#context.error('this variant has no tag', this.#at);
    const selector = this.#reference(node.tag);
    const tag = selector.targets[0]!;
    if (tag.form !== 'enum' || selector.targets.length > 1)
      throw this.#context.error(`the tag '${selector.path}' is not an enum`, node.tag.at);
    const frame: Frame = { kind: 'variant', entries: new Map(), current: '' };
    this.#frames.push(frame);
    const options: Option[] = node.options.map((option: MemberNode) => {
      frame.current = option.name;
      const type = this.#entry(option.name, () => this.#build(option.type));
      frame.entries.set(option.name, type);
      const ranges = tag.mappings.find((mapping) => mapping.name === option.name)?.ranges ?? [];
      return { name: shown(option.name), sourceName: option.name, ranges, type };
    });
    this.#frames.pop();
    return { kind: 'variant', options, selector, alignment: 1 };
  }

  /** Arrays of encoded 8-bit integers are text. */
  #array(node: ArrayNode): FieldClass {
    const length =
      typeof node.length === 'number' ? node.length : (this.#constant(node.length) ?? this.#reference(node.length));
    if (typeof length !== 'number' && length.targets.some((target) => target.signed)) {
      throw this.#context.error(`the length '${length.path}' is signed`, (node.length as Path).at);
    }
    const element = this.#entry('', () => this.#build(node.element));
    const isText = element.kind === 'integer' && element.text && element.bits === 8 && element.alignment % 8 === 0;
    if (isText) return { kind: 'string', encoding: 'utf-8', length, alignment: element.alignment };
    return { kind: 'array', element, length, alignment: element.alignment };
  }

  /** `env.NAME`: a number of the environment, which is known by now (section 7.3.1). */
  #constant(path: Path): number | null {
    const [scope, name] = path.words;
    if (scope !== 'env' || path.words.length !== 2) return null;
    const value = this.#context.environment.get(name!);
    if (typeof value !== 'bigint' || value < 0n || value > BigInt(LIMITS.staticLength)) return null;
    return Number(value);
  }

  /** Absolute by its prefix; else in the innermost structure that has the first name, then in earlier scopes. */
  #reference(path: Path): FieldReference {
    const text = path.words.join('.');
    const absolute = this.#absolute(text, path);
    const found = (absolute.length > 0 ? absolute : this.#relative(path.words)).flatMap(insides);
    if (found.length === 0) throw this.#context.error(`there is no field '${text}' before this one`, path.at);
    const targets = found.filter((target) => target.kind === 'integer');
    if (targets.length < found.length) throw this.#context.error(`the field '${text}' is not an integer`, path.at);
    // Many references to a variant of many options are as costly as that many fields.
    this.#context.built += targets.length;
    return { path: text, targets };
  }

  #absolute(text: string, path: Path): FieldClass[] {
    for (const [prefix, scope] of ABSOLUTE) {
      if (!text.startsWith(`${prefix}.`)) continue;
      const words = path.words.slice(prefix.split('.').length);
      if (scope === this.#scope) return this.#inFrames(0, words);
      const root = this.#scopes[scope];
      return root === undefined || root === null ? [] : follow(membersOf(root), words);
    }
    return [];
  }

  #relative(words: readonly string[]): FieldClass[] {
    for (let level = this.#frames.length - 1; level >= 0; level--) {
      const found = this.#inFrames(level, words);
      if (found.length > 0) return found;
    }
    for (const root of Object.values(this.#scopes).reverse()) {
      const found = root === null ? [] : follow(membersOf(root), words);
      if (found.length > 0) return found;
    }
    return [];
  }

  /** What is being built may be named too: `event.fields.a.b` inside `a`. */
  #inFrames(from: number, words: readonly string[]): FieldClass[] {
    let level = from;
    let rest = words;
    while (rest.length > 1 && level + 1 < this.#frames.length && this.#frames[level]!.current === rest[0]) {
      level++;
      rest = rest.slice(1);
      // The option need not be named.
      const { kind, current } = this.#frames[level]!;
      if (kind === 'variant' && current !== rest[0] && level + 1 < this.#frames.length) level++;
    }
    const frame = this.#frames[level];
    return frame === undefined ? [] : follow(frame.entries, rest);
  }
}

/** Follows names through structures and variants, whose options need not be named. */
function follow(entries: ReadonlyMap<string, FieldClass>, words: readonly string[]): FieldClass[] {
  const type = entries.get(words[0]!);
  if (type === undefined) return [];
  const rest = words.slice(1);
  if (rest.length === 0) return [type];
  if (type.kind === 'struct') return follow(membersOf(type), rest);
  // Of several elements the last one counts, which was decoded last.
  if (type.kind === 'array') return follow(new Map([['', type.element]]), ['', ...rest]);
  if (type.kind !== 'variant') return [];
  const option = type.options.find((candidate) => candidate.sourceName === rest[0]);
  if (option !== undefined)
    return rest.length === 1 ? [option.type] : follow(new Map([['', option.type]]), ['', ...rest.slice(1)]);
  return insides(type).flatMap((inner) => (inner.kind === 'struct' ? follow(membersOf(inner), rest) : []));
}
