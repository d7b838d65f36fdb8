/** Ranges of selectors. */
import type { Range } from '../model.ts';

/** Ranges in order, with those that touch put together. */
function merged(ranges: readonly Range[]): Range[] {
  const out: { low: bigint; high: bigint }[] = [];
  for (const { low, high } of [...ranges].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0))) {
    const last = out.at(-1);
    if (last !== undefined && low <= last.high + 1n) last.high = high > last.high ? high : last.high;
    else out.push({ low, high });
  }
  return out;
}

/** Whether both hold the same values. */
export function sameRanges(a: readonly Range[], b: readonly Range[]): boolean {
  const [one, other] = [merged(a), merged(b)];
  return (
    one.length === other.length && one.every(({ low, high }, i) => low === other[i]!.low && high === other[i]!.high)
  );
}

function without(ranges: readonly Range[], taken: Range): Range[] {
  return ranges.flatMap(({ low, high }) => {
    if (high < taken.low || low > taken.high) return [{ low, high }];
    const rest: Range[] = [];
    if (low < taken.low) rest.push({ low, high: taken.low - 1n });
    if (high > taken.high) rest.push({ low: taken.high + 1n, high });
    return rest;
  });
}

/** Of options that are tried in order, which values choose each: none twice. Options that are never chosen are left out. */
export function apart<O extends { readonly ranges: readonly Range[] }>(options: readonly O[]): O[] {
  const taken: Range[] = [];
  const out: O[] = [];
  for (const option of options) {
    const ranges = taken.reduce((rest: readonly Range[], range) => without(rest, range), option.ranges);
    taken.push(...option.ranges);
    if (ranges.length > 0) out.push({ ...option, ranges });
  }
  return out;
}
