/** `--key`: which field of the in event must equal which field of the out event. */
import { UsageError } from '../../base/errors.ts';
import { didYouMean } from '../../base/nearest.ts';
import type { EventField, EventFields } from './fields.ts';

/** TRACK_FIELDS of bpf/track.bpf.c. */
export const MAX_KEY_FIELDS = 4;

export interface KeyPair {
  readonly in: EventField;
  readonly out: EventField;
}

/**
 * @param text `dev,sector`, or `prev_pid=next_pid` where the names differ
 * @throws UsageError `TT_BAD_KEY`, `TT_NO_FIELD`, `TT_FIELD_TYPES`
 */
export function resolveKey(text: string, inFields: EventFields, outFields: EventFields): KeyPair[] {
  const names = text.split(',').map((part) => part.trim());
  if (names.some((name) => name === '') || names.length > MAX_KEY_FIELDS) {
    throw new UsageError('TT_BAD_KEY', `'${text}' is not a key`, {
      where: '--key',
      next: `write one to ${MAX_KEY_FIELDS} field names with commas between, such as dev,sector or inField=outField`,
    });
  }
  return names.map((name) => resolvePair(name, inFields, outFields));
}

function resolvePair(text: string, inFields: EventFields, outFields: EventFields): KeyPair {
  const parts = text.split('=').map((part) => part.trim());
  const [inName, outName = inName] = parts;
  if (parts.length > 2 || !inName || !outName) {
    throw new UsageError('TT_BAD_KEY', `'${text}' is not a field or a pair of fields`, {
      where: '--key',
      next: 'write fieldOfBoth or inField=outField',
    });
  }
  const pair = { in: fieldNamed(inName, inFields), out: fieldNamed(outName, outFields) };
  checkMeaning(pair, parts.length === 2, inFields, outFields);
  checkTypes(pair, inFields, outFields);
  return sameSign(pair);
}

function fieldNamed(name: string, event: EventFields): EventField {
  const found = event.fields.find((field) => field.name === name);
  if (found !== undefined) return found;
  const reason = event.refused[name];
  const names = event.fields.map((field) => field.name);
  const hint = didYouMean(name, names);
  throw new UsageError(
    'TT_NO_FIELD',
    reason === undefined ? `${event.event} has no field '${name}'` : `'${name}' of ${event.event} ${reason}`,
    { where: '--key', next: `${hint === '' ? '' : `${hint} `}it has ${names.join(', ')}` },
  );
}

/** `pid` is a thread that is being woken in one event and nothing but the current process in another: not the same. */
function checkMeaning(pair: KeyPair, explicit: boolean, inFields: EventFields, outFields: EventFields): void {
  if (explicit || pair.in.pseudo === pair.out.pseudo) return;
  const { name } = pair.in;
  const [own, other] = pair.in.pseudo ? [outFields, inFields] : [inFields, outFields];
  throw new UsageError(
    'TT_BAD_KEY',
    `'${name}' is a field of ${own.event}, but ${other.event} has only its current task's`,
    {
      where: '--key',
      next: `say which you mean: ${pair.in.pseudo ? `tid=${name}` : `${name}=tid`} for the current thread`,
    },
  );
}

function checkTypes({ in: a, out: b }: KeyPair, inFields: EventFields, outFields: EventFields): void {
  const bytesDiffer = a.class === 'bytes' && b.class === 'bytes' && a.place.size !== b.place.size;
  if (a.class === b.class && !bytesDiffer) return;
  throw new UsageError(
    'TT_FIELD_TYPES',
    `${inFields.event} has '${a.name}' as ${a.type}, ${outFields.event} has '${b.name}' as ${b.type}: they can never be equal`,
    { where: '--key', next: 'choose fields of the same type' },
  );
}

/** Of equal size and different sign, -1 is 0xffffffff: compared without the sign. Of different size, the sign counts. */
function sameSign(pair: KeyPair): KeyPair {
  const { in: a, out: b } = pair;
  if (a.class !== 'number' || a.place.signed === b.place.signed || a.place.size !== b.place.size) return pair;
  return { in: unsigned(a), out: unsigned(b) };
}

function unsigned(field: EventField): EventField {
  return { ...field, place: { ...field.place, signed: false } };
}
