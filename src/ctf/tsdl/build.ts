/**
 * Makes field classes of TSDL nodes: every use of a type gets objects of its own, byte orders and clocks are filled in,
 * and lengths and tags are resolved to the fields that they mean (CTF 1.8.3, section 7.3: static and dynamic scopes).
 */
import type { TailtrapError } from '../../base/errors.ts';
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
  readonly entries: { readonly sourceName: string; readonly type: FieldClass }[];
}

/** Finished scopes that later ones may refer to. */
export type Scopes = Partial<Record<Scope, StructClass | null>>;

export interface BuildContext {
  readonly byteOrder: ByteOrder;
  readonly clocks: ReadonlyMap<string, ClockClass>;
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
    const frame: Frame = { kind: 'struct', entries: [] };
    this.#frames.push(frame);
    const members: Member[] = [];
    for (const member of node.members) {
      const type = this.#entry(member.name, () => this.#build(member.type));
      members.push({ name: shown(member.name), sourceName: member.name, type });
      frame.entries.push({ sourceName: member.name, type });
    }
    this.#frames.pop();
    return { kind: 'struct', members, alignment: structAlignment(node.minimumAlignment, members) };
  }

  #variant(node: VariantNode): FieldClass {
    if (node.tag === null) throw this.#context.error('this variant has no tag', this.#at);
    const selector = this.#reference(node.tag);
    const tag = selector.targets.at(-1)!;
    if (tag.form !== 'enum') throw this.#context.error(`the tag '${selector.path}' is not an enum`, node.tag.at);
    const frame: Frame = { kind: 'variant', entries: [] };
    this.#frames.push(frame);
    const options: Option[] = node.options.map((option: MemberNode) => {
      const type = this.#entry(option.name, () => this.#build(option.type));
      frame.entries.push({ sourceName: option.name, type });
      const ranges = tag.mappings.find((mapping) => mapping.name === option.name)?.ranges ?? [];
      return { name: shown(option.name), sourceName: option.name, ranges, type };
    });
    this.#frames.pop();
    return { kind: 'variant', options, selector, alignment: 1 };
  }

  /** Arrays of encoded 8-bit integers are text. */
  #array(node: ArrayNode): FieldClass {
    const length = typeof node.length === 'number' ? node.length : this.#reference(node.length);
    if (typeof length !== 'number' && length.targets.at(-1)!.signed) {
      throw this.#context.error(`the length '${length.path}' is signed`, (node.length as Path).at);
    }
    const element = this.#entry('', () => this.#build(node.element));
    const isText = element.kind === 'integer' && element.text && element.bits === 8 && element.alignment % 8 === 0;
    if (isText) return { kind: 'string', encoding: 'utf-8', length, alignment: element.alignment };
    return { kind: 'array', element, length, alignment: element.alignment };
  }

  /** Absolute by its prefix; else in the innermost structure that has the first name, then in earlier scopes. */
  #reference(path: Path): FieldReference {
    const text = path.words.join('.');
    const target = this.#absolute(text, path) ?? this.#relative(path.words);
    if (target === null) throw this.#context.error(`there is no field '${text}' before this one`, path.at);
    if (target.kind !== 'integer') throw this.#context.error(`the field '${text}' is not an integer`, path.at);
    return { path: text, targets: [target] };
  }

  #absolute(text: string, path: Path): FieldClass | null {
    for (const [prefix, scope] of ABSOLUTE) {
      if (!text.startsWith(`${prefix}.`)) continue;
      const words = path.words.slice(prefix.split('.').length);
      if (scope === this.#scope) return follow(this.#frames[0]?.entries ?? [], words);
      const root = this.#scopes[scope];
      return root === undefined || root === null ? null : follow(root.members, words);
    }
    return null;
  }

  #relative(words: readonly string[]): FieldClass | null {
    for (let i = this.#frames.length - 1; i >= 0; i--) {
      const found = follow(this.#frames[i]!.entries, words);
      if (found !== null) return found;
    }
    for (const root of Object.values(this.#scopes).reverse()) {
      const found = root === null ? null : follow(root.members, words);
      if (found !== null) return found;
    }
    return null;
  }
}

/** Follows names through structures and variants. */
function follow(
  entries: readonly { readonly sourceName: string; readonly type: FieldClass }[],
  words: readonly string[],
): FieldClass | null {
  const entry = entries.find((candidate) => candidate.sourceName === words[0]);
  if (entry === undefined) return null;
  if (words.length === 1) return entry.type;
  if (entry.type.kind === 'struct') return follow(entry.type.members, words.slice(1));
  if (entry.type.kind === 'variant') return follow(entry.type.options, words.slice(1));
  return null;
}
