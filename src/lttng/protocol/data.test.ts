import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type DataHeader, encodeDataHeader, PacketReader } from './data.ts';

const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

const POOL = { take: (bytes: number) => Buffer.allocUnsafeSlow(Math.max(16, bytes)), give: () => {} };

interface Got {
  readonly header: DataHeader;
  readonly bytes: Buffer;
}
function readerInto(got: Got[]): PacketReader {
  return new PacketReader(
    () => {},
    (header, bytes) => got.push({ header, bytes }),
    POOL,
    Buffer.alloc(65_536),
  );
}

const packet = record({
  stream: fc.nat(1000),
  netSeq: fc.nat(1_000_000),
  padding_bytes: fc.nat(100_000),
  data_bytes: fc.oneof(fc.nat(200), fc.integer({ min: 30_000, max: 300_000 })),
});
const content = ({ netSeq, data_bytes }: DataHeader): Buffer => Buffer.alloc(data_bytes, `${netSeq},`);
const wire = (headers: readonly DataHeader[]): Buffer =>
  Buffer.concat(headers.flatMap((header) => [encodeDataHeader(header), content(header)]));

test('packets come out whole, however they are cut, pushed or read where they stay', () => {
  fc.assert(
    fc.property(
      fc.array(packet, { maxLength: 6 }),
      fc.array(record({ size: fc.integer({ min: 1, max: 100_000 }), direct: fc.boolean() }), { maxLength: 20 }),
      (headers, cuts) => {
        const bytes = wire(headers);
        const got: Got[] = [];
        const reader = readerInto(got);
        let at = 0;
        for (let i = 0; at < bytes.length; i++) {
          const { size, direct } = cuts[i] ?? { size: 70_000, direct: true };
          if (direct) {
            const target = reader.target();
            const copied = bytes.copy(target, 0, at, at + size);
            at += copied;
            reader.took(copied);
          } else {
            reader.push(bytes.subarray(at, at + size));
            at += size;
          }
        }
        assert.deepEqual(
          got.map(({ header }) => header),
          headers,
        );
        for (const { header, bytes: taken } of got) assert.ok(taken.equals(content(header)));
        assert.equal(reader.idle, true);
      },
    ),
    { numRuns: 60 },
  );
});

test('an announced packet costs no memory before it comes', () => {
  let taken = 0;
  const pool = {
    take: (bytes: number) => {
      taken += bytes;
      return Buffer.allocUnsafeSlow(bytes);
    },
    give: () => {},
  };
  const reader = new PacketReader(
    () => {},
    () => {},
    pool,
    Buffer.alloc(1024),
  );
  reader.push(Buffer.from(encodeDataHeader({ stream: 1, netSeq: 0, data_bytes: 2 ** 30, padding_bytes: 0 })));
  assert.ok(taken <= 4 * 2 ** 20);
});
