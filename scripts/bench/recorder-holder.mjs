#!/usr/bin/env node
/**
 * A recorder as the agent sets it up, for measurements: records until its standard input ends. Each line it reads is the
 * folder for a snapshot; it answers with one line of JSON.
 *
 *     node scripts/bench/recorder-holder.mjs BUFFER_BYTES [EVENTS...]      no EVENTS: the default set
 */
import { createInterface } from 'node:readline';
import { Recorder } from '../../dist/kernel/recorder/index.js';

const [bufferBytes, ...events] = process.argv.slice(2);
const recorder = Recorder.start({ bufferBytes: Number(bufferBytes), ...(events.length > 0 ? { events } : {}) });
process.stdout.write(`recording ${recorder.eventCount} events\n`);

for await (const outDir of createInterface({ input: process.stdin })) {
  const called = performance.now();
  const { path, events, lost, bytes, frozen_ns } = await recorder.snapshot({ outliers: [outlier()], outDir });
  const ms = performance.now() - called;
  process.stdout.write(`${JSON.stringify({ path, events, lost, bytes, frozen_ms: frozen_ns / 1e6, ms })}\n`);
}
recorder.close();
process.exit(0);

/** One that ends now: in the snapshot's window. */
function outlier() {
  const end_ns = BigInt(Date.now()) * 1_000_000n;
  return {
    id: `wakeup-${end_ns}-1`,
    host: 'bench',
    tracker: 'wakeup',
    kind: 'threshold',
    key: { tid: process.pid },
    begin_ns: `${end_ns - 20_000_000n}`,
    end_ns: `${end_ns}`,
    delay_ns: 20_000_000,
    threshold_ns: 10_000_000,
    cpu: 0,
    pid: process.pid,
    tid: process.pid,
    comm: 'bench',
    cgroup: '/',
    details: {},
    snapshot: null,
  };
}
