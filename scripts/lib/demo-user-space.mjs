/** The demo where the kernel is out of reach: the same tracker, in this process, catches a slow file read and a timeout. */
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { bold, say } from './say.mjs';

export async function showUserSpace() {
  const { Flag, LatencyTracker } = await import('../../dist/tracker/index.js');
  say(bold('\nThe tracker for user space (tailtrap/tracker)'));
  say('Thirty reads of this checkout; one of them has to wait 60 ms, and one never comes back.');
  const caught = [];
  const tracker = new LatencyTracker({
    name: 'reads',
    capacity: 64,
    threshold_ns: 20e6,
    timeout_ns: 150e6,
    callback: ({ key, flag, begin_ns, end_ns }) => {
      caught.push(flag);
      say(
        `   caught: read ${key}, ${((end_ns - begin_ns) / 1e6).toFixed(1)} ms, ${flag === Flag.timeout ? 'still pending' : 'done'}`,
      );
    },
  });
  for (let n = 1; n <= 30; n++) {
    tracker.eventIn(n);
    const file = await open(new URL('../../package.json', import.meta.url));
    await file.read(Buffer.alloc(100), 0, 100, 0);
    if (n === 12) await sleep(60);
    await file.close();
    if (n !== 25) tracker.eventOut(n);
  }
  await sleep(400);
  tracker.close?.();
  return caught.length === 2 ? 0 : 1;
}
