/** Which events explain what lives: those at whose time something was born, opened, or came into the state it is in. */
import { StampedColumn } from './columns.ts';
import type { Model } from './model.ts';

/**
 * Times of explaining events, nanoseconds since the origin: what a keeper of original events keeps beyond the window.
 *
 * @param from, to only times in [from, to]
 */
export function explainingTimes(model: Model, from: number, to: number): Set<number> {
  const times = new Set<number>();
  const add = (time: number): void => {
    if (time >= from && time <= to) times.add(time);
  };
  for (const table of model.tables) {
    const facts = table.columns.filter((column) => column.form === 'time' && column !== table.died);
    const states = table.columns.filter((column) => column instanceof StampedColumn);
    for (let row = 0; row < table.used; row++) {
      if (!table.isAlive(row)) continue;
      for (const column of facts) add(column.get(row));
      for (const column of states) add(column.since(row));
    }
  }
  return times;
}
