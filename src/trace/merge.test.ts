import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Merge, type Timed } from './merge.ts';

/** A stream over times that are given. */
class List implements Timed {
  readonly rank: number;
  readonly #times: readonly bigint[];
  #at = 0;

  constructor(rank: number, times: readonly bigint[]) {
    this.rank = rank;
    this.#times = times;
  }

  get time_ns(): bigint {
    return this.#times[this.#at]!;
  }

  get time(): number {
    return Number(this.time_ns);
  }

  advance(): boolean {
    return ++this.#at < this.#times.length;
  }
}

function merged(lists: readonly (readonly bigint[])[]): [bigint, number][] {
  const merge = new Merge<List>();
  lists.forEach((times, rank) => {
    if (times.length > 0) merge.push(new List(rank, times));
  });
  const out: [bigint, number][] = [];
  for (let top = merge.top; top !== undefined; top = merge.top) {
    out.push([top.time_ns, top.rank]);
    const before = merge.secondTime();
    if (!top.advance()) merge.pop();
    else if (!(top.time < before)) merge.settle();
  }
  return out;
}

const byTimeThenRank = (a: [bigint, number], b: [bigint, number]): number =>
  a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1];

for (const [name, base] of [
  ['small times', 0n],
  ['times that doubles cannot tell apart', 2n ** 60n],
  ['negative times that doubles cannot tell apart', -(2n ** 60n)],
] as const) {
  test(`streams come out in order of time, then of rank: ${name}`, () => {
    const times = fc.array(fc.bigInt(0n, 40n), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(times, { maxLength: 9 }), (raw) => {
        const lists = raw.map((list) => list.map((t) => base + t).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
        const expected = lists
          .flatMap((list, rank) => list.map((t): [bigint, number] => [t, rank]))
          .sort(byTimeThenRank);
        assert.deepEqual(merged(lists), expected);
      }),
    );
  });
}

test('streams without time come first', () => {
  const merge = new Merge<Timed>();
  merge.push({ time: 5, time_ns: 5n, rank: 0 });
  merge.push({ time: Number.NEGATIVE_INFINITY, time_ns: 0n, rank: 1 });
  assert.equal(merge.top!.rank, 1);
});
