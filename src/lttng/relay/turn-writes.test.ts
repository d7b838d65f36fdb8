import assert from 'node:assert/strict';
import test from 'node:test';
import { type PacketWriter, SMALL_BYTES, TurnWrites } from './turn-writes.ts';

const KIB = 1024;

/** Tells in `told` who was to write on which thread. */
function writer(told: string[], name: string, waiting_bytes: number): PacketWriter {
  return { waiting_bytes, writeNow: (onLoop) => told.push(`${name} ${onLoop ? 'loop' : 'thread'}`) };
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(() => setImmediate(resolve)));

test('nothing is written before the turn is over; other threads begin first, and get what the loop has no room for', async () => {
  const writes = new TurnWrites();
  const told: string[] = [];
  for (const name of ['a', 'b', 'c']) writes.write(writer(told, name, 600 * KIB));
  writes.write(writer(told, 'small', SMALL_BYTES));
  assert.deepEqual(told, []);
  await turn();
  assert.deepEqual(told, ['b thread', 'c thread', 'a loop', 'small loop']);
});

test('a large packet is for another thread', async () => {
  const writes = new TurnWrites();
  const told: string[] = [];
  writes.write(writer(told, 'large', 1025 * KIB));
  await turn();
  assert.deepEqual(told, ['large thread']);
});

test('after a slow write the loop leaves all but small packets to other threads', async () => {
  const writes = new TurnWrites();
  const told: string[] = [];
  const now_ms = performance.now();
  writes.onWritten(now_ms - 19, now_ms);
  assert.equal(writes.slow, 0);
  writes.onWritten(now_ms - 20, now_ms);
  assert.equal(writes.slow, 1);
  writes.write(writer(told, 'large', 600 * KIB));
  writes.write(writer(told, 'small', 4 * KIB));
  await turn();
  assert.deepEqual(told, ['large thread', 'small loop']);
});

test('who comes to write while others write has its turn, too', async () => {
  const writes = new TurnWrites();
  const told: string[] = [];
  const late = writer(told, 'late', 1);
  writes.write({ waiting_bytes: 1, writeNow: () => writes.write(late) });
  await turn();
  assert.deepEqual(told, ['late loop']);
});
