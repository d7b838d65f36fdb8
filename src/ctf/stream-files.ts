/**
 * What of a stream's files is read, and in which order. Files of a rotated stream follow each other; snapshots of one
 * session may overlap, then the packets of all files are put in order and those that were there already left out, as
 * babeltrace2 does. An index lets reading begin near a time without a look at the packets before.
 */
import type { Notice, StreamInfo } from '../trace/event.ts';
import { clockBase_ns, nsOfCycles } from './clock.ts';
import { DataFault } from './decode/bits.ts';
import { readIndex } from './index-reader.ts';
import type { TraceClass } from './model.ts';
import { type PacketStart, readPacketStart, sizesOf } from './packet.ts';
import { MAX_PACKETS, type PacketTable, scanPackets } from './packet-table.ts';
import type { ByteSource, StreamFile } from './reader.ts';

const START_BYTES = 64 * 1024;

/** A file of a stream with what is known of it. */
export interface ProbedFile {
  readonly file: StreamFile;
  readonly trace: TraceClass;
  /** Its folder, as shown. */
  readonly folder: string;
  readonly size_bytes: number;
  /** Null when the first packet's header cannot be read: the cursor will say why. */
  readonly first: PacketStart | null;
}

interface Indexed {
  readonly table: PacketTable | null;
  /** Why the index is not used; ''. */
  readonly fault: string;
}

const indexes = new WeakMap<StreamFile, Indexed>();

/** The packets as the index beside the file says, when there is one that fits the file. */
export function indexOf(probed: ProbedFile): Indexed {
  let found = indexes.get(probed.file);
  if (found === undefined) {
    found = openIndex(probed);
    indexes.set(probed.file, found);
  }
  return found;
}

function openIndex({ file, size_bytes, first }: ProbedFile): Indexed {
  if (first?.begin?.bits !== 64) return { table: null, fault: '' };
  try {
    const bytes = file.index?.() ?? null;
    if (bytes === null) return { table: null, fault: '' };
    const table = readIndex(bytes, size_bytes);
    checkRow(table, 0, first, size_bytes);
    return { table, fault: '' };
  } catch (error) {
    if (error instanceof DataFault) return { table: null, fault: error.message };
    throw error;
  }
}

/** Compares a row with the packet itself. */
function checkRow(table: PacketTable, row: number, start: PacketStart, left_bytes: number): void {
  if (start.begin?.cycles !== table.begins[row]) throw new DataFault(`packet ${row} begins at another time`);
  if (start.end_cycles !== null && start.end_cycles !== table.ends[row]) {
    throw new DataFault(`packet ${row} ends at another time`);
  }
  if (sizesOf(start, left_bytes).total !== table.sizes_bytes[row]! * 8) {
    throw new DataFault(`packet ${row} has another size`);
  }
}

/** One packet and those that follow it in its file, as a file of its own. */
class Part implements StreamFile {
  readonly name: string;
  readonly from_bytes: number;
  readonly packets_before: number;
  readonly #file: StreamFile;
  readonly #to_bytes: number;

  constructor(file: StreamFile, table: PacketTable, from: number, to: number) {
    this.#file = file;
    this.name = file.name;
    this.from_bytes = table.offsets_bytes[from]!;
    this.packets_before = from;
    // Whatever follows the last packet of a file is damage that must be met.
    this.#to_bytes = to < table.count ? table.offsets_bytes[to]! : Number.POSITIVE_INFINITY;
  }

