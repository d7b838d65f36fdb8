/** Packets and indexes in any order, rotations at any moment: what is on disk and what cursors read is always the same. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { encodeIndex } from '../protocol/control-stream.ts';
import type { PacketCursor } from './store.ts';
import { Bench, checkContent } from './stream.test.data.ts';

async function readAll(cursor: PacketCursor): Promise<number[]> {
  const numbers: number[] = [];
  for (let packet = cursor.next(); packet !== null; packet = cursor.next()) {
    const bytes = Buffer.from(await cursor.read(0, packet.size_bytes));
    assert.equal(bytes.length, packet.size_bytes);
    numbers.push(checkContent(bytes));
  }
  return numbers;
}

const until = async (done: () => boolean): Promise<void> => {
  for (let i = 0; i < 2000 && !done(); i++) await turn();
  assert.ok(done());
};

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const aPacket = fc.tuple(fc.integer({ min: 8, max: 3000 }), fc.nat(40));

interface Plan {
  readonly packets: readonly (readonly [number, number])[];
  /** Which connection has its turn: packet, index, or a wait for the disk. */
  readonly order: readonly ('packet' | 'index' | 'wait')[];
  /** Positions of rotations, and how many indexes before it the command comes. */
  readonly rotations: readonly (readonly [number, number])[];
}
const aPlan: fc.Arbitrary<Plan> = fc
  .record({
    packets: fc.array(aPacket, { minLength: 1, maxLength: 30 }),
    order: fc.array(fc.constantFrom('packet', 'packet', 'index', 'index', 'wait'), { maxLength: 90 }),
    rotations: fc.array(fc.tuple(fc.integer({ min: 1, max: 29 }), fc.nat(3)), { maxLength: 3 }),
  })
  .map(({ packets, order, rotations }) => {
    const ascending = rotations.toSorted((a, b) => a[0] - b[0]).filter(([at]) => at < packets.length);
    // A position once, and far enough apart that one rotation is over before the next is asked for.
    const apart = ascending.filter(([at], i) => i === 0 || at - ascending[i - 1]![0] > 4);
    return { packets, order, rotations: apart } as Plan;
  });

/** Plays a plan: both connections to their end. @returns positions of the rotations that took place */
async function play(bench: Bench, plan: Plan): Promise<number[]> {
  const { stream } = bench;
  const control: { readonly rotates: boolean; readonly run: () => void }[] = [];
  for (const [i, [size, padding]] of plan.packets.entries()) {
    for (const [position] of plan.rotations.filter(([at, before]) => Math.max(0, at - before) === i)) {
      const run = (): void => {
        const chunk = bench.nextChunk();
        assert.equal(stream.rotateAt(position, chunk), null);
        chunk.release();
      };
      control.push({ rotates: true, run });
    }
    control.push({ rotates: false, run: () => bench.index(i, size + padding) });
  }
  let [sent, told] = [0, 0];
  const step = async (what: Plan['order'][number]): Promise<void> => {
    const next = control[told];
    if (what === 'packet' && sent < plan.packets.length) bench.packet(sent, ...plan.packets[sent++]!);
    // A rotation is asked for when the one before is over, as session daemons do.
    else if (what === 'index' && next !== undefined && !(next.rotates && stream.rotating)) {
      next.run();
      told++;
    } else await turn();
  };
  for (const what of plan.order) await step(what);
  while (sent < plan.packets.length) await step('packet');
  while (told < control.length) await step('index');
  await until(() => stream.received === plan.packets.length && !stream.rotating);
  return plan.rotations.map(([position]) => position);
}

for (const kind of ['disk', 'memory'] as const) {
  test(`packets, indexes and rotations in any order: ${kind}`, { timeout: 50_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(aPlan, async (plan) => {
        const bench = new Bench(kind === 'disk', { size: 0, count: 0 });
        try {
          const early = bench.stream.open('first');
          const positions = await play(bench, plan);
          const count = plan.packets.length;
          assert.deepEqual(await readAll(early), range(0, count));
          early.close();
          if (kind === 'memory') return;
          await turn();
          const bounds = [0, ...positions, count];
          for (const [i, from] of bounds.slice(0, -1).entries()) {
            assert.deepEqual(bench.onDisk(i), range(from, bounds[i + 1]!));
          }
          assert.deepEqual(await readAll(bench.stream.open('first')), range(bounds.at(-2)!, count));
          assert.deepEqual(bench.problems, []);
        } finally {
          bench.close();
        }
      }),
      { numRuns: kind === 'disk' ? 150 : 40 },
    );
  });
}

