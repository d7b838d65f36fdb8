/** Text of the io reports for trace A1 against what lttng-analyses prints; each difference has a test of its own. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { expected, namesByThread, run, skip, trace } from './a1.mjs';

const report = (name, ...options) => run(name, trace('A1'), '--gmt', ...options).lines;

/** Calls that lttng-analyses means to follow, but never does. */
const UNFOLLOWED = new Set(['accept', 'accept4', 'splice', 'sendfile64']);

function logRows(lines) {
  const rows = lines.map((line) =>
    /^(\[.*?\]) +(\S+) +([\d.]+) +(N\/A|[\d.]+ +\S+) {2}(.*?) +(\d+) +(\S.*) \(fd=(\d+)\) *$/.exec(line),
  );
  return rows
    .filter((row) => row !== null)
    .map(([, range, name, us, size, proc, tid, file, fd]) => ({
      range,
      name,
      us: Number(us),
      size,
      proc,
      tid: Number(tid),
      file,
      fd,
    }));
}

test('iolog: but for names of threads and files, and calls that it forgets, as lttng-analyses', { skip }, () => {
  const ours = logRows(report('iolog'));
  const theirs = logRows(expected('iolog'));
  const same = ours.filter(({ name }) => !UNFOLLOWED.has(name));
  const figures = ({ range, name, us, size, tid, fd }) => ({ range, name, us, size, tid, fd });
  assert.deepEqual(same.map(figures), theirs.map(figures));
  assert.equal(ours.length - same.length, 3 + 294);
  const names = namesByThread(trace('A1'));
  same.forEach(({ proc, tid, file }, i) => {
    assert.ok(
      names.get(tid).some(({ name }) => name === proc),
      `${proc} (${tid})`,
    );
    const their = theirs[i];
    // The state dump of lttng-modules 2.8 and later names a file's table, not its process: lttng-analyses takes the
    // files of all processes for those of the session daemon. It knows neither pipes nor who was accepted, and shows what a
    // socket was connected to even before it was.
    if (file === their.file || /^(unknown|socket)/.test(their.file) || [145, 154, 148, 152].includes(tid)) return;
    assert.ok(file === 'socket' || /^(socket|pipe)/.test(file), `${file} is not ${their.file} (${tid})`);
  });
  const unknown = (rows) => rows.filter(({ file }) => file === 'unknown').length;
  assert.ok(unknown(same) < unknown(theirs) / 10, `${unknown(same)} of ${unknown(theirs)} unknown files`);
});

const CATEGORY = [
  ['Open', /^(open|openat|socket|dup.?|fcntl|accept4?)$/],
  ['Read', /^(read|readv|p?read(64|v)?|recv.*|splice)$/],
  ['Write', /^(write|writev|pwrite(64|v)?|send.*|splice)$/],
  ['Sync', /^(f?sync|fdatasync|sync_file_range)$/],
];

test('iolatencystats: the rows of iolog, and without the forgotten calls as lttng-analyses', { skip }, () => {
  // Calls without a file in their row (failed opens, sync) count as well.
  const rows = report('iolog').flatMap((line) => {
    const row = /^\[.*?\] +(\S+) +([\d.]+) /.exec(line);
    return row === null ? [] : [{ name: row[1], us: Number(row[2]) }];
  });
  const figuresOf = (lines) =>
    new Map(
      lines
        .flatMap((line) => (/^(Open|Read|Write|Sync|vd.) /.test(line) ? [line.trim().split(/ +/)] : []))
        .map(([name, ...rest]) => [name, rest.map(Number)]),
    );
  const ours = figuresOf(report('iolatencystats'));
  const theirs = figuresOf(expected('iolatencystats'));
  for (const [category, pattern] of CATEGORY) {
    for (const [figures, filter] of [
      [ours, () => true],
      [theirs, ({ name }) => !UNFOLLOWED.has(name)],
    ]) {
      const values = rows
        .filter(({ name }) => pattern.test(name))
        .filter(filter)
        .map(({ us }) => us);
      const [count, min, mean, max] = figures.get(category);
      assert.equal(count, values.length, category);
      assert.equal(min, Math.min(...values));
      assert.equal(max, Math.max(...values));
      assert.ok(Math.abs(mean - values.reduce((a, b) => a + b) / values.length) < 0.002, category);
    }
  }
  for (const disk of ['vda', 'vdb', 'vdc']) assert.deepEqual(ours.get(disk), theirs.get(disk));
});

