/** A reader of our output may be slower than outliers come. What waits in memory is bounded here. */

/** About a thousand outliers as JSON. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

/** Is more waiting to be written to stdout than is good? */
export function stdoutIsBehind(): boolean {
  return process.stdout.writableLength > MAX_BACKLOG_BYTES;
}

/** Null when stdout keeps up; else resolves when it has caught up, is closed, or the signal is aborted. */
export function stdoutBacklog(signal: AbortSignal): Promise<void> | null {
  if (!stdoutIsBehind() || signal.aborted) return null;
  return new Promise((resolve) => {
    const { stdout } = process;
    const done = (): void => {
      stdout.off('drain', done).off('close', done).off('error', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    stdout.once('drain', done).once('close', done).once('error', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
