/**
 * The state of this machine against the machine: a program does things with files, processes and sockets, and at each of
 * its steps the state is compared with /proc and with what the program says.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { LiveRecorder } from '../../dist/kernel/recorder/index.js';
import { LiveState } from '../../dist/state/index.js';
import { ProcLookup } from '../../dist/state/proc.node.js';
import { needProgram, needRoot, run, sleep, tailtrap, temporaryFolder } from './lib.mjs';

const skip = needRoot() || needProgram('clang');
const SOURCE = fileURLToPath(new URL('./checkpoints.c', import.meta.url));

/** A pidfd has an inode in newer kernels; the state says whose it is. */
const named = (path) => path.replace(/^(anon_inode:\[pidfd\] of \d+|pidfd:\[\d+\])$/, 'anon_inode:[pidfd]');

/** Descriptors as /proc has them: number to name and close-on-exec. */
function filesOf(pid) {
  const files = {};
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))[1], 8);
    files[fd] = { path: named(readlinkSync(`/proc/${pid}/fd/${fd}`)), cloexec: (flags & 0o2000000) !== 0 };
  }
  return files;
}

function filesInState(query, pid) {
  return Object.fromEntries(query.fds({ pid }).map(({ fd, path, cloexec }) => [fd, { path: named(path), cloexec }]));
}

/** Watches until `t` ends. @returns feeds the state with what has happened up to now */
function watching(t) {
  const recorder = LiveRecorder.start({
    events: ['sched', 'syscalls', 'task/task_newtask'],
    bufferBytes: 96 * 2 ** 20,
  });
  t.after(() => recorder.close());
  const state = new LiveState({ origin_ns: recorder.reader.origin_ns });
  const lookup = new ProcLookup(state);
  const feed = () => {
    for (let event = recorder.reader.next(); event !== null; event = recorder.reader.next()) state.update(event);
    lookup.resolve();
  };
  // Twice: what a poll reads last is certain with the next one.
  const catchUp = async () => {
    for (let i = 0; i < 2; i++) {
      await sleep(30);
      recorder.poll();
      feed();
    }
    return state.at();
  };
  return { state, lookup, recorder, catchUp };
}

test('state: a program at its steps is as /proc and the program say', { skip }, async (t) => {
  const folder = realpathSync(temporaryFolder(t));
  const program = `${folder}/tt-checkpoints`;
  const compiled = await run('clang', ['-O1', '-pthread', '-o', program, SOURCE]);
  assert.equal(compiled.code, 0, compiled.stderr);
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address();

  const { lookup, catchUp, recorder, state } = watching(t);
  await catchUp();
  lookup.learnAll();
  const child = spawn(program, [folder, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const steps = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line);
    const { step, pid } = told;
    const query = await catchUp();
    assert.deepEqual(filesInState(query, pid), filesOf(pid), `files at step ${step}`);
    const me = query.thread(pid);
    assert.equal(me.pid, pid);
    assert.equal(me.name, readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
    assert.equal(me.state, 'sleeping', `state at step ${step}`);
    // libuv gives programs a socket as their stdin; its family comes from /proc/net, once a second.
    assert.match(me.wait.kind, /^(net|socket)$/, `wait at step ${step}`);
    assert.deepEqual([me.wait.file, me.wait.fd], [readlinkSync(`/proc/${pid}/fd/0`), 0]);
    const { parent } = query.process(pid);
    assert.equal(parent, Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]));
    await CHECKS[step]?.(query, told, { folder, port, steps, catchUp });
    steps[step] = told;
    child.stdin.write('\n');
  }
  assert.deepEqual(Object.keys(steps), STEPS);
  assert.equal((await catchUp()).process(child.pid), null, 'it has ended');
  assert.equal(recorder.lost, 0);
  t.diagnostic(`${state.counters.events} events, ${lookup.found} names looked up, ${lookup.gone} gone`);
});

const STEPS = [
  'begin',
  'write',
  'dup',
  'pairs',
  'child',
  'forked',
  'connect',
  'today',
  'special',
  'close_range',
  'sleep',
  'exec',
];

