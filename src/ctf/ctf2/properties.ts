/** Reads the properties of a JSON object by the types that the specification gives them, and refuses all others. */
import type { TailtrapError } from '../../base/errors.ts';
import type { Range } from '../model.ts';
import type { Fragment } from './fragment.ts';
import { type Json, type JsonObject, plainValue } from './json.ts';

const INT64_MIN = -(1n << 63n);
const INT64_MAX = (1n << 63n) - 1n;
const UINT64_MAX = (1n << 64n) - 1n;

/** A name of properties that every fragment, field class, member and option may have (sections 5.1 and 5.2). */
const ALWAYS = ['attributes', 'extensions'];

export interface Bounds {
  readonly low: number;
  readonly high: number;
  /** Absent: the property must be there. */
  readonly otherwise?: number;
}

export class Properties {
  readonly fragment: Fragment;
  readonly json: JsonObject;
  /** What the object is, for messages: `a structure`. */
  readonly what: string;

  /** @param names that it may have besides attributes and extensions */
  constructor(fragment: Fragment, json: Json, what: string, names: readonly string[]) {
    if (json.kind !== 'object') throw fragment.error(`${what} is a JSON object, not ${shown(json)}`, json.at);
    this.fragment = fragment;
    this.json = json;
    this.what = what;
    for (const [name, { at }] of json.entries) {
      if (!names.includes(name) && !ALWAYS.includes(name))
        throw fragment.error(`${what} has no property '${name}'`, at);
    }
    this.#checkExtensions();
  }

  get at(): number {
    return this.json.at;
  }

  error(message: string, at: number): TailtrapError {
    return this.fragment.error(message, at);
  }

  get(name: string): Json | undefined {
    return this.json.entries.get(name)?.value;
  }

  need(name: string): Json {
    const value = this.get(name);
    if (value === undefined) throw this.error(`${this.what} needs the property '${name}'`, this.at);
    return value;
  }

  wrong(name: string, wanted: string, value: Json): TailtrapError {
    return this.error(`'${name}' of ${this.what} is ${wanted}, not ${shown(value)}`, value.at);
  }

  text(name: string, otherwise?: string): string {
    if (otherwise !== undefined && this.get(name) === undefined) return otherwise;
    const value = this.need(name);
    if (value.kind !== 'string') throw this.wrong(name, 'a string', value);
    return value.value;
  }

  oneOf<T extends string>(name: string, known: readonly T[], otherwise?: T): T {
    const text = this.text(name, otherwise);
    const found = known.find((candidate) => candidate === text);
    if (found === undefined) throw this.wrong(name, `one of ${known.join(', ')}`, this.need(name));
    return found;
  }

  bigint(name: string, low: bigint, high: bigint, otherwise?: bigint): bigint {
    const value = this.get(name);
    if (value === undefined && otherwise !== undefined) return otherwise;
    return this.#integer(name, this.need(name), low, high);
  }

  /** Of 64 bits, signed. */
  int64(name: string, otherwise: bigint): bigint {
    return this.bigint(name, INT64_MIN, INT64_MAX, otherwise);
  }

  /** Of 64 bits, not negative. */
  uint64(name: string, low: bigint, otherwise?: bigint): bigint {
    return this.bigint(name, low, UINT64_MAX, otherwise);
  }

  number(name: string, { low, high, otherwise }: Bounds): number {
    const value = this.get(name);
    if (value === undefined && otherwise !== undefined) return otherwise;
    return Number(this.#integer(name, this.need(name), BigInt(low), BigInt(high)));
  }

  #integer(name: string, value: Json, low: bigint, high: bigint): bigint {
    const wanted = `an integer from ${low} to ${high}`;
    if (value.kind !== 'integer' || value.value < low || value.value > high) throw this.wrong(name, wanted, value);
    return value.value;
  }

  powerOfTwo(name: string, high: number): number {
    const value = this.number(name, { low: 1, high, otherwise: 1 });
    if ((value & (value - 1)) !== 0) throw this.wrong(name, 'a power of two', this.need(name));
    return value;
  }

  array(name: string, otherwise?: readonly Json[]): readonly Json[] {
    const value = this.get(name);
    if (value === undefined && otherwise !== undefined) return otherwise;
    const array = this.need(name);
    if (array.kind !== 'array') throw this.wrong(name, 'an array', array);
    return array.elements;
  }

  /** Name and value of each property of the object `name`; none when it is absent. */
  entries(name: string): readonly (readonly [key: string, value: Json])[] {
    const value = this.get(name);
    if (value === undefined) return [];
    if (value.kind !== 'object') throw this.wrong(name, 'an object', value);
    return [...value.entries].map(([key, entry]) => [key, entry.value] as const);
  }

  /** An integer range set (section 5.3.2) of signed or unsigned 64-bit values. */
  ranges(name: string, value: Json, signed: boolean): Range[] {
    const wanted = 'an array of one or more ranges [lowest, highest]';
    if (value.kind !== 'array' || value.elements.length === 0) throw this.wrong(name, wanted, value);
    const min = signed ? INT64_MIN : 0n;
    const max = signed ? INT64_MAX : UINT64_MAX;
    return value.elements.map((range) => {
      if (range.kind !== 'array' || range.elements.length !== 2) throw this.wrong(name, wanted, range);
      const low = this.#integer(name, range.elements[0]!, min, max);
      const high = this.#integer(name, range.elements[1]!, min, max);
      if (high < low) throw this.error(`the range from ${low} to ${high} is empty`, range.at);
      return { low, high };
    });
  }

  /** For spreading into a class: `attributes` is absent when nothing was said. */
  attributes(): { readonly attributes?: unknown } {
    const value = this.get('attributes');
    if (value === undefined) return {};
    if (value.kind !== 'object') throw this.wrong('attributes', 'an object', value);
    return { attributes: plainValue(value) };
  }

  /**
   * Section 5.1: a consumer that does not know an extension must not read the data; this one knows none. Whatever is
   * not declared in the preamble must not occur elsewhere either, so any extension anywhere is an error.
   */
  #checkExtensions(): void {
    for (const [namespace, value] of this.entries('extensions')) {
      if (value.kind !== 'object') throw this.wrong(`extensions.${namespace}`, 'an object', value);
      for (const [name, { at }] of value.entries) {
        throw this.fragment.error(
          `the trace needs the extension '${name}' of '${namespace}', which is not known here`,
          at,
          {
            code: 'TT_CTF_EXTENSION',
            next: 'read it with the tool of its producer, or record again without the extension',
          },
        );
      }
    }
  }
}

/** A JSON value for messages, shortened. */
export function shown(json: Json): string {
  switch (json.kind) {
    case 'object':
      return 'an object';
    case 'array':
      return json.elements.length === 0 ? 'an empty array' : 'an array';
    case 'string':
      return JSON.stringify(json.value.length > 40 ? `${json.value.slice(0, 40)}...` : json.value);
    default:
      return String(json.value);
  }
}
