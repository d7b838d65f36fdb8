import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { TailtrapError } from '../../base/errors.ts';
import {
  ATTACH_STATUS,
  CREATE_STATUS,
  DETACH_STATUS,
  INDEX_STATUS,
  LIVE_COMMANDS,
  LIVE_LIMITS,
  type LiveRequest,
  METADATA_STATUS,
  NEW_STREAMS_STATUS,
  PACKET_STATUS,
} from './live.ts';
import * as replies from './live-replies.ts';
import { decodeRequest, encodeRequest } from './live-requests.ts';
import { type Decoder, decodeWhole } from './wire.ts';

const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
const u32 = fc.nat(2 ** 32 - 1);
/** Text that fits a field of that many bytes with its NUL. */
const textOf = (size: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: 'grapheme', maxLength: 80 })
    .filter((text) => !text.includes('\0') && Buffer.byteLength(text) < size);
const statusOf = <T extends object>(table: T): fc.Arbitrary<keyof T> =>
  fc.constantFrom(...(Object.keys(table) as (keyof T)[]));
const flags = { newMetadata: fc.boolean(), newStreams: fc.boolean() };
const bytes = fc.uint8Array({ maxLength: 300 });

const requests: fc.Arbitrary<LiveRequest> = fc.oneof(
  fc.record({ command: fc.constant('connect'), major: u32, minor: u32, type: u32 } as const),
  fc.record({ command: fc.constantFrom('list', 'create') } as const),
  fc.record({
    command: fc.constant('attach'),
    sessionId: u64,
    seek: fc.constantFrom('beginning', 'last', 'unknown'),
  } as const),
  fc.record({ command: fc.constantFrom('index', 'metadata'), streamId: u64 } as const),
  fc.record({ command: fc.constant('packet'), streamId: u64, offset_bytes: u64, bytes: u32 } as const),
  fc.record({ command: fc.constantFrom('new-streams', 'detach'), sessionId: u64 } as const),
  fc.record({ command: fc.constant('unknown'), number: u32.filter((n) => n === 0 || n > 9) } as const),
);

const stream = fc.record({
  id: u64,
  traceId: u64,
  isMetadata: fc.boolean(),
  path: textOf(4096),
  channel: textOf(255),
});
const session = fc.record({
  id: u64,
  liveTimer_us: u32,
  clients: u32,
  streams: u32,
  hostname: textOf(64),
  name: textOf(255),
  format: fc.constantFrom('ctf-1.8', 'ctf-2'),
} as const);
const streams = fc.array(stream, { maxLength: 4 });

/** Every reply: values, as bytes, and back. */
interface Kind<T> {
  readonly values: fc.Arbitrary<T>;
  readonly encode: (value: T) => Uint8Array;
  readonly decode: () => Decoder<T>;
}
const kind = <T>(values: fc.Arbitrary<T>, encode: (value: T) => Uint8Array, decode: () => Decoder<T>): Kind<unknown> =>
  ({ values, encode, decode }) as Kind<unknown>;

const KINDS: Readonly<Record<string, Kind<unknown>>> = {
  request: kind(requests, encodeRequest, decodeRequest),
  connect: kind(
    fc.record({ viewerSessionId: u64, major: u32, minor: u32 }),
    replies.encodeConnect,
    replies.decodeConnect,
  ),
  'list 2.4 to 2.14': kind(
    fc.array(
      session.map((entry) => ({ ...entry, format: 'ctf-1.8' as const })),
      { maxLength: 4 },
    ),
    (list) => replies.encodeList(list, 14),
    () => replies.decodeList(14),
  ),
  'list 2.15': kind(
    fc.array(session, { maxLength: 4 }),
    (list) => replies.encodeList(list, 15),
    () => replies.decodeList(15),
  ),
  attach: kind(
    fc.oneof(
      fc.record({ status: fc.constant('ok' as const), streams }),
      fc.record({ status: statusOf(ATTACH_STATUS), streams: fc.constant([]) }),
    ),
    replies.encodeAttach,
    replies.decodeAttach,
  ),
  'new-streams': kind(
    fc.oneof(
      fc.record({ status: fc.constant('ok' as const), streams }),
      fc.record({ status: statusOf(NEW_STREAMS_STATUS), streams: fc.constant([]) }),
    ),
    replies.encodeNewStreams,
    replies.decodeNewStreams,
  ),
  index: kind(
    fc.record({
      status: statusOf(INDEX_STATUS),
      offset_bytes: u64,
      packet_bits: u64,
      content_bits: u64,
      begin_cycles: u64,
      end_cycles: u64,
      discarded: u64,
      streamClassId: u64,
      ...flags,
    }),
    replies.encodeIndex,
    replies.decodeIndex,
  ),
  packet: kind(
    fc.oneof(
      fc.record({ status: fc.constant('ok' as const), bytes, ...flags }),
      fc.record({ status: statusOf(PACKET_STATUS), bytes: fc.constant(new Uint8Array(0)), ...flags }),
    ),
    replies.encodePacket,
    replies.decodePacket,
  ),
  metadata: kind(
    fc.oneof(
      fc.record({ status: fc.constant('ok' as const), bytes }),
      fc.record({ status: statusOf(METADATA_STATUS), bytes: fc.constant(new Uint8Array(0)) }),
    ),
    replies.encodeMetadata,
    replies.decodeMetadata,
  ),
  create: kind(statusOf(CREATE_STATUS), replies.encodeCreate, replies.decodeCreate),
  detach: kind(statusOf(DETACH_STATUS), replies.encodeDetach, replies.decodeDetach),
};

