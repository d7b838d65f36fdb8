/**
 * USDT probes: what <sys/sdt.h> leaves in a program. Each place of a probe is a note of the section .note.stapsdt:
 *
 *     u32 name bytes (8) | u32 descriptor bytes | u32 type (3) | "stapsdt\0" | descriptor, padded to 4
 *     descriptor: u64 address | u64 address of .stapsdt.base at link time | u64 semaphore | provider \0 name \0 args \0
 *
 * Source: https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation
 */
import { bytesOf, type ElfFile, textAt } from '../elf.ts';
import { type FieldPlace, place } from './fields.ts';
import { registerOffset } from './registers.ts';

export interface UsdtPlace {
  readonly provider: string;
  readonly name: string;
  /** Already corrected for a program that was moved after linking (prelink). */
  readonly address: number;
  /** Address of the counter that switches the probe on, 0: it is always on. */
  readonly semaphore: number;
  /** Such as `-4@%edi 8@-16(%rbp)`. */
  readonly args: string;
}

const TYPE = 3;
/** Large programs have some thousand places. */
const MAX_PLACES = 65_536;
const MAX_SECTION_BYTES = 32 * 1024 * 1024;

export function usdtPlaces(elf: ElfFile): UsdtPlace[] {
  const section = elf.section('.note.stapsdt');
  if (section === undefined) return [];
  if (section.size > MAX_SECTION_BYTES) throw elf.bad('its USDT notes are damaged');
  const base = elf.section('.stapsdt.base')?.address ?? 0;
  const view = elf.view(section.offset, section.size);
  const places: UsdtPlace[] = [];
  let at = 0;
  while (at + 12 <= view.byteLength && places.length < MAX_PLACES) {
    const nameBytes = view.getUint32(at, elf.littleEndian);
    const descBytes = view.getUint32(at + 4, elf.littleEndian);
    const desc = at + 12 + padded(nameBytes);
    const next = desc + padded(descBytes);
    if (next > view.byteLength) throw elf.bad('its USDT notes are damaged');
    if (view.getUint32(at + 8, elf.littleEndian) === TYPE && descBytes >= 24) {
      places.push(placeOf(elf, new DataView(view.buffer, view.byteOffset + desc, descBytes), base));
    }
    at = next;
  }
  return places;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

function placeOf(elf: ElfFile, desc: DataView, base: number): UsdtPlace {
  const linkedBase = elf.word(desc, 8);
  const moved = base !== 0 && linkedBase !== 0 ? base - linkedBase : 0;
  const semaphore = elf.word(desc, 16);
  const bytes = bytesOf(desc);
  const texts: string[] = [];
  for (let at = 24, i = 0; i < 3; i++) {
    const end = bytes.indexOf(0, at);
    texts.push(textAt(bytes, at));
    at = end < 0 ? bytes.byteLength : end + 1;
  }
  const [provider = '', name = '', args = ''] = texts;
  return {
    provider,
    name,
    args,
    address: elf.word(desc, 0) + moved,
    semaphore: semaphore === 0 ? 0 : semaphore + moved,
  };
}

/** One argument: sign and size, then where it is, in the assembler's notation. */
const ARGUMENT = /(-?[1248])@(\[[^\]]*\]|\S+)/g;

/** The places of the arguments, in order; a string for one that cannot be read (what it says). */
export function parseUsdtArgs(args: string, arch: string = process.arch): (FieldPlace | string)[] {
  return [...args.matchAll(ARGUMENT)].map(([whole, size, where]) => {
    const bytes = Math.abs(Number(size));
    const base = { size: bytes, signed: Number(size) < 0 };
    return (arch === 'arm64' ? arm64Place(where!, base, arch) : x64Place(where!, base, arch)) ?? whole;
  });
}

interface Width {
  readonly size: number;
  readonly signed: boolean;
}

/** AT&T syntax: `$5`, `%eax`, `(%rdi)`, `-16(%rbp)`. Not: `8(%rax,%rbx,4)`, `symbol(%rip)`, `%ah`. */
function x64Place(where: string, width: Width, arch: string): FieldPlace | null {
  const constant = /^\$(-?(?:0x[0-9a-fA-F]{1,16}|\d{1,19}))$/.exec(where);
  if (constant !== null) return place('constant', { ...width, constant: integer(constant[1]!) });
  const match = /^(?:(%)([a-z0-9]+)|(-?(?:0x[0-9a-fA-F]{1,8}|\d{1,10}))?\(%([a-z0-9]+)\))$/.exec(where);
  if (match === null) return null;
  return registerPlace(match[2] ?? null, match[4] ?? null, match[3] ?? '0', width, arch);
}

/** `5`, `x0`, `[sp, 16]`, `[x3]`. */
function arm64Place(where: string, width: Width, arch: string): FieldPlace | null {
  const constant = /^-?\d{1,19}$/.exec(where);
  if (constant !== null) return place('constant', { ...width, constant: integer(where) });
  const memory = /^\[\s*([a-z0-9]+)\s*(?:,\s*#?(-?\d{1,10}))?\s*\]$/.exec(where);
  if (memory !== null) return registerPlace(null, memory[1]!, memory[2] ?? '0', width, arch);
  return /^[a-z0-9]+$/.test(where) ? registerPlace(where, null, '0', width, arch) : null;
}

function registerPlace(
  value: string | null,
  address: string | null,
  displacement: string,
  width: Width,
  arch: string,
): FieldPlace | null {
  const offset = registerOffset(arch, value ?? address ?? '');
  if (offset === null) return null;
  if (value !== null) return place('context', { ...width, offset });
  return place('user', { ...width, offset, constant: integer(displacement) });
}

function integer(text: string): bigint {
  const magnitude = BigInt(text.replace('-', ''));
  return BigInt.asIntN(64, text.startsWith('-') ? -magnitude : magnitude);
}
