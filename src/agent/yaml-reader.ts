/**
 * Reads a YAML file into typed values, and says of everything that is wrong where it stands and what was expected: all
 * faults at once, each with file, line and column. Nothing of a faulty file is used.
 */
import { type CST, isMap, isNode, isScalar, isSeq, LineCounter, type Node, Parser, parseDocument } from 'yaml';
import { type TailtrapError, UsageError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import { parseDuration } from '../base/units.ts';

/** Faults told at once; the rest is counted. */
const MAX_FAULTS = 10;
/** A configuration is a page; this is a mistake or an attack. */
export const MAX_CONFIG_BYTES: number = 1024 * 1024;
/** Ours has four levels. The composer of `yaml` calls itself for each; where the stack ends, so does the process. */
const MAX_DEPTH = 32;

/** Makes a value of a node; faults go to the file, and the result is then not used. */
export type Reader<T> = (node: Node | null, at: Place) => T;

/** Where in the file, as `trackers.block.threshold`. */
export class Place {
  readonly path: string;
  readonly #file: YamlFile;

  constructor(file: YamlFile, path: string) {
    this.#file = file;
    this.path = path;
  }
  child(name: string): Place {
    return new Place(this.#file, this.path === '' ? name : `${this.path}.${name}`);
  }
  fault(node: Node | null, message: string): void {
    this.#file.fault(node, this.path, message);
  }
}

export class YamlFile {
  readonly #name: string;
  readonly #lines = new LineCounter();
  /** A damaged place may be told by the parser for every level above it: once is enough. */
  readonly #faults = new Set<string>();
  readonly root: Node | null;

  /** @throws UsageError `TT_CONFIG` when it is not YAML at all */
  constructor(name: string, text: string) {
    this.#name = name;
    if (text.length > MAX_CONFIG_BYTES) {
      throw new UsageError('TT_CONFIG', `${name} is larger than ${MAX_CONFIG_BYTES} bytes`, { where: name });
    }
    const deep = tooDeep(text);
    if (deep !== null) {
      const before = text.slice(0, deep).split('\n');
      this.#faults.add(
        `${name}:${before.length}:${before.at(-1)!.length + 1}: nested more than ${MAX_DEPTH} levels deep`,
      );
      this.root = null;
      this.finish();
      return;
    }
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true });
    for (const error of document.errors) {
      const { line, col } = this.#lines.linePos(error.pos[0]);
      this.#faults.add(`${name}:${line}:${col}: ${error.message}`);
    }
    this.root = this.#faults.size > 0 ? null : (document.contents as Node | null);
    this.finish();
  }

  fault(node: Node | null, path: string, message: string): void {
    const { line, col } = this.#lines.linePos(node?.range?.[0] ?? 0);
    this.#faults.add(`${this.#name}:${line}:${col}: ${path === '' ? '' : `${path}: `}${message}`);
  }

  /** A fault of what stands at a path, such as `['trackers', 'block']`, or of the nearest that is there. */
  faultAt(path: readonly (string | number)[], message: string): void {
    let node = this.root;
    for (const name of path) {
      const next: unknown = isMap(node) || isSeq(node) ? node.get(name, true) : undefined;
      if (!isNode(next)) break;
      node = next;
    }
    this.fault(node, path.join('.'), message);
  }

  /** @throws UsageError `TT_CONFIG` with all faults, when there are any */
  finish(): void {
    const { size } = this.#faults;
    if (size === 0) return;
    const shown = [...this.#faults].slice(0, MAX_FAULTS);
    if (size > MAX_FAULTS) shown.push(`and ${size - MAX_FAULTS} more`);
    throw new UsageError('TT_CONFIG', `the configuration is not right\n  ${shown.join('\n  ')}`, {
      next: 'mend these places; tailtrap run --example prints a complete file with comments',
    });
  }

  read<T>(reader: Reader<T>): T {
    const value = reader(this.root, new Place(this, ''));
    this.finish();
    return value;
  }
}

/** Where it is nested too deeply, or null. The parser below the composer keeps a stack of its own and does not mind. */
function tooDeep(text: string): number | null {
  for (const token of new Parser().parse(text)) {
    const left: [token: CST.Token, depth: number][] = [[token, 0]];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [at, depth] = next;
      if (depth > MAX_DEPTH) return at.offset;
      if (at.type === 'document' && at.value !== undefined) left.push([at.value, depth]);
      if (!('items' in at)) continue;
      for (const { key, value } of at.items) {
        if (key) left.push([key, depth + 1]);
        if (value) left.push([value, depth + 1]);
      }
    }
  }
  return null;
}

