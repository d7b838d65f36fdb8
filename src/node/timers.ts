/**
 * Timers of the application against their due time: `setTimeout` and `setInterval`.
 *
 * A timer knows when it was started and for how long (`_idleStart`, `_idleTimeout`: milliseconds of the event loop's clock,
 * in all versions of Node from 0.x to today, kept up to date by refresh() and by intervals); the loop's clock against ours
 * is the smallest difference seen, because the loop's stands still while a callback runs.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import { type Origin, originDetails } from './context.ts';
import { type Described, tame } from './outliers.ts';
import type { Part } from './part.ts';

type Start = (this: unknown, callback: unknown, delay?: unknown, ...args: unknown[]) => unknown;
interface Started {
  readonly _idleStart?: number | null;
  readonly _idleTimeout?: number;
}
interface Fired {
  readonly callback: (...args: unknown[]) => unknown;
  readonly kind: string;
  readonly wanted_ms: number;
  readonly origin: Origin | null;
}

function describe({ callback, kind, wanted_ms, origin }: Fired): Described {
  return {
    key: { function: tame(callback.name || '(anonymous)'), kind },
    details: { wanted_ms, ...originDetails(origin) },
  };
}

export const lateTimers: Part = (tools) => {
  const tracker = tools.tracker('timer.late', describe);
  if (tracker === null) return () => {};
  let count = 0;
  let loopClock_ms = Number.POSITIVE_INFINITY;
  const fired = tools.guard((timer: Started, what: Omit<Fired, 'wanted_ms'>) => {
    const { _idleStart: start, _idleTimeout: wanted_ms } = timer;
    if (typeof start !== 'number' || typeof wanted_ms !== 'number' || wanted_ms < 0) return;
    const now_ns = performance.now() * 1e6;
    const due_ns = Math.min(now_ns, (loopClock_ms + start + wanted_ms) * 1e6);
    tracker.observe(++count, due_ns, now_ns, { ...what, wanted_ms });
  });
  const wrap = (original: Start, kind: string): Start => {
    const wrapped: Start = function (this: unknown, callback, delay, ...args) {
      if (typeof callback !== 'function') return original.call(this, callback, delay, ...args);
      const what = { callback: callback as Fired['callback'], kind, origin: tools.contexts.here() };
      function run(this: Started, ...given: unknown[]): unknown {
        fired(this, what);
        return what.callback.apply(this, given);
      }
      const timer = original.call(this, run, delay, ...args) as Started;
      if (typeof timer._idleStart === 'number') {
        loopClock_ms = Math.min(loopClock_ms, performance.now() - timer._idleStart);
      }
      return timer;
    };
    // Name, length, and util.promisify's own version of it.
    return Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
  };
  const undo = (['setTimeout', 'setInterval'] as const).map((name) => {
    const original = globalThis[name] as unknown as Start;
    const wrapped = wrap(original, name === 'setTimeout' ? 'timeout' : 'interval');
    for (const owner of [globalThis, timers] as unknown as Record<string, Start>[]) {
      if (owner[name] === original) owner[name] = wrapped;
    }
    return () => {
      for (const owner of [globalThis, timers] as unknown as Record<string, Start>[]) {
        if (owner[name] === wrapped) owner[name] = original;
      }
    };
  });
  syncBuiltinESMExports();
  return () => {
    for (const step of undo) step();
    syncBuiltinESMExports();
  };
};
