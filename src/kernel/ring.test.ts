/** The ring's protocol against a producer in this file that does what kernel/bpf/ringbuf.c does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PAGE_BYTES } from './libbpf.ts';
import { RingReader } from './ring.ts';

const BYTES = 4096;
const BUSY = 0x8000_0000;
const DISCARD = 0x4000_0000;

/** Reserve, then commit or discard, in any order of commits; data is mirrored as the double mapping does. */
class Producer {
  readonly consumerPage = new ArrayBuffer(PAGE_BYTES);
  readonly rest = new ArrayBuffer(PAGE_BYTES + 2 * BYTES);
  readonly #view = new DataView(this.rest);
  #position = 0;

  reserve(payload: Uint8Array): number | null {
    const consumed = Number(new BigUint64Array(this.consumerPage, 0, 1)[0]);
    const size = 8 + ((payload.length + 7) & ~7);
    if (this.#position + size - consumed > BYTES - 1) return null;
    const at = this.#position;
    this.#write32(at, (payload.length | BUSY) >>> 0);
    payload.forEach((byte, i) => {
      this.#write8(at + 8 + i, byte);
    });
    this.#position += size;
    this.#view.setBigUint64(0, BigInt(this.#position), true);
    return at;
  }
  commit(at: number, length: number, keep: boolean): void {
    this.#write32(at, (keep ? length : length | DISCARD) >>> 0);
  }
  #write8(at: number, value: number): void {
    const offset = at % BYTES;
    this.#view.setUint8(PAGE_BYTES + offset, value);
    this.#view.setUint8(PAGE_BYTES + BYTES + offset, value);
  }
  #write32(at: number, value: number): void {
    const offset = at % BYTES;
    this.#view.setUint32(PAGE_BYTES + offset, value, true);
    if (offset + BYTES + 4 <= 2 * BYTES) this.#view.setUint32(PAGE_BYTES + BYTES + offset, value, true);
  }
}

test('records come out whole, once, in order; busy ones hold the rest back; discarded ones are skipped', () => {
  const step = fc.record({
    length: fc.integer({ min: 0, max: 700 }),
    keep: fc.boolean(),
    late: fc.boolean(),
    drain: fc.boolean(),
    max: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const producer = new Producer();
      const reader = new RingReader(producer.consumerPage, producer.rest, BYTES);
      const expected: Uint8Array[] = [];
      const got: Uint8Array[] = [];
      const pending: (() => void)[] = [];
      const take = (record: DataView): void => {
        got.push(new Uint8Array(record.buffer, record.byteOffset, record.byteLength).slice());
      };
      steps.forEach(({ length, keep, late, drain, max }, i) => {
        const payload = new Uint8Array(length).fill(i + 1);
        const at = producer.reserve(payload);
        if (at !== null) {
          if (keep) expected.push(payload);
          if (late) pending.push(() => producer.commit(at, length, keep));
          else producer.commit(at, length, keep);
        }
        if (drain) {
          const before = got.length;
          assert.equal(reader.drain(take, max), got.length - before);
          assert.ok(got.length - before <= max);
          pending.splice(0, 2).forEach((commit) => {
            commit();
          });
        }
      });
      for (const commit of pending) commit();
      while (reader.drain(take, 3) > 0);
      assert.deepEqual(got, expected);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('a closed reader hands over nothing', () => {
  const producer = new Producer();
  const reader = new RingReader(producer.consumerPage, producer.rest, BYTES);
  producer.commit(producer.reserve(new Uint8Array(4))!, 4, true);
  reader.close();
  assert.equal(
    reader.drain(() => assert.fail('after close'), 10),
    0,
  );
});
