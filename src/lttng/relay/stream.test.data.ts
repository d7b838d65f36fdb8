/** What tests of a stream play with: one session, one stream, packets whose content tells their number. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeIndex } from '../protocol/control-stream.ts';
import type { TraceChunk } from './chunk.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { OutputFolder } from './output.ts';
import { ENTRY_BYTES } from './packet.ts';
import { Relay } from './relay.ts';
import { Session } from './session.ts';
import type { DataStream } from './stream.ts';

const PATH = 'ust/uid/0/64-bit';
const CREATED = {
  name: 's',
  hostname: 'h',
  basePath: '',
  liveTimer_us: 1000,
  snapshot: false,
  chunked: { nameHasTime: true, daemon: 'a'.repeat(32), daemonSession: 1n, created_s: 1_700_000_000n, chunk: null },
  format: 'ctf1',
} as const;

/** A session with one stream, in a folder of its own. */
export class Bench {
  readonly root: string = mkdtempSync(join(tmpdir(), 'tailtrap-stream-'));
  readonly relay: Relay;
  readonly session: Session;
  readonly stream: DataStream;
  readonly problems: string[] = [];
  private chunkId = 0n;

  constructor(disk: boolean, ring: { size: number; count: number }) {
    const output = disk ? new OutputFolder(this.root) : null;
    this.relay = new Relay({ output, limits: DEFAULT_LIMITS, grouping: 'host', allowClear: true });
    const report = (line: string): void => void this.problems.push(line);
    this.session = new Session(
      this.relay,
      CREATED,
      { id: 1, minor: 13, folder: 'h/s' },
      { address: '127.0.0.1', note: report, fault: report },
    );
    this.session.chunk = this.nextChunk();
    const spec = {
      channel: 'ch',
      path: PATH,
      tracefileSize_bytes: BigInt(ring.size),
      tracefileCount: BigInt(ring.count),
    };
    this.session.addStream({ id: 1, handle: 1 }, { ...spec, chunk: 0n }, PATH);
    this.session.publish();
    this.stream = this.session.streams.get(1) as DataStream;
  }

  nextChunk(): TraceChunk {
    const id = this.chunkId++;
    const spec = {
      key: `${id}`,
      id,
      created_s: 1_700_000_000n,
      name: `chunk-${id}`,
      folder: 'h/s',
      path: '',
      note: () => {},
    };
    return this.relay.chunks.publish(spec, this.relay.output).acquire();
  }

  packet(netSeq: number, size: number, padding_bytes: number): void {
    const bytes = content(netSeq, size);
    const settled = (): void => {};
    assert.equal(this.stream.onPacket({ netSeq, bytes, data_bytes: size, padding_bytes, settled, place: null }), null);
  }
  index(netSeq: number, size: number): void {
    const bits = BigInt(size * 8);
    const index = {
      stream: 1,
      netSeq,
      packetSize_bits: bits,
      contentSize_bits: bits,
      begin: 1n,
      end: 2n,
      discarded: 0n,
    };
    const payload = encodeIndex({ ...index, streamClass: 5n, instance: 0n, packetSeq: BigInt(netSeq) }, 13);
    assert.equal(this.stream.onIndex(netSeq, Buffer.from(payload)), null);
  }

  /** Packets in a data file, as its index tells: their numbers. */
  onDisk(chunk: number, file = 'ch'): number[] {
    const folder = join(this.root, 'h/s', `chunk-${chunk}`, PATH);
    const data = readFileSync(join(folder, file));
    let index: Buffer;
    try {
      index = readFileSync(join(folder, 'index', `${file}.idx`));
    } catch {
      assert.equal(data.length, 0);
      return [];
    }
    const numbers: number[] = [];
    let end = 0;
    for (let at = 16; at < index.length; at += ENTRY_BYTES) {
      const offset = Number(index.readBigUInt64BE(at));
      const size = Number(index.readBigUInt64BE(at + 8)) / 8;
      assert.equal(offset, end);
      numbers.push(checkContent(data.subarray(offset, offset + size)));
      end = offset + size;
    }
    assert.equal(data.length, end);
    return numbers;
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export const content = (netSeq: number, size: number): Buffer => {
  const bytes = Buffer.alloc(size, netSeq % 251);
  bytes.writeUInt32BE(netSeq);
  return bytes;
};
/** The number of the packet, if its bytes are right. */
export function checkContent(bytes: Buffer): number {
  const netSeq = bytes.readUInt32BE(0);
  const data = bytes.subarray(4, bytes.lastIndexOf(netSeq % 251 === 0 ? -1 : netSeq % 251) + 1);
  assert.ok(data.every((byte) => byte === netSeq % 251));
  return netSeq;
}
