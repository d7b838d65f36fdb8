/** Deltas as the functions in Redis read them (lua/1-common.lua tells the format). */
import type { Cell, Delta, EntityDelta } from '../delta.ts';
import type { Value } from '../entity.ts';

/** Longest text that is stored: paths in Linux are at most as long. */
const MAX_TEXT_LENGTH = 4096;
/** Loading a large machine is cut into parts of about this many characters: some milliseconds for the server. */
const PART_LENGTH = 2 ** 18;

/** Places of properties by kind, from 1. It grows as properties come, and is the same in the store. */
export class Schema {
  readonly #places = new Map<string, Map<string, number>>();
  #grown = false;

  /** The places of a kind, which may have none yet. */
  add(kind: string): Map<string, number> {
    let places = this.#places.get(kind);
    if (places === undefined) {
      places = new Map();
      this.#places.set(kind, places);
      this.#grown = true;
    }
    return places;
  }

  place(kind: string, property: string): number {
    const places = this.add(kind);
    const known = places.get(property);
    if (known !== undefined) return known;
    places.set(property, places.size + 1);
    this.#grown = true;
    return places.size;
  }

  get kinds(): string[] {
    return [...this.#places.keys()];
  }

  /** As JSON when there is something new since the last time, else ''. */
  takeGrown(): string {
    if (!this.#grown) return '';
    this.#grown = false;
    const kinds = [...this.#places].map(([kind, places]) => [kind, [...places.keys()]]);
    return JSON.stringify(Object.fromEntries(kinds));
  }
}

type Stored = number | string | false;
type Row = [uid: number, ago: number, ...rest: (Stored | Stored[])[]];

/** Half a surrogate pair is no text for other languages; cutting may leave one. */
function storedText(text: string): string {
  const short = text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text;
  return short.replace(/\p{Surrogate}/gu, '\ufffd');
}

function stored(value: Value): Stored {
  if (typeof value === 'string') return storedText(value);
  return value === null || !Number.isFinite(value) ? false : value;
}

/** `born` is among the first: what changes later has it no more. */
function isBirth(cells: readonly Cell[], first: number): boolean {
  for (const { property, time } of cells) {
    if (time !== first) return false;
    if (property === 'born') return true;
  }
  return false;
}

/** Rows of an entity, as JSON: one for each time of its cells; all values of a new one are its first row. */
function rowsOf(schema: Schema, { kind, uid, cells }: EntityDelta, to: number): string[] {
  const rows: Row[] = [];
  let at = 0;
  const [first] = cells;
  if (first !== undefined && isBirth(cells, first.time)) {
    const values: Stored[] = [];
    for (; at < cells.length && cells[at]!.time === first.time; at++) {
      const { property, value } = cells[at]!;
      values[schema.place(kind, property) - 1] = stored(value);
    }
    rows.push([uid, to - first.time, Array.from(values, (value) => value ?? false)]);
  }
  let row: Row | null = null;
  let time = Number.NaN;
  for (; at < cells.length; at++) {
    const cell: Cell = cells[at]!;
    if (row === null || cell.time !== time) {
      time = cell.time;
      row = [uid, to - time];
      rows.push(row);
    }
    row.push(schema.place(kind, cell.property), stored(cell.value));
  }
  return rows.map((row) => JSON.stringify(row));
}

/** Rows by kind: `[row,row,...]`. */
export function sections(schema: Schema, { entities, to }: Delta): Map<string, string> {
  const rows = new Map<string, string[]>();
  for (const entity of entities) {
    const list = rows.get(entity.kind) ?? [];
    list.push(...rowsOf(schema, entity, to));
    rows.set(entity.kind, list);
  }
  return new Map([...rows].map(([kind, list]) => [kind, `[${list.join(',')}]`]));
}

export interface LoadPart {
  readonly kind: string;
  readonly rows: string;
}

/** What a full delta loads: parts, how many entities of each kind, and the bytes of all. */
export function loadParts(
  schema: Schema,
  { entities, to }: Delta,
): { parts: LoadPart[]; counts: Map<string, number>; bytes: number } {
  const open = new Map<string, string[]>();
  const lengths = new Map<string, number>();
  const counts = new Map<string, number>();
  const parts: LoadPart[] = [];
  let bytes = 0;
  for (const entity of entities) {
    const { kind } = entity;
    const rows = rowsOf(schema, { ...entity, cells: lastCells(entity.cells) }, to);
    const list = open.get(kind) ?? [];
    list.push(...rows);
    open.set(kind, list);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const added = rows.reduce((sum, row) => sum + row.length + 1, 0);
    bytes += added;
    const length = (lengths.get(kind) ?? 0) + added;
    lengths.set(kind, length);
    if (length < PART_LENGTH) continue;
    parts.push({ kind, rows: `[${list.join(',')}]` });
    open.set(kind, []);
    lengths.set(kind, 0);
  }
  for (const [kind, list] of open) if (list.length > 0) parts.push({ kind, rows: `[${list.join(',')}]` });
  return { parts, counts, bytes };
}

/** The last value of each property, all of one time: a full delta is the state at its end. */
function lastCells(cells: readonly Cell[]): Cell[] {
  const last = new Map(cells.map(({ property, value }) => [property, value]));
  return [...last].map(([property, value]) => ({ property, value, time: 0 }));
}

/** A time of a question. Before 1970 there is nothing; with a minus the functions read it as seconds before now. */
export function timeText(time_ns: bigint | undefined): string {
  return time_ns === undefined ? 'now' : String(time_ns < 0n ? 0n : time_ns);
}
