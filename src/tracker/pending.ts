/**
 * The events in flight, to look at: by key, one after the other, by handle.
 *
 * A handle names one event: a number that is never 0 and that stops working when the event ends. (It holds the slot
 * and how often the slot was used, modulo 2^28: a handle kept for that many uses of one slot names a stranger.)
 */
import type { Key } from './key.ts';
import { Reference } from './pool.ts';
import { STAGED_KEY, staged } from './staged.ts';
import type { EventTable } from './table.ts';

export abstract class PendingEvents {
  protected readonly table: EventTable;
  protected lastSlot = 0;

  constructor(table: EventTable) {
    this.table = table;
  }

  /** Events in flight. */
  get pending(): number {
    return this.table.used;
  }

  /** Handle of the event that the last `eventIn` tracked; 0 when it is over, or when a call since was refused or found no room. */
  get lastHandle(): number {
    return this.lastSlot !== 0 && this.table.isLive(this.lastSlot) ? this.table.handleOf(this.lastSlot) : 0;
  }

  /** Handle of the oldest pending event of a key, or 0. */
  find(key: Key): number {
    let slot = 0;
    if (typeof key === 'number') {
      staged[STAGED_KEY] = key;
      slot = this.table.findNumber();
    } else if (typeof key === 'string' || typeof key === 'bigint') {
      slot = this.table.reference(key, Reference.find);
    }
    return slot === 0 ? 0 : this.table.handleOf(slot);
  }

  /** Handle of the next younger event of the same key, or 0. */
  nextDuplicate(handle: number): number {
    const slot = this.table.slotOf(handle);
    const next = slot === 0 ? 0 : this.table.next(slot);
    return next === 0 ? 0 : this.table.handleOf(next);
  }

  /**
   * Handles of all pending events of a key, oldest first. Those that began since are left out, so are those that ended: the
   * reader may end and begin events on the way.
   */
  *duplicates(key: Key): Generator<number> {
    const handles: number[] = [];
    for (let handle = this.find(key); handle !== 0; handle = this.nextDuplicate(handle)) handles.push(handle);
    for (const handle of handles) if (this.table.slotOf(handle) !== 0) yield handle;
  }

  /** Key of a pending event; undefined when it is over. */
  keyOf(handle: number): Key | undefined {
    const slot = this.table.slotOf(handle);
    return slot === 0 ? undefined : this.table.keyOf(slot);
  }

  /** Begin of a pending event; NaN when it is over. */
  begin_ns(handle: number): number {
    const slot = this.table.slotOf(handle);
    return slot === 0 ? Number.NaN : this.table.begin_ns(slot);
  }

  /** Private data of a pending event; undefined when it has none or is over. */
  dataOf(handle: number): unknown {
    const slot = this.table.slotOf(handle);
    return slot === 0 ? undefined : this.table.dataOf(slot);
  }

  /** Returns false when the event is over. */
  setData(handle: number, data: unknown): boolean {
    const slot = this.table.slotOf(handle);
    if (slot !== 0) this.table.setData(slot, data);
    return slot !== 0;
  }
}
