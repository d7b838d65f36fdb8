/**
 * Reads a BPF ring buffer straight from the memory it shares with the kernel: no system call and no copy per record.
 * Layout and protocol: kernel/bpf/ringbuf.c.
 *
 *     page 0            page 1              data, mapped twice so that a record never wraps
 *     +---------------+ +-----------------+ +--------------------+--------------------+
 *     | consumer_pos  | | producer_pos    | | records ...        | the same again     |
 *     +---------------+ +-----------------+ +--------------------+--------------------+
 *      ours to write     kernel's, read-only
 *
 *     record: u32 length | BUSY (still being written) | DISCARD, u32 page offset, payload, padded to 8 bytes
 *
 * The kernel wakes a waiting epoll when it commits a record that the consumer had reached, so the position is stored
 * after each batch and before each wait.
 */
import { type Mapping, mapShared, PAGE_BYTES, PROT, unmap } from './libbpf.ts';

const BUSY = 0x8000_0000;
const DISCARD = 0x4000_0000;
const HEADER_BYTES = 8;

/** Positions are u64; a number holds 2^53 bytes: at 1 GB a second, three months of outliers without a pause. */
export class RingReader {
  readonly #consumer: BigUint64Array;
  readonly #producer: BigUint64Array;
  readonly #headers: Int32Array;
  readonly #data: ArrayBuffer;
  readonly #mask: number;
  readonly #unmap: () => void;
  #position: number;
  #closed = false;

  /**
   * @param consumerPage holds the consumer's position, at its beginning
   * @param rest the producer's page, then the data twice
   * @param bytes size of the ring: a power of two, a multiple of the page size
   */
  constructor(consumerPage: ArrayBuffer, rest: ArrayBuffer, bytes: number, unmapBoth: () => void = () => {}) {
    this.#consumer = new BigUint64Array(consumerPage, 0, 1);
    this.#producer = new BigUint64Array(rest, 0, 1);
    this.#headers = new Int32Array(rest, PAGE_BYTES, (2 * bytes) / 4);
    this.#data = rest;
    this.#mask = bytes - 1;
    this.#unmap = unmapBoth;
    this.#position = Number(this.#consumer[0]!);
  }

  /** Maps the ring of a BPF_MAP_TYPE_RINGBUF of that size. */
  static map(fd: number, bytes: number): RingReader {
    const page = mapShared(fd, PAGE_BYTES, PROT.read | PROT.write, 0, 'ring buffer (consumer page)');
    let rest: Mapping;
    try {
      rest = mapShared(fd, PAGE_BYTES + 2 * bytes, PROT.read, PAGE_BYTES, 'ring buffer');
    } catch (error) {
      unmap(page);
      throw error;
    }
    return new RingReader(page.buffer, rest.buffer, bytes, () => {
      unmap(page);
      unmap(rest);
    });
  }

  /**
   * Hands over the records that are complete, oldest first, at most `max`. The view is valid during the call only.
   *
   * @returns the number of records
   */
  drain(consume: (record: DataView) => void, max: number): number {
    if (this.#closed) return 0;
    const produced = Number(Atomics.load(this.#producer, 0)); // acquire: record headers below it are visible
    let count = 0;
    while (this.#position < produced && count < max) {
      const at = this.#position & this.#mask;
      const header = Atomics.load(this.#headers, at >>> 2) >>> 0;
      if ((header & BUSY) !== 0) break;
      const length = (header & ~DISCARD) >>> 0;
      if ((header & DISCARD) === 0) {
        consume(new DataView(this.#data, PAGE_BYTES + at + HEADER_BYTES, length));
        count++;
      }
      this.#position += HEADER_BYTES + ((length + 7) & ~7);
    }
    Atomics.store(this.#consumer, 0, BigInt(this.#position));
    return count;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unmap();
  }
}
