import assert from 'node:assert/strict';
import test from 'node:test';
import { formatTable, RowFormat } from './table.ts';
import { styleFor, visibleLength } from './terminal.ts';

test('columns are as wide as their widest cell; numbers end together; no trailing blanks', () => {
  const lines = formatTable(
    [{ title: 'TRACKER' }, { title: 'p99', align: 'right' }, { title: 'NOTE' }],
    [
      ['block', '1.23 ms', ''],
      ['wakeup', '12 us', 'learned'],
    ],
  );
  assert.deepEqual(lines, ['TRACKER      p99  NOTE', 'block    1.23 ms', 'wakeup     12 us  learned']);
});

test('colours take no room, and a table without titles has no head', () => {
  const red = styleFor({ isTTY: true }, {}).red;
  const lines = formatTable(
    [{ title: '' }, { title: '' }],
    [
      [red('a'), 'x'],
      ['bbb', 'y'],
    ],
  );
  assert.deepEqual(lines, [`${red('a')}    x`, 'bbb  y']);
  assert.equal(visibleLength(red('abc')), 3);
});

test('rows that come one by one keep their columns; a long cell pushes only its own row', () => {
  const rows = new RowFormat([{ title: 'A', width: 3 }, { title: 'B' }]);
  assert.deepEqual([rows.head(), rows.row(['1', '2']), rows.row(['12345', '2'])], ['A    B', '1    2', '12345  2']);
});

test('colours need a terminal, and NO_COLOR and TERM=dumb turn them off', () => {
  assert.notEqual(styleFor({ isTTY: true }, {}).bold('x'), 'x');
  assert.equal(styleFor({}, {}).bold('x'), 'x');
  assert.equal(styleFor({ isTTY: true }, { NO_COLOR: '1' }).bold('x'), 'x');
  assert.equal(styleFor({ isTTY: true }, { TERM: 'dumb' }).bold('x'), 'x');
});
