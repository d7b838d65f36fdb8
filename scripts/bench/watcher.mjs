#!/usr/bin/env node
/**
 * One tracker as the agent runs it, for measurements that need its counters: counts what it is handed, prints one line
 * of JSON when its standard input ends.
 *
 *     node scripts/bench/watcher.mjs TRACKER THRESHOLD_NS RATE [RING_BYTES]
 *
 * RATE is the limit in outliers a second, 0 for none.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MachineNames } from '../../dist/kernel/names.js';
import { OBJECT_FOLDER } from '../../dist/kernel/paths.js';
import { trackerNamed } from '../../dist/kernel/trackers/index.js';
import { Watcher } from '../../dist/kernel/watcher.js';

const [name, threshold, rate, ring_bytes = `${1 << 20}`] = process.argv.slice(2);
let handed = 0;
const watcher = new Watcher({
  folder: OBJECT_FOLDER,
  names: new MachineNames(),
  ring_bytes: Number(ring_bytes),
  onOutlier: () => {
    handed++;
  },
});
const object = watcher.load(trackerNamed(name));
object.config.threshold_ns = Number(threshold);
object.config.timeout_ns = 0;
object.config.setRate(Number(rate), Math.max(1, Number(rate)));
watcher.start(name);
process.stdout.write('attached\n');

await new Promise((resolve) => process.stdin.on('end', resolve).resume());
object.detach();
// What is in the ring is still to come: when nothing more does, the sum must be exact.
for (let last = -1; last !== watcher.received; await sleep(200)) last = watcher.received;
process.stdout.write(`${JSON.stringify({ handed, received: watcher.received, ...object.stats().counters })}\n`);
await watcher.close();
