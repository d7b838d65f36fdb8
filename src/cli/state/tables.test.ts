/** Rows of the tables: what is not known is a dash. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { LiveState } from '../../state/index.ts';
import { STATE_TABLES } from './tables.ts';

test('a thread of which nothing is told has dashes, and null in its record', () => {
  const state = new LiveState();
  state.threads.get(7, 'app');
  const { columns, rows } = STATE_TABLES.threads!;
  const { shown, count } = rows({
    query: state.at(),
    changes: () => [],
    counters: () => [],
    pid: undefined,
    tid: undefined,
    path: undefined,
    recent: false,
    limit: 10,
    since_ns: undefined,
    clock: String,
  });
  assert.equal(count, 1);
  const cell = (title: string): string => shown[0]!.cells[columns.findIndex((column) => column.title === title)]!;
  assert.deepEqual(['PRIO', 'CPU', 'CALL', 'PID'].map(cell), ['-', '-', '-', '-']);
  const { prio, cpu, syscall, pid } = shown[0]!.record as Record<string, unknown>;
  assert.deepEqual([prio, cpu, syscall, pid], [null, null, null, null]);
});
