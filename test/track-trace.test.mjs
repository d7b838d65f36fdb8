/** `tailtrap track` on a recorded trace and on a live session. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { Watcher } from './lttng/cat-live.mjs';
import { skip, trace } from './reports/a1.mjs';
import { WrittenTrace } from './reports/written.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-track-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const written = new WrittenTrace(join(folder, 'kernel'));
const SLOW_MS = [30, 2, 80, 5, 50];
SLOW_MS.forEach((ms, i) => {
  const at = 1000 + i * 100;
  written.switch(at, 0, 'swapper/0', 0, 'app', 7);
  written.event(at + 1, 0, 'block_rq_issue', {
    dev: 8,
    sector: 64 + i,
    nr_sector: 8,
    bytes: 4096,
    tid: 7,
    rwbs: 0,
    comm: 'app',
  });
  written.event(at + 1 + ms, 0, 'block_rq_complete', { dev: 8, sector: 64 + i, nr_sector: 8, errors: 0, rwbs: 0 });
  written.switch(at + 90, 0, 'app', 7, 'swapper/0', 0);
});
written.event(1600, 0, 'block_rq_issue', {
  dev: 8,
  sector: 99,
  nr_sector: 8,
  bytes: 4096,
  tid: 7,
  rwbs: 0,
  comm: 'app',
});
written.switch(2500, 0, 'swapper/0', 0, 'app', 7);
written.finish();

const BLOCK = ['--in', 'block:block_rq_issue', '--out', 'block_rq_complete', '--key', 'dev,sector'];

async function track(...args) {
  const run = Watcher.tailtrap('track', ...args);
  const status = await run.end();
  const rows = args.includes('--json')
    ? run.text
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
  return { status, rows, text: run.text, errors: run.errors };
}

const brief = (rows) => rows.map(({ kind, key, delay_ns, tid, comm }) => [kind, key.sector, delay_ns / 1e6, tid, comm]);
const EXPECTED = [
  ['threshold', 64, 30, 7, 'app'],
  ['threshold', 66, 80, 7, 'app'],
  ['threshold', 68, 50, 7, 'app'],
];

test('a trace: what took longer than the threshold', async () => {
  const { status, rows, errors } = await track(...BLOCK, '--threshold', '20ms', '--json', folder);
  assert.equal(status, 0, errors);
  assert.deepEqual(brief(rows), EXPECTED);
  assert.equal(rows[0].begin_ns, '1001000000');
  assert.match(errors, /still pending at the end: 1/);
});

test('a timeout in a trace: noticed when other events come, and at its end', async () => {
  const { rows } = await track(...BLOCK, '--threshold', '1s', '--timeout', '500ms', '--json', folder);
  assert.equal(rows.length, 1);
  const [{ kind, key, delay_ns }] = rows;
  assert.deepEqual([kind, key.sector], ['timeout', 99]);
  assert.ok(delay_ns >= 500e6 && delay_ns <= 900e6, `${delay_ns}`);
});

test('a table, percentiles, and a limit', async () => {
  const { text } = await track(...BLOCK, '--threshold', '20ms', '--hist', folder);
  assert.match(text, /30\.0 ms +threshold +app +7/);
  assert.match(text, /COUNT[^\n]*\n *track +all +5 /);
  assert.equal((await track(...BLOCK, '--threshold', '0', '--json', '-n', '2', folder)).rows.length, 2);
});

test('a live session gives what its folder gives, without a disk', async () => {
  const server = Watcher.tailtrap('replay', '--live', '--port', '0', '--session', 's', '--speed', 'max', folder);
  await server.has(1);
  const { status, rows, errors } = await track(...BLOCK, '--threshold', '20ms', '--json', server.text.trim());
  assert.equal(status, 0, errors);
  assert.deepEqual(brief(rows), EXPECTED);
  await server.end(5000);
});

test('mistakes: no such event, field, session; what a trace does not tell', async () => {
  for (const [args, code] of [
    [
      ['--in', 'block_rq_isue', '--out', 'block_rq_complete', '--key', 'dev', folder],
      /TT_NO_EVENT[\s\S]*--in[\s\S]*block_rq_issue/,
    ],
    [['--in', 'block_rq_issue', '--out', 'block_rq_complete', '--key', 'sectr', folder], /TT_NO_FIELD[\s\S]*sector/],
    [[...BLOCK, '--cgroup', '/x', folder], /TT_USAGE/],
    [[...BLOCK, '--only', 'x', folder], /TT_USAGE/],
    [['--in', 'block_rq_issue', '--key', 'dev', folder], /--out is missing/],
    [[...BLOCK, join(folder, 'nowhere')], /TT_/],
    [[...BLOCK, 'net://127.0.0.1:1'], /TT_LIVE_URL/],
  ]) {
    const { status, errors } = await track(...args);
    assert.ok(status === 1 || status === 2, `${args}: ${status}`);
    assert.match(errors, code);
  }
});

test('a real trace: the same block requests as a plain reading of its text gives', { skip }, async () => {
  const A1 = trace('A1');
  const cat = Watcher.tailtrap('cat', '--json', '--events', 'block_rq_issue,block_rq_complete', A1);
  assert.equal(await cat.end(), 0);
  const pending = new Map();
  const expected = [];
  for (const line of cat.text.trim().split('\n')) {
    const { name, time_ns, fields } = JSON.parse(line);
    const key = `${fields.dev} ${fields.sector}`;
    if (name === 'block_rq_issue') pending.set(key, time_ns);
    else if (pending.has(key)) {
      const delay_ns = Number(BigInt(time_ns) - BigInt(pending.get(key)));
      pending.delete(key);
      if (delay_ns > 2e6) expected.push(`${key} ${delay_ns}`);
    }
  }
  assert.ok(expected.length > 10, `${expected.length}`);
  const { rows } = await track(...BLOCK, '--threshold', '2ms', '--json', A1);
  assert.deepEqual(
    rows.map(({ key, delay_ns }) => `${key.dev} ${key.sector} ${delay_ns}`),
    expected,
  );
});
