/**
 * Field classes of any trace for a copy of it: the same names, values and looks, but everything little-endian and on whole
 * bytes, and without the fields that only served decoding. What the copy's version cannot say is refused, or said in
 * another way that is noted.
 */
import { TailtrapError } from '../../base/errors.ts';
import type { Field, FieldPath, FieldType, VariantOption } from '../fields.ts';
import type {
  FieldClass,
  FieldReference,
  IntegerClass,
  Option,
  OptionalClass,
  Range,
  Scope,
  StringClass,
  StructClass,
  VariantClass,
} from '../model.ts';
import type { ShownFields } from '../text/shown.ts';
import type { CtfVersion } from '../writer.ts';
import { apart, sameRanges } from './ranges.ts';

/** Names that say what a packet is: a field of the packet's context cannot have them too. */
const RESERVED = new Set(
  'timestamp_begin timestamp_end content_size packet_size packet_seq_num events_discarded'.split(' '),
);
/** Reserved words of TSDL: an option's name is written as it is. */
const WORDS = new Set(
  'align callsite const char clock double enum env event floating_point float int integer long short signed stream string struct trace typealias typedef unsigned variant void _Bool _Complex _Imaginary'.split(
    ' ',
  ),
);

export interface DeclarationOptions {
  readonly version: CtfVersion;
  /** Name of the trace, for errors. */
  readonly trace: string;
  /** Told once for each way in which the copy differs from the original. */
  readonly note: (text: string) => void;
}

/** Declares the scopes of the events of one stream class, in the order of decoding. */
export class Declarations {
  readonly #shown: ShownFields;
  readonly #options: DeclarationOptions;
  readonly #paths = new Map<IntegerClass, FieldPath>();

  constructor(shown: ShownFields, options: DeclarationOptions) {
    this.#shown = shown;
    this.#options = options;
  }

  /** @returns null when nothing of the scope is shown */
  scope(scope: Scope, root: StructClass | null): Field[] | null {
    if (root === null || !this.#shown.has(root)) return null;
    const fields = this.#members(root, { scope, path: [] });
    const reserved = scope === 'packet-context' ? fields.find(({ name }) => RESERVED.has(name)) : undefined;
    if (reserved !== undefined) throw this.#refusal(`the packet's own '${reserved.name}' as a length or selector`);
    return fields;
  }

  #members(type: StructClass, { scope, path }: FieldPath): Field[] {
    const members = type.members.filter((member) => this.#shown.has(member.type));
    return members.map((member) => {
      const { name } = member;
      if (this.#is18 && !/^\w+$/.test(name)) throw this.#refusal(`the field name '${name}'`);
      return { name, type: this.#type(member.type, { scope, path: [...path, name] }) };
    });
  }

  get #is18(): boolean {
    return this.#options.version === '1.8';
  }

  #type(type: FieldClass, at: FieldPath): FieldType {
    switch (type.kind) {
      case 'integer':
        this.#paths.set(type, at);
        return { kind: 'copied', integer: this.#integer(type) };
      case 'float':
        return { kind: 'float', bits: type.bits <= 32 ? 32 : 64 };
      case 'string':
        return this.#string(type);
      case 'blob':
        if (this.#is18) this.#options.note('blobs become arrays of bytes');
        return { kind: 'blob', bytes: this.#length(type.length), mediaType: type.mediaType };
      case 'struct':
        return { kind: 'struct', fields: this.#members(type, at) };
      case 'array':
        return { kind: 'array', length: this.#length(type.length), element: this.#type(type.element, at) };
      case 'variant':
        return this.#variant(type, at);
      case 'optional':
        return this.#optional(type, at);
    }
  }

  #integer(type: IntegerClass): IntegerClass {
    if (!this.#is18) return type;
    if (type.form === 'boolean') this.#options.note('booleans become integers');
    if (type.form === 'bit-map') this.#options.note('bit maps lose the names of their bits');
    return type.encoding === 'leb128' ? { ...type, encoding: 'fixed' } : type;
  }

  /** Encodings other than UTF-8 are written in UTF-8, and end with a NUL. */
  #string({ encoding, length }: StringClass): FieldType {
    if (length === null || encoding !== 'utf-8') return { kind: 'string' };
    return { kind: 'text', bytes: this.#length(length) };
  }

  #variant(type: VariantClass, at: FieldPath): FieldType {
    const all = type.options.map((option): VariantOption => {
      if (this.#is18) this.#checkOption(type, option);
      const { sourceName, name, ranges } = option;
      return { name: this.#is18 ? sourceName : name, ranges, type: this.#type(option.type, at) };
    });
    const options = this.#is18 ? all : apart(all);
    return { kind: 'variant', selector: this.#reference(type.selector), options };
  }

  /** CTF 1.8: the option is chosen by the selector's label of its name, and by nothing else. */
  #checkOption({ selector }: VariantClass, { sourceName, ranges }: Option): void {
    if (!/^[A-Za-z_]\w*$/.test(sourceName) || WORDS.has(sourceName)) {
      throw this.#refusal(`the option name '${sourceName}'`);
    }
    for (const { form, mappings } of selector.targets) {
      const labelled: Range[] = mappings.filter(({ name }) => name === sourceName).flatMap((label) => label.ranges);
      if (form !== 'enum' || !sameRanges(labelled, ranges)) {
        throw this.#refusal(`the selector '${selector.path}' has no label for the option '${sourceName}'`);
      }
    }
  }

  #optional(type: OptionalClass, at: FieldPath): FieldType {
    if (this.#is18) throw this.#refusal(`the field '${at.path.at(-1)}' may be absent`);
    const { ranges, content, selector } = type;
    return { kind: 'optional', selector: this.#reference(selector), ranges, content: this.#type(content, at) };
  }

  #length(length: number | FieldReference): number | FieldPath {
    return typeof length === 'number' ? length : this.#reference(length);
  }

  #reference({ path, targets }: FieldReference): FieldPath {
    const known = targets.map((target) => this.#paths.get(target)).find((found) => found !== undefined);
    if (known === undefined) throw this.#refusal(`'${path}' stands in a header, which a copy writes anew`);
    return known;
  }

  #refusal(message: string): TailtrapError {
    const { version, trace } = this.#options;
    return new TailtrapError('TT_CONVERT', `CTF ${version} cannot say this: ${message}`, {
      where: trace,
      next: this.#is18 ? 'write CTF 2 with --ctf-version 2' : 'convert to json, perfetto or chrome',
    });
  }
}
