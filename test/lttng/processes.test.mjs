/** Hundreds of processes with buffers of their own come and go: text and memory of `tailtrap cat` stay as they were. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FedStore } from '../../dist/lttng/replay/fed-store.js';
import { serveLive } from '../../dist/lttng/replay/serve.js';
import { TestTrace } from '../../dist/lttng/viewer/relay.test.data.js';
import { Watcher } from './cat-live.mjs';

// More than `cat` remembers at once.
const PROCESSES = 300;
const EVENTS = 10;
const STEP_NS = 7;

test(`${PROCESSES} processes`, async (t) => {
  const store = new FedStore();
  const serving = await serveLive(store, { host: '127.0.0.1', port: 0, log: () => {} });
  const session = store.add({ name: 's', hostname: 'h', liveTimer_us: 100_000, format: 'ctf1' });
  const cat = Watcher.tailtrap('cat', `net://127.0.0.1:${serving.port}/host/h/s`, '--clock-seconds');
  while (serving.server.watching(session) === 0) await sleep(10);
  let early_bytes = 0;
  for (let i = 0; i < PROCESSES; i++) {
    const trace = new TestTrace(session, 1, i % 256);
    trace.sendMetadata();
    session.publish();
    trace.packet(
      0,
      Array.from({ length: EVENTS }, (_, k) => BigInt((i * EVENTS + k) * STEP_NS)),
    );
    trace.streams[0].close();
    trace.fed.metadata.closed = true;
    session.traces.splice(0);
    if (i % 20 === 19) await cat.has((i - 1) * EVENTS);
    if (i === PROCESSES / 2) early_bytes = residentBytes(cat.child.pid);
  }
  const grown_bytes = residentBytes(cat.child.pid) - early_bytes;
  session.close();
  assert.equal(await cat.end(), 0, cat.errors);
  serving.close();
  const expected = Array.from({ length: PROCESSES * EVENTS }, (_, n) => {
    const delta = n === 0 ? '?.?????????' : `0.00000000${STEP_NS}`;
    return `[${((n * STEP_NS + 5000) / 1e9).toFixed(9)}] (+${delta}) h e: { cpu_id = 0 }, { }, { at = ${n * STEP_NS} }`;
  });
  assert.deepEqual(cat.text.trimEnd().split('\n'), expected);
  t.diagnostic(`the second half took ${(grown_bytes / 2 ** 20).toFixed(1)} MiB`);
  assert.ok(grown_bytes < 50 * 2 ** 20);
});

function residentBytes(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