test('a ring of files: cursors go on with what is there, and say what they missed', { timeout: 50_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(aPlan, fc.integer({ min: 1, max: 3 }), async (plan, files) => {
      const bench = new Bench(true, { size: 6000, count: files });
      try {
        const early = bench.stream.open('first');
        await play(bench, { ...plan, rotations: [] });
        const count = plan.packets.length;
        const numbers = await readAll(early);
        assert.equal(numbers.length + early.skipped, count);
        // What the cursor held open may be older than what the ring has.
        assert.ok(numbers.every((number, i) => i === 0 || number > numbers[i - 1]!));
        assert.equal(numbers.at(-1), count - 1);
        const held = await readAll(bench.stream.open('first'));
        assert.deepEqual(held, range(count - held.length, count));
      } finally {
        bench.close();
      }
    }),
    { numRuns: 60 },
  );
});

test('a cleared chunk is skipped, and the packet that was taken from it can still be read', async () => {
  const bench = new Bench(true, { size: 0, count: 0 });
  try {
    for (const i of [0, 1, 2]) {
      bench.packet(i, 100, 0);
      bench.index(i, 100);
    }
    await until(() => bench.stream.received === 3);
    const cursor = bench.stream.open('first');
    const first = cursor.next()!;
    const [before, after] = [bench.session.chunk!, bench.nextChunk()];
    bench.stream.rotateAt(3, after);
    before.close(1_700_000_001n, 2);
    before.release();
    bench.session.chunk = after;
    assert.equal(checkContent(Buffer.from(await cursor.read(0, first.size_bytes))), 0);
    assert.equal(cursor.next(), null);
    assert.equal(cursor.pending, 0);
    assert.equal(cursor.skipped, 2);
    bench.packet(3, 100, 0);
    bench.index(3, 100);
    await until(() => bench.stream.received === 4);
    assert.deepEqual(await readAll(cursor), [3]);
  } finally {
    bench.close();
  }
});

test('the tail of a closed stream can be read; it closes when its last packet came', async () => {
  const bench = new Bench(true, { size: 0, count: 0 });
  try {
    const cursor = bench.stream.open('first');
    bench.index(0, 100);
    bench.index(1, 100);
    bench.stream.requestClose(1);
    bench.packet(0, 100, 0);
    await until(() => bench.stream.received === 1);
    assert.equal(bench.stream.closed, false);
    bench.packet(1, 100, 0);
    await until(() => bench.stream.closed);
    assert.deepEqual(await readAll(cursor), [0, 1]);
  } finally {
    bench.close();
  }
});

test('a beacon waits for packets on their way', async () => {
  const bench = new Bench(true, { size: 0, count: 0 });
  const beacon = (end: bigint): void => {
    const none = { packetSize_bits: 0n, contentSize_bits: 0n, begin: 0n, discarded: 0n, instance: 0n, packetSeq: 0n };
    const payload = encodeIndex({ ...none, stream: 1, netSeq: 0, end, streamClass: 5n }, 13);
    bench.stream.onIndex(0, Buffer.from(payload));
  };
  try {
    bench.index(0, 100);
    beacon(7n);
    assert.equal(bench.stream.beacon, null);
    bench.packet(0, 100, 0);
    await until(() => bench.stream.received === 1);
    beacon(8n);
    assert.equal(bench.stream.beacon, 8n);
    assert.equal(bench.stream.streamClass, 5n);
    bench.index(1, 100);
    assert.equal(bench.stream.beacon, null);
  } finally {
    bench.close();
  }
});

test('trace files without end: few are kept in memory, and viewers read all of them', async () => {
  const bench = new Bench(true, { size: 150, count: 0 });
  try {
    let sent = 0;
    const send = async (count: number): Promise<void> => {
      for (const end = sent + count; sent < end; sent++) {
        bench.packet(sent, 100, 0);
        // Some never get their index: nothing in these files can be read.
        if (sent % 40 !== 10) bench.index(sent, 100);
        await turn();
      }
      await until(() => bench.stream.received >= count / 2);
    };
    const slow = bench.stream.open('first');
    await send(40);
    const first = slow.next()!;
    assert.equal(checkContent(Buffer.from(await slow.read(0, first.size_bytes))), 0);
    await send(160);
    const kept = Reflect.get(Reflect.get(bench.stream, 'packets').files, 'kept') as unknown[];
    assert.ok(kept.length < 30, `${kept.length} of 200 files are kept`);
    const all = range(0, 200).filter((number) => number % 40 !== 10);
    assert.deepEqual(await readAll(bench.stream.open('first')), all);
    bench.stream.rotateAt(200, bench.nextChunk());
    await send(40);
    const late = range(200, 240).filter((number) => number % 40 !== 10);
    assert.deepEqual(await readAll(slow), [...all.slice(1), ...late]);
    assert.equal(slow.skipped, 0);
    assert.deepEqual(await readAll(bench.stream.open('first')), late);
  } finally {
    bench.close();
  }
});
