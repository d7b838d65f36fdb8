/**
 * LTTng live as babeltrace2 and lttng-relayd 2.13 spoke it (../shared/traces): every message decodes, and encodes to the
 * same bytes. Skipped where the captures are missing.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as replies from '../../dist/lttng/protocol/live-replies.js';
import { decodeRequest, encodeRequest } from '../../dist/lttng/protocol/live-requests.js';
import { decodeWhole } from '../../dist/lttng/protocol/wire.js';
import { ROOT } from '../../scripts/lib/files.mjs';

const TRACES = join(ROOT, '../shared/traces');

/** What a command is answered with; babeltrace2 announces 2.4. */
const ANSWERS = {
  connect: [() => replies.decodeConnect(), replies.encodeConnect],
  list: [() => replies.decodeList(4), (list) => replies.encodeList(list, 4)],
  attach: [() => replies.decodeAttach(), replies.encodeAttach],
  index: [() => replies.decodeIndex(), replies.encodeIndex],
  packet: [() => replies.decodePacket(), replies.encodePacket],
  metadata: [() => replies.decodeMetadata(), replies.encodeMetadata],
  'new-streams': [() => replies.decodeNewStreams(), replies.encodeNewStreams],
  create: [() => replies.decodeCreate(), replies.encodeCreate],
  detach: [() => replies.decodeDetach(), replies.encodeDetach],
};

/** Both directions of a `.cap` file (../shared/traces/live/README.md). */
function directions(file) {
  const bytes = readFileSync(file);
  const parts = [[], []];
  for (let at = 8; at < bytes.length; ) {
    const direction = bytes[at + 8];
    const length = bytes.readUInt32BE(at + 9);
    if (direction < 2) parts[direction].push(bytes.subarray(at + 13, at + 13 + length));
    at += 13 + length;
  }
  return parts.map((pieces) => Buffer.concat(pieces));
}

function archived(archive, name) {
  return execFileSync('tar', ['xOf', archive, name], { maxBuffer: 2 ** 30 });
}

function check(asked, answered) {
  const counts = {};
  let at = 0;
  for (let from = 0; from < asked.length; ) {
    const { value: request, length } = decodeWhole(decodeRequest(), asked.subarray(from));
    assert.deepEqual(Buffer.from(encodeRequest(request)), asked.subarray(from, from + length));
    from += length;
    counts[request.command] = (counts[request.command] ?? 0) + 1;
    const [decoder, encode] = ANSWERS[request.command];
    const reply = decodeWhole(decoder(), answered.subarray(at));
    assert.notEqual(reply, null, `the answer to ${request.command} ends early`);
    assert.deepEqual(Buffer.from(encode(reply.value)), answered.subarray(at, at + reply.length));
    at += reply.length;
  }
  assert.equal(at, answered.length);
  return counts;
}

for (const [folder, file, packets] of [
  ['s1-live-per-uid', 'viewer-001', 0],
  ['s1-live-per-uid', 'viewer-002', 1],
  ['s2-live-per-pid', 'viewer-001', 1],
  ['s6-discarded-overwrite', 'viewer-001', 1],
]) {
  const path = join(TRACES, 'live', folder, 'wire', `${file}.cap`);
  test(`user-space session ${folder}, ${file}`, {
    skip: !existsSync(path) && 'no captures beside the checkout',
  }, () => {
    const counts = check(...directions(path));
    assert.ok((counts.packet ?? 0) >= packets, JSON.stringify(counts));
  });
}

const kernel = join(TRACES, 'live-kernel/T4-live.tar.xz');
test('kernel session', { skip: !existsSync(kernel) && 'no captures beside the checkout' }, () => {
  const names = execFileSync('tar', ['tf', kernel], { encoding: 'utf8' }).split('\n');
  const asked = names.filter((name) => name.endsWith('-5344-c2s.bin'));
  assert.ok(asked.length > 0);
  let packets = 0;
  for (const name of asked) {
    const counts = check(archived(kernel, name), archived(kernel, name.replace('c2s', 's2c')));
    packets += counts.packet ?? 0;
  }
  assert.ok(packets > 20, `${packets} packets`);
});
