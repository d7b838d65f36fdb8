/** Turns generated source into functions, with an interpreted stand-in for each where code generation is disabled. */
import type { FieldReference, IntegerClass, StructClass } from '../model.ts';
import {
  bigintOf,
  bitsBe,
  bitsLe,
  checkLength,
  DataFault,
  float16,
  mixedOrders,
  nulIndex,
  numberOf,
  readFixed,
  readFloat,
  readLeb128,
  reversedBits,
  textEnd,
  wideNulIndex,
  wideTextEnd,
} from './bits.ts';
import type { Consumer, Visitor } from './emit.ts';
import { type FieldPlace, Generator } from './generate.ts';
import { Interpreter } from './interpret.ts';
import { bitsOf, type Place } from './place.ts';
import type { ScopeTree } from './scalars.ts';
import { fixedBits, minimumBits, mixesOrders, roundUp } from './shape.ts';
import { visitorEmitter } from './visit.ts';

/** What decoding functions use of a stream's cursor. Positions are bits of the window. */
export interface Window {
  view: DataView;
  bytes: Uint8Array;
  windowBits: number;
  /** Where fields without a fixed place begin, by mark; in the unit of their `FieldPlace`. */
  readonly marks: Int32Array;
  /** Integers of packet header, packet context and event header that later scopes refer to. */
  readonly values: Map<IntegerClass, bigint>;
  /** The newest of the reference's targets; undefined when none was decoded. */
  referred(reference: FieldReference, big: boolean): number | bigint | undefined;
}

/** More marks than this need a class of hundreds of texts; the members after it are found by a walk. */
export const MAX_MARKS = 1024;

/** Longest event: the window grows up to it. */
export const MAX_EVENT_BITS: number = 64 * 1024 * 1024 * 8;

export type Scan = (c: Window, body: number) => number;
export type Run<S> = (c: Window, body: number, state: S) => number;

export interface BodyCode {
  /** Bits of the body from where it starts, when all events of the class have the same; else -1. */
  readonly fixed_bits: number;
  /** Finds the end and sets the marks. */
  readonly scan: Scan;
  /** Members with their places; empty where nothing was generated. */
  readonly fields: ReadonlyMap<string, FieldPlace>;
  /** Integers of the event header that must be kept for this class. */
  readonly foreign: ReadonlySet<IntegerClass>;
}

let allowed: boolean | null = null;

/** Whether this environment lets text become code. */
export function canGenerate(): boolean {
  if (allowed === null) {
    try {
      allowed = new Function('return true')() === true;
    } catch {
      allowed = false;
    }
  }
  return allowed;
}

const HELPERS: Readonly<Record<string, unknown>> = {
  bigintOf,
  bitsBe,
  bitsLe,
  checkLength,
  float16,
  mixedOrders,
  nulIndex,
  numberOf,
  readFixed,
  readFloat,
  readLeb128,
  reversedBits,
  textEnd,
  wideNulIndex,
  wideTextEnd,
  H: { low: 0, high: 0, end_bits: 0, bits: 0 },
  lengthOf: (length: number | bigint, path: string): number => {
    if (length < 0) throw new DataFault(`the length '${path}' is negative`);
    return Number(length);
  },
  notDecoded: (path: string): never => {
    throw new DataFault(`the field '${path}' was not decoded before it is needed`);
  },
  noOption: (name: string, value: number | bigint, path: string): never => {
    throw new DataFault(`no option of '${name}' has the value ${value} of '${path}'`);
  },
};
const HELPER_NAMES: readonly string[] = Object.keys(HELPERS);

/**
 * Functions that name no constants, by source: classes of the same layout share one, which is compiled once and soon hot.
 * More are no gain for a trace, and memory in a program that reads many.
 */
const MAX_SHARED = 4096;
const shared = new Map<string, unknown>();

/** Compiles a function body whose parameters are `c`, the start and `s`. */
export function toFunction<F>(
  source: string,
  constants: readonly unknown[],
  parameters = 'c, p, s',
  name = 'decode',
): F {
  const key = constants.length === 0 ? `${name}(${parameters})${source}` : '';
  const known = key === '' ? undefined : shared.get(key);
  if (known !== undefined) return known as F;
  // The names are ours and the source is generated from numbers and JSON-quoted names: nothing of a trace is executed.
  const make = new Function(
    'k',
    ...HELPER_NAMES,
    // In parentheses: compiled at once, not looked through now and compiled at the first call.
    `'use strict'; return (function ${name}(${parameters}) {\n${source}\n});`,
  );
  const made = make(constants, ...Object.values(HELPERS)) as F;
  if (key !== '' && shared.size < MAX_SHARED) shared.set(key, made);
  return made;
}

export function startPlace(alignment: number): { place: Place; line: string } {
  if (alignment >= 8)
    return { place: { base: 'b', unit: 'byte', offset: 0, align: alignment }, line: 'const b = p >> 3;' };
  return { place: { base: 'p', unit: 'bit', offset: 0, align: alignment }, line: '' };
}

/** A body that starts at a multiple of `alignment` and has the same size always; else -1. */
function fixedBody(trees: readonly ScopeTree[], alignment: number): number {
  let at = 0;
  for (const { root } of trees) {
    const size = fixedBits(root);
    if (size < 0 || mixesOrders(root) || (root.alignment > alignment && root.members.length > 0)) return -1;
    at = roundUp(at, root.alignment) + size;
  }
  return at;
}

