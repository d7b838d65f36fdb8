/** `--where FIELD=VALUE`: which events are wanted by what they hold. */
import { UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import type { EventRecordClass, IntegerClass } from '../ctf/model.ts';
import type { CtfEvent } from '../ctf/reader.ts';
import type { EventType, FieldValue } from '../trace/event.ts';

/** Whether an event is wanted. */
export type EventTest = (event: CtfEvent) => boolean;
type Compare = (value: FieldValue | undefined) => boolean;

const CONDITION = /^([^=!<>]+?)\s*(!=|<=|>=|=|<|>)\s*(.*)$/s;

/**
 * All conditions hold. An event without the field is not wanted, whatever the comparison.
 *
 * @param conditions `FIELD=VALUE`, also with != < <= > >=; `*` and `?` in the VALUE of = and != as in shells
 */
export function whereTest(conditions: readonly string[]): EventTest | null {
  const tests = conditions.map(conditionTest);
  if (tests.length === 0) return null;
  return (event) => tests.every((test) => test(event));
}

/** Refuses conditions on fields that no event of the trace has: none would ever be met. */
export function refuseUnknownFields(conditions: readonly string[], types: readonly EventType[]): void {
  for (const text of conditions) {
    const field = CONDITION.exec(text)?.[1];
    if (field === undefined || types.some((type) => type.valueField(field) !== null)) continue;
    const known = new Set(types.flatMap((type) => type.fieldNames));
    const next = didYouMean(field, [...known]) || '`tailtrap cat --json` shows the fields of events';
    throw new UsageError('TT_NO_FIELD', `no event of the trace has a field '${field}'`, { next });
  }
}

function conditionTest(text: string): EventTest {
  const match = CONDITION.exec(text);
  const [, field = '', operator = '', value = ''] = match ?? [];
  if (match === null || (/[<>]/.test(operator) && numberOf(value) === null)) {
    throw new UsageError('TT_USAGE', `--where '${text}' is not a condition`, {
      next: 'write FIELD=VALUE or FIELD<NUMBER, such as prev_comm=kworker* or ret<0',
    });
  }
  // Fields are looked up once for each kind of event.
  const byType = new Map<EventType, EventTest>();
  return (event) => {
    let test = byType.get(event.type);
    if (test === undefined) {
      test = testOf(event, field, operator, value);
      byType.set(event.type, test);
    }
    return test(event);
  };
}

function testOf({ type, recordClass }: CtfEvent, field: string, operator: string, text: string): EventTest {
  // Generated readers where there are some; the last one decodes the whole event.
  const read = type.stringField(field) ?? type.bigintField(field) ?? type.valueField(field);
  if (read === null) return () => false;
  const labelled = enumerationNamed(recordClass, field);
  const compare = labelled === null ? comparison(operator, text) : labelComparison(labelled, operator, text);
  return (event) => compare(read(event));
}

function comparison(operator: string, text: string): Compare {
  const wanted = numberOf(text);
  switch (operator) {
    case '=':
    case '!=': {
      const matches = textMatcher(text);
      const equal: Compare = (value) =>
        typeof value === 'number' || typeof value === 'bigint'
          ? // biome-ignore lint/suspicious/noDoubleEquals: a number and a bigint of the same value are equal here
            wanted !== null && value == wanted
          : matches(String(value));
      return operator === '=' ? equal : (value) => !equal(value);
    }
    case '<':
      return ordered((value) => value < wanted!);
    case '<=':
      return ordered((value) => value <= wanted!);
    case '>':
      return ordered((value) => value > wanted!);
    default:
      return ordered((value) => value >= wanted!);
  }
}

function ordered(compare: (value: number | bigint) => boolean): Compare {
  return (value) => (typeof value === 'number' || typeof value === 'bigint') && compare(value);
}

/** An enumeration is compared by its number or by its labels. */
function labelComparison(field: IntegerClass, operator: string, text: string): Compare {
  if (numberOf(text) !== null) return comparison(operator, text);
  const matches = textMatcher(text);
  const ranges = field.mappings.filter(({ name }) => matches(name)).flatMap((mapping) => mapping.ranges);
  const equal: Compare = (value) =>
    (typeof value === 'number' || typeof value === 'bigint') &&
    ranges.some(({ low, high }) => low <= value && value <= high);
  return operator === '=' ? equal : (value) => !equal(value);
}

function numberOf(text: string): number | bigint | null {
  const trimmed = text.trim();
  if (/^-?\d+$/.test(trimmed) || /^0x[0-9a-f]+$/i.test(trimmed)) return BigInt(trimmed);
  if (/^-0x[0-9a-f]+$/i.test(trimmed)) return -BigInt(trimmed.slice(1));
  return trimmed !== '' && /^[-+.\d]/.test(trimmed) && !Number.isNaN(Number(trimmed)) ? Number(trimmed) : null;
}

/** `*` and `?` as in shells; anything else is itself. */
function textMatcher(pattern: string): (text: string) => boolean {
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  const parts = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const regular = new RegExp(`^${parts}$`, 's');
  return (text) => regular.test(text);
}

function enumerationNamed(event: EventRecordClass, name: string): IntegerClass | null {
  for (const root of [event.payload, event.specificContext, event.streamClass.commonContext]) {
    const type = root?.members.find((member) => member.name === name)?.type;
    if (type !== undefined) return type.kind === 'integer' && type.form === 'enum' ? type : null;
  }
  return null;
}
