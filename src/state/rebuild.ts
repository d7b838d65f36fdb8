/**
 * Entities that a store told of, as a state that can be asked: threads with what they wait for, descriptors with their
 * files. It has no past: of a time, ask the store.
 */
import { nameOf } from './changes.ts';
import { type Column, StampedColumn } from './columns.ts';
import { type Entity, sinceName, targetOf, type Value } from './entity.ts';
import { LiveState } from './live-state.ts';
import type { Model } from './model.ts';
import { ALIVE, NONE, type Table, UNTOLD } from './table.ts';

export interface Told {
  readonly origin_ns: bigint;
  /** Nanoseconds since the epoch: the time the entities are of. */
  readonly at_ns: bigint;
  readonly window_ns: number;
  readonly entities: Iterable<Entity>;
}

type RowsByUid = Map<Table, Map<number, number>>;

export function rebuildState({ origin_ns, at_ns, window_ns, entities }: Told): LiveState {
  const state = new LiveState({ origin_ns, window_ns });
  const { model } = state;
  model.journal.now = state.timeOf(at_ns);
  const tables = new Map(model.tables.map((table) => [table.kind, table]));
  const rows: RowsByUid = new Map(model.tables.map((table) => [table, new Map()]));
  const placed: { readonly table: Table; readonly row: number; readonly entity: Entity }[] = [];
  for (const entity of entities) {
    // Other kinds are of newer versions, or of other programs.
    const table = tables.get(entity.kind);
    const row = table?.create() ?? NONE;
    if (table === undefined || row === NONE) continue;
    rows.get(table)!.set(entity.uid, row);
    placed.push({ table, row, entity });
  }
  for (const { table, row, entity } of placed) fill(model, rows, table, row, entity);
  return state;
}

/** What people call an entity of a rebuilt state; its kind and number where it is not there. */
export function nameOfEntity(state: LiveState, kind: string, uid: number): string {
  const { model } = state;
  const table = model.tables.find((candidate) => candidate.kind === kind);
  const row = table?.uid.subarray(0, table.used).indexOf(uid) ?? NONE;
  return table === undefined || row === NONE ? `${kind} #${uid}` : nameOf(model, table, row);
}

function fill(model: Model, rows: RowsByUid, table: Table, row: number, { uid, values }: Entity): void {
  table.uid[row] = uid;
  for (const column of table.columns) {
    const { data } = column as unknown as { readonly data: Int32Array | Float64Array };
    data[row] = rawOf(model, rows, column, values[column.name] ?? null);
    if (column instanceof StampedColumn) column.stamps[row] = numberOr(values[sinceName(column)] ?? null, Number.NaN);
  }
  if (table.died.data[row] === ALIVE) return;
  table.living--;
  model.dead(table, row);
}

/** The number that stands for a value; the reverse of `meaningOf`. */
function rawOf(model: Model, rows: RowsByUid, column: Column, value: Value): number {
  if (value === null) return noneOf(column);
  switch (column.form) {
    case 'text':
      return model.texts.number(String(value));
    case 'call':
      return model.calls.number(String(value));
    case 'enum':
      return Math.max(0, column.labels.indexOf(String(value)));
    case 'row': {
      const target = targetOf(model, column);
      return target === null ? NONE : (rows.get(target)!.get(Number(value)) ?? NONE);
    }
    default:
      return numberOr(value, noneOf(column));
  }
}

/** What a column has where nothing is known. */
function noneOf({ initial }: Column): number {
  return [NONE, UNTOLD, ALIVE].includes(initial) ? initial : Number.NaN;
}

function numberOr(value: Value, other: number): number {
  return typeof value === 'number' ? value : other;
}
