/** What /proc tells besides the events, on a /proc made for the test. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { traceEvent } from './events.test.data.ts';
import { LiveState } from './live-state.ts';
import { OpenedNames } from './opened-names.ts';
import { ProcLookup } from './proc.node.ts';
import { SocketLookup } from './socket-lookup.node.ts';

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

test('of the tables of sockets those are read that can have the socket, and not before their time has passed', (t) => {
  const udp =
    '  sl  local rem st tx:rx tr:when retrnsmt uid timeout inode\n 0: 0100007F:0035 0100007F:1F90 01 0:0 0:0 0 0 0 78 1\n';
  const root = proc(t, { 'net/udp': udp }, { '10/fd/3': 'socket:[77]', '10/fd/4': 'socket:[78]' });
  // A table takes 5 ms: the next look is 2.5 s later.
  let now_ms = 0;
  const clock_ms = (): number => {
    now_ms += 5;
    return now_ms;
  };
  const state = new LiveState();
  const sockets = new SocketLookup(state, { root, clock_ms });
  feed(state, [
    ['syscall_entry_socket', { family: 2, type: 2, protocol: 0 }],
    ['syscall_exit_socket', { ret: 4 }],
  ]);
  const { files } = state.model;
  const socket = files.used - 1;
  files.inode.set(socket, 78);
  sockets.look();
  assert.equal(sockets.tables, 0);
  sockets.want(socket);
  sockets.look();
  assert.equal(sockets.tables, 1);
  assert.deepEqual(state.at().fd(10, 4)?.socket?.peer, '127.0.0.1:8080');
  // Of this one nothing is known: it may be in any of the five.
  files.socketType.set(socket, -1);
  files.family.set(socket, -1);
  sockets.want(socket);
  now_ms += 2000;
  sockets.look();
  assert.equal(sockets.tables, 1);
  now_ms += 500;
  sockets.look();
  assert.equal(sockets.tables, 6);
});

test('a file that was closed before /proc could be asked has the name that its call told, at any time', (t) => {
  const state = new LiveState();
  const names = new OpenedNames(state);
  const lookup = new ProcLookup(state, { root: proc(t, {}, {}), openedAs: (fd) => names.take(fd) });
  const opened = (time: number, path: string, folder = -100): void => names.add({ time, pid: 10, fd: 3, folder, path });
  opened(21, '/etc/one');
  // Of a call that was lost, and of one of another time.
  opened(50_000_000, '/etc/never');
  const call = (time: number, name: string, fields: object): void => {
    const context = { tid: 10, pid: 10, procname: 'sh' };
    state.update(traceEvent({ name, time, cpu: 0, fields: { ...fields }, context }));
  };
  const file = (time: number): void => {
    call(time, 'syscall_entry_openat', { dfd: -100, filename: '0x00007f00aabbccdd', flags: 0, mode: 0 });
    call(time + 10, 'syscall_exit_openat', { ret: 3 });
    call(time + 20, 'syscall_entry_close', { fd: 3 });
    call(time + 30, 'syscall_exit_close', { ret: 0 });
  };
  file(10);
  lookup.resolve();
  opened(100_000_010, 'relative');
  file(100_000_000);
  lookup.resolve();
  file(200_000_000);
  lookup.resolve();
  const paths = (): string[] =>
    state
      .at()
      .fds({ recent: true })
      .map(({ path }) => path);
  assert.deepEqual(paths(), ['/etc/one', 'relative', '']);
  assert.deepEqual([lookup.named, lookup.gone, lookup.skipped], [2, 1, 0]);
  assert.equal(state.at(25n).fd(10, 3)!.path, '/etc/one');
  assert.equal(names.dropped, 1);
  opened(200_000_000, 'late');
  state.advance(6_000_000_000n);
  names.prune();
  assert.equal(names.dropped, 2);
});