/** Addresses come from /proc/net, once a second. */
async function address(pid, fd, port, catchUp) {
  for (let i = 0; i < 40; i++) {
    const { peer } = (await catchUp()).fd(pid, fd).socket;
    if (peer === '') continue;
    assert.equal(peer, `127.0.0.1:${port}`);
    return;
  }
  assert.fail('the address of the socket did not come');
}

const CHECKS = {
  write(query, { pid, fd, written }, { folder }) {
    const info = query.fd(pid, fd);
    assert.equal(info.path, `${folder}/first`);
    assert.deepEqual([info.written_bytes, info.writes, info.read_bytes, info.reads], [written, 1, 100, 1]);
    assert.ok(info.opened_ns !== null && info.closed_ns === null);
  },
  dup(query, { pid }, { folder }) {
    const copies = query.fds({ pid, path: `${folder}/first` });
    assert.deepEqual(
      copies.map(({ shared_by }) => shared_by),
      [3, 3, 3],
    );
    const closed = query.fds({ pid, recent: true }).filter(({ path }) => path === `${folder}/first`);
    assert.equal(closed.length, 4, 'the closed one is shown for a while');
  },
  child(query, { pid, fd, written }, { folder, steps }) {
    assert.equal(query.process(pid).parent, steps.begin.pid);
    const info = query.fd(pid, fd);
    assert.deepEqual([info.path, info.written_bytes], [`${folder}/child`, written]);
    const thread = query.thread(steps.begin.pid);
    assert.deepEqual([thread.syscall, thread.wait.kind], ['wait4', 'child']);
    assert.equal(query.fd(steps.begin.pid, 30).path, `${folder}/first`, "the parent's is not closed");
  },
  forked(query, { child }) {
    assert.equal(query.process(child), null);
  },
  async connect(query, { pid, fd, written }, { port, catchUp }) {
    const { socket, written_bytes, type } = query.fd(pid, fd);
    assert.deepEqual([type, socket.family, socket.type, written_bytes], ['socket', 'inet', 'stream', written]);
    // At least: its stdout is a socket, too, and whether of this machine only is not known at once.
    assert.ok(query.process(pid).net_written_bytes >= written);
    await address(pid, fd, port, catchUp);
  },
  today(query, { pid, fd, copy }) {
    const info = query.fd(pid, fd);
    assert.deepEqual([info.written_bytes, info.read_bytes], [500, 800], 'pwritev2, preadv2 and sendfile');
    assert.equal(query.fd(pid, copy).written_bytes, 300);
  },
  sleep(query, { pid }) {
    const [sleeper] = query.threads({ pid }).filter(({ tid }) => tid !== pid);
    assert.deepEqual([sleeper.state, sleeper.wait.kind], ['sleeping', 'timer']);
    assert.match(sleeper.syscall, /nanosleep/);
    assert.ok(query.waiters().some(({ thread }) => thread.tid === sleeper.tid));
  },
  exec(query, { pid }) {
    assert.equal(query.threads({ pid }).length, 1, 'exec ends the other threads');
    assert.match(query.process(pid).executable, /tt-checkpoints$|^\/proc\/self\/exe$/);
  },
};

test('tailtrap state: a thread that sleeps since long before', { skip }, async (t) => {
  const sleeper = spawn('sleep', ['30']);
  t.after(() => sleeper.kill());
  await sleep(300);
  const { code, stdout, stderr } = await tailtrap(
    'state',
    '--for',
    '300ms',
    '--tid',
    sleeper.pid,
    '--show',
    'threads',
    '--json',
  );
  assert.equal(code, 0, stderr);
  const thread = JSON.parse(stdout);
  assert.deepEqual([thread.state, thread.wait, thread.since_ns], ['sleeping', { kind: 'timer' }, null]);
  assert.match(thread.syscall, /nanosleep/);
});

