/**
 * How consumers get every field of an event at full speed: they write the body of the decoder.
 *
 * For each event class the decoder generates one function. It knows where each field is; what to do with the value is the
 * consumer's: an `Emitter` returns JavaScript statements for each field, in the order of decoding (text output appends
 * bytes, the benchmark adds to a checksum, a converter fills columns). Nothing is called and nothing allocated between.
 *
 * Where code generation is disabled (Content-Security-Policy, `--disallow-code-generation-from-strings`), the same walk is
 * interpreted and calls a `Visitor`. A consumer that is not hot may give only a visitor and leave out the emitter: the
 * generated function then calls the visitor.
 *
 *     integer up to 32 bits   visitor.integer(field, name, value)          a number
 *     integer 33 to 64 bits   visitor.wide(field, name, low, high)         unsigned low half, signed or unsigned high half
 *     float                   visitor.float(field, name, value)
 *     string                  visitor.string(field, name, bytes, start, end)   without the NUL; undecoded
 *     blob                    visitor.blob(field, name, bytes, start, end)
 *     struct, array           visitor.beginX(field, name, ...) ... visitor.endX(field)
 *     optional                visitor.absent(field, name), or just its content under the optional's name
 *     variant                 visitor.option(field, name, option index), then the option's field under the option's name
 *
 * Elements of an array have the array's name; their index is not passed, count them where it is needed.
 */
import type {
  ArrayClass,
  BlobClass,
  EventRecordClass,
  FloatClass,
  IntegerClass,
  OptionalClass,
  Scope,
  StringClass,
  StructClass,
  VariantClass,
} from '../model.ts';
import type { Run } from './compile.ts';
import type { ScopeTree } from './scalars.ts';

/** Receives the fields of one event after the other, at run time. `bytes` are valid only during the call. */
export interface Visitor {
  /** A scope begins or ends; absent scopes are not visited. Only common-context, specific-context, payload. */
  beginScope(scope: Scope, root: StructClass): void;
  endScope(scope: Scope): void;
  integer(field: IntegerClass, name: string, value: number): void;
  /** @param bits that a variable-length integer carried */
  wide(field: IntegerClass, name: string, low: number, high: number, bits?: number): void;
  float(field: FloatClass, name: string, value: number): void;
  string(field: StringClass, name: string, bytes: Uint8Array, start: number, end: number): void;
  blob(field: BlobClass, name: string, bytes: Uint8Array, start: number, end: number): void;
  beginStruct(field: StructClass, name: string): void;
  endStruct(field: StructClass): void;
  beginArray(field: ArrayClass, name: string, length: number): void;
  endArray(field: ArrayClass): void;
  absent(field: OptionalClass, name: string): void;
  option(field: VariantClass, name: string, index: number): void;
}

/**
 * Returns statements (source text, `''` for none). Arguments that are source text are side-effect-free expressions:
 * number literals or local variables. Free names that statements may use: `s` (the consumer's state object, given at each
 * call), `u8` (Uint8Array of the window), `view` (its DataView), and `constant(x)`'s results. Declare locals with `const`
 * or `let` inside braces of your own.
 */
export interface Emitter {
  beginScope(scope: Scope, root: StructClass): string;
  endScope(scope: Scope): string;
  integer(field: IntegerClass, name: string, value: string): string;
  wide(field: IntegerClass, name: string, low: string, high: string): string;
  float(field: FloatClass, name: string, value: string): string;
  string(field: StringClass, name: string, start: string, end: string): string;
  blob(field: BlobClass, name: string, start: string, end: string): string;
  beginStruct(field: StructClass, name: string): string;
  endStruct(field: StructClass): string;
  beginArray(field: ArrayClass, name: string, length: string): string;
  endArray(field: ArrayClass): string;
  absent(field: OptionalClass, name: string): string;
  option(field: VariantClass, name: string, index: number): string;
}

/** Makes an object that the generated code can name: returns the expression. */
export type Constant = (value: unknown) => string;

/** What is done with all fields of selected events. */
export interface Consumer<S> {
  /** Absent: the generated code calls the visitor. */
  readonly emitter?: (constant: Constant) => Emitter;
  /**
   * Asked first, where code generation is allowed: a function that takes all fields of the class's bodies, which begin at
   * multiples of `alignment` bits; null to have one generated.
   */
  readonly ready?: (event: EventRecordClass, trees: readonly ScopeTree[], alignment: number) => Run<S> | null;
  /** Used where code generation is disabled, or without emitter. */
  readonly visitor: (state: S) => Visitor;
}
