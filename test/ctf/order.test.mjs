/** Simultaneous events of several streams and traces: in babeltrace2's order, as `tailtrap cat` prints them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { ROOT } from '../../scripts/lib/files.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-order-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const skip = spawnSync('babeltrace2', ['--version']).status === 0 ? false : 'babeltrace2 is not installed';

const UUIDS = ['00000000-0000-0000-0000-00000000000a', '10000000-0000-0000-0000-000000000001'];

/** A trace whose streams each have one event at each of two times. */
function write(place, { uuid, host, events = [{}], streams = [{}] }) {
  const path = join(folder, place);
  mkdirSync(path, { recursive: true });
  const ids = [...new Set(streams.map((stream) => stream.classId ?? 0))];
  writeFileSync(
    join(path, 'metadata'),
    `/* CTF 1.8 */
typealias integer { size = 8; align = 8; } := uint8_t;
trace { major = 1; minor = 8; byte_order = le; ${uuid === undefined ? '' : `uuid = "${uuid}";`}
  packet.header := struct { uint8_t stream_id; ${streams[0].id === undefined ? '' : 'uint8_t stream_instance_id;'} };
};
env { ${host === undefined ? '' : `hostname = "${host}";`} };
clock { name = c; freq = 1000000000; };
typealias integer { size = 64; align = 8; map = clock.c.value; } := time_t;
${ids.map((id) => `stream { id = ${id}; packet.context := struct { time_t timestamp_begin; time_t timestamp_end; }; event.header := struct { uint8_t id; time_t timestamp; }; };`).join('\n')}
${ids
  .flatMap((id) =>
    events.map(
      ({ name = 'e', level, uri }, i) =>
        `event { name = "${name}"; id = ${i}; stream_id = ${id}; ${level === undefined ? '' : `loglevel = ${level};`} ${
          uri === undefined ? '' : `model.emf.uri = "${uri}";`
        } fields := struct { uint8_t v; }; };`,
    ),
  )
  .join('\n')}
`,
  );
  streams.forEach(({ classId = 0, id, event = 0, value = 0, file }, i) => {
    const times = [0, 9, 5, 7].map((time) => [time, 0, 0, 0, 0, 0, 0, 0]);
    const [begin, end, one, two] = times;
    const head = id === undefined ? [classId] : [classId, id];
    const bytes = [...head, ...begin, ...end, event, ...one, value, event, ...two, value];
    writeFileSync(join(path, file ?? `stream_${i}`), Uint8Array.from(bytes));
  });
}

function run(program, args) {
  return spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
}

/** Values of the events in their order, from both. */
function same(place, expected) {
  const path = join(folder, place);
  const theirs = run('babeltrace2', [path]);
  const ours = run(process.execPath, [join(ROOT, 'bin/tailtrap'), 'cat', path]);
  assert.equal(theirs.status, 0, theirs.stderr);
  assert.equal(ours.stdout, theirs.stdout, ours.stderr);
  assert.deepEqual(
    Array.from(ours.stdout.matchAll(/ v = (\d+)/g), (found) => Number(found[1])),
    [...expected, ...expected],
  );
}

const value = (v, more = {}) => ({ value: v, ...more });

test('traces by UUID, those without last, then by name', { skip }, () => {
  write('uuid/a', { streams: [value(4)] });
  write('uuid/b', { uuid: UUIDS[1], streams: [value(2)] });
  write('uuid/c', { uuid: UUIDS[0], streams: [value(1)] });
  write('uuid/d', { host: 'zebra', streams: [value(6)] });
  write('uuid/e', { host: 'ape', streams: [value(3)] });
  write('uuid/f', { streams: [value(5)] });
  same('uuid', [1, 2, 4, 3, 5, 6]);
});

test('streams by class and number; without numbers by their paths', { skip }, () => {
  write('streams', {
    streams: [value(3, { classId: 1, id: 0 }), value(2, { classId: 0, id: 9 }), value(1, { classId: 0, id: 4 })],
  });
  same('streams', [1, 2, 3]);
  write('paths', { streams: [value(2, { file: 'b' }), value(1, { file: 'a' }), value(3, { file: 'c' })] });
  same('paths', [1, 2, 3]);
});

/** Two traces that nothing but their events and paths tell apart: no UUID, and the same name. */
function twins(place, events, first, second) {
  write(`${place}/1/x`, { host: 'h', events, streams: [value(1, { event: first })] });
  write(`${place}/2/x`, { host: 'h', events, streams: [value(2, { event: second })] });
}

test('twin traces by the id of the event', { skip }, () => {
  twins('ids', [{}, { name: 'f' }], 1, 0);
  const paths = ['1', '2'].map((part) => join(folder, 'ids', part));
  const theirs = run('babeltrace2', paths);
  const ours = run(process.execPath, [join(ROOT, 'bin/tailtrap'), 'cat', ...paths]);
  assert.equal(ours.stdout, theirs.stdout);
  assert.match(ours.stdout, /^\S+ \S+ h e: .*v = 2 }\n.* f: .*v = 1 }\n/);
});

for (const [name, one, other, order] of [
  ['names', { name: 'z' }, { name: 'a' }, '2,1,2,1'],
  ['log levels', { level: 7 }, { level: 3 }, '2,1,2,1'],
  ['a log level and none', {}, { level: 3 }, '2,1,2,1'],
  ['URIs', { uri: 'http://b' }, { uri: 'http://a' }, '2,1,2,1'],
  ['a URI and none', { uri: 'http://a' }, {}, '2,1,2,1'],
  ['nothing but paths', {}, {}, '1,2,1,2'],
]) {
  test(`twin traces by ${name}`, { skip }, () => {
    const place = name.replaceAll(' ', '-');
    write(`${place}/1/x`, { host: 'h', events: [one], streams: [value(1)] });
    write(`${place}/2/x`, { host: 'h', events: [other], streams: [value(2)] });
    const paths = ['1', '2'].map((part) => join(folder, place, part));
    const theirs = run('babeltrace2', paths);
    const ours = run(process.execPath, [join(ROOT, 'bin/tailtrap'), 'cat', ...paths]);
    assert.equal(theirs.status, 0, theirs.stderr);
    assert.equal(ours.stdout, theirs.stdout, ours.stderr);
    assert.equal(Array.from(ours.stdout.matchAll(/ v = (\d+)/g), (found) => found[1]).join(), order);
  });
}
