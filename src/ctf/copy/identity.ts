/** Clocks and environment of a trace, for a copy of it. */
import type { ClockDescription } from '../metadata.ts';
import type { ClockClass, TraceClass } from '../model.ts';
import type { CtfVersion, CtfWriterOptions } from '../writer.ts';

/** TSDL's identifiers; the rest becomes underscores. */
function identifier(text: string): string {
  const clean = text.replace(/\W/g, '_');
  return /^[A-Za-z_]/.test(clean) ? clean : `_${clean}`;
}

/** Names tell clocks apart: in CTF 1.8 they are identifiers. */
export function clockOf(
  clock: ClockClass,
  { clocks }: TraceClass,
  version: CtfVersion,
  note: (text: string) => void,
): ClockDescription {
  const { uid, description, frequency_hz, offset_s, offset_cycles, precision_cycles, origin } = clock;
  let name = clock.id;
  if (version === '1.8') {
    const all = clocks.map(({ id }) => identifier(id));
    const at = clocks.indexOf(clock);
    name = all.indexOf(all[at]!) === at ? all[at]! : `${all[at]}_${at}`;
    if (origin !== 'unix-epoch') note('the origin of the clock becomes the epoch');
  }
  return { name, uuid: uid, description, frequency_hz, offset_s, offset_cycles, precision_cycles, origin };
}

export function environmentOf(
  { environment }: TraceClass,
  version: CtfVersion,
  note: (text: string) => void,
): CtfWriterOptions['environment'] {
  return Array.from(environment, ([key, value]) => {
    if (version === '2' || /^[A-Za-z_]\w*$/.test(key)) return [key, value];
    note(`'${key}' of the environment becomes '${identifier(key)}'`);
    return [identifier(key), value];
  });
}
