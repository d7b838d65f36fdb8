/** Cuts what arrives on a control connection into requests. */
import { CONTROL_HEADER_BYTES } from './control.ts';

export interface ControlHeader {
  readonly command: number;
  readonly payload_bytes: number;
}

/** The payload is valid during the call only. */
export type OnRequest = (command: number, payload: Buffer) => void;

/** A payload grows to its announced size in steps: what was only announced costs no memory. */
const FIRST_PAYLOAD_BYTES = 65_536;

export class ControlReader {
  private readonly part: Buffer = Buffer.alloc(CONTROL_HEADER_BYTES);
  private part_bytes = 0;
  private header: ControlHeader | null = null;
  private payload: Buffer = Buffer.alloc(0);
  private payload_bytes = 0;
  private stopped = false;
  private readonly onHeader: (header: ControlHeader) => void;
  private readonly onRequest: OnRequest;

  /** @param onHeader is called before any of the payload is kept; throws when it is not to be taken */
  constructor(onHeader: (header: ControlHeader) => void, onRequest: OnRequest) {
    this.onHeader = onHeader;
    this.onRequest = onRequest;
  }

  /** True between two requests. */
  get idle(): boolean {
    return this.header === null && this.part_bytes === 0;
  }

  /** Memory that a request which is not whole has. */
  get held_bytes(): number {
    return this.payload.length;
  }

  /** Nothing more is taken, also of the chunk that is being read. */
  stop(): void {
    this.stopped = true;
    this.payload = Buffer.alloc(0);
  }

  /** @param end how much of `chunk` there is */
  push(chunk: Buffer, end: number = chunk.length): void {
    let at = 0;
    while (at < end && !this.stopped) {
      if (this.header === null) at = this.takeHeader(chunk, at, end);
      else at = this.takePayload(this.header, chunk, at, end);
    }
  }

  private takeHeader(chunk: Buffer, at: number, end: number): number {
    const next = at + Math.min(end - at, CONTROL_HEADER_BYTES - this.part_bytes);
    chunk.copy(this.part, this.part_bytes, at, next);
    this.part_bytes += next - at;
    if (this.part_bytes < CONTROL_HEADER_BYTES) return next;
    this.part_bytes = 0;
    const payload_bytes = this.part.readUInt32BE(8) * 2 ** 32 + this.part.readUInt32BE(12);
    const header = { command: this.part.readUInt32BE(16), payload_bytes };
    this.onHeader(header);
    if (payload_bytes === 0) this.onRequest(header.command, Buffer.alloc(0));
    else this.header = header;
    return next;
  }

  private takePayload(header: ControlHeader, chunk: Buffer, at: number, end: number): number {
    const { command, payload_bytes } = header;
    const missing = payload_bytes - this.payload_bytes;
    const next = at + Math.min(end - at, missing);
    if (this.payload_bytes === 0 && next - at === payload_bytes) {
      this.header = null;
      this.onRequest(command, chunk.subarray(at, next));
      return next;
    }
    this.grow(payload_bytes, this.payload_bytes + next - at);
    chunk.copy(this.payload, this.payload_bytes, at, next);
    this.payload_bytes += next - at;
    if (this.payload_bytes < payload_bytes) return next;
    const payload = this.payload.subarray(0, payload_bytes);
    this.header = null;
    this.payload_bytes = 0;
    this.payload = Buffer.alloc(0);
    this.onRequest(command, payload);
    return next;
  }

  private grow(announced: number, needed: number): void {
    if (needed <= this.payload.length) return;
    const size = Math.min(announced, Math.max(FIRST_PAYLOAD_BYTES, needed, 2 * this.payload.length));
    const larger = Buffer.allocUnsafe(size);
    this.payload.copy(larger, 0, 0, this.payload_bytes);
    this.payload = larger;
  }
}
