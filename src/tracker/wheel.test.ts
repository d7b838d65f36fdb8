import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HORIZON_TICKS, TimerWheel } from './wheel.ts';

const NODES = 12;
const delta = fc.oneof(
  fc.integer({ min: 1, max: 70 }),
  fc.integer({ min: 1, max: 5000 }),
  fc.constantFrom(63, 64, 65, 4095, 4096, 4097, 64 ** 3, 64 ** 4 - 1, 64 ** 4, HORIZON_TICKS),
  fc.integer({ min: 1, max: HORIZON_TICKS }),
);
const step = fc.oneof(
  fc.record({ kind: fc.constant('start'), node: fc.integer({ min: 1, max: NODES }), ticks: delta }),
  fc.record({ kind: fc.constant('stop'), node: fc.integer({ min: 1, max: NODES }), ticks: fc.constant(0) }),
  fc.record({ kind: fc.constant('advance'), node: fc.constant(0), ticks: delta }),
);

test('as a list of due times, from any start time, in order of due tick', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), fc.array(step, { maxLength: 120 }), (start, steps) => {
      const due = new Map<number, number>();
      const fired: number[] = [];
      const told = new Map<number, number>();
      const wheel = new TimerWheel(NODES, (node) => {
        assert.equal(wheel.now, now); // the target: nothing that is started now is due before
        const last = fired.at(-1);
        if (last !== undefined) assert.ok(told.get(last)! <= due.get(node)!, 'in the order of their ticks');
        told.set(node, due.get(node)!);
        fired.push(node);
        due.delete(node);
      });
      wheel.reset(start);
      let now = start;
      for (const { kind, node, ticks } of steps) {
        if (kind === 'start' && !due.has(node)) {
          wheel.start(node, ticks);
          due.set(node, now + ticks);
        } else if (kind === 'stop') {
          wheel.stop(node);
          due.delete(node);
        } else if (kind === 'advance') {
          now += ticks;
          const expected = [...due].filter(([, at]) => at <= now).map(([n]) => n);
          fired.length = 0;
          wheel.advance(now);
          assert.deepEqual(fired.toSorted(), expected.toSorted());
        }
        assert.equal(wheel.now, now);
        assert.equal(wheel.size, due.size);
        assert.equal(wheel.running(NODES), due.has(NODES));
      }
    }),
    { numRuns: 2000 },
  );
});

test('the expire function may start, stop and reset', () => {
  const fired: string[] = [];
  const wheel = new TimerWheel(4, (node) => {
    fired.push(`${node}@${wheel.now}`);
    if (node === 1) wheel.start(1, 1);
    if (node === 2) wheel.stop(3);
    if (node === 4) wheel.reset(7);
    wheel.advance(10_000); // does nothing within
  });
  wheel.start(1, 100);
  wheel.start(2, 5);
  wheel.start(3, 5);
  wheel.start(4, 350);
  wheel.advance(1000);
  assert.deepEqual(fired, ['2@1000', '1@1000', '4@1000']); // 1 anew, but reset by 4
  assert.equal(wheel.now, 7);
});

test('a leap over years costs little', () => {
  const wheel = new TimerWheel(2, () => {});
  wheel.start(1, HORIZON_TICKS);
  const begin = performance.now();
  wheel.advance(2 ** 50);
  assert.equal(wheel.size, 0);
  assert.ok(performance.now() - begin < 1000);
});

test('a timer that is started again whenever it expires is told once an advance', () => {
  let told = 0;
  const wheel = new TimerWheel(3, (node) => {
    if (++told < 1000) wheel.start(node, 1);
  });
  for (const node of [1, 2, 3]) wheel.start(node, node * 70);
  for (const target of [1000, 1001, 2 ** 33]) wheel.advance(target);
  assert.equal(told, 9);
  assert.equal(wheel.size, 3);
});
