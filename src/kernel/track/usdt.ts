/** A USDT probe of a program by its name: its places, and its arguments as fields. */
import { UsageError } from '../../base/errors.ts';
import { didYouMean } from '../../base/nearest.ts';
import type { UprobeTarget } from '../attach.ts';
import type { ElfFile } from '../elf.ts';
import { withBinary } from './binary.ts';
import type { UsdtRef } from './event.ts';
import { COMMON_PID, type EventField, type EventFields, PSEUDO_FIELDS } from './fields.ts';
import type { Side } from './side.ts';
import { parseUsdtArgs, type UsdtPlace, usdtPlaces } from './stapsdt.ts';

/** A uprobe each: a probe in an inlined function of a large program. */
const MAX_TARGETS = 256;

export function openUsdt(ref: UsdtRef, option: string): Side {
  return withBinary(ref.path, option, (elf, path) => {
    const all = usdtPlaces(elf);
    const places = all.filter(({ provider, name }) => provider === ref.provider && name === ref.name);
    if (places.length === 0 || places.length > MAX_TARGETS) throw noProbe(ref, option, all, places.length);
    return { fields: usdtFields(ref.text, places), targets: places.map((place) => targetOf(elf, path, place)) };
  });
}

function noProbe(ref: UsdtRef, option: string, all: readonly UsdtPlace[], count: number): UsageError {
  const names = [...new Set(all.map(({ provider, name }) => `${provider}:${name}`))];
  const hint = didYouMean(`${ref.provider}:${ref.name}`, names);
  const listed = names.slice(0, 10).join(', ');
  const next = names.length === 0 ? 'the file was built without USDT probes; use uprobe:' : `${hint} it has ${listed}`;
  const message =
    count > MAX_TARGETS
      ? `the probe ${ref.provider}:${ref.name} is in ${count} places of ${ref.path}, more than ${MAX_TARGETS}`
      : `${ref.path} has no USDT probe ${ref.provider}:${ref.name}`;
  return new UsageError('TT_NO_USDT', message, { where: option, next: next.trim() });
}

function targetOf(elf: ElfFile, path: string, place: UsdtPlace): UprobeTarget {
  const offset = elf.fileOffset(place.address, true);
  const semaphore = place.semaphore === 0 ? 0 : elf.fileOffset(place.semaphore, false);
  if (offset === null || semaphore === null) throw elf.bad('a USDT probe of it lies outside of its code');
  return { kind: 'uprobe', path, offset, atReturn: false, pid: -1, semaphore };
}

/** An argument is a field when it can be read, and lies alike at all places: a program of ours has one place per field. */
export function usdtFields(event: string, places: readonly UsdtPlace[], arch: string = process.arch): EventFields {
  const refused: Record<string, string> = {};
  const fields: EventField[] = [];
  const alike = new Set(places.map(({ args }) => args)).size === 1;
  parseUsdtArgs(places[0]?.args ?? '', arch).forEach((found, i) => {
    const name = `arg${i}`;
    if (typeof found === 'string') refused[name] = `lies where tailtrap cannot read it (${found})`;
    else if (!alike) refused[name] = `lies elsewhere at each of the ${places.length} places of this probe`;
    else fields.push({ name, class: 'number', style: 'plain', type: 'argument', pseudo: false, place: found });
  });
  return { event, fields: [...fields, ...PSEUDO_FIELDS, COMMON_PID], refused };
}
