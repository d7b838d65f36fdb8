/**
 * `tailtrap cat` and `convert` as a shell sees them: a trace made here, and, where they are, the traces of the environment
 * variable TAILTRAP_TRACES (a folder of *.tar.xz) beside what babeltrace2 prints for them.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CtfWriter, eventWriter, field } from '../dist/ctf/index.js';
import { CtfFolder } from '../dist/ctf/node.js';

const TAILTRAP = fileURLToPath(new URL('../bin/tailtrap', import.meta.url));
const TRACES = process.env.TAILTRAP_TRACES ?? fileURLToPath(new URL('../../shared/traces/kernel', import.meta.url));
const EVENTS = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-cat-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name) => join(folder, name);

const env = { ...process.env, TZ: 'UTC' };
const tailtrap = (...args) =>
  spawnSync(process.execPath, [TAILTRAP, ...args], { encoding: 'utf8', env, maxBuffer: 2 ** 30 });
const babeltrace2 = (...args) => spawnSync('babeltrace2', args, { encoding: 'utf8', env, maxBuffer: 2 ** 30 });
const noBabeltrace = babeltrace2('--version').error === undefined ? false : 'there is no babeltrace2 here';

makeTrace(at('trace'));

/** Two CPUs, every kind of field that the writer knows. */
function makeTrace(path) {
  const out = new CtfFolder(path);
  const clock = {
    name: 'monotonic',
    description: '',
    uuid: '00000000-0000-0000-0000-000000000001',
    offset_cycles: 1_700_000_000_000_000_000n,
  };
  const environment = [
    ['hostname', 'vm'],
    ['domain', 'kernel'],
    ['vpid', 7],
  ];
  const writer = new CtfWriter({
    uuid: new Uint8Array(16).fill(7),
    clock,
    environment,
    sink: out.sink,
    packetBytes: 65536,
  });
  const streamClass = writer.addStreamClass({ header: 'large', context: [{ name: 'procname', type: field.text(16) }] });
  const kinds = writer.addEventClass(streamClass, 'kinds', [
    { name: 'text', type: field.string },
    { name: 'signed', type: field.i64 },
    { name: 'hex', type: field.x64 },
    { name: 'octal', type: field.o32 },
    {
      name: 'state',
      type: {
        kind: 'enum',
        container: field.u8,
        labels: [
          [0, 'IDLE'],
          [1, 'RUN'],
        ],
      },
    },
    { name: 'list', type: { kind: 'sequence', element: field.u16 } },
  ]);
  const bare = writer.addEventClass(streamClass, 'bare', []);
  const [writeKinds, writeBare] = [eventWriter(kinds), eventWriter(bare)];
  const streams = [0, 1].map((cpu) => writer.addStream(streamClass, { name: `c_${cpu}`, cpu }));
  for (let i = 0; i < EVENTS; i++) {
    const stream = streams[i % 2];
    const time = 5_000_000_000n + BigInt(i) * 1_000_003n;
    if (i % 5 === 0) writeBare(stream, time, ['swapper']);
    else
      writeKinds(
        stream,
        time,
        ['it\'s "ä"\n', -i, 2n ** 60n + BigInt(i), i, i % 3, [i % 7, 2]].toSpliced(0, 0, 'bash'),
      );
  }
  out.finish(writer);
}

test('the text is what babeltrace2 prints, whatever is asked for', { skip: noBabeltrace }, () => {
  for (const options of [
    [],
    ['--clock-seconds', '--no-delta'],
    ['--clock-date', '--fields=all'],
    ['--names=all'],
    ['--names=none', '--fields=trace:domain'],
    ['--clock-cycles'],
    ['--begin=1700000010', '--end=1700000012.5'],
    ['--timerange=22:13:30,22:13:31.25'],
  ]) {
    const ours = tailtrap('cat', at('trace'), ...options);
    assert.equal(ours.stderr, '');
    assert.ok(ours.stdout.length > 1000);
    assert.ok(ours.stdout === babeltrace2(at('trace'), ...options).stdout, options.join(' '));
  }
});

test('a line of text and a line of JSON', () => {
  const text = tailtrap('cat', at('trace')).stdout.split('\n');
  assert.equal(text.length, EVENTS + 1);
  assert.equal(
    text[0],
    '[22:13:25.000000000] (+?.?????????) vm:(7) bare: { cpu_id = 0 }, { procname = "swapper" }, { }',
  );
  assert.equal(
    text[1],
    '[22:13:25.001000003] (+0.001000003) vm:(7) kinds: { cpu_id = 1 }, { procname = "bash" }, { text = "it\\\'s \\"ä\\"\\n", signed = -1, ' +
      'hex = 0x1000000000000001, octal = 01, state = ( "RUN" : container = 1 ), _list_length = 2, list = [ [0] = 1, [1] = 2 ] }',
  );
  const json = tailtrap('cat', at('trace'), '--json')
    .stdout.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(json.length, EVENTS);
  assert.deepEqual(json[1].fields, {
    text: 'it\'s "ä"\n',
    signed: -1,
    hex: '1152921504606846977',
    octal: 1,
    state: 1,
    _list_length: 2,
    list: [1, 2],
  });
  assert.equal(json[1].time_ns, '1700000005001000003');
});

