/** Makes a longer trace of a recorded one: its packets again and again, each round later in time. */
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { indexBytes } from '../../dist/ctf/index-file.js';
import { openCtf } from '../../dist/ctf/source.js';

/** Rounds are a multiple of 2^32 ns apart: the low bits in the events' headers stay as they are. */
const ROUND_NS = 5n << 32n;
/** Places in LTTng's packets (docs of `ctf/stream.ts`). */
const STREAM_ID = 20;
const INSTANCE = 24;
const BEGIN = 32;
const END = 40;
const CONTENT = 48;
const TOTAL = 56;
const SEQUENCE = 64;
const DISCARDED = 72;
/** Bits of an extended header of the class `large`, whose last 8 bytes are the full time. */
const EXTENDED_BITS = 112;
const STEP_BITS = 4096 * 8;

/** @param {string} from folder of an LTTng trace of less than 21 s with large headers  @param {string} to  @param {number} rounds */
export function timesTrace(from, to, rounds) {
  mkdirSync(join(to, 'index'), { recursive: true });
  copyFileSync(join(from, 'metadata'), join(to, 'metadata'));
  const metadata = readFileSync(join(from, 'metadata'));
  for (const name of readdirSync(from)) {
    if (name === 'metadata' || !statSync(join(from, name)).isFile()) continue;
    repeat(readFileSync(join(from, name)), metadata, name, to, rounds);
  }
}

function repeat(bytes, metadata, name, folder, rounds) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packets = [];
  for (let at = 0; at < bytes.length; at += Number(view.getBigUint64(at + TOTAL, true) / 8n)) packets.push(at);
  const times = fullTimes(bytes, metadata, name, packets, view);
  const file = openSync(join(folder, name), 'w');
  const index = [];
  for (let round = 0; round < rounds; round++) {
    for (const at of packets) index.push(packetInfo(view, at, round * bytes.length + at));
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    for (const at of times) view.setBigUint64(at, view.getBigUint64(at, true) + ROUND_NS, true);
    for (const at of packets) {
      const next = view.getBigUint64(at + SEQUENCE, true) + BigInt(packets.length);
      view.setBigUint64(at + SEQUENCE, next, true);
    }
  }
  closeSync(file);
  const first = packets[0];
  writeFileSync(
    join(folder, 'index', `${name}.idx`),
    indexBytes(view.getUint32(first + STREAM_ID, true), view.getBigUint64(first + INSTANCE, true), index),
  );
}

function packetInfo(view, at, offset_bytes) {
  const field = (place) => view.getBigUint64(at + place, true);
  return {
    offset_bytes,
    total_bytes: Number(field(TOTAL) / 8n),
    content_bits: Number(field(CONTENT)),
    begin: field(BEGIN),
    end: field(END),
    discarded: field(DISCARDED),
    sequence: field(SEQUENCE),
  };
}

/** Where full times stand: in the packets' contexts and in extended event headers. */
function fullTimes(bytes, metadata, name, packets, view) {
  const source = {
    size_bytes: bytes.length,
    read: (into, at) => bytes.copy(into, 0, at, at + into.length),
    close: () => {},
  };
  const events = openCtf([{ name: 'bench', metadata, streams: [{ name, open: () => source }] }]).events();
  const times = packets.flatMap((at) => [at + BEGIN, at + END]);
  let packet = null;
  let packetAt = 0;
  let windowAt = 0;
  let last = 0;
  for (let event = events.next(); event !== null; event = events.next()) {
    if (event.packet !== packet) {
      packet = event.packet;
      packetAt = packets.find((at) => view.getBigUint64(at + SEQUENCE, true) === packet.sequence);
      windowAt = 0;
      last = packet.headerBits;
    }
    // The window moves by whole steps; what is left is the header.
    const headerBits = (((event.body - last) % STEP_BITS) + STEP_BITS) % STEP_BITS;
    windowAt -= (event.body - last - headerBits) / 8;
    if (headerBits === EXTENDED_BITS) times.push(packetAt + windowAt + event.body / 8 - 8);
    last = event.end;
  }
  return times;
}
