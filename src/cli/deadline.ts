/** Waiting for a time or a signal. */

/** setTimeout takes no more: 24.8 days. Longer waits are made of several. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A signal that is aborted after `ns` (rounded up to a millisecond), however long that is. */
export function deadline(ns: number): AbortSignal {
  const controller = new AbortController();
  const wait = (left_ms: number): void => {
    const step_ms = Math.min(left_ms, MAX_TIMER_MS);
    setTimeout(() => (left_ms > step_ms ? wait(left_ms - step_ms) : controller.abort()), step_ms).unref();
  };
  wait(Math.ceil(ns / 1e6));
  return controller.signal;
}

/** The first of a signal and, when there is one, a time. */
export function untilEither(signal: AbortSignal, ns: number | undefined): AbortSignal {
  return ns === undefined ? signal : AbortSignal.any([signal, deadline(ns)]);
}

/** Resolves when the signal is aborted. Until then the process does not end for want of anything else to do. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const alive = setInterval(() => {}, MAX_TIMER_MS);
    const done = (): void => {
      clearInterval(alive);
      resolve();
    };
    signal.addEventListener('abort', done, { once: true });
  });
}
