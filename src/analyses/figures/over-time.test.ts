import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BusyTime, HeatMap } from './over-time.ts';

test('BusyTime: nothing is lost when columns become wider', () => {
  const pieces = fc.array(fc.tuple(fc.nat({ max: 3e9 }), fc.nat({ max: 5e8 })), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(pieces, (list) => {
      const busy = new BusyTime(1000);
      let at = 1000;
      let sum = 0;
      for (const [pause, length] of list) {
        busy.add(0, at + pause, at + pause + length);
        at += pause + length;
        sum += length;
      }
      const values = busy.shares()[0]!.values;
      const counted = values.reduce((all, share) => all + share * busy.width_ns, 0);
      assert.ok(Math.abs(counted - sum) <= 1e-6 * sum + 1, `${counted} of ${sum}`);
      assert.ok(values.length <= 256 && values.every((share) => share >= 0 && share <= 1));
    }),
  );
});

test('HeatMap: every value is in the row of its size', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 5e9 }), fc.nat({ max: 1e9 })), { minLength: 1 }), (list) => {
      const heat = new HeatMap(0);
      for (const [time, value] of list) heat.add(time, value);
      const rows = heat.rows();
      const counts = rows.map((row) => row.counts.reduce((a, b) => a + b, 0));
      assert.equal(
        counts.reduce((a, b) => a + b),
        list.length,
      );
      rows.forEach(({ low_ns }, i) => {
        const inRow = list.filter(
          ([, value]) => Math.max(1, value) >= low_ns * 0.999999 && Math.max(1, value) < low_ns * 2 ** 0.5 * 0.999999,
        );
        assert.equal(counts[i], inRow.length, `from ${low_ns}`);
      });
    }),
  );
});