  open(): ByteSource {
    const source = this.#file.open();
    const { from_bytes } = this;
    return {
      size_bytes: Math.max(0, Math.min(source.size_bytes, this.#to_bytes) - from_bytes),
      read: (into, at) => source.read(into, from_bytes + at),
      close: () => source.close(),
    };
  }
}

/**
 * The files to read for events from a time on; a packet before it may be among them.
 *
 * @param begin_ns null: from the front
 */
export function filesToRead(
  files: readonly ProbedFile[],
  info: StreamInfo,
  begin_ns: bigint | null,
  onNotice: (notice: Notice) => void,
): StreamFile[] {
  const untrusted: Untrusted = (probed, fault) => {
    const message = `${probed.folder}/index/${probed.file.name}.idx is not used: ${fault}`;
    onNotice({ kind: 'index', stream: info, count: null, begin_ns: null, end_ns: null, message });
  };
  for (const probed of files) {
    const { fault } = indexOf(probed);
    if (fault !== '') untrusted(probed, fault);
  }
  if (files.length > 1) {
    const tables = files.map((probed) => indexOf(probed).table ?? scanned(probed));
    if (tables.every((table) => table !== null) && isMixed(tables)) return inTime(files, tables);
  }
  if (begin_ns === null) return files.map(({ file }) => file);
  return fromTime(files, begin_ns, untrusted);
}

/** Without index, packets are looked at once. */
const scans = new WeakMap<StreamFile, PacketTable | null>();

function scanned({ file, trace }: ProbedFile): PacketTable | null {
  let table = scans.get(file);
  if (table === undefined) {
    table = scanPackets(file, trace);
    scans.set(file, table);
  }
  return table;
}

/** Whether files overlap in time, and are few enough packets to be put in order. */
function isMixed(tables: readonly PacketTable[]): boolean {
  if (tables.reduce((sum, { count }) => sum + count, 0) > MAX_PACKETS) return false;
  let last = -1n;
  for (const { count, begins } of tables) {
    // Equal times: the same packet twice, or nearly impossible.
    if (count > 0 && begins[0]! <= last) return true;
    for (let row = 0; row < count; row++) if (begins[row]! > last) last = begins[row]!;
  }
  return false;
}

/** Packets of all files by their begin, each once; neighbours in one file stay together. */
function inTime(files: readonly ProbedFile[], tables: readonly PacketTable[]): StreamFile[] {
  const total = tables.reduce((sum, { count }) => sum + count, 0);
  const fileOf = new Uint32Array(total);
  const rowOf = new Uint32Array(total);
  let next = 0;
  tables.forEach(({ count }, file) => {
    for (let row = 0; row < count; row++, next++) {
      fileOf[next] = file;
      rowOf[next] = row;
    }
  });
  const begin = (i: number): bigint => tables[fileOf[i]!]!.begins[rowOf[i]!]!;
  const order = Uint32Array.from({ length: total }, (_, i) => i).sort((a, b) => {
    const [one, other] = [begin(a), begin(b)];
    return one < other ? -1 : one > other ? 1 : a - b;
  });
  const same = (a: number, b: number): boolean => {
    const [one, other] = [tables[fileOf[a]!]!, tables[fileOf[b]!]!];
    const [x, y] = [rowOf[a]!, rowOf[b]!];
    return (
      one.ends[x] === other.ends[y] &&
      one.sizes_bytes[x] === other.sizes_bytes[y] &&
      one.sequences[x] === other.sequences[y]
    );
  };
  // A packet is in each file once, so its copies stand together.
  const isCopy = (packet: number, i: number): boolean => {
    for (let j = i - 1; j >= 0 && j >= i - files.length && begin(order[j]!) === begin(packet); j--) {
      if (same(order[j]!, packet)) return true;
    }
    return false;
  };
  const kept = order.filter((packet, i) => !isCopy(packet, i));
  const out: StreamFile[] = [];
  for (let i = 0; i < kept.length; ) {
    const [file, from] = [fileOf[kept[i]!]!, rowOf[kept[i]!]!];
    let to = from + 1;
    for (i++; i < kept.length && fileOf[kept[i]!] === file && rowOf[kept[i]!] === to; i++) to++;
    out.push(new Part(files[file]!.file, tables[file]!, from, to));
  }
  return out;
}

/** Leaves out files that have an index and end before the time, and begins near it in the first that does not. */
function fromTime(files: readonly ProbedFile[], begin_ns: bigint, untrusted: Untrusted): StreamFile[] {
  for (const [i, probed] of files.entries()) {
    const { table } = indexOf(probed);
    const clock = probed.first?.streamClass.defaultClock;
    if (table === null || !clock) return files.slice(Math.max(0, i - 1)).map(({ file }) => file);
    const base_ns = clockBase_ns(clock);
    const ends_ns = (row: number): bigint => base_ns + nsOfCycles(clock.frequency_hz, table.ends[row]!);
    const last = i === files.length - 1;
    if (!last && table.count > 0 && ends_ns(table.count - 1) < begin_ns) continue;
    const rest = files.slice(i + 1).map(({ file }) => file);
    let row = firstRow(table, (candidate) => ends_ns(candidate) >= begin_ns);
    // The packet before tells how many events were lost between.
    row = Math.max(0, Math.min(row, table.count) - 1);
    const before = row === 0 && i > 0 ? [endOf(files[i - 1]!, untrusted)] : [];
    return [...before, fromRow(probed, table, row, untrusted), ...rest];
  }
  return [];
}

type Untrusted = (probed: ProbedFile, fault: string) => void;

function endOf(probed: ProbedFile, untrusted: Untrusted): StreamFile {
  const table = indexOf(probed).table!;
  return fromRow(probed, table, table.count - 1, untrusted);
}

/** The file from a packet on, when the packet is what the index says; else all of it. */
function fromRow(probed: ProbedFile, table: PacketTable, row: number, untrusted: Untrusted): StreamFile {
  if (row <= 0) return probed.file;
  const fault = faultAt(probed, table, row);
  if (fault === '') return new Part(probed.file, table, row, table.count);
  indexes.set(probed.file, { table: null, fault });
  untrusted(probed, fault);
  return probed.file;
}

function firstRow(table: PacketTable, wanted: (row: number) => boolean): number {
  let low = 0;
  let high = table.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (wanted(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function faultAt({ file, trace }: ProbedFile, table: PacketTable, row: number): string {
  const source = file.open();
  try {
    const bytes = new Uint8Array(Math.min(START_BYTES, table.sizes_bytes[row]!));
    const length = source.read(bytes, table.offsets_bytes[row]!);
    const start = readPacketStart(trace, bytes.subarray(0, length));
    checkRow(table, row, start, source.size_bytes - table.offsets_bytes[row]!);
    return '';
  } catch (error) {
    if (error instanceof DataFault) return error.message;
    if (error instanceof RangeError) return `packet ${row} is not there`;
    throw error;
  } finally {
    source.close();
  }
}
