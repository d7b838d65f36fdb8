/**
 * One data stream: packets in LTTng's layout (write/layout.ts), filled event by event in a reused buffer.
 *
 *     packet   | header, context: write/layout.ts | event ... | event | padding |
 *     event    | header (compact 4 or 13 bytes, large 6 or 14, plain 4) | stream event context | context | fields |
 *
 * Packets are opened and closed by themselves, or by `beginPacket` and `endPacket`. Times are unsigned 64-bit cycles in two
 * 32-bit halves: a CLOCK_MONOTONIC in nanoseconds passes 2^53 after 104 days of uptime, and a bigint for each event would
 * cost more than the rest of the event.
 */
import { checkCounter, MAX_PACKET_BYTES } from './write/checks.ts';
import { CtfWriterError, fits, refused } from './write/errors.ts';
import type { FieldBytes } from './write/field-bytes.ts';
import type { PacketLayout } from './write/layout.ts';
import { PacketBytes } from './write/packet-bytes.ts';
import type { PacketEnd, StreamOptions } from './write/stream-options.ts';
import type { EventClass, StreamClass } from './writer.ts';

export type { PacketEnd, PacketSink } from './write/stream-options.ts';

/** CTF 1.8.3, section 5.1. */
const PACKET_MAGIC = 0xc1fc1fc1;
/** First size of a packet buffer; it doubles up to the stream's packet size. Idle streams stay small. */
const FIRST_BUFFER_BYTES = 16 * 1024;
/** Longest event header: id u16, id u32, time u64. */
const MAX_EVENT_HEADER_BYTES = 14;
/** Room that a packet's own header and context may take beside one event of the largest size. */
const HEAD_BYTES = 64 * 1024;
const TWO_32 = 2 ** 32;
const MAX_CYCLES = 2n ** 64n - 1n;

export class StreamWriter extends PacketBytes {
  readonly streamClass: StreamClass;
  /** File name, as LTTng's: `channel0_3`. */
  readonly name: string;
  readonly instance: number | bigint;
  readonly cpu: number;
  /** Events written, packets closed, bytes handed over. */
  events = 0;
  packets = 0;
  written_bytes = 0;
  /** Events whose time was earlier than the event before; they got that one's time (CTF wants order in a stream). */
  reordered = 0;
  /** Packets begun by hand that became too large and were cut in two. */
  cut = 0;

  readonly #options: StreamOptions;
  readonly #layout: PacketLayout;
  /** An open packet is closed before it grows beyond this. */
  #limitBytes: number;
  #open = false;
  /** Bits that belong to nothing, if the content ends there. */
  #spare_bits = 0;
  #spareAt = -1;
  #byHand = false;
  /** The packet does not say its begin: the first event says its whole time. */
  #unanchored = false;
  #context: Uint8Array;
  #contextSpare_bits = 0;
  #beginHigh = 0;
  #beginLow = 0;
  #lastHigh = 0;
  #lastLow = 0;
  #discarded = 0n;
  #sequence = 0n;

  constructor(options: StreamOptions) {
    super(Math.min(FIRST_BUFFER_BYTES, options.packetBytes));
    this.#options = options;
    this.streamClass = options.streamClass;
    this.name = options.name;
    this.instance = options.instance;
    this.cpu = options.cpu;
    this.#layout = options.layout;
    this.#context = options.context;
    this.#limitBytes = options.packetBytes;
  }

  /**
   * Begins a packet at a time (cycles), closing the one that is open. It holds every event until `endPacket`; beyond
   * 64 MiB it is cut in two, and counted.
   *
   * @param context bytes of the packet context's fields (`CtfWriter.packetContext`); default those of `addStream`
   * @param spare_bits of the context's last byte that belong to no field
   */
  beginPacket(begin: bigint, context: Uint8Array = this.#options.context, spare_bits = 0): void {
    checkCounter(begin, 'the begin of a packet');
    this.flush();
    this.#context = context;
    this.#contextSpare_bits = spare_bits;
    this.#byHand = true;
    this.#limitBytes = MAX_PACKET_BYTES;
    this.#openPacket(Number(begin >> 32n), Number(begin & 0xffffffffn));
  }

