/** Code for single values: integers, floats, texts, and the variables that lengths and selectors are kept in. */
import type {
  FieldClass,
  FieldReference,
  FloatClass,
  IntegerClass,
  Scope,
  StringClass,
  StructClass,
} from '../model.ts';
import type { Emitter } from './emit.ts';
import { advance, bitsOf, bytesOf, float, onByte, type Place, smallInteger, wideInteger } from './place.ts';
import { certainIn, integersIn, referencesIn } from './references.ts';
import { roundUp, unitBytes } from './shape.ts';

export interface ScopeTree {
  readonly scope: Scope;
  readonly root: StructClass;
}

/** Static texts, blobs and arrays from this size on are checked against the window before anything is added up. */
export const CHECKED_BITS: number = 2 ** 19;

export class ScalarGenerator {
  readonly constants: unknown[] = [];
  /** Integers of other functions' scopes that this code asks the cursor for. */
  readonly foreign: Set<IntegerClass> = new Set();
  lines: string[] = [];
  protected readonly emitter: Emitter | null;
  protected readonly variables: Map<FieldReference, string> = new Map();
  /** References whose field may not have been decoded. */
  readonly #unsure = new Set<FieldReference>();
  /** The variable of the last integer's or float's byte order, in the few classes that could change it within a byte. */
  protected order: string = '';
  protected readonly targets: Map<IntegerClass, FieldReference[]> = new Map();
  /** Integers that are stored in `c.values` for other functions. */
  protected readonly exported: ReadonlySet<IntegerClass>;
  #locals = 0;

  constructor(
    emitter: ((generator: ScalarGenerator) => Emitter) | null,
    exported: ReadonlySet<IntegerClass> = new Set(),
  ) {
    this.emitter = emitter === null ? null : emitter(this);
    this.exported = exported;
  }

  constant(value: unknown): string {
    let index = this.constants.indexOf(value);
    if (index < 0) index = this.constants.push(value) - 1;
    return `k[${index}]`;
  }

  local(prefix: string): string {
    return `${prefix}${this.#locals++}`;
  }

  protected emit(source: string | undefined): void {
    if (source !== undefined && source !== '') this.lines.push(source);
  }

  /** A variable for each reference, set where a target is decoded; others come from the cursor. */
  protected prepareReferences(trees: readonly ScopeTree[]): void {
    const here = new Set<IntegerClass>();
    const certain = new Set<IntegerClass>();
    for (const { root } of trees) {
      integersIn(root, here);
      certainIn(root, certain);
    }
    for (const { root } of trees) {
      for (const reference of referencesIn(root)) {
        const variable = this.local('r');
        this.variables.set(reference, variable);
        for (const target of reference.targets) {
          if (!here.has(target)) this.foreign.add(target);
          const users = this.targets.get(target);
          if (users === undefined) this.targets.set(target, [reference]);
          else users.push(reference);
        }
        const foreign = reference.targets.some((target) => !here.has(target));
        const sure = !foreign && reference.targets.length === 1 && certain.has(reference.targets[0]!);
        if (!sure) this.#unsure.add(reference);
        const none = sure ? (isBig(reference) ? '0n' : '0') : 'undefined';
        const first = foreign ? `c.referred(${this.constant(reference)}, ${isBig(reference)})` : none;
        this.lines.push(`let ${variable} = ${first};`);
      }
    }
  }

  protected align(place: Place, alignment: number): Place {
    if (alignment <= place.align) return { ...place, offset: roundUp(place.offset, alignment) };
    if (alignment < 8) {
      const base = this.local('p');
      this.lines.push(`const ${base} = (${bitsOf(place)} + ${alignment - 1}) & -${alignment};`);
      return { base, unit: 'bit', offset: 0, align: alignment };
    }
    const base = this.local('b');
    const bytes = alignment / 8;
    if (onByte(place)) this.lines.push(`const ${base} = (${bytesOf(place)} + ${bytes - 1}) & -${bytes};`);
    else this.lines.push(`const ${base} = ((${bitsOf(place)} + ${alignment - 1}) & -${alignment}) >> 3;`);
    return { base, unit: 'byte', offset: 0, align: alignment };
  }

  protected checkOrder(type: FloatClass | IntegerClass, name: string, place: Place): void {
    if (this.order === '') return;
    const code = type.byteOrder === 'le' ? 1 : 2;
    if (!onByte(place)) {
      const other = `${this.order} !== 0 && ${this.order} !== ${code}`;
      this.lines.push(`if ((${bitsOf(place)} & 7) !== 0 && ${other}) mixedOrders(${JSON.stringify(name)});`);
    }
    this.lines.push(`${this.order} = ${code};`);
  }

  /** What an earlier element or event left in a field that may not be decoded now does not count. */
  protected forget(type: FieldClass): void {
    for (const integer of integersIn(type)) {
      for (const user of this.targets.get(integer) ?? []) this.lines.push(`${this.variables.get(user)} = undefined;`);
      if (this.exported.has(integer)) this.lines.push(`c.values.delete(${this.constant(integer)});`);
    }
  }

