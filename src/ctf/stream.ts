/**
 * One data stream: packets in LTTng's layout, filled event by event in a reused buffer.
 *
 *     packet   | magic u32 | uuid 16 | stream_id u32 | stream_instance_id u64 |                            header
 *              | timestamp_begin | timestamp_end | content_size | packet_size | packet_seq_num |
 *              | events_discarded (u64 each) | cpu_id u32 |                                              context
 *              | event ... | event |                                                                      content
 *     event    | header (compact 4 or 13 bytes, large 6 or 14) | stream event context | fields |
 *
 * Times are unsigned 64-bit in two 32-bit halves: a CLOCK_MONOTONIC in nanoseconds passes 2^53 after 104 days of uptime,
 * and a bigint for each event would cost more than the rest of the event.
 */
import type { EventClass, StreamClass } from './writer.ts';

/** CTF 1.8.3, section 5.1. */
const PACKET_MAGIC = 0xc1fc1fc1;
export const PACKET_HEADER_BYTES = 84;
const OFFSET = {
  uuid: 4,
  streamId: 20,
  instance: 24,
  begin: 32,
  end: 40,
  content: 48,
  size: 56,
  sequence: 64,
  discarded: 72,
  cpu: 80,
};
/** First size of a packet buffer; it doubles up to the stream's packet size. Idle streams stay small. */
const FIRST_BUFFER_BYTES = 16 * 1024;
/** Longest event header: id u16, id u32, time u64. */
const MAX_EVENT_HEADER_BYTES = 14;
const TWO_32 = 2 ** 32;

/** What an index file says of a packet. */
export interface PacketInfo {
  readonly offset_bytes: number;
  readonly content_bytes: number;
  readonly begin_ns: bigint;
  readonly end_ns: bigint;
  readonly discarded: number;
  readonly sequence: number;
}

/** Takes a closed packet; the bytes are valid only during the call. */
export type PacketSink = (stream: StreamWriter, packet: Uint8Array) => void;

const utf8 = new TextEncoder();

export class StreamWriter {
  readonly streamClass: StreamClass;
  /** File name, as LTTng's: `channel0_3`. */
  readonly name: string;
  readonly instance: number;
  readonly cpu: number;
  /** Buffer and cursor of the open packet. Hot writers outside this class use them after `begin` reserved the room. */
  bytes: Uint8Array;
  view: DataView;
  pos: number = PACKET_HEADER_BYTES;
  /** Events written, packets closed, bytes handed over. */
  events = 0;
  packets = 0;
  written_bytes = 0;
  /** Events whose time was earlier than the event before; they got that one's time (CTF wants order in a stream). */
  reordered = 0;

  readonly #packetBytes: number;
  readonly #uuid: Uint8Array;
  readonly #sink: PacketSink;
  readonly #index: PacketInfo[] | null;
  #open = false;
  #beginHigh = 0;
  #beginLow = 0;
  #lastHigh = 0;
  #lastLow = 0;
  #discarded = 0;

  constructor(options: {
    streamClass: StreamClass;
    name: string;
    instance: number;
    cpu: number;
    uuid: Uint8Array;
    packetBytes: number;
    sink: PacketSink;
    index: PacketInfo[] | null;
  }) {
    this.streamClass = options.streamClass;
    this.name = options.name;
    this.instance = options.instance;
    this.cpu = options.cpu;
    this.#uuid = options.uuid;
    this.#packetBytes = options.packetBytes;
    this.#sink = options.sink;
    this.#index = options.index;
    this.bytes = new Uint8Array(Math.min(FIRST_BUFFER_BYTES, options.packetBytes));
    this.view = new DataView(this.bytes.buffer);
  }

