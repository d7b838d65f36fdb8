/**
 * What a TSDL type says, before it stands anywhere: names of types are resolved already (they depend on where the text
 * stands), byte order, clocks, lengths and tags are not (they depend on where the type is used). Nodes are shared by all
 * uses of an alias; build.ts makes a field class of its own for each use.
 */
import type { Base, Mapping } from '../model.ts';

export interface IntegerNode {
  readonly node: 'integer';
  readonly bits: number;
  readonly signed: boolean;
  readonly alignment: number;
  readonly byteOrder: 'le' | 'be' | 'native';
  readonly base: Base;
  readonly text: boolean;
  /** Name of the clock that it is mapped to, or ''. */
  readonly clock: string;
}

export interface FloatNode {
  readonly node: 'float';
  readonly bits: number;
  readonly alignment: number;
  readonly byteOrder: 'le' | 'be' | 'native';
}

export interface StringNode {
  readonly node: 'string';
}

export interface EnumNode {
  readonly node: 'enum';
  readonly container: IntegerNode;
  readonly mappings: readonly Mapping[];
}

export interface MemberNode {
  readonly name: string;
  readonly type: TypeNode;
}

export interface StructNode {
  readonly node: 'struct';
  readonly members: readonly MemberNode[];
  readonly minimumAlignment: number;
}

export interface VariantNode {
  readonly node: 'variant';
  /** Null: a named variant that gets its tag where it is used. */
  readonly tag: Path | null;
  readonly options: readonly MemberNode[];
}

export interface ArrayNode {
  readonly node: 'array';
  readonly element: TypeNode;
  readonly length: number | Path;
}

export type TypeNode = IntegerNode | FloatNode | StringNode | EnumNode | StructNode | VariantNode | ArrayNode;

/** A dotted name and where it stands in the text. */
export interface Path {
  readonly words: readonly string[];
  readonly at: number;
}

/** The right side of `name = ...;`. */
export type Value =
  | { readonly kind: 'number'; readonly value: bigint; readonly at: number }
  | { readonly kind: 'string'; readonly text: string; readonly at: number }
  | { readonly kind: 'path'; readonly path: Path; readonly at: number };

/** Named types that are visible in a block and those around it. */
export class TypeScope {
  /** Made with the first type: most blocks name none. */
  #types: Map<string, TypeNode> | null = null;
  readonly #outer: TypeScope | null;

  constructor(outer: TypeScope | null) {
    this.#outer = outer;
  }

  /** @returns false when this very scope has the name already */
  add(name: string, type: TypeNode): boolean {
    this.#types ??= new Map();
    if (this.#types.has(name)) return false;
    this.#types.set(name, type);
    return true;
  }

  find(name: string): TypeNode | undefined {
    return this.#types?.get(name) ?? this.#outer?.find(name);
  }
}
