#!/usr/bin/env node
/**
 * `tailtrap record` with LTTng's kernel modules: in a Debian guest in a virtual machine (in software, no KVM needed) this
 * checkout records while fio reads a file and sleeps are timed, once for a time and once until Ctrl-C. Then reports are made
 * here of what it recorded, and must know the program, its file and its threads.
 *
 *     node scripts/record-guest.mjs [SECONDS]      SECONDS of recording, 5 unless told; 2 minutes in all
 *
 * Needs the guest's scripts (build.sh, run.sh) in ../shared/qemu, or in the folder that TAILTRAP_QEMU names, and a Node that
 * runs on Debian 12. Not part of npm test: emulation is slow. Exit status: 0 all is as it should; 1 not; 2 cannot run.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './lib/files.mjs';
import { say } from './lib/say.mjs';

const GUEST = process.env.TAILTRAP_QEMU ?? join(ROOT, '../shared/qemu');
const SECONDS = Number(process.argv[2] ?? 5);
const BOOT_LIMIT_S = 400;
/** What a checkout needs to record and to report. */
const PARTS = ['bin', 'dist', 'package.json'];

const SCRIPT = `#!/bin/bash
set -e
cp -r /share/tailtrap /scratch; cd /scratch
tailtrap() { /scratch/tailtrap/node /scratch/tailtrap/bin/tailtrap "$@"; }
lttng-sessiond --daemonize
( tailtrap record --for ${SECONDS}s --out /scratch/whole > out.txt 2> err.txt; echo "status $?" >> out.txt ) & pid=$!
until grep -q 'recording with' err.txt 2> /dev/null; do sleep 0.2; done
fio --name=reader --filename=/scratch/fio --size=4m --direct=1 --rw=randread --bs=4k --rate_iops=50 --time_based \\
  --runtime=${SECONDS} > /dev/null
wait $pid
echo "GUEST whole: $(cat out.txt err.txt | tr '\\n' ' ')"
set -m
/scratch/tailtrap/node /scratch/tailtrap/bin/tailtrap record cputop schedtop --out /scratch/part > out.txt 2> err.txt & pid=$!
set +m
until grep -q 'recording with' err.txt; do sleep 0.2; done
sleep 1; kill -INT $pid; code=0; wait $pid || code=$?
echo "GUEST part: status $code $(cat out.txt err.txt | tr '\\n' ' ')"
echo "GUEST sessions: $(lttng list | tr '\\n' ' ')"
cp -r /scratch/whole /scratch/part /share/
`;

function report(folder, name, trace) {
  const args = [join(ROOT, 'bin/tailtrap'), 'report', name, join(folder, trace), '--json', '--limit', '0'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) say(`record-guest: report ${name} ${trace}: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** @returns {boolean} */
function check(what, holds) {
  say(`${holds ? 'ok    ' : 'not ok'} ${what}`);
  return holds;
}

function main() {
  if (!existsSync(join(GUEST, 'run.sh'))) {
    say(`record-guest: no run.sh in ${GUEST}; set TAILTRAP_QEMU`);
    return 2;
  }
  if (spawnSync(join(GUEST, 'build.sh'), { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) return 2;
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-record-guest-'));
  try {
    for (const part of PARTS) cpSync(join(ROOT, part), join(folder, 'tailtrap', part), { recursive: true });
    cpSync(realpathSync(process.execPath), join(folder, 'tailtrap/node'));
    return record(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function record(folder) {
  const script = join(folder, 'script.sh');
  writeFileSync(script, SCRIPT);
  say('record-guest: booting and recording');
  const args = ['--timeout', String(BOOT_LIMIT_S), '--share', folder, script];
  const guest = spawnSync(join(GUEST, 'run.sh'), args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const told = (guest.stdout.match(/^GUEST .*/gm) ?? []).map((line) => line.replace('\r', ''));
  for (const line of told) say(line);
  if (guest.status !== 0) {
    say(`record-guest: the guest ended with ${guest.status}\n${guest.stdout.slice(-2000)}`);
    return 1;
  }
  const reads = report(folder, 'iousagetop', 'whole');
  const runs = report(folder, 'cputop', 'whole');
  const waits = report(folder, 'schedtop', 'part');
  const results = [
    check('a recording for a time ends by itself', /whole: .*status 0/.test(told[0])),
    check('one until Ctrl-C, too', /part: status 0/.test(told[1] ?? '')),
    check('no session stays', /no available recording session/.test(told[2] ?? '')),
    check(
      'fio has read its file',
      reads.some(({ path, size_bytes }) => path === '/scratch/fio' && size_bytes > 0),
    ),
    check(
      'fio used the CPU',
      runs.some(({ process: { name } = {} }) => name === 'fio'),
    ),
    check('threads were woken in the part', waits.length > 0),
    check(
      'system calls have names',
      report(folder, 'syscallstats', 'whole').some(({ syscall }) => syscall === 'pread64'),
    ),
  ];
  return results.every(Boolean) ? 0 : 1;
}

process.exit(main());
