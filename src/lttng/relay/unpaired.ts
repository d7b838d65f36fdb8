/** Packets without their index, and indexes without their packet: how many wait, and who is told. */

/** Changes that are not told: counting each would cost more than its memory is worth. */
const UNTOLD = 16;

export class UnpairedCount {
  private readonly onChange: (change: number) => void;
  private told = 0;

  /** @param onChange gets how many more (or less) there are */
  constructor(onChange: (change: number) => void) {
    this.onChange = onChange;
  }

  set(count: number): void {
    const change = count - this.told;
    if (count > 0 && Math.abs(change) < UNTOLD) return;
    if (change === 0) return;
    this.told = count;
    this.onChange(change);
  }
}

/** Keys come in ascending order. @returns what was deleted */
export function deleteUpTo<T>(map: Map<number, T>, last: number): readonly T[] {
  let deleted: T[] | null = null;
  for (const [key, value] of map) {
    if (key > last) break;
    map.delete(key);
    deleted ??= [];
    deleted.push(value);
  }
  return deleted ?? NONE;
}
const NONE: readonly never[] = [];
