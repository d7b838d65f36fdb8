/**
 * LTTng's relay protocol, data connection (port 5343): headers of 32 bytes, each with a packet behind it, no replies.
 * `PacketReader` cuts what arrives into packets without copying them.
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

/** A whole packet; its bytes are `pieces` one after the other. */
export type OnPacket = (header: DataHeader, pieces: Buffer[]) => void;

/** Pieces shorter than this are copied together: a sender of single bytes must not cost an object for each. */
const SMALL_PIECE_BYTES = 4096;
const BLOCK_BYTES = 65_536;

export class PacketReader {
  /** Bytes of the packet that is not whole yet. */
  held_bytes = 0;
  private header: DataHeader | null = null;
  private readonly partHeader: Buffer = Buffer.alloc(DATA_HEADER_BYTES);
  private partHeader_bytes = 0;
  private pieces: Buffer[] = [];
  /** Memory into which small pieces are copied: its end is the last of `pieces`, up to `block_bytes`. */
  private block: Buffer | null = null;
  private block_bytes = 0;
  private readonly onHeader: (header: DataHeader) => void;
  private readonly onPacket: OnPacket;

  /** @param onHeader is called before any of the packet is kept; throws when it is not to be taken */
  constructor(onHeader: (header: DataHeader) => void, onPacket: OnPacket) {
    this.onHeader = onHeader;
    this.onPacket = onPacket;
  }

  /** True between two packets. */
  get idle(): boolean {
    return this.header === null && this.partHeader_bytes === 0;
  }

  /** Takes what arrived; keeps views into it. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length || (this.header !== null && this.header.data_bytes === this.held_bytes)) {
      if (this.header === null) {
        at = this.takeHeader(chunk, at);
        continue;
      }
      const take = Math.min(chunk.length - at, this.header.data_bytes - this.held_bytes);
      if (take > 0) this.keep(chunk.subarray(at, at + take), take === this.header.data_bytes);
      at += take;
      if (this.held_bytes === this.header.data_bytes) this.finish(this.header);
    }
  }

  private takeHeader(chunk: Buffer, at: number): number {
    let header: DataHeader;
    let next: number;
    if (this.partHeader_bytes === 0 && chunk.length - at >= DATA_HEADER_BYTES) {
      header = decodeDataHeader(chunk, at);
      next = at + DATA_HEADER_BYTES;
    } else {
      next = at + Math.min(chunk.length - at, DATA_HEADER_BYTES - this.partHeader_bytes);
      chunk.copy(this.partHeader, this.partHeader_bytes, at, next);
      this.partHeader_bytes += next - at;
      if (this.partHeader_bytes < DATA_HEADER_BYTES) return next;
      header = decodeDataHeader(this.partHeader, 0);
      this.partHeader_bytes = 0;
    }
    this.onHeader(header);
    this.header = header;
    return next;
  }

  private keep(piece: Buffer, whole: boolean): void {
    this.held_bytes += piece.length;
    if (whole || piece.length >= SMALL_PIECE_BYTES) {
      this.pieces.push(piece);
      this.block = null;
      return;
    }
    if (this.block === null || this.block_bytes + piece.length > this.block.length) {
      this.block = Buffer.allocUnsafe(BLOCK_BYTES);
      this.block_bytes = 0;
      this.pieces.push(this.block);
    }
    piece.copy(this.block, this.block_bytes);
    this.block_bytes += piece.length;
    this.pieces[this.pieces.length - 1] = this.block.subarray(0, this.block_bytes);
  }

  private finish(header: DataHeader): void {
    const pieces = this.pieces;
    this.header = null;
    this.pieces = [];
    this.block = null;
    this.held_bytes = 0;
    this.onPacket(header, pieces);
  }
}