export function refuseGiant(trees: readonly ScopeTree[], name: string): void {
  const least = trees.reduce((sum, { root }) => sum + minimumBits(root), 0);
  if (least > MAX_EVENT_BITS) throw new DataFault(`events '${name}' take more than ${MAX_EVENT_BITS / 8} bytes`);
}

/** The code that finds the end of an event's body. */
export function compileBody(trees: readonly ScopeTree[], alignment: number, generate: boolean): BodyCode {
  const fixed_bits = fixedBody(trees, alignment);
  if (!generate) {
    return { fixed_bits, scan: interpretedScan(trees), fields: new Map(), foreign: new Set() };
  }
  if (fixed_bits >= 0) return new FixedBody(trees, alignment, fixed_bits);
  return generateBody(trees, alignment, fixed_bits);
}

function generateBody(trees: readonly ScopeTree[], alignment: number, fixed_bits: number): BodyCode {
  const generator = new Generator(null);
  const { place, line } = startPlace(alignment);
  const end = generator.scopes(trees, place);
  const source = `const view = c.view, u8 = c.bytes, m = c.marks;\n${line}\n${generator.lines.join('\n')}\nreturn ${bitsOf(end)};`;
  const fields = generator.marks <= MAX_MARKS ? generator.fields : new Map<string, FieldPlace>();
  return { fixed_bits, scan: toFunction<Scan>(source, generator.constants), fields, foreign: generator.foreign };
}

/** Nothing needs to be scanned; the places of fields are found when somebody asks for one. */
class FixedBody implements BodyCode {
  readonly fixed_bits: number;
  readonly foreign: ReadonlySet<IntegerClass> = new Set();
  readonly #trees: readonly ScopeTree[];
  readonly #alignment: number;
  #fields: ReadonlyMap<string, FieldPlace> | null = null;

  constructor(trees: readonly ScopeTree[], alignment: number, fixed_bits: number) {
    this.#trees = trees;
    this.#alignment = alignment;
    this.fixed_bits = fixed_bits;
  }

  readonly scan: Scan = (_c, body) => body + this.fixed_bits;

  get fields(): ReadonlyMap<string, FieldPlace> {
    if (this.#fields === null) {
      const generator = new Generator(null);
      generator.scopes(this.#trees, startPlace(this.#alignment).place);
      this.#fields = generator.fields;
    }
    return this.#fields;
  }
}

/** The code that gives all fields of a body to a consumer. */
export function compileRun<S>(
  trees: readonly ScopeTree[],
  alignment: number,
  generate: boolean,
  consumer: Consumer<S>,
): { run: Run<S>; foreign: ReadonlySet<IntegerClass> } {
  if (!generate) return { run: interpretedRun(trees, consumer.visitor), foreign: new Set() };
  const { emitter } = consumer;
  const generator = new Generator((g) => {
    const constant = (value: unknown): string => g.constant(value);
    return emitter === undefined ? visitorEmitter(constant) : emitter(constant);
  });
  const { place, line } = startPlace(alignment);
  const end = generator.scopes(trees, place);
  const source = `const view = c.view, u8 = c.bytes, m = c.marks;\n${line}\n${generator.lines.join('\n')}\nreturn ${bitsOf(end)};`;
  const run = toFunction<Run<unknown>>(source, generator.constants);
  if (emitter !== undefined) return { run: run as Run<S>, foreign: generator.foreign };
  const visitors = visitorCache(consumer.visitor);
  return { run: (c, body, state) => run(c, body, visitors(state)), foreign: generator.foreign };
}

/** Visitors are made once for each state, and almost always there is one state. */
function visitorCache<S>(make: (state: S) => Visitor): (state: S) => Visitor {
  let last: { state: S; visitor: Visitor } | null = null;
  return (state) => {
    if (last === null || last.state !== state) last = { state, visitor: make(state) };
    return last.visitor;
  };
}

const nothing = (): void => {};
export const NO_VISITOR: Visitor = {
  beginScope: nothing,
  endScope: nothing,
  integer: nothing,
  wide: nothing,
  float: nothing,
  string: nothing,
  blob: nothing,
  beginStruct: nothing,
  endStruct: nothing,
  beginArray: nothing,
  endArray: nothing,
  absent: nothing,
  option: nothing,
};

/** Walks a body with the interpreter. */
export function interpretBody(trees: readonly ScopeTree[], c: Window, body: number, visitor: Visitor): number {
  const interpreter = new Interpreter(c.view, c.bytes);
  for (const [type, value] of c.values) interpreter.values.set(type, value);
  let at = body;
  for (const { scope, root } of trees) {
    visitor.beginScope(scope, root);
    at = interpreter.root(root, at, visitor);
    visitor.endScope(scope);
  }
  return at;
}

function interpretedScan(trees: readonly ScopeTree[]): Scan {
  return (c, body) => interpretBody(trees, c, body, NO_VISITOR);
}

function interpretedRun<S>(trees: readonly ScopeTree[], make: (state: S) => Visitor): Run<S> {
  const visitors = visitorCache(make);
  return (c, body, state) => interpretBody(trees, c, body, visitors(state));
}

/** The scopes that are there. */
export function treesOf(...trees: readonly (readonly [ScopeTree['scope'], StructClass | null])[]): ScopeTree[] {
  return trees.flatMap(([scope, root]) => (root === null ? [] : [{ scope, root }]));
}
