import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { TailtrapError } from '../../base/errors.ts';
import { Command, encodeRequest } from './control.ts';
import { ControlReader } from './control-reader.ts';
import * as session from './control-session.ts';
import * as stream from './control-stream.ts';

const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const u32 = fc.nat(0xffff_ffff);
const name = fc.string({ minLength: 1, maxLength: 60 }).map((text) => text.replaceAll('\0', '_').normalize());
const hex = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => {
  bytes[0] = 1;
  return Buffer.from(bytes).toString('hex');
});

const created = record({
  name,
  hostname: fc.string({ minLength: 1, maxLength: 15 }).map((text) => text.replaceAll('\0', '_').normalize()),
  basePath: fc.string({ maxLength: 100 }).map((text) => text.replaceAll('\0', '_').normalize()),
  liveTimer_us: u32,
  snapshot: fc.boolean(),
  chunked: record({
    nameHasTime: fc.boolean(),
    daemon: hex,
    daemonSession: u64,
    created_s: u64,
    chunk: fc.option(u64),
  }),
  format: fc.constantFrom('ctf1' as const, 'ctf2' as const),
});

test('CREATE_SESSION of each version', () => {
  fc.assert(
    fc.property(created, fc.constantFrom(4, 10, 11, 14, 15), (value, minor) => {
      const read = session.decodeCreateSession(session.encodeCreateSession(value, minor), minor);
      const { snapshot, name: written, hostname, liveTimer_us } = value;
      const old = { name: written, hostname, liveTimer_us, snapshot, basePath: '', chunked: null, format: 'ctf1' };
      if (minor < 11) assert.deepEqual(read, old);
      else assert.deepEqual(read, { ...value, format: minor < 15 ? 'ctf1' : value.format });
    }),
  );
});

test('sizes are those of the wire', () => {
  const value = fc.sample(created, 1)[0]!;
  assert.equal(session.encodeCreateSession(value, 8).length, 327);
  const names = [value.name, value.hostname, value.basePath].reduce(
    (sum, text) => sum + Buffer.byteLength(text) + 1,
    0,
  );
  assert.equal(session.encodeCreateSession(value, 13).length, 59 + names);
  assert.equal(session.encodeCreateSession(value, 15).length, 63 + names);
  const added = { channel: 'ch', path: 'ust', tracefileSize_bytes: 1n, tracefileCount: 2n, chunk: 3n };
  assert.equal(session.encodeAddStream(added, 10).length, 4376);
  assert.equal(session.encodeAddStream(added, 11).length, 32 + 3 + 4);
});

test('ADD_STREAM', () => {
  const added = record({ channel: name, path: name, tracefileSize_bytes: u64, tracefileCount: u64, chunk: u64 });
  fc.assert(
    fc.property(added, fc.constantFrom(4, 10, 11, 15), (value, minor) => {
      const read = session.decodeAddStream(session.encodeAddStream(value, minor), minor);
      assert.deepEqual(read, minor < 11 ? { ...value, chunk: 0n } : value);
    }),
  );
});

test('messages of chunks', () => {
  const positions = fc.array(record({ stream: u64, position: u64 }), { maxLength: 5 });
  fc.assert(
    fc.property(fc.option(u64), positions, fc.constantFrom(13, 16, 20), (chunk, streams, header_bytes) => {
      const bytes = stream.encodeRotateStreams({ chunk, streams }, header_bytes);
      assert.deepEqual(stream.decodeRotateStreams(bytes), { chunk, streams });
    }),
  );
  fc.assert(
    fc.property(u64, u64, fc.option(name), (id, created_s, given) => {
      const value = { id, created_s, name: given };
      assert.deepEqual(stream.decodeCreateChunk(stream.encodeCreateChunk(value)), value);
    }),
  );
  fc.assert(
    fc.property(u64, u64, fc.option(fc.nat(2)), (id, closed_s, command) => {
      const value = { id, closed_s, command };
      assert.deepEqual(stream.decodeCloseChunk(stream.encodeCloseChunk(value)), value);
    }),
  );
});

test('rotation header of 64-bit producers: the padding is garbage', () => {
  const bytes = stream.encodeRotateStreams({ chunk: 7n, streams: [{ stream: 1n, position: 2n }] });
  bytes.fill(0xdf, 5, 12);
  assert.deepEqual(stream.decodeRotateStreams(bytes), { chunk: 7n, streams: [{ stream: 1n, position: 2n }] });
});

test('whatever comes is read or refused', () => {
  const decoders = [
    (bytes: Uint8Array) => session.decodeVersion(bytes),
    (bytes: Uint8Array) => session.decodeCreateSession(bytes, 10),
    (bytes: Uint8Array) => session.decodeCreateSession(bytes, 13),
    (bytes: Uint8Array) => session.decodeCreateSession(bytes, 15),
    (bytes: Uint8Array) => session.decodeAddStream(bytes, 10),
    (bytes: Uint8Array) => session.decodeAddStream(bytes, 13),
    (bytes: Uint8Array) => stream.decodeCreateChunk(bytes),
    (bytes: Uint8Array) => stream.decodeCloseChunk(bytes),
    (bytes: Uint8Array) => stream.decodeRotateStreams(bytes),
    (bytes: Uint8Array) => stream.decodeMetadataHeader(bytes),
    (bytes: Uint8Array) => stream.decodeStreamAndNumber(bytes, 'CLOSE_STREAM'),
    (bytes: Uint8Array) => stream.decodeId(bytes, 'GET_CONFIGURATION'),
  ];
  const small = fc.uint8Array({ maxLength: 100 });
  const large = fc.nat(0xffff_ffff).chain((count) => small.map((rest) => Uint8Array.of(...bytesOf(count), ...rest)));
  fc.assert(
    fc.property(fc.nat(decoders.length - 1), fc.oneof(small, large), (i, bytes) => {
      try {
        decoders[i]!(bytes);
      } catch (error) {
        if (!(error instanceof TailtrapError)) throw error;
      }
    }),
    { numRuns: 5000 },
  );
});

const bytesOf = (count: number): number[] => [count >>> 24, (count >>> 16) & 255, (count >>> 8) & 255, count & 255];

test('requests come out whole, however they are cut', () => {
  const request = record({
    command: fc.constantFrom(...Object.values(Command)),
    payload: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 400 })), (requests, cuts) => {
      const whole = Buffer.concat(requests.map(({ command, payload }) => encodeRequest(command, payload)));
      const got: { command: number; payload: Uint8Array }[] = [];
      const reader = new ControlReader(
        () => {},
        (command, payload) => got.push({ command, payload: Uint8Array.from(payload) }),
      );
      let at = 0;
      for (const cut of [...cuts, whole.length]) {
        reader.push(whole.subarray(at, at + cut));
        at += cut;
      }
      assert.deepEqual(got, requests);
      assert.equal(reader.idle, true);
    }),
  );
});