test('iolatencytop: the ten longest of iolog, not eleven', { skip }, () => {
  const rows = logRows(report('iolog'));
  const tops = report('iolatencytop').join('\n').split('Top system call latencies ').slice(1);
  assert.equal(tops.length, 4);
  tops.forEach((text, i) => {
    const shown = logRows(text.split('\n'));
    const longest = rows.filter(({ name }) => CATEGORY[i][1].test(name)).toSorted((a, b) => b.us - a.us);
    assert.equal(shown.length, 10);
    assert.deepEqual(shown, longest.slice(0, 10));
  });
});

test('iolatencyfreq: sync and disks as lttng-analyses; every call is in one bin', { skip }, () => {
  const graphs = (lines) => lines.join('\n').split('I/O request latency distribution ').slice(1);
  const ours = graphs(report('iolatencyfreq'));
  const theirs = graphs(expected('iolatencyfreq'));
  assert.deepEqual(ours.slice(3), theirs.slice(3));
  const sum = (text) => [...text.matchAll(/ (\d+)$/gm)].reduce((all, [, count]) => all + Number(count), 0);
  assert.deepEqual(ours.slice(0, 3).map(sum), [1353, 15926, 14135]);
  assert.deepEqual(theirs.slice(0, 3).map(sum), [1350, 15632, 13841]);
});

/** Bytes that read calls returned, by thread, from nothing but the calls themselves and sched_switch. */
function bytesRead(path) {
  const current = [];
  const calls = new Map();
  const bytes = new Map();
  const events = openFolder(path).events({ events: ['sched_switch', 'syscall_*'] });
  for (let event = events.next(); event !== null; event = events.next()) {
    const { cpu, name } = event;
    if (name === 'sched_switch') current[cpu] = event.number('next_tid');
    const tid = current[cpu];
    if (tid === undefined || tid === 0) continue;
    if (name.startsWith('syscall_entry_')) calls.set(tid, name.slice(14));
    else if (name.startsWith('syscall_exit_') && CATEGORY[1][1].test(calls.get(tid) ?? '')) {
      bytes.set(tid, (bytes.get(tid) ?? 0) + Math.max(0, event.number('ret')));
      calls.delete(tid);
    }
  }
  return bytes;
}

test('iousagetop: disks and interfaces as lttng-analyses, bytes as the calls returned them', { skip }, () => {
  const sections = (lines) =>
    lines
      .slice(1)
      .join('\n')
      .split('\n\n')
      .filter((text) => text.trim() !== '');
  const ours = sections(report('iousagetop'));
  const theirs = sections(expected('iousagetop'));
  const bare = (text) => text.replaceAll(/B \S+ \(pid=/g, 'B (pid=');
  assert.deepEqual(ours.slice(4, 9).map(bare), theirs.slice(4, 9).map(bare));
  assert.equal(ours[10], theirs[10]);
  // lttng-analyses does not know what lttng-modules calls the reception of packets since 2.8.
  let received = 0;
  const packets = openFolder(trace('A1')).events({ events: ['net_if_receive_skb'] });
  for (let event = packets.next(); event !== null; event = packets.next()) received += event.number('len');
  assert.match(ours[9], new RegExp(` ${(received / 2 ** 20).toFixed(2)} MiB lo$`));
  const shown = [...ours[0].matchAll(/ ([\d.]+ +\S*B) \S.*? \((\d+)\) /g)].map(([, size]) => size.replace(/ +/, ' '));
  const sizes = [...bytesRead(trace('A1')).values()].toSorted((a, b) => b - a).slice(0, 10);
  const format = (bytes) =>
    bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(2)} KiB` : `${(bytes / 2 ** 20).toFixed(2)} MiB`;
  assert.deepEqual(shown, sizes.map(format));
});
