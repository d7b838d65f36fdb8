/**
 * LTTng's relay protocol, data connection (port 5343): headers of 32 bytes, each with a packet behind it, no replies.
 * `PacketReader` cuts what arrives into packets; large ones are read where they stay, without a copy.
 */
import { FieldWriter } from './bytes.ts';

export const DATA_HEADER_BYTES = 32;

export interface DataHeader {
  readonly stream: number;
  /** Counts the packets of the stream from 0. */
  readonly netSeq: number;
  readonly data_bytes: number;
  /** Zero bytes that belong behind the packet and were not sent. */
  readonly padding_bytes: number;
}

export function encodeDataHeader({ stream, netSeq, data_bytes, padding_bytes }: DataHeader): Uint8Array {
  return new FieldWriter(DATA_HEADER_BYTES).u64(0).u64(stream).u64(netSeq).u32(data_bytes).u32(padding_bytes).bytes;
}

/** Values over 2^53 lose their last digits; no relay gives such ids, and no stream has such numbers. */
function decodeDataHeader(bytes: Buffer, at: number): DataHeader {
  return {
    stream: bytes.readUInt32BE(at + 8) * 2 ** 32 + bytes.readUInt32BE(at + 12),
    netSeq: bytes.readUInt32BE(at + 16) * 2 ** 32 + bytes.readUInt32BE(at + 20),
    data_bytes: bytes.readUInt32BE(at + 24),
    padding_bytes: bytes.readUInt32BE(at + 28),
  };
}

/** A whole packet, without its padding. The memory is the taker's, who gives it back to the pool, or not. */
export type OnPacket = (header: DataHeader, bytes: Buffer) => void;

/** Where memory for packets comes from. */
export interface PacketMemory {
  /** At least so much. */
  take(bytes: number): Buffer;
  give(memory: Buffer): void;
}

/** Less of a packet than this is read into shared memory and copied: not worth a system call of its own. */
const DIRECT_BYTES = 32_768;
/** An announced packet gets so much memory at first, and more as it comes: announcing costs nothing. */
const FIRST_BYTES = 4 * 2 ** 20;
/** After a large packet a large one follows: only its header, and a little, is read into shared memory. */
const LARGE_BYTES = 131_072;
const AHEAD_BYTES = 4096;

export class PacketReader {
  private header: DataHeader | null = null;
  private readonly partHeader: Buffer = Buffer.alloc(DATA_HEADER_BYTES);
  private partHeader_bytes = 0;
  private memory: Buffer | null = null;
  private held_bytes = 0;
  private lastWasLarge = false;
  private readonly onHeader: (header: DataHeader) => void;
  private readonly onPacket: OnPacket;
  private readonly pool: PacketMemory;
  private readonly shared: Buffer;

  /**
   * @param onHeader is called before any of the packet is kept; throws when it is not to be taken
   * @param shared memory to read into that other readers use as well: what is read there is taken at once
   */
  constructor(onHeader: (header: DataHeader) => void, onPacket: OnPacket, pool: PacketMemory, shared: Buffer) {
    this.onHeader = onHeader;
    this.onPacket = onPacket;
    this.pool = pool;
    this.shared = shared;
  }

  /** True between two packets. */
  get idle(): boolean {
    return this.header === null && this.partHeader_bytes === 0;
  }

  /** What has come of a packet that is not whole. */
  get partial_bytes(): number {
    return this.header === null ? 0 : this.held_bytes;
  }

  /** Where to read what comes next; then call `took`. */
  target(): Buffer {
    if (this.isDirect) return this.memory!.subarray(this.held_bytes, this.header!.data_bytes);
    return this.header === null && this.lastWasLarge ? this.shared.subarray(0, AHEAD_BYTES) : this.shared;
  }
  private get isDirect(): boolean {
    return this.header !== null && this.header.data_bytes - this.held_bytes >= DIRECT_BYTES;
  }

  /** @param bytes that were read into `target()` */
  took(bytes: number): void {
    if (!this.isDirect) {
      this.push(this.shared, bytes);
      return;
    }
    this.held_bytes += bytes;
    this.continue(this.header!);
  }

  /** Takes what was read elsewhere; keeps nothing of it. @param end how much of `chunk` there is */
  push(chunk: Buffer, end: number = chunk.length): void {
    let at = 0;
    while (at < end) {
      if (this.header === null) {
        at = this.takeHeader(chunk, at, end);
        continue;
      }
      const { header } = this;
      const room = Math.min(header.data_bytes, this.memory!.length) - this.held_bytes;
      const take = Math.min(end - at, room);
      chunk.copy(this.memory!, this.held_bytes, at, at + take);
      at += take;
      this.held_bytes += take;
      this.continue(header);
    }
  }

  /** The connection is over. Memory of a packet that will never be whole is not given back: the socket may still use it. */
  end(): void {
    this.memory = null;
    this.header = null;
  }

  private takeHeader(chunk: Buffer, at: number, end: number): number {
    let header: DataHeader;
    let next: number;
    if (this.partHeader_bytes === 0 && end - at >= DATA_HEADER_BYTES) {
      header = decodeDataHeader(chunk, at);
      next = at + DATA_HEADER_BYTES;
    } else {
      next = at + Math.min(end - at, DATA_HEADER_BYTES - this.partHeader_bytes);
      chunk.copy(this.partHeader, this.partHeader_bytes, at, next);
      this.partHeader_bytes += next - at;
      if (this.partHeader_bytes < DATA_HEADER_BYTES) return next;
      header = decodeDataHeader(this.partHeader, 0);
      this.partHeader_bytes = 0;
    }
    this.onHeader(header);
    this.header = header;
    this.lastWasLarge = header.data_bytes >= LARGE_BYTES;
    this.memory = this.pool.take(Math.min(header.data_bytes, FIRST_BYTES));
    this.held_bytes = 0;
    this.continue(header);
    return next;
  }

  /** Hands over a whole packet, or makes room for more of it. */
  private continue(header: DataHeader): void {
    const memory = this.memory!;
    if (this.held_bytes === header.data_bytes) {
      this.header = null;
      this.memory = null;
      this.onPacket(header, memory.length === header.data_bytes ? memory : memory.subarray(0, header.data_bytes));
    } else if (this.held_bytes === memory.length) {
      this.memory = this.pool.take(Math.min(header.data_bytes, 2 * memory.length));
      memory.copy(this.memory, 0, 0, this.held_bytes);
      this.pool.give(memory);
    }
  }
}
