/** A reused buffer over a file: a packet, or a piece of a large one, or several small ones at once. */
import { DataFault } from './decode/bits.ts';
import { MAX_EVENT_BITS } from './decode/compile.ts';
import type { TraceClass } from './model.ts';
import { type PacketStart, readPacketStart } from './packet.ts';
import type { ByteSource } from './reader.ts';

/**
 * Larger ones were not faster, and 128 streams of it stay far below the 100 MB
 * that a reader may take.
 */
export const WINDOW_BYTES: number = 256 * 1024;
/** Windows move by multiples of this, so that alignments hold within them (`LIMITS.alignment_bits`). */
export const STEP_BYTES = 4096;
/** Of larger packet headers and contexts more is read. */
const PACKET_START_BYTES = 4096;

/** Buffers of closed windows: who reads many slices of a trace opens many, and new memory has to be cleared. */
const spare: Uint8Array[] = [];
const MAX_SPARE = 16;

export class FileWindow {
  #source: ByteSource;
  #buffer: Uint8Array = new Uint8Array(0);
  /** The file's bytes from `#from` to `#to` are in the buffer. */
  #from = 0;
  #to = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get size_bytes(): number {
    return this.#source.size_bytes;
  }

  /** The next file of the stream; the buffer is kept. */
  replace(source: ByteSource): void {
    this.#source.close();
    this.#source = source;
    this.#from = 0;
    this.#to = 0;
  }

  /** What `bytes` gave is another's from now on. */
  close(): null {
    this.#source.close();
    if (this.#buffer.length === WINDOW_BYTES && spare.length < MAX_SPARE) spare.push(this.#buffer);
    this.#buffer = new Uint8Array(0);
    this.#to = this.#from;
    return null;
  }

  /**
   * The file's bytes from `at`: `wanted` of them, or what there is. Valid until the next call.
   *
   * @param ahead read on to fill the buffer, for what follows will be wanted too
   */
  bytes(at: number, wanted: number, ahead: boolean): Uint8Array {
    const end = Math.min(at + wanted, this.#source.size_bytes);
    if (at < this.#from || end > this.#to) this.#load(at, end, ahead);
    return this.#buffer.subarray(at - this.#from, Math.max(at, Math.min(end, this.#to)) - this.#from);
  }

  /** Header and context of the packet at `at`. */
  packetStart(trace: TraceClass, at: number, ahead: boolean): PacketStart {
    const left = this.size_bytes - at;
    for (let wanted = PACKET_START_BYTES; ; wanted *= 8) {
      try {
        return readPacketStart(trace, this.bytes(at, wanted, ahead));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        if (wanted >= left) throw new DataFault('the file ends within the header of a packet');
      }
    }
  }

  #load(at: number, end: number, ahead: boolean): void {
    const size = this.#source.size_bytes;
    const length = ahead ? Math.max(end - at, Math.min(WINDOW_BYTES, size - at)) : end - at;
    if (length * 8 > MAX_EVENT_BITS) throw new DataFault(`an event of more than ${MAX_EVENT_BITS / 8} bytes`);
    if (length > this.#buffer.length)
      this.#buffer = (length <= WINDOW_BYTES ? spare.pop() : null) ?? new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const count = this.#source.read(this.#buffer.subarray(done, length), at + done);
      if (count <= 0) break; // the file has shrunk: what there is counts
      done += count;
    }
    this.#from = at;
    this.#to = at + done;
  }
}