test('--events and --where choose', () => {
  const lines = (...args) => tailtrap('cat', at('trace'), ...args).stdout.split('\n').length - 1;
  assert.equal(lines('--events', 'ba*'), EVENTS / 5);
  assert.equal(lines('--where', 'state=RUN,signed>-16'), 4);
  const { status, stderr } = tailtrap('cat', at('trace'), '--events', 'kind');
  assert.equal(status, 2);
  assert.match(stderr, /did you mean 'kinds'\?/);
});

test('a reader that stops ends it quietly; a full disk is told', async () => {
  const child = spawn(process.execPath, [TAILTRAP, 'cat', at('trace')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const status = await new Promise((resolve) => child.on('close', resolve));
  assert.deepEqual([status, stderr], [0, '']);

  const full = openSync('/dev/full', 'w');
  const told = spawnSync(process.execPath, [TAILTRAP, 'cat', at('trace')], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  assert.equal(told.status, 1);
  assert.match(told.stderr, /^error TT_STDOUT: cannot write to stdout: .*ENOSPC/);
});

test('Ctrl-C ends it, also while nobody reads', async () => {
  const child = spawn(process.execPath, [TAILTRAP, 'cat', at('trace'), at('trace')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => child.stdout.once('readable', resolve));
  child.kill('SIGINT');
  const began = performance.now();
  const [, signal] = await new Promise((resolve) => child.on('exit', (...how) => resolve(how)));
  assert.equal(signal, 'SIGINT');
  assert.ok(performance.now() - began < 2000);
  child.stdout.destroy();
});

test('a copy prints as its original', () => {
  assert.equal(tailtrap('convert', at('trace'), '--to', 'ctf', at('copy')).status, 0);
  const { stdout } = tailtrap('cat', at('trace'));
  assert.ok(tailtrap('cat', at('copy')).stdout === stdout);
  if (noBabeltrace === false) {
    const peer = babeltrace2(at('copy'));
    assert.deepEqual([peer.stdout === stdout, peer.stderr], [true, '']);
  }
  const again = tailtrap('convert', at('trace'), '--to', 'ctf', at('copy'));
  assert.equal(again.status, 1);
  assert.match(again.stderr, /TT_EXISTS/);
});

test('JSON, Chrome and Perfetto files are complete or not there', () => {
  for (const format of ['json', 'chrome', 'perfetto']) {
    const { status } = tailtrap('convert', at('trace'), '--to', format, at(`out.${format}`));
    assert.equal(status, 0, format);
    assert.ok(!existsSync(at(`out.${format}.partial`)));
  }
  assert.ok(readFileSync(at('out.json'), 'utf8') === tailtrap('cat', at('trace'), '--json').stdout);
  const { traceEvents } = JSON.parse(readFileSync(at('out.chrome'), 'utf8'));
  assert.equal(traceEvents.filter(({ ph }) => ph === 'i').length, EVENTS);
  // Each packet begins with the tag of Trace.packet.
  assert.equal(readFileSync(at('out.perfetto'))[0], 0x0a);
});

const archives = existsSync(TRACES) ? readdirSync(TRACES).filter((name) => name.endsWith('.tar.xz')) : [];
const noTraces = noBabeltrace || (archives.length === 0 ? `there are no traces at ${TRACES}` : false);

test('real traces print as babeltrace2 prints them', { skip: noTraces }, () => {
  for (const archive of archives) {
    const path = at(archive.replace('.tar.xz', ''));
    execFileSync('mkdir', ['-p', path]);
    execFileSync('tar', ['xf', join(TRACES, archive), '-C', path]);
    const to = (name, command, args) => {
      const file = openSync(at(name), 'w');
      spawnSync(command, args, { stdio: ['ignore', file, 'ignore'], env });
      closeSync(file);
      return readFileSync(at(name), 'latin1').split('\n');
    };
    const ours = to('ours.txt', process.execPath, [TAILTRAP, 'cat', path]);
    const theirs = to('theirs.txt', 'babeltrace2', [path]);
    assert.equal(ours.length, theirs.length, archive);
    for (let i = 0; i < ours.length; i++) if (ours[i] !== theirs[i]) assertForgiven(ours[i], theirs[i], archive);
    rmSync(path, { recursive: true });
  }
});

/** babeltrace2 2.0.4 prints an earlier value for every empty string. */
function assertForgiven(ours, theirs, archive) {
  const strings = /= "(?:[^"\\]|\\.)*"/g;
  const values = ours.match(strings) ?? [];
  let i = 0;
  const blanked = theirs.replace(strings, (value) => (values[i++] === '= ""' ? '= ""' : value));
  assert.equal(ours, blanked, archive);
}
