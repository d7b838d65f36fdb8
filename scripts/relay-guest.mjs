#!/usr/bin/env node
/**
 * From kernel to viewer: a Debian guest in a virtual machine (in software, no KVM needed) streams a live session of its
 * kernel, sched_switch and all system calls, into `tailtrap relay` here; babeltrace2 and `tailtrap cat` watch it. Then what
 * they showed is counted and compared with what the relay wrote.
 *
 *     node scripts/relay-guest.mjs [SECONDS]      SECONDS of recording, 10 unless told
 *
 * Needs the guest's scripts (build.sh, run.sh) in ../shared/qemu, or in the folder that TAILTRAP_QEMU names, and
 * babeltrace2. Not part of npm test: emulation is slow. Exit status: 0 all events were seen by all; 1 not; 2 cannot run.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RelayProcess } from '../test/lttng/relay-process.mjs';
import { ROOT } from './lib/files.mjs';
import { say } from './lib/say.mjs';

const GUEST = process.env.TAILTRAP_QEMU ?? join(ROOT, '../shared/qemu');
const SECONDS = Number(process.argv[2] ?? 10);
const BOOT_LIMIT_S = 600;
const SESSION = 'live1';

/** In the guest; 10.0.2.2 is the loopback of this machine. */
const SCRIPT = `#!/bin/bash
set -e
lttng-sessiond --daemonize
lttng create ${SESSION} --live 2000000 -U "net://10.0.2.2:$CONTROL_PORT:$DATA_PORT"
lttng enable-event -k sched_switch
lttng enable-event -k --syscall --all
lttng start
end=$((SECONDS + DURATION))
while [ $SECONDS -lt $end ]; do
  ls -l /usr/bin > /dev/null; dd if=/dev/zero of=/scratch/dd bs=16k count=4 conv=fsync 2> /dev/null; sleep 0.2
done
lttng stop
lttng destroy
`;

/** A program whose output goes into a file. @returns {Promise<number>} its exit status */
function into(file, command, args, env) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  child.stdout.pipe(createWriteStream(file));
  return new Promise((resolve) => child.on('close', resolve));
}

/**
 * Lines in the order of their text, as simultaneous events of two CPUs may come in either order.
 *
 * @param {boolean} [texts] false: without the texts in them, as babeltrace2 2.0.4 prints an earlier one for an empty one
 */
const sortedLines = (file, texts = true) => {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return (texts ? lines : lines.map((line) => line.replace(/"(?:[^"\\]|\\.)*"/g, '""'))).sort();
};

async function main() {
  if (!existsSync(join(GUEST, 'run.sh'))) {
    say(`relay-guest: no run.sh in ${GUEST}; set TAILTRAP_QEMU`);
    return 2;
  }
  if (spawnSync(join(GUEST, 'build.sh'), { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) return 2;
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-relay-guest-'));
  const relay = await RelayProcess.start(['-v']);
  try {
    return await record(folder, relay);
  } finally {
    await relay.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function record(folder, relay) {
  const at = (name) => join(folder, name);
  writeFileSync(at('stream.sh'), SCRIPT);
  const env = { ...process.env, TZ: 'UTC' };
  const guestEnv = { ...env, CONTROL_PORT: relay.ports.control, DATA_PORT: relay.ports.data, DURATION: SECONDS };
  say(`relay-guest: booting; recording for ${SECONDS} s`);
  const args = ['--timeout', String(BOOT_LIMIT_S), '--share', folder, at('stream.sh')];
  const guest = into(at('guest.log'), join(GUEST, 'run.sh'), args, guestEnv);
  const begins = await relay.saying(/session \d+ begins: \S+ of (\S+),.*/, BOOT_LIMIT_S * 1000);
  say(`relay-guest: ${begins}`);
  const host = / of (\S+),/.exec(begins)[1];
  const url = `net://127.0.0.1:${relay.ports.live}/host/${host}/${SESSION}`;
  const plain = ['--clock-seconds', '--no-delta'];
  const viewers = [
    into(at('babeltrace2'), 'babeltrace2', [...plain, '-i', 'lttng-live', url], env),
    into(at('tailtrap'), process.execPath, [join(ROOT, 'bin/tailtrap'), 'cat', ...plain, url], env),
  ];
  const status = await guest;
  if (status !== 0)
    say(`relay-guest: the guest ended with ${status}; see its output:\n${readFileSync(at('guest.log'), 'utf8')}`);
  await Promise.all(viewers);
  await relay.stop();
  const session = join(relay.output, host, readdirSync(join(relay.output, host))[0]);
  await into(at('folder'), process.execPath, [join(ROOT, 'bin/tailtrap'), 'cat', ...plain, session], env);
  await into(at('folder-babeltrace2'), 'babeltrace2', [...plain, session], env);
  say(`on disk: ${sortedLines(at('folder')).length} events`);
  let same = status === 0;
  for (const [name, texts] of [
    ['folder-babeltrace2', false],
    ['babeltrace2', false],
    ['tailtrap', true],
  ]) {
    const [stored, seen] = [sortedLines(at('folder'), texts), sortedLines(at(name), texts)];
    const differs = stored.findIndex((line, i) => line !== seen[i]);
    const equal = stored.length > 0 && seen.length === stored.length && differs < 0;
    same &&= equal;
    const what = name === 'folder-babeltrace2' ? 'read from disk by babeltrace2' : `seen live by ${name}`;
    say(`${what}: ${seen.length} events, ${equal ? 'the same' : 'NOT the same'}`);
    if (!equal) say(`  on disk: ${stored[differs]}\n  there:   ${seen[differs]}`);
  }
  const faults = relay.log.split('\n').filter((line) => /cut off|broken|never came|without their/.test(line));
  for (const line of faults) say(line);
  return same && faults.length === 0 ? 0 : 1;
}

process.exit(await main());
