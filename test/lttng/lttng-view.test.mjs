/** `lttng view`, the original's own viewer, on live sessions of `tailtrap relay` and on what it wrote. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { sessionsOf, watched } from './cat-live.mjs';
import { countsOf, Lttng, noLttng } from './lttng.mjs';
import { RelayProcess } from './relay-process.mjs';

/** It knows no other. */
const LIVE_PORT = 5344;

async function inUse() {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(`port ${LIVE_PORT} is in use, and lttng view knows no other`));
    server.listen(LIVE_PORT, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}

const skip = noLttng() || (await inUse());
let lttng;
let relay;
before(async () => {
  if (skip) return;
  lttng = await Lttng.start();
  relay = await RelayProcess.start(['-L', `tcp://127.0.0.1:${LIVE_PORT}`]);
});
after(async () => {
  await lttng?.close();
  await relay?.close();
});

const range = (from, count) => Array.from({ length: count }, (_, i) => from + i);

test('lttng view: a live session until its end, and its folder afterwards', { skip }, async () => {
  await lttng.run(
    `lttng create view --live 100000 -U ${relay.url} &&
     lttng enable-channel -u ch --subbuf-size 16K --num-subbuf 8 &&
     lttng enable-event -u -c ch 'tailtrap_test:*' && lttng start`,
  );
  await lttng.run('lttng view view >/run/view.txt 2>/run/view.err & echo $! >/run/view.pid');
  const url = `net://127.0.0.1:${LIVE_PORT}`;
  await watched(url, 'view');
  await lttng.run(`${lttng.counter} 1 0 1000 50 && ${lttng.counter} 2 0 300 0`);
  await lttng.run('lttng destroy && tail --pid $(cat /run/view.pid) -f /dev/null');
  const live = countsOf(await lttng.run('cat /run/view.txt'));
  assert.equal(await lttng.run('cat /run/view.err'), '');
  const [host] = readdirSync(relay.output);
  const [folder] = readdirSync(join(relay.output, host));
  const written = countsOf(await lttng.run(`lttng view --trace-path ${join(relay.output, host, folder)}`));
  for (const counts of [live, written]) {
    assert.deepEqual(counts.get(1), range(0, 1000));
    assert.deepEqual(counts.get(2), range(0, 300));
  }
  assert.deepEqual(await sessionsOf(url), []);
});