/** Text, number or boolean as it was written. */
function scalarText(node: Node | null): string | null {
  return isScalar(node) && node.value !== null && typeof node.value !== 'object' ? String(node.value) : null;
}

/** A string that `parse` understands; what `parse` throws becomes the fault. */
export function parsed<T>(parse: (text: string) => T, expected: string, fallback: T): Reader<T> {
  return (node, at) => {
    const text = scalarText(node);
    if (text === null) {
      at.fault(node, `expected ${expected}`);
      return fallback;
    }
    try {
      return parse(text);
    } catch (error) {
      const { message, next } = error as TailtrapError;
      at.fault(node, next ? `${message}; ${next}` : message);
      return fallback;
    }
  };
}

export const duration: Reader<number> = parsed((value) => parseDuration(value), 'a duration such as 10ms', 0);

export const text: Reader<string> = (node, at) => {
  const value = scalarText(node);
  if (value === null) at.fault(node, 'expected a text');
  return value ?? '';
};

export const flag: Reader<boolean> = (node, at) => {
  if (isScalar(node) && typeof node.value === 'boolean') return node.value;
  at.fault(node, 'expected true or false');
  return false;
};

export function integer(min: number, max: number): Reader<number> {
  return (node, at) => {
    const value = isScalar(node) ? node.value : null;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    at.fault(node, `expected a whole number from ${min} to ${max}`);
    return min;
  };
}

export function decimal(min: number, max: number): Reader<number> {
  return (node, at) => {
    const value = isScalar(node) ? node.value : null;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    at.fault(node, `expected a number from ${min} to ${max}`);
    return min;
  };
}

export function oneOf<const T extends string>(choices: readonly T[]): Reader<T> {
  return (node, at) => {
    const value = scalarText(node);
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    at.fault(node, `expected ${choices.join(' or ')}${suggestion(value ?? '', choices)}`);
    return choices[0]!;
  };
}

export function listOf<T>(item: Reader<T>, max: number): Reader<T[]> {
  return (node, at) => {
    if (!isSeq(node)) {
      at.fault(node, 'expected a list');
      return [];
    }
    if (node.items.length > max) at.fault(node, `expected at most ${max} entries`);
    return node.items.slice(0, max).map((entry, i) => item(entry as Node, at.child(String(i))));
  };
}

type Shape = Readonly<Record<string, Reader<unknown>>>;
type ValuesOf<S extends Shape> = { [K in keyof S]?: S[K] extends Reader<infer T> ? T : never };

/** A mapping with these keys, each optional; an unknown key is a fault with the nearest names. */
export function mapping<S extends Shape>(shape: S): Reader<ValuesOf<S>> {
  const keys = Object.keys(shape);
  return (node, at) => {
    const values: Record<string, unknown> = {};
    for (const [key, keyNode, value] of pairs(node, at)) {
      const reader = Object.hasOwn(shape, key) ? shape[key] : undefined;
      if (reader === undefined) at.fault(keyNode, `unknown key '${key}'${suggestion(key, keys)}`);
      else values[key] = reader(value, at.child(key));
    }
    return values as ValuesOf<S>;
  };
}

/** A mapping from any of these names to values of one kind. */
export function byName<T>(names: readonly string[], what: string, item: Reader<T>): Reader<Map<string, T>> {
  return (node, at) => {
    const values = new Map<string, T>();
    for (const [key, keyNode, value] of pairs(node, at)) {
      if (!names.includes(key)) at.fault(keyNode, `there is no ${what} '${key}'${suggestion(key, names)}`);
      else values.set(key, item(value, at.child(key)));
    }
    return values;
  };
}

function* pairs(node: Node | null, at: Place): Generator<[string, Node | null, Node | null]> {
  if (node === null || (isScalar(node) && node.value === null)) return; // `trackers:` with nothing below
  if (!isMap(node)) {
    at.fault(node, 'expected keys with values');
    return;
  }
  for (const pair of node.items) {
    const keyNode = pair.key as Node | null;
    yield [scalarText(keyNode) ?? '', keyNode, pair.value as Node | null];
  }
}

function suggestion(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ` (known: ${names.join(', ')})`;
}
