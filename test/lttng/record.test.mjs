/**
 * `tailtrap record` with a real session daemon. There is no kernel tracer here, so for most of this `lttng` is a script that
 * says `--userspace` where we say `--kernel`: all else of the command lines goes to the real one as it is.
 * `npm run guest:record` has a kernel.
 */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { ROOT } from '../../scripts/lib/files.mjs';
import { Lttng, noLttng } from './lttng.mjs';

const skip = noLttng();
const folder = mkdtempSync(join(tmpdir(), 'tailtrap-record-'));
const TAILTRAP = `${process.execPath} ${join(ROOT, 'bin/tailtrap')}`;
const LINES = join(folder, 'lines');
/** Contexts and system calls have other names in user space, or none. */
const USER_SPACE = `#!/bin/bash
echo "$*" >> ${LINES}
real=$(PATH=\${PATH#*:} command -v lttng)
case "$*" in *--syscall*) exit 0 ;; esac
args=()
for arg in "$@"; do
  case $arg in --kernel) arg=--userspace ;; pid | tid) arg=v$arg ;; esac
  args+=("$arg")
done
exec "$real" "\${args[@]}"
`;

let lttng;
before(async () => {
  if (skip) return;
  writeFileSync(join(folder, 'lttng'), USER_SPACE);
  chmodSync(join(folder, 'lttng'), 0o755);
  lttng = await Lttng.start();
  await lttng.run(`PATH=${folder}:$PATH`);
});
after(async () => {
  await lttng?.close();
  rmSync(folder, { recursive: true, force: true });
});

const NONE = /^Currently no available recording session/m;
const record = (...args) => `${TAILTRAP} record ${args.join(' ')}`;

test('what is asked of LTTng, and nothing is left', { skip }, async () => {
  const printed = await lttng.run(record('--for', '300ms', '--out', join(folder, 'all')));
  assert.match(printed, /recording with LTTng/);
  assert.match(printed, new RegExp(`^${folder}/all$`, 'm'));
  assert.doesNotMatch(printed, /without|warning/);
  assert.match(await lttng.run('lttng list'), NONE);
  const lines = readFileSync(LINES, 'utf8');
  for (const part of ['create tailtrap-', '--subbuf-size=8M', '--type procname', ' lttng_statedump_file_descriptor']) {
    assert.ok(lines.includes(part), part);
  }
  for (const part of ['--syscall --all', 'start tailtrap-', 'stop tailtrap-', 'destroy tailtrap-']) {
    assert.ok(lines.includes(part), part);
  }
});

test('a signal in the middle, or while it is set up: no session stays', { skip }, async () => {
  const log = join(folder, 'log');
  for (const [name, line, status] of [
    ['TERM', 'recording with LTTng', 0],
    ['INT', 'recording with LTTng', 0],
    ['TERM', null, 143],
  ]) {
    rmSync(LINES);
    const out = join(folder, `${name}-${status}`);
    const ready = line === null ? `grep -q enable-event ${LINES}` : `grep -q '${line}' ${log}`;
    const printed = await lttng.run(
      // bash -m: a command in the background ignores SIGINT otherwise.
      `set -m; : > ${log}; : > ${LINES}; ${record('--out', out)} > ${log} 2>&1 & pid=$!; set +m; ` +
        `until ${ready}; do sleep 0.02; done; kill -${name} $pid; wait $pid; echo "status $?"; cat ${log}; lttng list`,
      { limitMs: 30_000 },
    );
    assert.match(printed, new RegExp(`^status ${status}$`, 'm'), printed);
    assert.match(printed, NONE);
    if (line === null) assert.match(printed, /stopped before the recording began: there is no trace/);
  }
});

test('a session of one that was killed is told', { skip }, async () => {
  await lttng.run('lttng create tailtrap-4194303 --output=/run/old');
  const printed = await lttng.run(record('cputop', '--for', '100ms', '--out', join(folder, 'next')));
  assert.match(printed, /warning: session tailtrap-4194303 was left behind: lttng destroy tailtrap-4194303/);
  await lttng.run('lttng destroy tailtrap-4194303');
});

test('without a kernel tracer: why, and ftrace; with --with lttng an error', { skip }, async () => {
  const real = `PATH=\${PATH#*:}`;
  const refused = await lttng.run(`(${real}; ${record('--with lttng --out', join(folder, 'no'))}; echo "status $?")`);
  assert.match(refused, /TT_LTTNG: LTTng cannot record the kernel: .*Kernel tracer not available/);
  assert.match(refused, /status 1/);
  const printed = await lttng.run(`(${real}; ${record('cputop --for 100ms --out', join(folder, 'yes'))}; true)`);
  assert.match(printed, /LTTng cannot record the kernel here \(.*Kernel tracer not available\), ftrace does/);
  assert.match(await lttng.run('lttng list'), NONE);
});
