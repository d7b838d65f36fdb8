/** Traces in folders as LTTng leaves them: sessions, archives of rotated chunks, several domains, odd files beside. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { TailtrapError } from '../base/errors.ts';
import type { Notice } from '../trace/event.ts';
import { File, MAX_OPEN_FILES, openFiles } from './file.node.ts';
import { openFolder, tracesIn } from './folder.node.ts';
import { indexFor, joined, METADATA, type PacketPlan, packet } from './packets.test.data.ts';

const root = mkdtempSync(join(tmpdir(), 'tailtrap-folder-'));
after(() => rmSync(root, { recursive: true, force: true }));

const FOLDER = JSON.stringify(new URL('./folder.node.js', import.meta.url).href);
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
  symlinkSync(join(root, 'odd/nothing'), join(root, 'odd/dangling'));
  assert.deepEqual(read('odd').values, [0, 5]);
  assert.deepEqual(read('odd').notices, []);
  write('quiet/metadata', METADATA);
  assert.deepEqual(read('quiet').values, []);
  assert.equal(openFolder(join(root, 'quiet')).timeRange(), null);
});

test('links to folders are followed, each folder is read once and shown by its own name', () => {
  writeTrace('elsewhere/deep/kernel', [at(10)], '');
  writeTrace('linked/own', [at(0)], '');
  symlinkSync(join(root, 'elsewhere'), join(root, 'linked/a-link'));
  symlinkSync(join(root, 'elsewhere/deep'), join(root, 'linked/b-link'));
  symlinkSync(join(root, 'linked/own'), join(root, 'linked/c-link'));
  symlinkSync(join(root, 'linked'), join(root, 'elsewhere/deep/back'));
  assert.deepEqual(read('linked').values, [0, 5, 10, 15]);
  assert.deepEqual(
    openFolder(join(root, 'linked')).traces.map(({ label }) => label),
    ['own', 'a-link/deep/kernel'],
  );
  symlinkSync(join(root, 'elsewhere/deep/kernel'), join(root, 'whole'));
  assert.deepEqual(read('whole').values, [10, 15]);
});

test('far more streams than open files', () => {
  const streams = 3 * MAX_OPEN_FILES;
  const packets = (first: number): Uint8Array =>
    joined([0, 1].map((i) => packet({ ...at(10 * (i * streams + first)), sequence: i })));
  write('many/metadata', METADATA);
  for (let i = 0; i < streams; i++) write(`many/chan_${i}`, packets(i));
  const events = openFolder(join(root, 'many')).events();
  let count = 0;
  let most = 0;
  for (let e = events.next(), last = -1; e !== null; e = events.next(), count++) {
    assert.ok(e.time > last);
    last = e.time;
    most = Math.max(most, openFiles());
  }
  assert.equal(count, 4 * streams);
  assert.ok(most <= MAX_OPEN_FILES, `${most} files were open`);
  events.close();
  assert.equal(openFiles(), 0);
});

test('a file that is replaced while it is closed is not read as the one before', () => {
  for (let i = 0; i <= MAX_OPEN_FILES; i++) write(`swap/${i}`, Uint8Array.of(i, i));
  const files = Array.from({ length: MAX_OPEN_FILES + 1 }, (_, i) => new File(join(root, `swap/${i}`)));
  const into = new Uint8Array(1);
  renameSync(join(root, 'swap/1'), join(root, 'swap/0'));
  assert.throws(
    () => files[0]!.read(into, 0),
    (error: TailtrapError) => error.code === 'TT_CTF_UNREADABLE' && error.where.endsWith('swap/0'),
  );
  assert.equal(files[MAX_OPEN_FILES]!.read(into, 1), 1);
  assert.deepEqual([...into], [MAX_OPEN_FILES]);
  for (const file of files) file.close();
  assert.equal(openFiles(), 0);
});

test('at the limit of the process fewer open files must do', (t) => {
  const child = `
    const { openFolder } = await import(${FOLDER});
    const events = openFolder('${join(root, 'many')}').events();
    let count = 0;
    while (events.next() !== null) count++;
    console.log(count);`;
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -n 64 && exec "$0" --input-type=module -e "$1"', process.execPath, child],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  assert.equal(Number(stdout), 12 * MAX_OPEN_FILES);
  t.diagnostic('64 files');
});

test('what may not be read is told with its path', (t) => {
  writeTrace('closed/kernel', [at(0)], '');
  const metadata = join(root, 'closed/kernel/metadata');
  chmodSync(metadata, 0);
  const child = `
    process.getuid() === 0 && process.setuid(65534);
    const { openFolder } = await import(${FOLDER});
    try { openFolder('${join(root, 'closed')}'); } catch (e) { console.log(e.code, e.where, e.next); }`;
  chmodSync(root, 0o755);
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', child], { encoding: 'utf8' });
  if (/ERR_MODULE_NOT_FOUND|EACCES.*dist/.test(stderr)) {
    t.skip('another user may not read this clone');
    return;
  }
  assert.equal(stdout.trim(), `TT_CTF_UNREADABLE ${metadata} run it as a user who may read this`, stderr);
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
