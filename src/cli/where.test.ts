import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CtfEvent } from '../ctf/reader.ts';
import type { FieldValue } from '../trace/event.ts';
import { whereTest } from './where.ts';

const state = {
  kind: 'integer',
  form: 'enum',
  mappings: [
    { name: 'RUNNING', ranges: [{ low: 0n, high: 0n }] },
    { name: 'SLEEPING', ranges: [{ low: 1n, high: 2n }] },
  ],
};

/** An event with these fields; `state` is an enumeration. */
function event(fields: Record<string, FieldValue>): CtfEvent {
  const members = Object.keys(fields).map((name) => ({ name, type: name === 'state' ? state : { kind: 'other' } }));
  const type = {
    stringField: (name: string) => (typeof fields[name] === 'string' ? () => fields[name] : null),
    bigintField: (name: string) => (typeof fields[name] === 'bigint' ? () => fields[name] : null),
    valueField: (name: string) => (name in fields ? () => fields[name] : null),
  };
  const recordClass = { payload: { members }, specificContext: null, streamClass: { commonContext: null } };
  return { type, recordClass } as unknown as CtfEvent;
}

const FIELDS = { comm: 'kworker/0:1', ret: -11n, big: 2n ** 64n - 1n, load: 0.5, state: 2n, path: 'a=b' };
const CASES: [string, boolean][] = [
  ['comm=kworker/0:1', true],
  ['comm=kworker*', true],
  ['comm=kworker', false],
  ['comm!=kworker*', false],
  ['comm=kworker/?:?', true],
  ['ret=-11', true],
  ['ret = -0xb', true],
  ['ret<0', true],
  ['ret>=-11', true],
  ['ret>-11', false],
  ['ret!=0', true],
  ['big=0xffffffffffffffff', true],
  ['big=18446744073709551614', false],
  ['load<0.6', true],
  ['load=.5', true],
  ['state=SLEEPING', true],
  ['state=S*', true],
  ['state!=RUNNING', true],
  ['state=2', true],
  ['path=a=b', true],
  ['absent=1', false],
  ['absent!=1', false],
  ['comm=1', false],
];

for (const [condition, expected] of CASES) {
  test(`--where '${condition}' is ${expected}`, () => assert.equal(whereTest([condition])!(event(FIELDS)), expected));
}

test('several conditions must all hold; none is no test', () => {
  assert.equal(whereTest(['ret<0', 'comm=k*'])!(event(FIELDS)), true);
  assert.equal(whereTest(['ret<0', 'comm=x*'])!(event(FIELDS)), false);
  assert.equal(whereTest([]), null);
});

test('what is no condition is told', () => {
  for (const wrong of ['comm', '=5', 'ret<abc', '']) {
    assert.throws(() => whereTest([wrong]), /is not a condition/, wrong);
  }
});
