/**
 * Reads ELF files (programs and shared libraries) far enough to place uprobes: segments, sections, addresses.
 * Symbols: elf-symbols.ts. Layouts: the ELF specification, elf(5).
 *
 * Pure: the bytes come from `ElfInput`. The file is not trusted: every offset and count is checked against the file's
 * size or a bound before anything is read, so a hostile file costs an error, not memory.
 */
import { TailtrapError } from '../base/errors.ts';

export interface ElfInput {
  /** What to call it in errors. */
  readonly path: string;
  readonly size: number;
  /** Exactly these bytes; the caller has checked that they lie inside the file. */
  read(offset: number, length: number): Uint8Array;
}

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

interface Segment {
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
}

/** Linkers make some dozens; `-ffunction-sections` objects some thousands. */
const MAX_SECTIONS = 65_536;
const MAX_SEGMENTS = 4096;
/** Section names are short; a larger table is nonsense. */
const MAX_NAME_TABLE_BYTES = 4 * 1024 * 1024;

const SECTION_BYTES = 64;
const SEGMENT_BYTES = 56;
const HEADER_BYTES = 64;
const PT_LOAD = 1;
const SHT_NOBITS = 8;
const PF_X = 1;

/** e_machine of what can run here. */
const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

export class ElfFile {
  readonly input: ElfInput;
  readonly littleEndian: boolean;
  readonly machine: number;
  readonly sections: readonly Section[];
  readonly #segments: readonly Segment[];

  /** @throws TailtrapError `TT_BAD_ELF` */
  constructor(input: ElfInput) {
    this.input = input;
    const header = input.size < HEADER_BYTES ? null : this.view(0, HEADER_BYTES);
    if (header?.getUint32(0, false) !== 0x7f454c46)
      throw this.bad('it is no ELF file (a script? name its interpreter)');
    if (header.getUint8(4) !== 2) throw this.bad('it is a 32-bit program; only 64-bit ones can be traced');
    this.littleEndian = header.getUint8(5) === 1;
    this.machine = header.getUint16(18, this.littleEndian);
    const first = this.#firstSection(header);
    this.#segments = this.#readSegments(header, first);
    this.sections = this.#readSections(header, first);
  }

  /** A view of bytes of the file, checked. */
  view(offset: number, length: number): DataView {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.input.size))
      throw this.bad('it is cut short or damaged');
    const bytes = this.input.read(offset, length);
    if (bytes.byteLength !== length) throw this.bad('it became shorter while it was read');
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  bad(why: string): TailtrapError {
    return new TailtrapError('TT_BAD_ELF', `cannot place a probe in ${this.input.path}: ${why}`, {
      next: 'name a 64-bit ELF program or library, by its path',
    });
  }

  section(name: string): Section | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /** Was it compiled for this machine? */
  runsHere(): boolean {
    return MACHINES[process.arch] === this.machine;
  }

  /** Where in the file an address is, or null when no segment loads it from there. */
  fileOffset(address: number, executable: boolean): number | null {
    for (const segment of this.#segments) {
      const at = address - segment.address;
      if (at < 0 || at >= segment.fileBytes || (executable && (segment.flags & PF_X) === 0)) continue;
      return segment.offset + at;
    }
    return null;
  }

  /** 64-bit numbers of a real file are below 2^53; others become one that fits no check. */
  word(view: DataView, at: number): number {
    const value = view.getBigUint64(at, this.littleEndian);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
  }

  /** Section 0 holds the counts that do not fit the header. */
  #firstSection(header: DataView): DataView | null {
    const offset = this.word(header, 40);
    return offset === 0 ? null : this.view(offset, SECTION_BYTES);
  }

  #readSegments(header: DataView, first: DataView | null): Segment[] {
    const short = header.getUint16(56, this.littleEndian);
    const count = short === 0xffff ? (first?.getUint32(44, this.littleEndian) ?? 0) : short; // PN_XNUM
    if (count > MAX_SEGMENTS) throw this.bad(`it has ${count} segments`);
    if (count > 0 && header.getUint16(54, this.littleEndian) !== SEGMENT_BYTES)
      throw this.bad('its segments are damaged');
    const table = this.view(count === 0 ? 0 : this.word(header, 32), count * SEGMENT_BYTES);
    const segments: Segment[] = [];
    for (let at = 0; at < table.byteLength; at += SEGMENT_BYTES) {
      if (table.getUint32(at, this.littleEndian) !== PT_LOAD) continue;
      segments.push({
        flags: table.getUint32(at + 4, this.littleEndian),
        offset: this.word(table, at + 8),
        address: this.word(table, at + 16),
        fileBytes: this.word(table, at + 32),
      });
    }
    return segments;
  }

  #readSections(header: DataView, first: DataView | null): Section[] {
    if (first === null) return []; // sstrip takes them all away: only addresses can be named then
    const count = header.getUint16(60, this.littleEndian) || this.word(first, 32);
    if (count > MAX_SECTIONS) throw this.bad(`it has ${count} sections`);
    if (header.getUint16(58, this.littleEndian) !== SECTION_BYTES) throw this.bad('its sections are damaged');
    const table = this.view(this.word(header, 40), count * SECTION_BYTES);
    const nameSection = header.getUint16(62, this.littleEndian);
    const namesAt = nameSection === 0xffff ? first.getUint32(40, this.littleEndian) : nameSection; // SHN_XINDEX
    const raw: (Section & { nameAt: number })[] = [];
    for (let at = 0; at < table.byteLength; at += SECTION_BYTES) {
      raw.push({
        name: '',
        nameAt: table.getUint32(at, this.littleEndian),
        type: table.getUint32(at + 4, this.littleEndian),
        address: this.word(table, at + 16),
        offset: this.word(table, at + 24),
        size: this.word(table, at + 32),
        link: table.getUint32(at + 40, this.littleEndian),
      });
    }
    const names = this.#nameTable(raw[namesAt]);
    return raw.map(({ nameAt, ...section }) => ({ ...section, name: textAt(names, nameAt) }));
  }

  #nameTable(section: Section | undefined): Uint8Array {
    if (section === undefined || section.type === SHT_NOBITS) return new Uint8Array(0);
    if (section.size > MAX_NAME_TABLE_BYTES) throw this.bad('its section names are damaged');
    return bytesOf(this.view(section.offset, section.size));
  }
}

export function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Longest name that is looked at: C++ symbols have some thousand bytes. */
const MAX_NAME_BYTES = 4096;

/** The NUL-terminated text at an offset of a string table; `''` outside. */
export function textAt(table: Uint8Array, offset: number): string {
  if (offset >= table.byteLength) return '';
  const end = table.subarray(offset, offset + MAX_NAME_BYTES).indexOf(0);
  const length = end < 0 ? Math.min(MAX_NAME_BYTES, table.byteLength - offset) : end;
  return Buffer.from(table.buffer, table.byteOffset + offset, length).toString('utf8');
}
