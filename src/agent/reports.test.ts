import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Outlier } from '../base/outlier.ts';
import { parseReport, TOO_OLD } from './report-line.ts';
import { Reports } from './reports.ts';

const now_ns = (): bigint => BigInt(Date.now()) * 1_000_000n;

function line(change: Record<string, unknown> = {}): string {
  const end = now_ns();
  const good = {
    id: 'http.server-1-2-3',
    host: 'liar',
    tracker: 'http.server',
    kind: 'threshold',
    key: { method: 'GET', route: '/slow' },
    begin_ns: String(end - 300_000_000n),
    end_ns: String(end),
    delay_ns: 300_000_000,
    threshold_ns: 200_000_000,
    cpu: -1,
    pid: 42,
    tid: 42,
    comm: 'node',
    cgroup: '/',
    details: { status: 200, path: '/slow', broken: null },
    snapshot: '/etc/passwd',
  };
  return JSON.stringify({ ...good, ...change });
}

const parse = (text: string): Outlier | typeof TOO_OLD | null => parseReport(text, 'here', now_ns());

interface Listening {
  reports: Reports;
  got: Outlier[];
  path: string;
  open: () => Socket;
}

async function listen(t: TestContext): Promise<Listening> {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-unit-'));
  const got: Outlier[] = [];
  const reports = new Reports('here', (outlier) => got.push(outlier));
  const server = createServer((socket) => {
    socket.on('error', () => {});
    reports.accept(socket.setEncoding('utf8'), '');
  });
  await new Promise<void>((resolve) => server.listen({ path: join(folder, 's') }, () => resolve()));
  const sockets: Socket[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    reports.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = (): Socket => {
    const socket = connect({ path: join(folder, 's') }).on('error', () => {});
    sockets.push(socket.setEncoding('utf8'));
    return socket;
  };
  return { reports, got, path: join(folder, 's'), open };
}

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(done());
}

test('an outlier is taken over; host and snapshot are our own, unknown fields stay behind', () => {
  const outlier = parse(line({ evil: { deep: [] } })) as Outlier;
  assert.equal(outlier.host, 'here');
  assert.equal(outlier.snapshot, null);
  assert.equal('evil' in outlier, false);
  assert.deepEqual(outlier.key, { method: 'GET', route: '/slow' });
});

const HOSTILE: Record<string, unknown>[] = [
  { id: '../../etc/passwd' },
  { id: '' },
  { id: '..' },
  { id: '-rf' },
  { tracker: 'block' }, // a kernel tracker's name
  { tracker: 'http.server\n' },
  { tracker: '__proto__' },
  { kind: 'other' },
  { begin_ns: 1 },
  { end_ns: '-5' },
  { end_ns: '9999999999999999999' },
  { delay_ns: -1 },
  { delay_ns: 1.5 },
  { delay_ns: 900_000_000 }, // not the distance of the times
  { threshold_ns: null },
  { cpu: 1e9 },
  { pid: 0 },
  { pid: '42' },
  { tid: -1 },
  { comm: 'x'.repeat(65) },
  { comm: '\u001b[2J' },
  { cgroup: '\u202e' },
  { comm: 'no\u200bde' },
  { comm: 'node\ufeff' },
  { comm: 'node\u{e0041}' },
  { key: [] },
  { key: null },
  { key: { route: { nested: 1 } } },
  { details: { 'a b': 1 } },
  { details: { text: 'x'.repeat(513) } },
  { details: { text: 'a\u0000b' } },
  { details: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, i])) },
];
for (const change of HOSTILE) {
  test(`refused: ${JSON.stringify(change).slice(0, 60)}`, () => assert.equal(parse(line(change)), null));
}

test('whatever stands in a line: an outlier within the bounds, or null', () => {
  for (const text of ['', '[]', 'null', '1', '{', '{"key":{"__proto__":{"a":1}}}', '[['.repeat(4000)]) {
    assert.equal(parse(text), null);
  }
  const good = JSON.parse(line()) as Record<string, unknown>;
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(good)), fc.jsonValue(), (field, value) => {
      const outlier = parse(JSON.stringify({ ...good, [field]: value }));
      if (outlier !== null) assert.ok(JSON.stringify(outlier).length < 32_000);
    }),
    { numRuns: 1000 },
  );
});

test('lines come in pieces; bad ones are counted, and after ten the connection ends', async (t) => {
  const { reports, got, open } = await listen(t);
  const socket = open();
  const text = `${line()}\n`;
  socket.write(text.slice(0, 30));
  socket.write(text.slice(30) + text.slice(0, 5));
  socket.write(text.slice(5));
  await until(() => got.length === 2);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write('nonsense\n'.repeat(9));
  socket.write(text);
  await until(() => got.length === 3);
  socket.write('nonsense\n'.repeat(5000));
  await new Promise((resolve) => socket.on('close', resolve));
  assert.match(answer, /TT_BAD_REPORT/);
  assert.deepEqual(reports.counters, { accepted: 3, refused: 10, too_old: 0, limited: 0, turned_away: 0 });
  assert.equal(reports.count, 0);
});

test('a line without an end is not collected', async (t) => {
  const { reports, open } = await listen(t);
  const socket = open();
  socket.write('x'.repeat(1e6));
  await new Promise((resolve) => socket.on('close', resolve));
  assert.equal(reports.counters.refused, 1);
});

test('a flood is limited and counted, and is not read on', async (t) => {
  const { reports, got, open } = await listen(t);
  const socket = open();
  const many = `${line()}\n`.repeat(100);
  for (let i = 0; i < 200; i++) socket.write(many); // 20,000 lines, 10 MB
  await until(() => reports.counters.limited > 0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok(got.length <= 500 + 150, `${got.length}`);
  assert.ok(reports.counters.limited < 10_000, 'most of it is still in the socket, unread');
});

test('too many programs are turned away, and counted', async (t) => {
  const { reports, open } = await listen(t);
  const sockets = Array.from({ length: 130 }, open);
  await until(() => reports.counters.turned_away === 2);
  assert.equal(reports.count, 128);
  sockets[0]!.destroy();
  await until(() => reports.count === 127);
});

test('an outlier that ended too long ago is one: counted apart, and the connection stays', async (t) => {
  const old = line({ begin_ns: '0', end_ns: '300000000' }); // 1970
  assert.equal(parse(old), TOO_OLD);
  const { reports, got, open } = await listen(t);
  open().write(`${`${old}\n`.repeat(40)}${line()}\n`);
  await until(() => got.length === 1);
  assert.deepEqual(reports.counters, { accepted: 1, refused: 0, too_old: 40, limited: 0, turned_away: 0 });
  assert.equal(reports.count, 1);
});

test('what a program wrote before it ended is read, however much the socket holds', async (t) => {
  const { reports, got, path } = await listen(t);
  const text = `${line({ details: { text: 'x'.repeat(400) } })}\n`.repeat(180); // several reads
  const code = `const fs = require('fs');
    const socket = require('net').connect(process.argv[1]);
    const data = fs.readFileSync(0);
    const written = fs.writeSync(socket._handle.fd, data);
    process.exit(written === data.length ? 0 : 1);`;
  // Synchronous: this process, the agent, does not come to reading before the other one has ended.
  const { status } = spawnSync(process.execPath, ['-e', code, path], { input: text });
  assert.equal(status, 0);
  await until(() => got.length === 180);
  assert.equal(reports.counters.accepted, 180);
  await until(() => reports.count === 0);
});
