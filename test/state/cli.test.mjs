/** `tailtrap state` and the examples of docs/state.md, on the example's trace. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { ROOT } from '../../scripts/lib/files.mjs';
import { writeTalkTrace } from './talk-trace.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-state-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));
writeTalkTrace(join(folder, 'talk'));

function tailtrap(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin/tailtrap'), ...args], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr };
}

const document = readFileSync(join(ROOT, 'docs/state.md'), 'utf8');

// `    $ command`, and what it prints: up to the next text without four spaces before it.
const examples = document
  .split(/^ {4}\$ /m)
  .slice(1)
  .map((rest) =>
    rest
      .split(/^(?=[^ \n])/m)[0]
      .replace(/^ {4}/gm, '')
      .trimEnd(),
  )
  .filter((example) => example.startsWith('tailtrap state talk'));

test('docs/state.md has examples', () => {
  assert.ok(examples.length >= 5, `${examples.length} examples`);
});

for (const example of examples) {
  const [command, ...expected] = example.split('\n');
  test(`docs/state.md: ${command}`, () => {
    const args = command.slice('tailtrap '.length).match(/'[^']*'|\S+/g);
    const { status, stdout, stderr } = tailtrap(...args.map((word) => word.replaceAll("'", '')));
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.trimEnd().split('\n'), expected);
  });
}

for (const [index, [, code]] of [...document.matchAll(/^```js\n([\s\S]*?)^```/gm)].entries()) {
  test(`docs/state.md, program ${index + 1}`, () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', code.replaceAll(/(['`])talk/g, `$1${folder}/talk`)],
      {
        encoding: 'utf8',
        cwd: ROOT,
      },
    );
    assert.equal(status, 0, stderr);
    for (const [, expected] of code.matchAll(/^ *console\.log\(.*\); \/\/ (.+)$/gm)) {
      assert.ok(stdout.split('\n').includes(expected), `${expected} is not in:\n${stdout}`);
    }
  });
}

test('the kept events as a trace: those of the window, and what explains the open file', () => {
  const { status, stderr } = tailtrap('state', 'talk', '--dump', 'kept', '--window', '3s');
  assert.equal(status, 0, stderr);
  const source = openFolder(join(folder, 'kept'));
  const events = source.events();
  const names = [];
  for (let event = events.next(); event !== null; event = events.next()) {
    names.push(`${Number(event.time_ns % 60_000_000_000n) / 1e9} ${event.name}`);
  }
  // The thread was first seen at 0.5, asked for the file at 0.999, has it since 1, is in read and asleep since 5.
  assert.deepEqual(names, [
    '0.5 sched_switch',
    '0.999 syscall_entry_open',
    '1 syscall_exit_open',
    '5.2 syscall_entry_read',
    '5.25 sched_switch',
    '15 sched_waking',
  ]);
});

test('every table has records as JSON, and times are text', () => {
  const tables = 'cpus,processes,threads,waiters,fds,disks,requests,interfaces,interrupts,changes,counters';
  const { status, stdout } = tailtrap(
    'state',
    'talk',
    '--at',
    '10:00:05',
    '--gmt',
    '--json',
    '--show',
    tables,
    '--recent',
  );
  assert.equal(status, 0);
  const records = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    [...new Set(records.map(({ table }) => table))],
    ['cpus', 'processes', 'threads', 'fds', 'changes', 'counters'],
  );
  assert.ok(records.every(({ at_ns }) => at_ns === '1413280805000000000'));
  const [file] = records.filter(({ table, path }) => table === 'fds' && path === '/tmp/test');
  assert.deepEqual([file.opened_ns, file.written_bytes], ['1413280801000000000', 8192]);
});

test('--ago asks for the past of the window', () => {
  const [ago, at] = [
    ['--ago', '10s'],
    ['--at', '10:00:05'],
  ].map((when) => {
    return tailtrap('state', 'talk', ...when, '--gmt', '--json', '--show', 'fds,threads').stdout;
  });
  assert.equal(ago, at);
  assert.match(tailtrap('state', 'talk', '--ago', '14s').stderr, /TT_STATE_OUTSIDE_WINDOW/);
});

test('--watch shows the state again and again', () => {
  const { stdout } = tailtrap('state', 'talk', '--watch', '4s', '--show', 'cpus', '--gmt');
  assert.deepEqual(stdout.match(/state at \S+/g), [
    'state at 10:00:04.500000000',
    'state at 10:00:08.500000000',
    'state at 10:00:12.500000000',
    'state at 10:00:15.000000000',
  ]);
});

for (const [args, code] of [
  [['talk', '--show', 'thread'], 'TT_USAGE'],
  [['talk', '--at', '09:00:00', '--gmt'], 'TT_USAGE'],
  [['talk', '--at', 'noon'], 'TT_USAGE'],
  [['talk', '--parts', 'disk'], 'TT_USAGE'],
  [['talk', '--window', '0'], 'TT_USAGE'],
  [['talk', '--window', '0.5ns'], 'TT_USAGE: --window must be at least 1ms'],
  [['talk', '--show', 'changes', '--since', '10:00:30', '--gmt'], 'TT_USAGE: --since is 15.0 s after'],
  [
    ['talk', '--show', 'changes', '--since', '10:00:08', '--at', '10:00:06', '--gmt'],
    'TT_USAGE: --since is 2.00 s after',
  ],
  [['talk', '--show', 'changes', '--since', '10:00:01', '--window', '2s', '--gmt'], 'TT_STATE_OUTSIDE_WINDOW'],
]) {
  test(`tailtrap state ${args.join(' ')}: ${code}`, () => {
    const { status, stderr, stdout } = tailtrap('state', ...args);
    assert.equal(status, 2, stdout);
    assert.match(stderr, new RegExp(code));
  });
}

test('--tid: its process, its files and its changes, not those of all', () => {
  const show = (tid, tables) => {
    const { status, stdout, stderr } = tailtrap('state', 'talk', '--tid', tid, '--show', tables, '--recent', '--json');
    assert.equal(status, 0, stderr);
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  };
  const tables = ['processes', 'threads', 'fds', 'changes'];
  assert.deepEqual([...new Set(show('4711', tables.join()).map(({ table }) => table))], tables);
  assert.deepEqual(show('4712', tables.join()), [], 'there is no such thread');
});

test('--dump of a trace that was cut off: what could be read is written, the damage is told, the status is 1', () => {
  cpSync(join(folder, 'talk'), join(folder, 'cut'), { recursive: true });
  const stream = join(folder, 'cut', 'channel0_0');
  truncateSync(stream, statSync(stream).size - 40);
  for (const to of ['-', 'cut-kept']) {
    const { status, stdout, stderr } = tailtrap('state', 'cut', '--gmt', '--dump', to);
    assert.equal(status, 1);
    assert.match(stderr, /TT_CTF_DAMAGED/);
    assert.match(to === '-' ? stdout : tailtrap('cat', 'cut-kept').stdout, /filename = "\/tmp\/test"/);
  }
});

test('--tid 0: the idle threads, and nothing of processes', () => {
  const { stdout } = tailtrap('state', 'talk', '--tid', '0', '--at', '10:00:05', '--gmt', '--json');
  const records = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    records.map(({ table, tid, name, state, wait }) => ({ table, tid, name, state, wait })),
    [{ table: 'threads', tid: 0, name: 'swapper/0', state: 'idle', wait: null }],
  );
});

test('--limit is told where it leaves something out, and only there', () => {
  const rows = (limit) =>
    tailtrap('state', 'talk', '--at', '10:00:06', '--gmt', '--show', 'fds', '--recent', '--limit', limit).stdout;
  assert.match(rows('2'), /^fds$[\s\S]*\/tmp\/test$[\s\S]*\/tmp\/test2$/m);
  assert.match(rows('1'), /^fds \(the first 1 of 2; see --limit\)$/m);
  assert.doesNotMatch(rows('1'), /test2/);
});

test('--at after the end of the trace: an answer, and a warning; within it none', () => {
  for (const more of [[], ['--dump', '-'], ['--watch', '10m']]) {
    const { status, stderr } = tailtrap('state', 'talk', '--at', '10:30', '--gmt', ...more);
    assert.equal(status, 0);
    assert.match(stderr, /^warning: --at is 29\.8 m after the trace's end \(10:00:15\.000000000\)/m);
  }
  assert.equal(tailtrap('state', 'talk', '--at', '10:00:15', '--gmt').stderr, '');
  const { status, stderr } = tailtrap('state', 'talk', '--at', '10:00:00.4', '--gmt');
  assert.equal(status, 2);
  assert.match(stderr, /before the trace begins[\s\S]*100 ms later/);
});

test('--path --recent: also those that are closed', () => {
  const args = ['state', 'talk', '--at', '10:00:06', '--gmt', '--path', '/tmp/test2', '--json'];
  assert.equal(tailtrap(...args).stdout, '');
  const [fd] = tailtrap(...args, '--recent')
    .stdout.split('\n')
    .map((line) => JSON.parse(line || 'null'));
  assert.deepEqual([fd.fd, fd.written_bytes], [5, 16_384]);
});

test('--watch 0 is refused; a very short one can be stopped', async () => {
  const { status, stderr } = tailtrap('state', 'talk', '--watch', '0');
  assert.equal(status, 2);
  assert.match(stderr, /TT_USAGE: --watch 0/);
  const args = [join(ROOT, 'bin/tailtrap'), 'state', 'talk', '--watch', '1us', '--show', 'cpus'];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const stuck = setTimeout(() => child.kill('SIGKILL'), 10_000);
  child.stdout.once('data', () => child.kill('SIGTERM')).resume();
  const [, signal] = await once(child, 'close');
  clearTimeout(stuck);
  assert.notEqual(signal, 'SIGKILL', 'it heard SIGTERM');
});