  protected float(type: FloatClass, name: string, place: Place): Place {
    this.checkOrder(type, name, place);
    if (this.emitter !== null) {
      const value = this.local('v');
      this.lines.push(`const ${value} = ${float(type, place, (object) => this.constant(object))};`);
      this.emit(this.emitter.float(type, name, value));
    }
    return advance(place, type.bits);
  }

  protected integer(type: IntegerClass, name: string, place: Place): Place {
    const users = this.targets.get(type) ?? [];
    const exported = this.exported.has(type);
    const wanted = this.emitter !== null || users.length > 0 || exported;
    if (type.encoding === 'leb128') return this.#leb128(type, name, place);
    this.checkOrder(type, name, place);
    if (!wanted) return advance(place, type.bits);
    if (type.bits <= 32) {
      const value = this.local('v');
      this.lines.push(`const ${value} = ${smallInteger(type, place)};`);
      for (const user of users)
        this.lines.push(`${this.variables.get(user)} = ${isBig(user) ? `BigInt(${value})` : value};`);
      if (exported)
        this.lines.push(
          `c.values.delete(${this.constant(type)}); c.values.set(${this.constant(type)}, BigInt(${value}));`,
        );
      this.emit(this.emitter?.integer(type, name, value));
      return advance(place, type.bits);
    }
    const low = this.local('v');
    const high = this.local('v');
    const halves = wideInteger(type, place);
    if (halves === null) {
      this.lines.push(`readFixed(view, ${bitsOf(place)}, ${this.constant(type)}, H);`);
      this.lines.push(`const ${low} = H.low, ${high} = H.high;`);
    } else this.lines.push(`const ${low} = ${halves.low}, ${high} = ${halves.high};`);
    this.#wide(type, name, low, high);
    return advance(place, type.bits);
  }

  #wide(type: IntegerClass, name: string, low: string, high: string): void {
    for (const user of this.targets.get(type) ?? []) {
      const value = isBig(user) ? `bigintOf(${low}, ${high})` : `numberOf(${low}, ${high})`;
      this.lines.push(`${this.variables.get(user)} = ${value};`);
    }
    if (this.exported.has(type))
      this.lines.push(
        `c.values.delete(${this.constant(type)}); c.values.set(${this.constant(type)}, bigintOf(${low}, ${high}));`,
      );
    this.emit(this.emitter?.wide(type, name, low, high));
  }

  #leb128(type: IntegerClass, name: string, place: Place): Place {
    const [low, high, base] = [this.local('v'), this.local('v'), this.local('b')];
    this.lines.push(`readLeb128(view, ${bitsOf(place)}, ${type.signed}, H);`);
    this.lines.push(`const ${low} = H.low, ${high} = H.high, ${base} = H.end_bits >> 3;`);
    this.#wide(type, name, low, high);
    return { base, unit: 'byte', offset: 0, align: 8 };
  }

  protected string(type: StringClass, name: string, place: Place): Place {
    const unit = unitBytes(type.encoding);
    if (type.length === null) {
      const [nul, base] = [this.local('v'), this.local('b')];
      const find = unit === 1 ? `nulIndex(u8, ${bytesOf(place)})` : `wideNulIndex(u8, ${bytesOf(place)}, ${unit})`;
      this.lines.push(`const ${nul} = ${find}, ${base} = ${nul} + ${unit};`);
      this.emit(this.emitter?.string(type, name, bytesOf(place), nul));
      return { base, unit: 'byte', offset: 0, align: 8 };
    }
    const end = this.bytes(type.length, place);
    if (this.emitter !== null) {
      const stop = this.local('v');
      const range = `u8, ${bytesOf(place)}, ${bytesOf(end)}`;
      this.lines.push(`const ${stop} = ${unit === 1 ? `textEnd(${range})` : `wideTextEnd(${range}, ${unit})`};`);
      this.emit(this.emitter.string(type, name, bytesOf(place), stop));
    }
    return end;
  }

  /** So many bytes further on. */
  protected bytes(length: number | FieldReference, place: Place): Place {
    if (typeof length === 'number') {
      if (length * 8 < CHECKED_BITS) return advance(place, length * 8);
      this.lines.push(`checkLength(${length}, 8, ${bitsOf(place)}, c.windowBits);`);
      return advance(place, length * 8);
    }
    const variable = this.length(length);
    const base = this.local('b');
    this.lines.push(`checkLength(${variable}, 8, ${bitsOf(place)}, c.windowBits);`);
    this.lines.push(`const ${base} = ${bytesOf(place)} + ${variable};`);
    return { base, unit: 'byte', offset: 0, align: 8 };
  }

  /** The variable of a reference, checked where the field may not have been decoded. */
  protected referred(reference: FieldReference): string {
    const variable = this.variables.get(reference)!;
    if (this.#unsure.has(reference)) {
      this.lines.push(`if (${variable} === undefined) notDecoded(${JSON.stringify(reference.path)});`);
    }
    return variable;
  }

  /** The variable of a length, as a number that is not negative. */
  protected length(reference: FieldReference): string {
    const variable = this.referred(reference);
    const length = this.local('n');
    this.lines.push(`const ${length} = lengthOf(${variable}, ${JSON.stringify(reference.path)});`);
    return length;
  }
}

/** Selectors of more than 53 bits are compared as bigint. */
export function isBig(reference: FieldReference): boolean {
  return reference.targets.some((target) => target.bits > 53);
}
