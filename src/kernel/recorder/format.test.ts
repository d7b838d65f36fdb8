import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TailtrapError } from '../../base/errors.ts';
import * as linux618 from './fixtures/linux-6-18.test.data.ts';
import { fieldOf, parseFormat, parsePageFormat, symbolsOf } from './format.ts';
import { planOf } from './plan.ts';

test('fields: arrays in the name, arrays in front of it, dynamic ones, signs', () => {
  const format = parseFormat('sched', linux618.FORMATS['sched/sched_process_exec']!);
  assert.equal(format.name, 'sched_process_exec');
  assert.deepEqual(fieldOf(format, 'filename'), {
    name: 'filename',
    type: 'char[]',
    offset: 8,
    size: 4,
    signed: false,
    place: 'data_loc',
    count: 0,
  });
  const change = parseFormat('sched', linux618.FORMATS['sched/sched_switch']!);
  assert.deepEqual(fieldOf(change, 'prev_comm'), {
    name: 'prev_comm',
    type: 'char[]',
    offset: 8,
    size: 16,
    signed: false,
    place: 'here',
    count: 16,
  });
  assert.equal(fieldOf(change, 'prev_state')!.signed, true);
});

test('the labels of a print format', () => {
  const symbols = symbolsOf(parseFormat('skb', linux618.FORMATS['skb/kfree_skb']!), 'reason');
  assert.deepEqual(symbols.slice(0, 2), [
    [2, 'NOT_SPECIFIED'],
    [3, 'NO_SOCKET'],
  ]);
  assert.ok(symbols.length > 5);
});

test('the page header', () => {
  assert.deepEqual(parsePageFormat(linux618.HEADER_PAGE), {
    timestamp: 0,
    commit: 8,
    commitBytes: 8,
    data: 16,
    bytes: 4096,
  });
});

test('relative locations', () => {
  const format = parseFormat(
    'x',
    'name: y\nID: 7\nformat:\n\tfield:__rel_loc char[] name;\toffset:8;\tsize:4;\tsigned:0;\n',
  );
  assert.equal(format.fields[0]!.place, 'rel_loc');
});

test('what is no format is refused with a code', () => {
  for (const text of ['', 'name: x\n', 'name: x\nID: 99999999\n', 'name: x\nID: 3\nformat:\n']) {
    assert.throws(
      () => parseFormat('x', text),
      (e) => e instanceof TailtrapError && e.code === 'TT_BAD_FORMAT',
    );
  }
});

test('any damaged format file: a plan inside the record, or an error with a code', () => {
  const texts = Object.entries(linux618.FORMATS);
  fc.assert(
    fc.property(
      fc.nat(texts.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.string({ maxLength: 4 })), { maxLength: 6 }),
      (which, edits) => {
        let [path, text] = texts[which]! as [string, string];
        for (const [at, insert] of edits) {
          const position = at % text.length;
          text = text.slice(0, position) + insert + text.slice(position + insert.length);
        }
        try {
          planOf(parseFormat(path.split('/')[0]!, text));
        } catch (error) {
          assert.ok(error instanceof TailtrapError, String(error));
        }
      },
    ),
    { seed: 20261123, numRuns: 1000 },
  );
});