test('tailtrap state: this machine, as JSON', { skip }, async () => {
  const { code, stdout, stderr } = await tailtrap('state', '--for', '500ms', '--pid', process.pid, '--json');
  assert.equal(code, 0, stderr);
  const records = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const [process_] = records.filter(({ table }) => table === 'processes');
  assert.equal(process_.executable, readlinkSync('/proc/self/exe'));
  assert.equal(process_.directory, process.cwd());
  const threads = records.filter(({ table }) => table === 'threads').map(({ tid }) => tid);
  assert.ok(threads.includes(process.pid));
  for (const fd of [0, 1, 2]) {
    const record = records.find((candidate) => candidate.table === 'fds' && candidate.fd === fd);
    assert.equal(record.path, readlinkSync(`/proc/self/fd/${fd}`));
  }
});

test('tailtrap state --dump: the events of the window, and older ones that explain what lives', { skip }, async (t) => {
  const folder = temporaryFolder(t);
  const args = ['state', '--for', '4s', '--window', '500ms', '--parts', 'syscalls', '--dump', `${folder}/kept`];
  const { code, stderr } = await tailtrap(...args);
  assert.equal(code, 0, stderr);
  const [, kept, all] = /(\d+) of (\d+) events are kept/.exec(stderr);
  assert.ok(Number(kept) < Number(all), 'something was forgotten in 4 s');
  const source = openFolder(`${folder}/kept`);
  const { end_ns } = source.timeRange();
  const names = new Set();
  let [old, fresh, before] = [0, 0, 0n];
  const events = source.events();
  for (let event = events.next(); event !== null; event = events.next()) {
    assert.ok(event.time_ns >= before, 'in the order of time');
    before = event.time_ns;
    if (event.time_ns > end_ns - 500_000_000n) fresh++;
    else {
      old++;
      names.add(event.name);
    }
  }
  assert.equal(old + fresh, Number(kept));
  // This process lives since before: the state dump tells of it.
  assert.ok(fresh > 0 && names.has('lttng_statedump_process_state'), [...names].join(' '));
});

test('tailtrap state names files that are closed at once', { skip: needRoot() }, async (t) => {
  const folder = temporaryFolder(t);
  const program = `const fs = require('fs'); const path = require('path');
    const open = (name) => { for (let i = 0; i < 20; i++) fs.writeFileSync(name + i, 'x'); };
    setInterval(() => { open(path.join(process.argv[1], 'absolute-')); }, 300);`;
  const child = spawn(process.execPath, ['-e', program, folder], { stdio: 'ignore' });
  t.after(() => child.kill());
  const args = ['state', '--for', '3s', '--pid', child.pid, '--show', 'fds', '--recent', '--json', '--limit', '100000'];
  const { code, stdout, stderr } = await tailtrap(...args);
  assert.equal(code, 0, stderr);
  const files = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ opened_ns }) => opened_ns !== null);
  assert.ok(files.length >= 40, `${files.length} files`);
  const named = files.filter(({ path }) => path.startsWith(join(folder, 'absolute-')));
  assert.ok(named.length >= files.length * 0.9, `${named.length} of ${files.length}`);
  assert.ok(named.every(({ written_bytes, type }) => written_bytes === 1 && type === 'file'));
});

test('tailtrap state begins on a machine whose files fill more than a packet', { skip: needRoot() }, async (t) => {
  const program = `const fs = require('fs'); const fds = [];
    for (let i = 0; i < 900; i++) fds.push(fs.openSync('/' + '././'.repeat(200), 'r'));
    process.stdout.write('open'); setInterval(() => fds.length, 1000);`;
  const children = Array.from({ length: 8 }, () =>
    spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  t.after(() => {
    for (const child of children) child.kill();
  });
  await Promise.all(children.map((child) => once(child.stdout, 'data')));
  const { code, stdout, stderr } = await tailtrap('state', '--for', '1s', '--show', 'counters');
  assert.equal(code, 0, stderr);
  assert.ok(Number(/living fd +(\d+)/.exec(stdout)[1]) > 8 * 900, stdout);
});
