/** All periods of a run, with their parents and captures. */
import { UsageError } from '../../base/errors.ts';
import type { Expression, PeriodDefinition, Reference } from './expression.ts';
import { parseCaptures, parsePeriod } from './parse.ts';

/** @throws UsageError `TT_BAD_PERIOD` */
export function definePeriods(periods: readonly string[], captures: readonly string[]): PeriodDefinition[] {
  const captured = captures.map(parseCaptures);
  captured.forEach(({ name }, i) => {
    if (captured.findIndex((other) => other.name === name) !== i) throw bad(`captures of '${name}' are given twice`);
  });
  const all: PeriodDefinition[] = [];
  for (const text of periods) {
    const { name, parent: parentName, begin, end } = parsePeriod(text);
    if (name !== '' && all.some((other) => other.name === name)) throw bad(`there are two periods '${name}'`);
    const parent = parentName === null ? null : (all.find((other) => other.name === parentName) ?? null);
    if (parentName !== null && parent === null) {
      throw bad(`there is no period '${parentName}', the parent of '${name}', before it`);
    }
    const own = captured.find((one) => one.name === name && name !== '');
    const definition: PeriodDefinition = {
      name,
      parent,
      children: [],
      begin,
      end,
      beginCaptures: own?.begin ?? [],
      endCaptures: own?.end ?? [],
    };
    const references = [...referencesOf(begin), ...referencesOf(end)];
    const asked = [...references, ...[...(own?.begin ?? []), ...(own?.end ?? [])].map(({ reference }) => reference)];
    if (parent === null && asked.some(({ source }) => source === 'parent')) {
      throw bad(`the period '${name}' asks for its parent, but has none`);
    }
    parent?.children.push(definition);
    all.push(definition);
  }
  for (const { name } of captured) {
    if (!all.some((one) => one.name === name)) throw bad(`there is no period '${name}' to capture of`);
  }
  return all;
}

function bad(message: string): UsageError {
  return new UsageError('TT_BAD_PERIOD', message, { next: 'see docs/periods.md' });
}

/** Every reference in an expression. */
export function referencesOf(expression: Expression): Reference[] {
  switch (expression.kind) {
    case 'not':
      return referencesOf(expression.operand);
    case 'compare': {
      const { left, right } = expression;
      return right.kind === 'reference' ? [left, right.reference] : [left];
    }
    default:
      return expression.operands.flatMap(referencesOf);
  }
}

/** `--period-begin` and its like, which lttng-analyses keeps for old scripts, as a definition. */
export function oldPeriod(options: {
  readonly begin: string;
  readonly end: string | undefined;
  readonly beginKey: readonly string[];
  readonly endKey: readonly string[];
  readonly keyValue: readonly string[];
}): string {
  const { begin, end = begin, keyValue } = options;
  const beginKey = options.beginKey.length === 0 ? ['cpu_id'] : options.beginKey;
  const endKey = options.endKey.length === 0 ? beginKey : options.endKey;
  const differ = (what: string, many: number, keys: number): UsageError =>
    new UsageError('TT_USAGE', `${what} has ${many} entries for ${keys} fields of --period-begin-key`, {
      next: 'give as many (without it, --period-begin-key is cpu_id)',
    });
  if (endKey.length !== beginKey.length) throw differ('--period-end-key', endKey.length, beginKey.length);
  if (keyValue.length > 0 && keyValue.length !== beginKey.length) {
    throw differ('--period-key-value', keyValue.length, beginKey.length);
  }
  const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  const isNumber = (text: string): boolean => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text);
  const literal = (text: string): string => (isNumber(text) ? text : quoted(text));
  const zipped = (a: readonly string[], b: readonly string[]): (readonly [string, string])[] =>
    a.slice(0, b.length).map((item, i) => [item, b[i]!]);
  const values = zipped(beginKey, keyValue).map(([key, value]) => `$begin.$evt.${key} == ${literal(value)}`);
  const keys = zipped(endKey, beginKey).map(([key, first]) => `$evt.${key} == $begin.$evt.${first}`);
  const opens = [`$evt.$name == ${quoted(begin)}`, ...values];
  const closes = [`$evt.$name == ${quoted(end)}`, ...keys];
  return `: ${opens.join(' && ')} : ${closes.join(' && ')}`;
}
