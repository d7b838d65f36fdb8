/** The engine against a matcher that keeps whole events and follows the definition word by word. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventType, TraceEvent } from '../../trace/event.ts';
import type { PeriodInstance, Window } from '../report.ts';
import type { Windows } from '../run.ts';
import { PeriodWindows } from './engine.ts';
import type { Expression, Operand, PeriodDefinition, Reference } from './expression.ts';
import { definePeriods } from './registry.ts';

interface Plain {
  readonly time: number;
  readonly name: string;
  readonly fields: Readonly<Record<string, number | string>>;
}

const NAMES = ['a', 'b', 'c'];
const FIELDS = ['x', 'y', 't'];

function typeOf(name: string, fields: readonly string[]): EventType {
  const numeric = (field: string): boolean => fields.includes(field) && field !== 't';
  return {
    name,
    id: 0,
    logLevel: null,
    fieldNames: fields,
    numberField: (field: string) => (numeric(field) ? (event: TraceEvent) => event.number(field) : null),
    bigintField: () => null,
    stringField: (field: string) =>
      fields.includes(field) && field === 't' ? (event: TraceEvent) => event.string(field) : null,
    valueField: () => null,
  };
}

/** One object a kind, as sources have it. */
function typed(events: readonly Plain[]): TraceEvent[] {
  const types = new Map<string, EventType>();
  return events.map(({ time, name, fields }) => {
    const key = `${name} ${Object.keys(fields).sort().join(' ')}`;
    const type = types.get(key) ?? typeOf(name, Object.keys(fields));
    types.set(key, type);
    const number = (field: string): number => fields[field] as number;
    return { time, type, name, cpu: -1, number, string: (field: string) => fields[field] } as unknown as TraceEvent;
  });
}

/** What happened, in order: `+path time` and `-path begin end completed captures`. */
function engine(definitions: readonly PeriodDefinition[], events: readonly Plain[]): string[] {
  const happened: string[] = [];
  const captures = (period: PeriodInstance): string => JSON.stringify([...period.beginCaptures, ...period.endCaptures]);
  const windows = {
    open: ({ begin, period }: Window) => happened.push(`+${period!.path} ${begin}`),
    close: ({ begin, end, period }: Window) =>
      happened.push(`-${period!.path} ${begin} ${end} ${period!.completed} ${captures(period!)}`),
  } as unknown as Windows;
  const policy = new PeriodWindows(definitions);
  for (const event of typed(events)) policy.before(event, windows);
  policy.finish(windows, events.at(-1)?.time ?? 0);
  return happened;
}

interface Open {
  readonly definition: PeriodDefinition;
  readonly parent: Open | null;
  readonly begin: Plain;
  readonly captured: [string, unknown][];
  children: Open[];
}

function naive(definitions: readonly PeriodDefinition[], events: readonly Plain[]): string[] {
  const happened: string[] = [];
  const path = (one: PeriodDefinition): string => (one.parent === null ? one.name : `${path(one.parent)}/${one.name}`);
  const close = (open: Open, time: number, completed: boolean, last: [string, unknown][]): void => {
    for (const child of open.children) close(child, time, false, []);
    const captures = JSON.stringify([...open.captured, ...last]);
    happened.push(`-${path(open.definition)} ${open.begin.time} ${time} ${completed} ${captures}`);
  };
  const capture = (list: PeriodDefinition['beginCaptures'], event: Plain, begin: Plain, parent: Open | null) =>
    list.map(({ name, reference }): [string, unknown] => [name, resolve(reference, event, begin, parent?.begin)]);
  const ends = (open: Open[], event: Plain): Open[] =>
    open.filter((one) => {
      one.children = ends(one.children, event);
      if (!holds(one.definition.end, event, one.begin, one.parent?.begin)) return true;
      close(one, event.time, true, capture(one.definition.endCaptures, event, one.begin, one.parent));
      return false;
    });
  const begins = (list: readonly PeriodDefinition[], siblings: Open[], parent: Open | null, event: Plain): void => {
    for (const definition of list) {
      if (!holds(definition.begin, event, event, parent?.begin)) continue;
      happened.push(`+${path(definition)} ${event.time}`);
      const captured = capture(definition.beginCaptures, event, event, parent);
      siblings.push({ definition, parent, begin: event, captured, children: [] });
    }
    for (const sibling of siblings) begins(sibling.definition.children, sibling.children, sibling, event);
  };
  let roots: Open[] = [];
  for (const event of events) {
    roots = ends(roots, event);
    begins(
      definitions.filter(({ parent }) => parent === null),
      roots,
      null,
      event,
    );
  }
  for (const root of roots) close(root, events.at(-1)!.time, false, []);
  return happened;
}