  /**
   * Counts events that were lost before the given time; readers show them between this packet and the one before. Opens
   * a packet when none is open, so that a loss at the end is not lost itself.
   */
  discard(count: number, timeHigh: number, timeLow: number): void {
    if (count <= 0) return;
    this.#discarded += count;
    if (this.#open) return;
    const earlier = timeHigh < this.#lastHigh || (timeHigh === this.#lastHigh && timeLow < this.#lastLow);
    if (earlier) this.#openPacket(this.#lastHigh, this.#lastLow);
    else this.#openPacket(timeHigh, timeLow);
  }

  /**
   * Writes an event's header; the caller then writes the stream's context and exactly the class's fields.
   *
   * @param extraBytes room that strings and sequences may take beyond the class's minimum
   */
  begin(event: EventClass, timeHigh: number, timeLow: number, extraBytes: number): void {
    let high = timeHigh;
    let low = timeLow;
    const room = MAX_EVENT_HEADER_BYTES + event.minimumBytes + extraBytes;
    if (this.#open && this.pos + room > this.#packetBytes) this.flush();
    if (high < this.#lastHigh || (high === this.#lastHigh && low < this.#lastLow)) {
      high = this.#lastHigh;
      low = this.#lastLow;
      this.reordered++;
    }
    if (!this.#open) this.#openPacket(high, low);
    if (this.pos + room > this.bytes.length) this.#grow(this.pos + room);
    // (high - lastHigh) * 2^32 is exact: below 2^53 for any two times less than 104 days apart, and large anyway.
    const elapsed_ns = (high - this.#lastHigh) * TWO_32 + (low - this.#lastLow);
    this.#lastHigh = high;
    this.#lastLow = low;
    if (this.streamClass.header === 'large') this.#largeHeader(event.id, elapsed_ns, high, low);
    else this.#compactHeader(event.id, elapsed_ns, high, low);
    this.events++;
    event.count++;
  }

  #largeHeader(id: number, elapsed_ns: number, high: number, low: number): void {
    const at = this.pos;
    if (id < 0xffff && elapsed_ns < TWO_32) {
      this.view.setUint16(at, id, true);
      this.view.setUint32(at + 2, low, true);
      this.pos = at + 6;
      return;
    }
    this.view.setUint16(at, 0xffff, true);
    this.#extendedHeader(at + 2, id, high, low);
  }

  #compactHeader(id: number, elapsed_ns: number, high: number, low: number): void {
    const at = this.pos;
    if (id < 31 && elapsed_ns < 2 ** 27) {
      // Little-endian bit fields fill from the low bits: 5 bits of id, then 27 of time.
      this.view.setUint32(at, (id | (low << 5)) >>> 0, true);
      this.pos = at + 4;
      return;
    }
    this.view.setUint8(at, 31);
    this.#extendedHeader(at + 1, id, high, low);
  }

  #extendedHeader(at: number, id: number, high: number, low: number): void {
    this.view.setUint32(at, id, true);
    this.view.setUint32(at + 4, low, true);
    this.view.setUint32(at + 8, high, true);
    this.pos = at + 12;
  }

  putInteger8(value: number): void {
    this.view.setUint8(this.pos, value);
    this.pos += 1;
  }

  putInteger16(value: number): void {
    this.view.setUint16(this.pos, value, true);
    this.pos += 2;
  }

  putInteger32(value: number): void {
    this.view.setUint32(this.pos, value, true);
    this.pos += 4;
  }

  putInteger64(high: number, low: number): void {
    this.view.setUint32(this.pos, low, true);
    this.view.setUint32(this.pos + 4, high, true);
    this.pos += 8;
  }

  /** Text of fixed length: cut or filled with NUL. */
  putText(value: Uint8Array, length: number): void {
    const count = Math.min(value.length, length);
    this.bytes.set(count === value.length ? value : value.subarray(0, count), this.pos);
    this.bytes.fill(0, this.pos + count, this.pos + length);
    this.pos += length;
  }

  /** NUL-terminated text; stops at a NUL inside. The room is that of `begin`'s `extraBytes`. */
  putString(value: Uint8Array): void {
    const nul = value.indexOf(0);
    this.bytes.set(nul < 0 ? value : value.subarray(0, nul), this.pos);
    this.pos += nul < 0 ? value.length : nul;
    this.bytes[this.pos++] = 0;
  }

  /** Closes the open packet and hands it over. Nothing happens when no packet is open. */
  flush(): void {
    if (!this.#open) return;
    this.#open = false;
    const view = this.view;
    const bits = this.pos * 8;
    this.#put64(OFFSET.begin, this.#beginHigh, this.#beginLow);
    this.#put64(OFFSET.end, this.#lastHigh, this.#lastLow);
    this.#put64(OFFSET.content, 0, bits);
    this.#put64(OFFSET.size, 0, bits);
    this.#put64(OFFSET.sequence, 0, this.packets);
    this.#put64(OFFSET.discarded, Math.floor(this.#discarded / TWO_32), this.#discarded >>> 0);
    view.setUint32(OFFSET.cpu, this.cpu, true);
    this.#index?.push({
      offset_bytes: this.written_bytes,
      content_bytes: this.pos,
      begin_ns: view.getBigUint64(OFFSET.begin, true),
      end_ns: view.getBigUint64(OFFSET.end, true),
      discarded: this.#discarded,
      sequence: this.packets,
    });
    const packet = this.bytes.subarray(0, this.pos);
    this.packets++;
    this.written_bytes += this.pos;
    this.pos = PACKET_HEADER_BYTES;
    this.#sink(this, packet);
  }

  #openPacket(high: number, low: number): void {
    this.#open = true;
    this.#beginHigh = high;
    this.#beginLow = low;
    // A reader's clock starts at timestamp_begin, so the first event is 0 ns after it and needs no extended header.
    this.#lastHigh = high;
    this.#lastLow = low;
    this.view.setUint32(0, PACKET_MAGIC, true);
    this.bytes.set(this.#uuid, OFFSET.uuid);
    this.view.setUint32(OFFSET.streamId, this.streamClass.id, true);
    this.#put64(OFFSET.instance, 0, this.instance);
    this.pos = PACKET_HEADER_BYTES;
  }

  #put64(at: number, high: number, low: number): void {
    this.view.setUint32(at, low, true);
    this.view.setUint32(at + 4, high, true);
  }

  /** Doubles the buffer; one event larger than a whole packet gets a packet of its own size. */
  #grow(needed: number): void {
    let length = this.bytes.length;
    while (length < needed) length *= 2;
    const grown = new Uint8Array(length);
    grown.set(this.bytes.subarray(0, this.pos));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** UTF-8 bytes of a text, for `putText` and `putString`. */
export function encodeText(value: string): Uint8Array {
  return utf8.encode(value);
}
