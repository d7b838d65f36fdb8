/**
 * TSDL in small pieces, right and wrong: what is read and what is refused, with line and column, and that babeltrace2
 * (where it is installed) judges the same but for what is listed with a reason. Where it crashes there is nothing to learn.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { parseMetadata } from '../../dist/ctf/open.js';
import { READS } from './metadata-reads.mjs';
import { REFUSED } from './metadata-refused.mjs';

const TYPES = `typealias integer { size = 8; align = 8; signed = false; } := uint8_t;
typealias integer { size = 32; align = 8; signed = true; } := int;
typealias integer { size = 64; align = 8; } := uint64_t;
`;
const TRACE = 'trace { major = 1; minor = 8; byte_order = le; };\n';
const STREAM = 'stream { };\n';
const EVENT = 'event { name = "e"; fields := struct { int a; }; };\n';

const text = (whole) => `/* CTF 1.8 */\n${whole}`;
const fields = (list, more = '') =>
  text(`${TYPES}${TRACE}${more}${STREAM}event { name = "e"; fields := struct { ${list} }; };\n`);
/** What each group's pieces stand in. */
const WRAP = {
  integer: (attributes) => fields(`integer { ${attributes} } a;`),
  float: (attributes) => fields(`floating_point { ${attributes} } a;`),
  fields,
  stream: (stream, after = '', before = '') => text(`${TYPES}${TRACE}${before}stream { ${stream} };\n${EVENT}${after}`),
  header: (header) =>
    text(
      `${TYPES}trace { major = 1; minor = 8; byte_order = le; packet.header := struct { ${header} }; };\n${STREAM}${EVENT}`,
    ),
  event: (event, before = '') =>
    text(`${TYPES}${TRACE}${before}stream { event.header := struct { uint8_t id; }; };\nevent { ${event} };\n`),
  clock: (clock) =>
    text(`${TYPES}${TRACE}clock { ${clock} };
stream { event.header := struct { integer { size = 64; map = clock.mono.value; } timestamp; }; };\n${EVENT}`),
  text: (whole) => whole,
};
const ARGUMENTS = { fields: 2, stream: 3, event: 2 };

/** All pieces: whole text, whether it is read, why babeltrace2 judges otherwise. */
const cases = [
  ...Object.entries(READS).map(([group, pieces]) => [group, pieces, true]),
  ...Object.entries(REFUSED).map(([group, pieces]) => [group, pieces, false]),
].flatMap(([group, pieces, read]) =>
  pieces.map((piece) => {
    const given = (typeof piece === 'string' ? [piece] : piece).map((part) =>
      part
        .replaceAll('$TYPES', TYPES)
        .replaceAll('$TRACE', TRACE)
        .replaceAll('$CLOCK', 'clock { name = mono; freq = 1000000000; };\n')
        .replaceAll('$STREAM', STREAM)
        .replaceAll('$EVENT', EVENT),
    );
    const count = ARGUMENTS[group] ?? 1;
    const reason = given.length > Math.max(count, 2) || (count === 1 && given.length > 2) ? given.at(-1) : '';
    return { text: WRAP[group](...given.slice(0, count)), read, reason, group, shown: given[0] };
  }),
);

/** The place and message of the error, or ''. Classes that never occur are looked at too. */
function verdict(metadata) {
  try {
    const trace = parseMetadata(new TextEncoder().encode(metadata), 'metadata');
    for (const stream of trace.streamClasses.values())
      for (const event of stream.eventClasses.values()) void event.payload;
    return '';
  } catch (error) {
    assert.equal(error.code, 'TT_CTF_METADATA', error.stack);
    return `${error.where}: ${error.message}`;
  }
}

for (const group of Object.keys(WRAP)) {
  test(`${group}: read and refused as listed, refused with line and column`, () => {
    const wrong = cases.flatMap((one) => {
      if (one.group !== group) return [];
      const error = verdict(one.text);
      if ((error === '') !== one.read) return [`${one.shown}: ${error || 'is read'}`];
      return error === '' || /^metadata(:\d+:\d+|, byte \d+): ./.test(error)
        ? []
        : [`${one.shown}: no place in ${error}`];
    });
    assert.deepEqual(wrong, []);
  });
}

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-metadata-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const installed = spawnSync('babeltrace2', ['--version']).status === 0;
test('babeltrace2 judges the same', { skip: installed ? false : 'babeltrace2 is not installed' }, () => {
  const wrong = [];
  let crashed = 0;
  cases.forEach((one, i) => {
    const trace = join(folder, String(i));
    mkdirSync(trace);
    writeFileSync(join(trace, 'metadata'), one.text);
    const { status, signal } = spawnSync('babeltrace2', [
      ...['--component', 'source.ctf.fs', `--params=inputs=["${trace}"]`, '--component', 'sink.utils.dummy'],
    ]);
    if (signal !== null) crashed++;
    else if ((status === 0) !== (one.reason === '' ? one.read : !one.read)) {
      wrong.push(`${one.group}: ${one.shown}: it ${status === 0 ? 'reads' : 'refuses'} this`);
    }
  });
  assert.deepEqual(wrong, []);
  assert.ok(crashed < cases.length / 10, `${crashed} crashes of babeltrace2`);
});
