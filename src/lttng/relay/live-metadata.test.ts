import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LiveMetadata } from './live-metadata.ts';

const HEADER_BYTES = 37;
const MAGIC = 0x75d11d57;

/** A metadata packet with so much text, padded to 64 bytes. */
function packet(text: Buffer, little: boolean): Buffer {
  const size = Math.ceil((HEADER_BYTES + text.length) / 64) * 64;
  const bytes = Buffer.alloc(size);
  const write = (value: number, at: number): void =>
    void (little ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at));
  write(MAGIC, 0);
  bytes.fill(0x5a, 4, 20);
  write((HEADER_BYTES + text.length) * 8, 24);
  write(size * 8, 28);
  bytes.set([0, 0, 0, 1, 8], 32);
  text.copy(bytes, HEADER_BYTES);
  return bytes;
}

/** What a reader of metadata packets sees. */
function textOf(bytes: Buffer, little: boolean): string {
  const read = (at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  let text = '';
  for (let at = 0; at < bytes.length; at += read(at + 28) / 8) {
    assert.equal(read(at), MAGIC);
    assert.equal(bytes[at + 4], 0x5a);
    text += bytes.toString('latin1', at + HEADER_BYTES, at + read(at + 24) / 8);
  }
  return text;
}

/** The text in packets of these sizes; several to a message now and then. */
function cut(text: Buffer, sizes: readonly number[], little: boolean): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = sizes[i % sizes.length]!;
    packets.push(packet(text.subarray(at, at + size), little));
    at += size;
  }
  return packets;
}

const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 });

test('metadata that comes again, cut otherwise and longer: viewers get every byte once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ grows: fc.nat(120), sizes }), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      fc.boolean(),
      (generations, little, packetized) => {
        const live = new LiveMetadata();
        let text = Buffer.alloc(0);
        const seen: Buffer[] = [];
        let read_bytes = 0;
        const readOn = (): void => {
          const bytes = Buffer.from(live.read(read_bytes));
          read_bytes += bytes.length;
          seen.push(bytes);
        };
        for (const { grows, sizes: cuts } of generations) {
          live.restart();
          text = Buffer.concat([text, Buffer.alloc(grows, 97 + (text.length % 26))]);
          const messages = packetized ? cut(text, cuts, little) : [text.subarray(0, 7), text.subarray(7)];
          for (const message of messages.filter((one) => one.length > 0)) {
            live.append(message);
            if (message.length % 3 === 0) readOn();
          }
        }
        readOn();
        const whole = Buffer.concat(seen);
        assert.equal(whole.length, live.size_bytes);
        assert.equal(packetized ? textOf(whole, little) : whole.toString('latin1'), text.toString('latin1'));
      },
    ),
  );
});
