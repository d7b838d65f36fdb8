/** Records with ftrace: the ring is emptied into a CTF folder again and again. */
import { rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtfFolder } from '../ctf/node.ts';
import { LiveRecorder } from '../kernel/recorder/index.ts';
import { writing } from './partial.ts';
import { eventsFor } from './state/machine.ts';

/** Between two looks into the ring; sooner while it fills fast. */
const POLL_MS = 100;
const HURRY_MS = 10;
const HURRY_SHARE = 0.1;

/** What each family of reports needs of the machine (state/machine.ts). */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  cputop: ['sched'],
  sched: ['sched'],
  irq: ['interrupts'],
  io: ['syscalls', 'block', 'net'],
  memtop: ['memory'],
  syscallstats: ['syscalls'],
  periods: ['syscalls', 'block', 'net', 'interrupts'],
};

export interface FtraceOptions {
  readonly signal: AbortSignal;
  readonly length_ns: number | undefined;
  readonly bufferBytes: number;
  readonly log: (line: string) => void;
}

export async function recordWithFtrace(
  path: string,
  families: ReadonlySet<string>,
  { signal, length_ns, bufferBytes, log }: FtraceOptions,
): Promise<{ bytes: number; lost: number }> {
  const chosen = families.size === 0 ? Object.keys(PARTS) : [...families];
  const parts = [...new Set(chosen.flatMap((family) => PARTS[family] ?? []))];
  const folder = writing(path, () => new CtfFolder(`${path}/kernel`));
  const recorder = start();
  for (const { event, reason } of recorder.degraded) log(`without ${event}: ${reason}`);
  log('recording with ftrace; Ctrl-C ends it');
  const end_ms = length_ns === undefined ? Number.POSITIVE_INFINITY : performance.now() + length_ns / 1e6;
  try {
    for (let before = 0; !signal.aborted && performance.now() < end_ms; ) {
      const pause_ms = recorder.rawBytes - before > bufferBytes * HURRY_SHARE ? HURRY_MS : POLL_MS;
      before = recorder.rawBytes;
      await sleep(Math.min(pause_ms, end_ms - performance.now()), undefined, { signal }).catch(() => {});
      writing(path, () => recorder.poll());
    }
  } finally {
    recorder.close();
    // Without room, what was written can still be read.
    writing(path, () => recorder.store());
  }
  return { bytes: folder.bytes, lost: recorder.lost };

  function start(): LiveRecorder {
    try {
      return writing(path, () => LiveRecorder.start({ events: eventsFor(parts), bufferBytes, folder }));
    } catch (error) {
      removeEmpty(`${path}/kernel`, path);
      throw error;
    }
  }
}

/** Folders that were made for nothing. */
function removeEmpty(...paths: readonly string[]): void {
  try {
    for (const path of paths) rmdirSync(path);
  } catch {
    // There is something in it: it stays.
  }
}
