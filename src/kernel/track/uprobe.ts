/** A function of a program or library by its name: where it is in the file, and what of a call may be a key. */
import { TailtrapError, UsageError } from '../../base/errors.ts';
import { nearest } from '../../base/nearest.ts';
import type { UprobeTarget } from '../attach.ts';
import type { ElfFile } from '../elf.ts';
import { type FunctionSymbol, findFunctions, functionNames, hasSymbols } from '../elf-symbols.ts';
import { withBinary } from './binary.ts';
import type { UprobeRef } from './event.ts';
import { COMMON_PID, type EventField, type EventFields, PSEUDO_FIELDS, place } from './fields.ts';
import { registersOf } from './registers.ts';
import type { Side } from './side.ts';

export function openUprobe(ref: UprobeRef, option: string): Side {
  const fields = uprobeFields(ref);
  return withBinary(ref.path, option, (elf, path) => {
    const address = addressOf(elf, ref.symbol, option);
    const offset = elf.fileOffset(address, true);
    if (offset === null) {
      throw new UsageError('TT_NO_SYMBOL', `0x${address.toString(16)} of ${path} is no code`, {
        where: option,
        next: 'give an address as nm, readelf or objdump show it',
      });
    }
    const target: UprobeTarget = { kind: 'uprobe', path, offset, atReturn: ref.atReturn, pid: -1, semaphore: 0 };
    return { fields, targets: [target] };
  });
}

/** Arguments are in registers only when a function is entered, its result only when it returns. */
export function uprobeFields(ref: Pick<UprobeRef, 'text' | 'atReturn'>, arch: string = process.arch): EventFields {
  const registers = registersOf(arch);
  if (registers === null) {
    throw new TailtrapError('TT_NO_ARCH', `uprobes on ${arch} are not supported`, { next: 'use tracepoints' });
  }
  const field = (name: string, register: string): EventField => ({
    name,
    class: 'number',
    style: 'plain',
    type: 'register',
    pseudo: false,
    place: place('context', { offset: registers.offsets[register]!, size: 8 }),
  });
  const args = registers.args.map((register, i) => field(`arg${i}`, register));
  const refused = ref.atReturn
    ? Object.fromEntries(args.map(({ name }) => [name, 'is gone when the function returns; match by tid']))
    : { ret: 'is known only when the function returns (uretprobe)' };
  const own = ref.atReturn ? [field('ret', registers.result)] : args;
  return { event: ref.text, fields: [...own, ...PSEUDO_FIELDS, COMMON_PID], refused };
}

const ADDRESS = /^0x([0-9a-fA-F]{1,13})$/;
const SYMBOL = /^(.+?)(?:\+(0x[0-9a-fA-F]{1,12}|\d{1,12}))?$/;

function addressOf(elf: ElfFile, text: string, option: string): number {
  const address = ADDRESS.exec(text);
  if (address !== null) return Number.parseInt(address[1]!, 16);
  const [, name = text, plus] = SYMBOL.exec(text) ?? [];
  const symbol = chosen(elf, name, findFunctions(elf, name), option);
  const distance = Number(plus ?? 0);
  if (distance > 0 && distance >= symbol.size) {
    throw new UsageError('TT_NO_SYMBOL', `${name} has ${symbol.size} bytes: ${text} is outside`, {
      where: option,
      next: `give an offset below ${symbol.size}, of the first byte of an instruction (objdump -d shows them)`,
    });
  }
  return symbol.address + distance;
}

function chosen(elf: ElfFile, name: string, found: readonly FunctionSymbol[], option: string): FunctionSymbol {
  const { path } = elf.input;
  const [first, ...others] = found;
  if (first === undefined) throw noSymbol(elf, name, option);
  if (others.length > 0) {
    const addresses = found.slice(0, 8).map(({ address }) => `0x${address.toString(16)}`);
    throw new UsageError('TT_MANY_SYMBOLS', `${path} has ${found.length} functions of the name ${name}`, {
      where: option,
      next: `write the address instead of the name: ${addresses.join(', ')}`,
    });
  }
  if (first.indirect) {
    throw new UsageError('TT_INDIRECT_SYMBOL', `${name} of ${path} is chosen for the processor when a program starts`, {
      where: option,
      next: 'give the address of the variant that is used (gdb: info symbol), or trace the function that calls it',
    });
  }
  return first;
}

function noSymbol(elf: ElfFile, name: string, option: string): UsageError {
  const { path } = elf.input;
  // Edit distance over all names of a large program would take seconds: only those that can be near.
  const begin = name.slice(0, 4).toLowerCase();
  const close = (other: string): boolean =>
    Math.abs(other.length - name.length) <= 3 || other.toLowerCase().startsWith(begin);
  const names = hasSymbols(elf) ? functionNames(elf, close) : [];
  const inside = names.filter((other) => other.toLowerCase().includes(name.toLowerCase()));
  const near = [...new Set([...nearest(name, names), ...inside])].slice(0, 3);
  const next = hasSymbols(elf)
    ? `it may be inlined, static in a stripped file, or another library's; see: nm -D ${path}`
    : 'the file was stripped of symbols: install its -dbgsym package, or give an address';
  return new UsageError('TT_NO_SYMBOL', `${path} has no function ${name}`, {
    where: option,
    next: near.length > 0 ? `did you mean ${near.join(' or ')}? ${next}` : next,
  });
}
