/**
 * Rows as anyone may have them: kind, an identity that is never used twice, and values by name. This is what leaves the
 * process: to other stores, to subscribers, as JSON.
 */
import { type Column, StampedColumn } from './columns.ts';
import type { Model } from './model.ts';
import { NONE, type Table, UNTOLD } from './table.ts';
import type { View } from './view.ts';

/**
 * A value as it is stored elsewhere. Texts are texts, labels of enumerations texts, references the `uid` of the other
 * entity, times nanoseconds since the state's origin (`died` of what lives: null); null: not known, none.
 */
export type Value = number | string | null;

export interface Entity {
  readonly kind: string;
  readonly uid: number;
  readonly values: Readonly<Record<string, Value>>;
}

/** Which table the rows of a column belong to; null: the column has no rows. */
export function targetOf(model: Model, column: Column): Table | null {
  if (column.form !== 'row') return null;
  switch (column) {
    case model.cpus.current:
      return model.tasks;
    case model.tasks.process:
      return model.processes;
    case model.processes.files:
    case model.fds.files:
      return model.fdSets;
    case model.fds.file:
      return model.files;
    case model.requests.disk:
      return model.disks;
    default:
      return null;
  }
}

/** The value that a number in a column stands for. */
export function meaningOf(model: Model, column: Column, raw: number): Value {
  // Where the initial value is one of these, it is no number.
  if (raw === column.initial && (raw === NONE || raw === UNTOLD)) return null;
  switch (column.form) {
    case 'call':
      return model.calls.name(raw);
    case 'text':
      return model.texts.text(raw);
    case 'enum':
      return column.labels[raw] ?? 'unknown';
    case 'row': {
      const target = targetOf(model, column);
      return target === null ? null : target.uid[raw]!;
    }
    case 'flag':
      return raw;
    default:
      return Number.isFinite(raw) ? raw : null;
  }
}

/** Property that tells since when a stamped column has its value: `state_since`. */
export function sinceName(column: StampedColumn): string {
  return column.sinceName;
}

export function entityOf(view: View, table: Table, row: number): Entity {
  const values: Record<string, Value> = {};
  for (const column of table.columns) {
    values[column.name] = meaningOf(view.model, column, view.get(column, row));
    if (!(column instanceof StampedColumn)) continue;
    const since = view.since(column, row);
    values[sinceName(column)] = Number.isFinite(since) ? since : null;
  }
  return { kind: table.kind, uid: table.uid[row]!, values };
}

/** Everything of a kind at the time of a view, by `uid`. */
export function entities(view: View, table: Table): Entity[] {
  return [...view.rows(table)].map((row) => entityOf(view, table, row)).sort((a, b) => a.uid - b.uid);
}