function resolve({ source, isName, field }: Reference, event: Plain, begin: Plain, parent: Plain | undefined): unknown {
  const of = source === 'current' ? event : source === 'begin' ? begin : parent;
  return isName ? of?.name : of?.fields[field];
}

function holds(expression: Expression, event: Plain, begin: Plain, parent: Plain | undefined): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.operands.every((one) => holds(one, event, begin, parent));
    case 'or':
      return expression.operands.some((one) => holds(one, event, begin, parent));
    case 'not':
      return !holds(expression.operand, event, begin, parent);
    case 'compare': {
      const operandOf = (operand: Operand): unknown =>
        operand.kind === 'reference' ? resolve(operand.reference, event, begin, parent) : operand.value;
      const left = resolve(expression.left, event, begin, parent) as number;
      const right = operandOf(expression.right) as number;
      if (left === undefined || right === undefined || typeof left !== typeof right) return false;
      const results = { '==': left === right, '!=': left !== right, '<': left < right, '<=': left <= right };
      return { ...results, '>': left > right, '>=': left >= right, '=*': false }[expression.operator];
    }
  }
}

const event = fc.record({
  name: fc.constantFrom(...NAMES),
  fields: fc
    .record({ x: fc.nat({ max: 2 }), y: fc.nat({ max: 2 }), t: fc.constantFrom('p', 'q') }, { requiredKeys: [] })
    .map((fields) => fields as Record<string, number | string>),
});
const source = (parented: boolean) =>
  fc.constantFrom('$evt.', '$begin.$evt.', ...(parented ? ['$parent.$begin.$evt.'] : ['$evt.']));
const comparison = (parented: boolean): fc.Arbitrary<string> =>
  fc.oneof(
    fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('==', '!=')).map(([name, op]) => `$evt.$name ${op} "${name}"`),
    fc
      .tuple(
        source(parented),
        fc.constantFrom(...FIELDS),
        fc.constantFrom('==', '!=', '<', '>='),
        fc.constantFrom('0', '1', '"p"'),
      )
      .map(([from, field, op, value]) => `${from}${field} ${op} ${value}`),
    fc
      .tuple(fc.constantFrom(...FIELDS), source(parented), fc.constantFrom(...FIELDS))
      .map(([field, from, other]) => `$evt.${field} == ${from}${other}`),
  );
const expression = (parented: boolean): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(comparison(parented), fc.constantFrom('&&', '||'), fc.boolean()), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.map(([one, op, not], i) => `${i === 0 ? '' : ` ${op} `}${not ? `!(${one})` : one}`).join(''));
const definitions = fc
  .tuple(
    fc.tuple(expression(false), expression(false)),
    fc.option(fc.tuple(expression(true), expression(true))),
    fc.option(fc.tuple(expression(true), expression(true))),
  )
  .map(([root, child, grandchild]) => {
    const texts = [`r : ${root[0]} : ${root[1]}`];
    const captures = ['r : name = $evt.$name, $evt.x : last = $evt.y, first = $begin.$evt.t'];
    if (child !== null) {
      texts.push(`s(r) : ${child[0]} : ${child[1]}`);
      captures.push('s : up = $parent.$begin.$evt.y : own = $begin.$evt.x, up = $parent.$begin.$evt.x');
      if (grandchild !== null) texts.push(`u(s) : ${grandchild[0]} : ${grandchild[1]}`);
    }
    return definePeriods(texts, captures);
  });

test('what begins and ends when, with which captures', () => {
  let periods = 0;
  fc.assert(
    fc.property(definitions, fc.array(event, { maxLength: 14 }), (defined, list) => {
      const events = list.map((one, i) => ({ ...one, time: i * 10 }));
      const happened = engine(defined, events);
      periods += happened.length;
      assert.deepEqual(happened, naive(defined, events));
    }),
    { numRuns: 400 },
  );
  assert.ok(periods > 400, `${periods} begins and ends: the cases are worth something`);
});

test('kinds of events that cannot matter are not asked for', () => {
  const policy = new PeriodWindows(
    definePeriods(['r : $evt.$name == "a" : $evt.$name =* "b*"', 's(r) : $evt.$name == "c"'], []),
  );
  assert.deepEqual(
    ['a', 'b1', 'c', 'd'].map((name) => policy.wants(name)),
    [true, true, true, false],
  );
});
