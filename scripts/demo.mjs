#!/usr/bin/env node
/**
 * Catches two real outliers: a disk request that is slow because its disk is throttled, and a wake-up that is late because
 * another task has the CPU. Everything is real: the agent, the kernel trackers, the flight recorder, the traces.
 *
 *     npm run demo                 as root: sets up, builds, runs for about ten seconds
 *
 * Exit status: 0 both were caught (or, without root, the user-space tracker was shown); 1 not.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { build } from './build.mjs';
import { AgentProcess } from './lib/agent-process.mjs';
import { onCpu0, run } from './lib/children.mjs';
import { showUserSpace } from './lib/demo-user-space.mjs';
import { ROOT } from './lib/files.mjs';
import { bold, say } from './lib/say.mjs';
import { SlowDisk } from './lib/slow-disk.mjs';
import { setUp } from './setup.mjs';

const SNAPSHOTS = join(ROOT, 'tailtrap-snapshots');
const CAUGHT_WITHIN_MS = 15_000;

/** Only what the demo provokes: other outliers of this machine are somebody else's story. */
const config = (device, socket) => `
trackers:
  block:  {threshold: 20ms, filter: {dev: ${device}}}
  wakeup: {threshold: 10ms, filter: {comm: demo-sleeper}}
recorder: {directory: ${SNAPSHOTS}, cooldown: 0s, after: 50ms, keep: 10}
socket: ${socket}
`;

/** Sleeps 5 ms again and again: a task that wants the CPU back at once. */
const SLEEPER = `use Time::HiRes 'usleep'; $0 = 'demo-sleeper'; usleep(5000) for 1 .. 60;`;
/** Has the CPU for 40 ms, ahead of every normal task. */
const HOG = `
use Time::HiRes qw(usleep time);
$0 = 'demo-hog'; usleep(100000); my $end = time + 0.04; while (time < $end) {}`;

async function slowDiskRequest(disk) {
  say(bold('\n1. A slow disk request'));
  say(`   ${disk.device} is a loop device; its disk takes 10 writes a second. dd writes 4 blocks.`);
  disk.limit(10);
  await run(...disk.inside('dd', ['if=/dev/zero', `of=${disk.device}`, 'bs=4k', 'count=4', 'oflag=direct']));
  disk.limit(0);
}

async function lateWakeUp() {
  say(bold('\n2. A late wake-up'));
  say('   demo-sleeper sleeps 5 ms at a time on CPU 0; demo-hog takes that CPU for 40 ms with real-time priority.');
  await Promise.all([run(...onCpu0(1, SLEEPER)), run(...onCpu0(50, HOG))]);
}

/** What was caught, for a person. */
function tell(outlier) {
  const ms = (ns) => `${(ns / 1e6).toFixed(1)} ms`;
  const { tracker, comm, tid, cpu, key, details } = outlier;
  say(
    `   caught: ${tracker}, ${ms(outlier.delay_ns)} (threshold ${ms(outlier.threshold_ns)}), ${comm} (thread ${tid}), CPU ${cpu}`,
  );
  if (tracker === 'block') {
    const { operation, bytes, queue_ns, device_ns } = details;
    say(`           ${operation} of ${bytes} bytes at sector ${key.sector} of ${key.device}`);
    say(`           ${ms(queue_ns)} in the queue, ${ms(device_ns)} in the device`);
  } else {
    const ran = details.ran_meanwhile.map((r) => `${r.comm} ${ms(r.ran_ns)}`).join(', ');
    say(`           had the CPU meanwhile: ${ran}`);
  }
}

function tellSnapshot({ snapshot, events, total_ns }) {
  const path = relative(process.cwd(), snapshot);
  say(`   trace:  ${path}: ${events} events, written in ${(total_ns / 1e6).toFixed(0)} ms. Open it:`);
  say(bold(`           babeltrace2 ${path} | grep -B5 tailtrap_outlier`));
}

/** Provokes, waits for the outlier and its snapshot, tells. */
async function provoke(agent, tracker, make) {
  const seen = agent.records.length;
  await make();
  const fresh = () => agent.records.slice(seen);
  const outlier = await agent.waitFor(() => fresh().find((r) => r.tracker === tracker), CAUGHT_WITHIN_MS);
  tell(outlier);
  const snapshot = await agent.waitFor(() => fresh().find((r) => r.outliers?.includes(outlier.id)), CAUGHT_WITHIN_MS);
  if (snapshot.snapshot === null) throw new Error(`the snapshot could not be written: ${snapshot.error}`);
  tellSnapshot(snapshot);
}

async function demo() {
  const work = mkdtempSync(join(tmpdir(), 'tailtrap-demo-'));
  const cleanUp = [() => rmSync(work, { recursive: true, force: true })];
  const undo = async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => undo().then(() => process.exit(130)));
  try {
    // On the disk of this checkout: /tmp may be memory, which nothing throttles.
    const disk = new SlowDisk(ROOT);
    cleanUp.push(() => disk.remove());
    const file = join(work, 'tailtrap.yaml');
    writeFileSync(file, config(disk.device, join(work, 'agent.sock')));
    const agent = new AgentProcess(['--config', file]);
    cleanUp.push(() => agent.stop());
    await agent.ready;
    say(agent.stderr.trim());
    await provoke(agent, 'block', () => slowDiskRequest(disk));
    await provoke(agent, 'wakeup', lateWakeUp);
    say(`${bold('\nBoth caught.')} Next: bin/tailtrap watch, bin/tailtrap hist wakeup --bars, bin/tailtrap --help`);
  } finally {
    await undo();
  }
}

async function main() {
  const began = Date.now();
  if (![0, 3].includes(await setUp('demo'))) return 1;
  const root = process.getuid() === 0;
  if ((await build({ bpf: root })) !== 0) return 1;
  if (!root || !existsSync('/sys/kernel/btf/vmlinux')) {
    say(
      bold(
        root ? '\nThis kernel has no BTF, so no kernel tracker can run.' : '\nNot root: the kernel trackers need it.',
      ),
    );
    say(root ? '' : 'For all of it: sudo npm run demo. What can be shown without: the tracker for user space.');
    return showUserSpace();
  }
  await demo();
  say(`(${((Date.now() - began) / 1000).toFixed(0)} s)`);
  return 0;
}

main().then(
  (status) => process.exit(status),
  (error) => {
    say(`demo: ${error.message}`);
    say('next: bin/tailtrap doctor says what this machine allows');
    process.exit(1);
  },
);
