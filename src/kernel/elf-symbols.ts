/** Functions of an ELF file by name. Walks the tables in pieces: a file of any size costs the same memory. */
import { bytesOf, type ElfFile, type Section, textAt } from './elf.ts';

export interface FunctionSymbol {
  readonly name: string;
  readonly address: number;
  /** 0: unknown. */
  readonly size: number;
  /** Visible to other files, as against `static`. */
  readonly global: boolean;
  /** The address is of a function that chooses the real one when the program starts (memcpy, strlen ...). */
  readonly indirect: boolean;
}

const SHT_SYMTAB = 2;
const SHT_NOBITS = 8;
const SHT_DYNSYM = 11;
const SHT_GNU_VERSYM = 0x6fffffff;
const SYMBOL_BYTES = 24;
const SYMBOLS_PER_READ = 4096;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
/** The largest programs' (Chromium, node) names take some ten megabytes. */
const MAX_STRING_BYTES = 128 * 1024 * 1024;
/** Different functions of one name; also a bound for damaged files. */
const MAX_FOUND = 1000;
/** What "did you mean" looks through. */
const MAX_NAMES = 500_000;
/** In .gnu.version: not the version that a program gets which asks for none. */
const VERSYM_HIDDEN = 0x8000;

interface RawSymbol {
  readonly nameAt: number;
  readonly type: number;
  readonly global: boolean;
  readonly address: number;
  readonly size: number;
  readonly hidden: boolean;
}

/**
 * The functions of that name: more than one only when they are different functions (`static` ones of several files).
 */
export function findFunctions(elf: ElfFile, name: string): FunctionSymbol[] {
  const wanted = Buffer.from(name, 'utf8');
  const found = new Map<number, FunctionSymbol & { hidden: boolean }>();
  for (const table of symbolTables(elf)) {
    const names = stringTable(elf, table);
    for (const symbol of functionsOf(elf, table)) {
      if (!hasName(names, symbol.nameAt, wanted) || found.size >= MAX_FOUND) continue;
      const { address, size, global, hidden } = symbol;
      if (found.get(address)?.hidden === false) continue;
      found.set(address, { name, address, size, global, hidden, indirect: symbol.type === STT_GNU_IFUNC });
    }
  }
  const all = [...found.values()];
  const current = all.filter((symbol) => !symbol.hidden);
  const choice = current.length > 0 ? current : all;
  const globals = choice.filter((symbol) => symbol.global);
  return (globals.length > 0 ? globals : choice).map(({ hidden: _, ...symbol }) => symbol);
}

/** Names of functions that a test keeps, to suggest from. */
export function functionNames(elf: ElfFile, keep: (name: string) => boolean): string[] {
  const kept = new Set<string>();
  let seen = 0;
  for (const table of symbolTables(elf)) {
    const names = stringTable(elf, table);
    for (const symbol of functionsOf(elf, table)) {
      if (++seen > MAX_NAMES) return [...kept];
      const name = textAt(names, symbol.nameAt);
      if (name !== '' && keep(name)) kept.add(name);
    }
  }
  return [...kept];
}

export function hasSymbols(elf: ElfFile): boolean {
  return symbolTables(elf).length > 0;
}

/** .symtab, which has all, and .dynsym, which is there when the other was stripped. */
function symbolTables(elf: ElfFile): Section[] {
  return [SHT_SYMTAB, SHT_DYNSYM].flatMap((type) =>
    elf.sections.filter((section) => section.type === type).slice(0, 1),
  );
}

function stringTable(elf: ElfFile, table: Section): Uint8Array {
  const section = elf.sections[table.link];
  if (section === undefined || section.type === SHT_NOBITS) return new Uint8Array(0);
  if (section.size > MAX_STRING_BYTES) throw elf.bad('its symbol names take more than 128 MB');
  return bytesOf(elf.view(section.offset, section.size));
}

function hasName(table: Uint8Array, at: number, name: Uint8Array): boolean {
  if (table[at + name.length] !== 0) return false;
  for (let i = 0; i < name.length; i++) if (table[at + i] !== name[i]) return false;
  return true;
}

function* functionsOf(elf: ElfFile, table: Section): Generator<RawSymbol> {
  const count = Math.floor(table.size / SYMBOL_BYTES);
  const versions = versionsOf(elf, table, count);
  for (let first = 0; first < count; first += SYMBOLS_PER_READ) {
    const here = Math.min(SYMBOLS_PER_READ, count - first);
    const view = elf.view(table.offset + first * SYMBOL_BYTES, here * SYMBOL_BYTES);
    for (let i = 0; i < here; i++) {
      const at = i * SYMBOL_BYTES;
      const info = view.getUint8(at + 4);
      const type = info & 0xf;
      if ((type !== STT_FUNC && type !== STT_GNU_IFUNC) || view.getUint16(at + 6, elf.littleEndian) === 0) continue;
      const version = versions?.getUint16(2 * (first + i), elf.littleEndian) ?? 0;
      yield {
        nameAt: view.getUint32(at, elf.littleEndian),
        type,
        global: info >> 4 !== 0,
        address: elf.word(view, at + 8),
        size: elf.word(view, at + 16),
        hidden: (version & VERSYM_HIDDEN) !== 0,
      };
    }
  }
}

/** Versions of the dynamic symbols: `memcpy@GLIBC_2.2.5` and `memcpy@@GLIBC_2.14` are two functions of one name. */
function versionsOf(elf: ElfFile, table: Section, count: number): DataView | null {
  if (table.type !== SHT_DYNSYM) return null;
  const section = elf.sections.find(({ type }) => type === SHT_GNU_VERSYM);
  return section === undefined || section.size < 2 * count ? null : elf.view(section.offset, 2 * count);
}
