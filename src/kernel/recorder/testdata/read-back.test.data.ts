/** A small reader of what CtfWriter writes, for tests: packets of one stream to events with named fields. */
import type { Field, FieldType, IntegerType } from '../../../ctf/fields.ts';
import { PACKET_HEADER_BYTES } from '../../../ctf/stream.ts';
import type { EventClass } from '../../../ctf/writer.ts';

export interface ReadEvent {
  readonly name: string;
  readonly time_ns: bigint;
  readonly fields: Record<string, bigint | string | bigint[]>;
}

class Reader {
  at = PACKET_HEADER_BYTES;
  readonly view: DataView;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  integer(type: IntegerType): bigint {
    let value = 0n;
    for (let i = type.bits / 8 - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[this.at + i]!);
    this.at += type.bits / 8;
    return type.signed ? BigInt.asIntN(type.bits, value) : value;
  }

  text(end: number): string {
    const nul = this.bytes.indexOf(0, this.at);
    return Buffer.from(this.bytes.subarray(this.at, nul < 0 || nul > end ? end : nul)).toString('utf8');
  }

  value(type: FieldType): bigint | string | bigint[] {
    switch (type.kind) {
      case 'integer':
        return this.integer(type);
      case 'enum':
        return this.integer(type.container);
      case 'string': {
        const text = this.text(this.bytes.length);
        this.at = this.bytes.indexOf(0, this.at) + 1;
        return text;
      }
      case 'text': {
        const text = this.text(this.at + type.bytes);
        this.at += type.bytes;
        return text;
      }
      case 'array':
        return Array.from({ length: type.length }, () => this.integer(type.element));
      case 'sequence': {
        const length = this.view.getUint32(this.at, true);
        this.at += 4;
        return Array.from({ length }, () => this.integer(type.element));
      }
    }
  }
}

/** Reads the packets of a stream whose class has the given events; headers of both forms. */
export function readEvents(packets: readonly Uint8Array[], classes: readonly EventClass[]): ReadEvent[] {
  const byId = new Map(classes.map((event) => [event.id, event]));
  const events: ReadEvent[] = [];
  for (const packet of packets) {
    const reader = new Reader(packet);
    let clock = reader.view.getBigUint64(32, true);
    while (reader.at < packet.length) {
      const large = classes[0]!.streamClass.header === 'large';
      let id = large ? reader.view.getUint16(reader.at, true) : reader.view.getUint8(reader.at) & 31;
      if (id === (large ? 0xffff : 31)) {
        reader.at += large ? 2 : 1;
        id = reader.view.getUint32(reader.at, true);
        clock = reader.view.getBigUint64(reader.at + 4, true);
        reader.at += 12;
      } else {
        const bits = large ? 32n : 27n;
        const low = large
          ? BigInt(reader.view.getUint32(reader.at + 2, true))
          : BigInt(reader.view.getUint32(reader.at, true) >>> 5);
        reader.at += large ? 6 : 4;
        const base = clock & ~((1n << bits) - 1n);
        clock = low < (clock & ((1n << bits) - 1n)) ? base + (1n << bits) + low : base + low;
      }
      const event = byId.get(id)!;
      const fields: ReadEvent['fields'] = {};
      const all: Field[] = [...event.streamClass.context, ...event.fields];
      all.forEach((field, i) => {
        const isContext = i < event.streamClass.context.length;
        fields[isContext ? `context.${field.name}` : field.name] = reader.value(field.type);
      });
      events.push({ name: event.name, time_ns: clock, fields });
    }
    if (reader.at !== packet.length) throw new Error(`event ends at ${reader.at}, packet at ${packet.length}`);
  }
  return events;
}