/** fast-check's records have no prototype. */
const plain = (value: unknown): unknown => structuredClone(value);

for (const [name, { values, encode, decode }] of Object.entries(KINDS)) {
  test(`${name}: what is encoded is decoded, and every shorter piece is not enough`, () => {
    fc.assert(
      fc.property(values, fc.nat(), (value, cut) => {
        const message = encode(value);
        const whole = decodeWhole(decode(), message);
        assert.deepEqual(plain(whole?.value), plain(value));
        assert.equal(whole?.length, message.length);
        assert.equal(decodeWhole(decode(), message.subarray(0, cut % message.length)), null);
      }),
    );
  });

  test(`${name}: mutated bytes are a value or a protocol error, and never ask for more than the limits`, () => {
    fc.assert(
      fc.property(
        values,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (value, changes) => {
          const message = encode(value).slice();
          for (const [at, byte] of changes) message[at % message.length] = byte;
          const decoder = decode();
          try {
            let at = 0;
            for (let step = decoder.next(); step.done !== true && at + step.value <= message.length; ) {
              assert.ok(step.value <= LIVE_LIMITS.packet_bytes);
              at += step.value;
              step = decoder.next(message.slice(at - step.value, at));
            }
          } catch (error) {
            assert.equal((error as TailtrapError).code, 'TT_LTTNG_MESSAGE');
          }
        },
      ),
    );
  });
}

test('sizes and places of the fields are those of the original', () => {
  const hex = (message: Uint8Array): string => Buffer.from(message).toString('hex');
  assert.equal(
    hex(encodeRequest({ command: 'connect', major: 2, minor: 4, type: 1 })),
    '0000000000000014' + '00000001' + '00000000' + 'ffffffffffffffff' + '00000002' + '00000004' + '00000001',
  );
  assert.equal(
    hex(encodeRequest({ command: 'attach', sessionId: 7n, seek: 'last' })),
    '0000000000000014' + '00000003' + '00000000' + '0000000000000007' + '0000000000000000' + '00000002',
  );
  assert.equal(hex(replies.encodeMetadata({ status: 'ok', bytes: Uint8Array.of(9) })), '00000000000000010000000109');
  const one = { id: 1n, traceId: 2n, isMetadata: true, path: 'p', channel: 'metadata' };
  assert.equal(replies.encodeAttach({ status: 'ok', streams: [one, one] }).length, 8 + 2 * 4371);
  const entry = {
    id: 1n,
    liveTimer_us: 1,
    clients: 0,
    streams: 3,
    hostname: 'h',
    name: 's',
    format: 'ctf-1.8',
  } as const;
  assert.equal(replies.encodeList([entry], 14).length, 4 + 339);
  assert.equal(replies.encodeList([entry], 15).length, 4 + 32 + 2);
  assert.deepEqual(Object.values(LIVE_COMMANDS), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('texts longer than their field are cut between characters', () => {
  const entry = { id: 1n, liveTimer_us: 1, clients: 0, streams: 3, name: 's', format: 'ctf-1.8' } as const;
  const sent = replies.encodeList([{ ...entry, hostname: `${'x'.repeat(62)}ä` }], 4);
  assert.equal(decodeWhole(replies.decodeList(4), sent)?.value[0]?.hostname, 'x'.repeat(62));
});

test('streams in pieces are the same bytes', () => {
  const one = { traceId: 7n, isMetadata: false, path: 'ust/uid/0', channel: 'c' };
  for (const count of [0, 1, 64, 65, 300]) {
    const streams = Array.from({ length: count }, (_, i) => ({ ...one, id: BigInt(i) }));
    for (const [kind, encode] of [
      ['attach', replies.encodeAttach],
      ['new-streams', replies.encodeNewStreams],
    ] as const) {
      const pieces = [...replies.streamsInPieces(kind, streams)];
      assert.ok(pieces.every(({ length }) => length < 300_000));
      assert.ok(Buffer.concat(pieces).equals(encode({ status: 'ok', streams })));
    }
  }
});
