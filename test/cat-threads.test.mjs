/** `tailtrap cat --threads` prints what one thread prints: all of it, parts of it, and with losses in the middle. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { CtfFolder, CtfWriter, eventWriter, field } from '../dist/ctf/index.node.js';
import { ROOT } from '../scripts/lib/files.mjs';

const EVENTS = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'tailtrap-cat-threads-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {number} lossAt events were discarded before this one */
function makeTrace(name, lossAt) {
  const path = join(folder, name);
  const out = new CtfFolder(path);
  const trace = new CtfWriter({
    uuid: new Uint8Array(16).fill(7),
    clock: { name: 'monotonic', offset_s: 1_700_000_000n },
    environment: [['hostname', 'vm']],
    sink: out.sink,
    index: true,
  });
  const streamClass = trace.addStreamClass({});
  const fields = [
    { name: 'n', type: field.u32 },
    { name: 'text', type: field.string },
  ];
  const write = eventWriter(trace.addEventClass(streamClass, 'step', fields));
  const streams = [0, 1, 2].map((cpu) => trace.addStream(streamClass, { name: `s_${cpu}`, cpu }));
  for (let i = 0; i < EVENTS; i++) {
    // Simultaneous ones, bursts of one stream, and once a pause of more than a second.
    const time = BigInt(i - (i % 4)) * 1000n + (i > EVENTS / 2 ? 12_000_000_123n : 0n);
    const stream = streams[(i >> 3) % 3];
    if (i === lossAt) stream.discard(5, Number(time >> 32n), Number(time & 0xffffffffn));
    write(stream, time, [i, `step ${'x'.repeat(i % 40)}`]);
  }
  out.finish(trace);
  return path;
}

function cat(...args) {
  const options = { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' }, maxBuffer: 2 ** 28 };
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(ROOT, 'bin/tailtrap'), 'cat', ...args], options);
  return { stdout, stderr, status };
}

function same(...args) {
  const one = cat(...args);
  assert.equal(one.status, 0, one.stderr);
  const three = cat('--threads', '3', ...args);
  assert.equal(three.stderr, one.stderr);
  assert.ok(three.stdout === one.stdout, `another text with ${args.join(' ')}`);
  return one;
}

test('the same text, whole and in part', () => {
  const path = makeTrace('whole', -1);
  assert.equal(same(path).stdout.split('\n').length, EVENTS + 1);
  assert.match(same('--begin', '1700000000.02', '--end', '1700000012.2', path).stdout, /^\[22:13:20\.0200/);
  same('--json', '--where', 'n>299000', path);
  same('--no-delta', '--clock-seconds', path);
});

test('losses in the middle are told once', () => {
  const { stderr } = same(makeTrace('losses', 200_000));
  assert.match(stderr, /5 events/);
});

test('damage in the middle is told, and what comes before it is printed', () => {
  const path = makeTrace('damage', -1);
  const file = join(path, 's_1');
  const bytes = readFileSync(file);
  // The length of a packet's content: an event ends behind it.
  const packet = bytes.indexOf(Buffer.from('c11ffcc1', 'hex'), bytes.length >> 1);
  bytes.writeBigUInt64LE(bytes.readBigUInt64LE(packet + 48) - 72n, packet + 48);
  writeFileSync(file, bytes);
  const one = cat(path);
  assert.equal(one.status, 1);
  assert.match(one.stderr, /TT_CTF_DAMAGED/);
  const three = cat('--threads', '3', path);
  assert.equal(three.status, 1);
  assert.equal(three.stderr, one.stderr);
  assert.ok(three.stdout === one.stdout);
});
