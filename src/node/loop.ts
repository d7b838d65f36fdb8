/**
 * Stalls of the event loop: an unreferenced timer that comes late tells how long the loop did not get to it, and the
 * processor time of the process in between tells whether it was computing or waiting (for a CPU, for a lock, for a
 * synchronous read). monitorEventLoopDelay of perf_hooks measures the same but forgets when it was.
 */
import { isMainThread, threadId } from 'node:worker_threads';
import type { Described } from './outliers.ts';
import type { Part } from './part.ts';

/** A stall is seen from this length on. 50 wake-ups a second of about 10 us: 0.05 % of a CPU. */
const PERIOD_MS = 20;

interface Stall {
  readonly cpu_ns: number;
  readonly elapsed_ns: number;
}

function describe({ cpu_ns, elapsed_ns }: Stall): Described {
  const share = Math.min(1, cpu_ns / elapsed_ns);
  return { key: { thread: isMainThread ? 'main' : `worker ${threadId}` }, details: { cpu_ns, computing: share > 0.5 } };
}

export const loopStalls: Part = (tools) => {
  const tracker = tools.tracker('loop.stall', describe);
  if (tracker === null) return () => {};
  let ticks = 0;
  let last_ns = Number.POSITIVE_INFINITY; // loading the program is no stall: counted from the first tick on
  let lastCpu_us = 0;
  const tick = tools.guard(() => {
    const now_ns = performance.now() * 1e6;
    const nowCpu_us = cpu_us();
    const due_ns = Math.min(now_ns, last_ns + PERIOD_MS * 1e6);
    if (last_ns < now_ns) {
      const stall = { cpu_ns: (nowCpu_us - lastCpu_us) * 1e3, elapsed_ns: now_ns - last_ns };
      tracker.observe(++ticks, due_ns, now_ns, stall);
    }
    last_ns = now_ns;
    lastCpu_us = nowCpu_us;
  });
  const timer = setInterval(tick, PERIOD_MS).unref();
  return () => clearInterval(timer);
};

/** Microseconds of processor time of the whole process. */
function cpu_us(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
