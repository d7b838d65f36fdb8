#!/usr/bin/env node
/**
 * Other readers' test traces: does tailtrap read what babeltrace2 reads, the same events, the same text?
 *
 *     node test/ctf/conformance.mjs [FOLDER...]      or TAILTRAP_CONFORMANCE=FOLDER:FOLDER...
 *
 * The traces are not in this repository: they are others'. Fetch them, for instance the folder tests/data/ctf-traces of
 * github.com/efficios/babeltrace (each folder with a `metadata` below it is a trace). What is expected:
 *
 * - CTF 1.8: what the installed babeltrace2 does: success or failure, the number of events, and `tailtrap cat` line by line.
 *   More events than babeltrace2 before a failure are no difference: what is readable is to be read.
 * - CTF 2, which babeltrace2 2.0 cannot read: by the folder's name, `fail-...` or below `fail/` fails, others succeed.
 *
 * A line is printed for each difference, a summary at the end. Exit status: 0 no difference, or no traces (says so); 1
 * differences.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const TAILTRAP = fileURLToPath(new URL('../../bin/tailtrap', import.meta.url));
const LIMIT_MS = 60_000;
const MAX_OUTPUT = 512 * 1024 * 1024;
const MAX_DEPTH = 16;

const given = process.argv.slice(2);
const folders =
  given.length > 0 ? given : (process.env.TAILTRAP_CONFORMANCE ?? '').split(':').filter((path) => path !== '');
if (folders.length === 0) {
  console.log('skipped: no traces; give a folder or set TAILTRAP_CONFORMANCE');
  process.exit(0);
}
if (spawnSync('babeltrace2', ['--version']).status !== 0) {
  console.log('skipped: there is no babeltrace2 to compare with');
  process.exit(0);
}

let same = 0;
let different = 0;
for (const folder of folders) {
  for (const trace of tracesIn(folder, 0)) {
    const reason = isCtf2(trace) ? compareWithName(trace) : compareWithPeer(trace);
    if (reason === '') same++;
    else {
      different++;
      console.log(`${relative(folder, trace) || trace}: ${reason}`);
    }
  }
}
console.log(`${same} the same, ${different} different`);
process.exitCode = different === 0 ? 0 : 1;

function tracesIn(folder, depth) {
  if (statSync(join(folder, 'metadata'), { throwIfNoEntry: false })?.isFile()) return [folder];
  if (depth === MAX_DEPTH) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => tracesIn(join(folder, entry.name), depth + 1));
}

function isCtf2(trace) {
  const byte = new Uint8Array(1);
  const file = openSync(join(trace, 'metadata'), 'r');
  readSync(file, byte, 0, 1, 0);
  closeSync(file);
  return byte[0] === 0x1e;
}

function run(program, args) {
  const { status, signal, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    maxBuffer: MAX_OUTPUT,
    env: { ...process.env, TZ: 'UTC' },
  });
  return {
    ok: status === 0,
    signal,
    lines: stdout.split('\n').slice(0, -1),
    error: stderr.trim().split('\n')[0] ?? '',
  };
}

function compareWithName(trace) {
  const ours = run(process.execPath, [TAILTRAP, 'cat', trace]);
  if (ours.signal !== null) return `tailtrap ended by ${ours.signal}`;
  const fails = /(^|\/)fail[-/]/.test(trace);
  if (ours.ok === !fails) return '';
  return ours.ok ? `read ${ours.lines.length} events where it should fail` : `failed: ${ours.error}`;
}

function compareWithPeer(trace) {
  const peer = run('babeltrace2', [trace]);
  const ours = run(process.execPath, [TAILTRAP, 'cat', trace]);
  if (ours.signal !== null) return `tailtrap ended by ${ours.signal}`;
  // babeltrace2 2.0.4 itself crashes on some metadata: nothing to learn from that.
  if (peer.signal !== null) return '';
  const counts = `babeltrace2 ${peer.lines.length} events, tailtrap ${ours.lines.length}`;
  if (peer.ok !== ours.ok) return `${peer.ok ? `failed: ${ours.error}` : 'read where babeltrace2 fails'} (${counts})`;
  if (peer.ok ? peer.lines.length !== ours.lines.length : peer.lines.length > ours.lines.length) return counts;
  const line = peer.lines.findIndex((text, i) => !sameText(text, ours.lines[i]));
  return line < 0
    ? ''
    : `line ${line + 1} differs\n  babeltrace2: ${peer.lines[line]}\n  tailtrap:    ${ours.lines[line]}`;
}

/** babeltrace2 2.0.4 prints an earlier value for every empty string field: those are not compared. */
function sameText(theirs, ours) {
  if (theirs === ours) return true;
  const pattern = ours.split('""').map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return pattern.length > 1 && new RegExp(`^${pattern.join('"(?:[^"\\\\]|\\\\.)*"')}$`, 'su').test(theirs);
}
