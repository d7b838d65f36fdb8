import assert from 'node:assert/strict';
import test from 'node:test';
import { HoldBack } from './hold-back.ts';

test('news is told after its time, what came since after its own', () => {
  const hold = new HoldBack(3, 7n);
  const may = (): [number, bigint | null] => [hold.packets, hold.beacon];
  hold.update(0, 3, 7n);
  assert.deepEqual(may(), [3, 7n], 'what was there may be told at once');
  hold.update(1000, 4, null);
  hold.update(1100, 6, null);
  assert.deepEqual(may(), [3, 7n]);
  hold.update(1250, 6, null);
  assert.deepEqual(may(), [4, null], 'packets 4 and 5 were not there when the wait began');
  hold.update(1499, 6, 9n);
  assert.deepEqual(may(), [4, null]);
  hold.update(1500, 6, 9n);
  assert.deepEqual(may(), [6, null], 'the beacon came later than those packets');
  hold.update(1750, 6, 9n);
  assert.deepEqual(may(), [6, 9n]);
});

test('a beacon is never told before the packets that came before it', () => {
  const hold = new HoldBack(0, null);
  let received = 0;
  const receivedAtBeacon = new Map<bigint, number>();
  for (let now = 0; now < 5000; now += 10) {
    let beacon: bigint | null = null;
    if (now % 70 === 0) received++;
    else if (now % 30 === 0) {
      beacon = BigInt(now);
      receivedAtBeacon.set(beacon, received);
    }
    hold.update(now, received, beacon);
    if (hold.beacon !== null) assert.ok(hold.packets >= receivedAtBeacon.get(hold.beacon)!);
    assert.ok(hold.packets <= received);
  }
  assert.ok(hold.packets > received - 10);
});
