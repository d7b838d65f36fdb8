/** Traces in folders as LTTng leaves them: sessions, archives of rotated chunks, several domains, odd files beside. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { TailtrapError } from '../base/errors.ts';
import type { Notice } from '../trace/event.ts';
import { openFolder, tracesIn } from './folder.node.ts';
import { indexFor, joined, METADATA, type PacketPlan, packet } from './packets.test.data.ts';

const root = mkdtempSync(join(tmpdir(), 'tailtrap-folder-'));
after(() => rmSync(root, { recursive: true, force: true }));

const UUID = 'uuid = "2a6422d0-6cee-11e0-8c08-cb07d7b3a564";';
const MORE = 'event { name = "late"; id = 2; fields := struct { uint32_t v; }; };\n';

function write(path: string, content: string | Uint8Array): void {
  const whole = join(root, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
}

/** @param uuid chunks of one session have the same */
function writeTrace(path: string, plans: readonly PacketPlan[], uuid: string, more = ''): void {
  write(`${path}/metadata`, METADATA.replace('byte_order = le;', `byte_order = le; ${uuid}`) + more);
  write(`${path}/chan_0`, joined(plans.map(packet)));
  write(`${path}/index/chan_0.idx`, indexFor(plans));
}

function read(path: string): { values: number[]; notices: Notice[]; traces: number } {
  const source = openFolder(join(root, path));
  const notices: Notice[] = [];
  const events = source.events({ onNotice: (notice) => notices.push(notice) });
  const values: number[] = [];
  for (let e = events.next(); e !== null; e = events.next()) values.push(e.number('v'));
  return { values, notices, traces: source.traces.length };
}

const at = (begin: number, discarded = 0): PacketPlan => ({
  begin,
  end: begin + 9,
  events: [begin, begin + 5],
  sequence: begin / 10,
  discarded,
});

test('the chunks of a rotated session are one trace; losses between them are told', () => {
  writeTrace('session/archives/20260101T000000-1/kernel', [at(0), at(10)], UUID);
  writeTrace('session/archives/20260101T000100-2/kernel', [at(20), at(30)], UUID);
  // The session's own folder has what came last; its metadata has grown.
  writeTrace('session/kernel', [at(60, 4)], UUID, MORE);
  const { values, notices, traces } = read('session');
  assert.equal(traces, 1);
  assert.deepEqual(values, [0, 5, 10, 15, 20, 25, 30, 35, 60, 65]);
  assert.deepEqual(
    notices.map(({ kind, count, begin_ns, end_ns }) => [kind, count, begin_ns, end_ns]),
    [
      ['discarded-packets', 2, 39n, 60n],
      ['discarded-events', 4, 39n, 69n],
    ],
  );
  assert.deepEqual(read('session/archives').values, [0, 5, 10, 15, 20, 25, 30, 35]);
});

test('several traces in one tree are merged by time; each is named by its place', () => {
  writeTrace('domains/kernel', [at(0), at(40)], '');
  writeTrace('domains/ust/uid/0/64-bit', [at(20)], '');
  const { values, traces } = read('domains');
  assert.deepEqual([values, traces], [[0, 5, 20, 25, 40, 45], 2]);
  assert.deepEqual(
    openFolder(join(root, 'domains')).traces.map(({ label }) => label),
    ['kernel', 'ust/uid/0/64-bit'],
  );
});

test('empty streams, hidden files and folders beside are no streams; links may lead in circles', () => {
  writeTrace('odd/kernel', [at(0)], '');
  write('odd/kernel/chan_1', new Uint8Array(0));
  write('odd/kernel/.chan_2', 'anything');
  write('odd/kernel/other/thing', 'anything');
  symlinkSync(join(root, 'odd'), join(root, 'odd/kernel-link'));
  symlinkSync(join(root, 'odd/kernel/chan_0'), join(root, 'odd/kernel/chan_3'));
  assert.deepEqual(read('odd').values, [0, 5]);
  assert.deepEqual(read('odd').notices, []);
  write('quiet/metadata', METADATA);
  assert.deepEqual(read('quiet').values, []);
  assert.equal(openFolder(join(root, 'quiet')).timeRange(), null);
});

test('a packet without context, and a stream without clock', () => {
  const types = 'typealias integer { size = 8; align = 8; } := uint8_t;';
  const head = `/* CTF 1.8 */ ${types} trace { major = 1; minor = 8; byte_order = le; };`;
  write('bare/metadata', `${head} event { name = "e"; fields := struct { uint8_t v; }; };`);
  write('bare/stream', Uint8Array.of(1, 2, 3));
  assert.deepEqual(read('bare').values, [1, 2, 3]);
  assert.equal(openFolder(join(root, 'bare')).events().next()!.time_ns, 0n);
});

test('what cannot be opened is told with its place', () => {
  mkdirSync(join(root, 'nothing'));
  for (const [path, code] of [
    ['nothing', 'TT_CTF_NO_TRACE'],
    ['not there', 'TT_CTF_UNREADABLE'],
  ] as const) {
    assert.throws(
      () => tracesIn(join(root, path)),
      (error: TailtrapError) => error instanceof TailtrapError && error.code === code && error.where.includes(path),
    );
  }
});
