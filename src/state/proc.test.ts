/** What /proc tells besides the events, on a /proc made for the test. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { traceEvent } from './events.test.data.ts';
import { LiveState } from './live-state.ts';
import { ProcLookup } from './proc.node.ts';

function proc(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>>,
): string {
  const root = mkdtempSync(join(tmpdir(), 'tailtrap-proc-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, put] of [
    ...Object.entries(files).map(([path, text]) => [path, (at: string) => writeFileSync(at, text)] as const),
    ...Object.entries(links).map(([path, to]) => [path, (at: string) => symlinkSync(to, at)] as const),
  ]) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    put(join(root, path));
  }
  return root;
}

function feed(state: LiveState, events: readonly (readonly [string, object])[]): void {
  for (const [index, [name, fields]] of events.entries()) {
    const context = { tid: 10, pid: 10, procname: 'shell' };
    state.update(traceEvent({ name, time: 10 * (index + 1), cpu: 0, fields: { ...fields }, context }));
  }
}

test('a child has the pipe that its parent made a moment before, whose numbers only /proc knows', (t) => {
  const ends = { '10/fd/3': 'pipe:[77]', '10/fd/4': 'pipe:[77]', '20/fd/3': 'pipe:[77]', '20/fd/4': 'pipe:[77]' };
  const state = new LiveState();
  const lookup = new ProcLookup(state, { root: proc(t, {}, ends) });
  feed(state, [
    ['syscall_entry_pipe2', { flags: 0 }],
    ['syscall_exit_pipe2', { ret: 0 }],
    [
      'sched_process_fork',
      { parent_comm: '', parent_tid: 10, parent_pid: 10, child_comm: '', child_tid: 20, child_pid: 20 },
    ],
  ]);
  lookup.resolve();
  for (const pid of [10, 20]) {
    const paths = state
      .at()
      .fds({ pid })
      .map(({ fd, path }) => [fd, path]);
    assert.deepEqual(paths, [
      [3, 'pipe:[77]'],
      [4, 'pipe:[77]'],
    ]);
  }
});

test('threads of the kernel are in no system call', (t) => {
  const zeros = '0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0';
  const files: Record<string, string> = {};
  for (const tid of [2, 30]) {
    files[`${tid}/task/${tid}/stat`] = `${tid} (x) S 0 0`;
    files[`${tid}/task/${tid}/syscall`] = zeros;
  }
  const state = new LiveState();
  const thread = (tid: number, type: number): readonly [string, object] => [
    'lttng_statedump_process_state',
    { tid, pid: tid, ppid: 0, name: 'x', type, file_table_address: BigInt(tid), cpu: 0 },
  ];
  feed(state, [thread(2, 1), thread(30, 0)]);
  const callName = (number: number): string | undefined => (number === 0 ? 'read' : undefined);
  new ProcLookup(state, { root: proc(t, files, {}), callName }).learnAll();
  const query = state.at();
  assert.deepEqual([query.thread(2)?.syscall, query.thread(2)?.wait], [null, { kind: 'other' }]);
  assert.equal(query.thread(30)?.syscall, 'read');
});