  /** Says that nothing happened until a time (cycles): an empty packet, unless something did happen then or later. */
  idleUntil(time: bigint): void {
    const last = (BigInt(this.#lastHigh) << 32n) | BigInt(this.#lastLow);
    if (this.#open || (this.packets > 0 && last >= time)) return;
    this.beginPacket(time);
    this.endPacket();
  }

  /** Closes the open packet and hands it over. Throws `CtfWriterError` when none is open: `flush` does not. */
  endPacket({ end, discarded, sequence, size_bytes = 0 }: PacketEnd = {}): void {
    if (!this.#open) throw new CtfWriterError('TT_CTF_STATE', `stream ${this.name} has no open packet`);
    checkCounter(end, 'the end of a packet');
    checkCounter(discarded, 'discarded');
    checkCounter(sequence, 'sequence');
    if (!fits(size_bytes, 32) || size_bytes > MAX_PACKET_BYTES) {
      throw refused(`size_bytes is ${size_bytes}, not an integer from 0 to ${MAX_PACKET_BYTES}`);
    }
    if (discarded !== undefined) this.#discarded = discarded;
    if (sequence !== undefined) this.#sequence = sequence;
    const last = (BigInt(this.#lastHigh) << 32n) | BigInt(this.#lastLow);
    const until = end === undefined || end < last ? last : end;
    this.#close(until, size_bytes);
    // The next packet begins at this time at the earliest.
    this.#lastHigh = Number(until >> 32n);
    this.#lastLow = Number(until & 0xffffffffn);
    this.#byHand = false;
    this.#context = this.#options.context;
    this.#contextSpare_bits = 0;
    this.#limitBytes = this.#options.packetBytes;
  }

  /**
   * Counts events that were lost before the given time; readers show them between this packet and the one before. Opens
   * a packet when none is open, so that a loss at the end is not lost itself. Throws `CtfWriterError` for no count and no
   * time; a count of 0 does nothing.
   */
  discard(count: number, timeHigh: number, timeLow: number): void {
    if (!fits(count, 64)) throw refused(`a count of lost events is ${count}`);
    if (!fits(timeHigh, 32) || !fits(timeLow, 32)) throw refused(`halves of a time are ${timeHigh} and ${timeLow}`);
    if (count === 0) return;
    this.#discarded += BigInt(count);
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
    if (this.#open && this.pos + room > this.#limitBytes) this.#cut();
    if (high < this.#lastHigh || (high === this.#lastHigh && low < this.#lastLow)) {
      this.reordered++;
      if (!this.#options.keepTimes) {
        high = this.#lastHigh;
        low = this.#lastLow;
      }
    }
    if (!this.#open) this.#openPacket(high, low);
    if (this.pos + room > this.bytes.length) this.#makeRoom(room);
    // (high - lastHigh) * 2^32 is exact: below 2^53 for any two times less than 104 days apart, and large anyway.
    const elapsed = this.#unanchored ? -1 : (high - this.#lastHigh) * TWO_32 + (low - this.#lastLow);
    this.#unanchored = false;
    this.#lastHigh = high;
    this.#lastLow = low;
    const { header } = this.streamClass;
    if (header === 'large') this.#largeHeader(event.id, elapsed, high, low);
    else if (header === 'compact') this.#compactHeader(event.id, elapsed, high, low);
    else this.putInteger32(event.id);
    this.events++;
    event.count++;
  }

  /** Writes a whole event, or throws `CtfWriterError` and writes nothing. @param body contexts and fields */
  append(event: EventClass, cycles: bigint, body: FieldBytes): void {
    if (event.streamClass !== this.streamClass) {
      throw new CtfWriterError('TT_CTF_STATE', `event ${event.name} is of another stream class than ${this.name}`);
    }
    if (cycles < 0n || cycles > MAX_CYCLES) throw refused(`a time is ${cycles}, not of 64 bits`);
    const extra = Math.max(0, body.at - event.minimumBytes);
    if (body.at > MAX_PACKET_BYTES - HEAD_BYTES) throw refused(`event ${event.name} has ${body.at} bytes`);
    this.begin(event, Number(cycles >> 32n), Number(cycles & 0xffffffffn), extra);
    this.bytes.set(body.bytes.subarray(0, body.at), this.pos);
    this.pos += body.at;
    this.#spare_bits = body.spare_bits;
    this.#spareAt = this.pos;
  }

  #makeRoom(room: number): void {
    if (this.pos + room > MAX_PACKET_BYTES) throw refused(`an event has ${room} bytes`);
    this.grow(this.pos + room);
  }

  #largeHeader(id: number, elapsed: number, high: number, low: number): void {
    const at = this.pos;
    if (id < 0xffff && elapsed < TWO_32 && elapsed >= 0) {
      this.view.setUint16(at, id, true);
      this.view.setUint32(at + 2, low, true);
      this.pos = at + 6;
      return;
    }
    this.view.setUint16(at, 0xffff, true);
    this.#extendedHeader(at + 2, id, high, low);
  }

  #compactHeader(id: number, elapsed: number, high: number, low: number): void {
    const at = this.pos;
    if (id < 31 && elapsed < 2 ** 27 && elapsed >= 0) {
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

  /** Closes the open packet and hands it over. Nothing happens when no packet is open. */
  flush(): void {
    if (this.#open) this.endPacket();
  }

  /** Goes on in another packet of the same kind. */
  #cut(): void {
    if (!this.#byHand) {
      this.flush();
      return;
    }
    this.cut++;
    this.#close((BigInt(this.#lastHigh) << 32n) | BigInt(this.#lastLow), 0);
    this.#openPacket(this.#lastHigh, this.#lastLow);
  }

  #close(end: bigint, size_bytes: number): void {
    this.#open = false;
    const layout = this.#layout;
    const content_bytes = this.pos;
    const content_bits = content_bytes * 8 - (this.#spareAt === content_bytes ? this.#spare_bits : 0);
    const total_bytes = Math.max(content_bytes, size_bytes);
    if (total_bytes > this.bytes.length) this.grow(total_bytes);
    this.bytes.fill(0, content_bytes, total_bytes);
    const begin = (BigInt(this.#beginHigh) << 32n) | BigInt(this.#beginLow);
    this.#put64(layout.begin, begin);
    this.#put64(layout.end, end);
    this.#put64(layout.content, BigInt(content_bits));
    this.#put64(layout.size, BigInt(total_bytes) * 8n);
    this.#put64(layout.sequence, this.#sequence);
    this.#put64(layout.discarded, this.#discarded);
    const { index, sink } = this.#options;
    const counters = { discarded: this.#discarded, sequence: this.#sequence };
    index?.push({ offset_bytes: this.written_bytes, content_bits, total_bytes, begin, end, ...counters });
    const packet = this.bytes.subarray(0, total_bytes);
    this.packets++;
    this.#sequence++;
    this.written_bytes += total_bytes;
    this.pos = 0;
    sink(this, packet);
  }

  #openPacket(high: number, low: number): void {
    this.#open = true;
    this.#beginHigh = high;
    this.#beginLow = low;
    // A reader's clock starts at timestamp_begin, so the first event is 0 cycles after it and needs no extended header.
    this.#lastHigh = high;
    this.#lastLow = low;
    this.#unanchored = this.#layout.begin < 0;
    const layout = this.#layout;
    const content = layout.fields + this.#context.length;
    if (content > this.bytes.length) this.grow(content);
    this.view.setUint32(0, PACKET_MAGIC, true);
    const { uuid } = this.#options;
    if (layout.uuid >= 0 && uuid !== null) this.bytes.set(uuid, layout.uuid);
    this.view.setUint32(layout.streamId, this.streamClass.id, true);
    this.#put64(layout.instance, BigInt(this.instance));
    this.bytes.set(this.#context, layout.fields);
    this.pos = content;
    this.#spareAt = content;
    this.#spare_bits = this.#contextSpare_bits;
  }

  #put64(at: number, value: bigint): void {
    if (at >= 0) this.view.setBigUint64(at, BigInt.asUintN(64, value), true);
  }
}

/** UTF-8 bytes of a text, for `putText` and `putString`. */
export function encodeText(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
