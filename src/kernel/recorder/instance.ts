/**
 * An ftrace instance of our own: ring buffers, clock and events apart from everyone else's tracing
 * (Documentation/trace/ftrace.rst, "Instances"). Its name has our pid, so that what a killed process left can be known.
 */
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeSync,
} from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { errnoName, messageOf, TailtrapError } from '../../base/errors.ts';
import { expandEventSet, MAX_EVENTS } from './event-set.ts';
import { type EventFormat, type PageFormat, parseFormat, parsePageFormat } from './format.ts';
import { findTracefs, readControl, writeControl } from './tracefs.ts';

/** `tailtrap-PID`, and `tailtrap-PID-N` for further recorders of one process. */
const INSTANCE_NAME = /^tailtrap-(\d+)(?:-\d+)?$/;
/** How long close waits for the kernel to let go of a file that another thread reads: rmdir says EBUSY. */
const REMOVE_ATTEMPTS = 50;
const REMOVE_PAUSE_MS = 2;
/** Smallest useful buffer for a CPU: a few pages. */
const MIN_CPU_KIB = 64;

export interface InstanceOptions {
  /** All CPUs together. */
  readonly bufferBytes: number;
  readonly events: readonly string[];
  /** Ring-buffer sub-buffers in KiB, Linux 6.8 and later; smaller on kernels that cannot. */
  readonly subBufferKiB: number;
}

/** An event that this kernel would not give. */
export interface Degraded {
  readonly event: string;
  readonly reason: string;
}

/** Names in use by this process. */
const ours = new Set<string>();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoName(error) === 'EPERM';
  }
}

/** Removes the instances that dead processes left. Returns their names. */
export function removeLeftovers(tracefs: string): string[] {
  const removed: string[] = [];
  for (const name of readdirSync(join(tracefs, 'instances'))) {
    const match = INSTANCE_NAME.exec(name);
    if (match === null || ours.has(name)) continue;
    const pid = Number(match[1]);
    // Our own pid without being in `ours`: a process that had this pid before, as in a restarted container.
    if (pid !== process.pid && isAlive(pid)) continue;
    try {
      rmdirSync(join(tracefs, 'instances', name));
      removed.push(name);
    } catch {
      // someone reads it; the next start tries again
    }
  }
  return removed;
}

export class TraceInstance {
  readonly path: string;
  readonly tracefs: string;
  readonly name: string;
  readonly page: PageFormat;
  readonly formats: readonly EventFormat[];
  readonly degraded: readonly Degraded[];
  /** What the kernel gave, all CPUs together. */
  readonly bufferBytes: number;
  /** `trace_pipe_raw` of each CPU, O_NONBLOCK. */
  readonly pipes: ReadonlyMap<number, number>;
  /** `tracing_on`, open for writing: freezing must not need a new file. */
  readonly switchFile: number;
  #closed = false;

  /** However this process ends, but for SIGKILL: a recorder that nobody reads costs memory and time until the next one comes. */
  readonly #atExit = (): void => this.close();

  private constructor(parts: {
    tracefs: string;
    name: string;
    page: PageFormat;
    formats: readonly EventFormat[];
    degraded: readonly Degraded[];
    bufferBytes: number;
    pipes: ReadonlyMap<number, number>;
    switchFile: number;
  }) {
    this.tracefs = parts.tracefs;
    this.name = parts.name;
    this.path = join(parts.tracefs, 'instances', parts.name);
    process.once('exit', this.#atExit);
    this.page = parts.page;
    this.formats = parts.formats;
    this.degraded = parts.degraded;
    this.bufferBytes = parts.bufferBytes;
    this.pipes = parts.pipes;
    this.switchFile = parts.switchFile;
  }

  /** Makes, sets up and starts an instance; nothing is left behind when it fails. */
  static create(options: InstanceOptions): TraceInstance {
    const events = expandEventSet(options.events);
    assertLittleEndian();
    const tracefs = findTracefs();
    removeLeftovers(tracefs);
    const name = makeInstance(tracefs);
    const path = join(tracefs, 'instances', name);
    const files: number[] = [];
    try {
      const bufferBytes = setUpBuffers(path, options);
      const { formats, degraded } = enableEvents(path, events);
      const pipes = new Map<number, number>();
      for (const entry of readdirSync(join(path, 'per_cpu'))) {
        const cpu = Number(/^cpu(\d+)$/.exec(entry)?.[1] ?? -1);
        if (cpu < 0) continue;
        const pipe = openSync(
          join(path, 'per_cpu', entry, 'trace_pipe_raw'),
          constants.O_RDONLY | constants.O_NONBLOCK,
        );
        files.push(pipe);
        pipes.set(cpu, pipe);
      }
      const switchFile = openSync(join(path, 'tracing_on'), 'w');
      files.push(switchFile);
      const page = pageFormat(tracefs, path);
      writeSync(switchFile, '1');
      return new TraceInstance({ tracefs, name, page, formats, degraded, bufferBytes, pipes, switchFile });
    } catch (error) {
      for (const file of files) closeSync(file);
      removeInstance(path);
      ours.delete(name);
      throw error;
    }
  }

  freeze(): void {
    writeSync(this.switchFile, '0');
  }

  thaw(): void {
    writeSync(this.switchFile, '1');
  }

  /** Closes and removes the instance; idempotent, synchronous. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    process.off('exit', this.#atExit);
    for (const file of [...this.pipes.values(), this.switchFile]) closeSync(file);
    removeInstance(this.path);
    ours.delete(this.name);
  }
}

/** Records are decoded as little-endian, which leaves out s390x and old POWER. */
function assertLittleEndian(): void {
  if (endianness() === 'LE') return;
  throw new TailtrapError('TT_RECORDER_BIG_ENDIAN', 'the recorder does not run on big-endian machines', {
    next: 'use an LTTng snapshot session (recorder: lttng)',
  });
}

/** Makes the folder; the kernel fills it. */
function makeInstance(tracefs: string): string {
  for (let n = 0; ; n++) {
    const name = n === 0 ? `tailtrap-${process.pid}` : `tailtrap-${process.pid}-${n}`;
    if (ours.has(name)) continue;
    const path = join(tracefs, 'instances', name);
    try {
      mkdirSync(path);
      ours.add(name);
      return name;
    } catch (error) {
      const errno = errnoName(error);
      if (errno === 'EEXIST' && n < 16) continue; // a leftover that is still being read
      throw new TailtrapError('TT_RECORDER_START', `cannot make a tracing instance: ${messageOf(error)}`, {
        where: path,
        next:
          errno === 'ENOMEM'
            ? 'free some memory, or give the recorder a smaller buffer'
            : "run as root; in a container give it the host's tracefs writable",
        cause: error,
      });
    }
  }
}

/** Clock, mode and size; returns the bytes of all CPUs. */
function setUpBuffers(path: string, options: InstanceOptions): number {
  writeControl(join(path, 'tracing_on'), '0');
  writeControl(join(path, 'trace_clock'), 'mono');
  writeControl(join(path, 'options/overwrite'), '1');
  const subBuffer = join(path, 'buffer_subbuf_size_kb');
  if (options.subBufferKiB > 4 && existsSync(subBuffer)) {
    try {
      writeControl(subBuffer, String(options.subBufferKiB));
    } catch {
      // memory is fragmented: single pages do
    }
  }
  const cpus = readdirSync(join(path, 'per_cpu')).filter((name) => /^cpu\d+$/.test(name)).length;
  const cpuKiB = Math.max(MIN_CPU_KIB, Math.floor(options.bufferBytes / 1024 / cpus));
  writeControl(join(path, 'buffer_size_kb'), String(cpuKiB));
  return Number.parseInt(readControl(join(path, 'buffer_total_size_kb')), 10) * 1024 || cpuKiB * 1024 * cpus;
}

/** `system/*` to the events of that system. */
function listEvents(path: string, names: readonly string[]): string[] {
  const events = new Set<string>();
  for (const name of names) {
    const [system, event] = name.split('/') as [string, string];
    if (event !== '*') events.add(name);
    else if (!existsSync(join(path, 'events', system))) events.add(`${system}/*`);
    else {
      for (const entry of readdirSync(join(path, 'events', system), { withFileTypes: true })) {
        if (entry.isDirectory()) events.add(`${system}/${entry.name}`);
      }
    }
  }
  return [...events].slice(0, MAX_EVENTS);
}

/** Enables what the kernel has; what it lacks is reported. */
function enableEvents(path: string, names: readonly string[]): { formats: EventFormat[]; degraded: Degraded[] } {
  const formats: EventFormat[] = [];
  const degraded: Degraded[] = [];
  for (const event of listEvents(path, names)) {
    const folder = join(path, 'events', event);
    try {
      if (!existsSync(folder)) throw new Error('this kernel does not have it');
      const format = parseFormat(event.split('/')[0]!, readFileSync(join(folder, 'format'), 'utf8'), folder);
      writeControl(join(folder, 'enable'), '1');
      formats.push(format);
    } catch (error) {
      degraded.push({ event, reason: messageOf(error) });
    }
  }
  if (formats.length === 0) {
    throw new TailtrapError('TT_RECORDER_NO_EVENTS', 'none of the events could be enabled', {
      where: path,
      next: `first reason: ${degraded[0]?.reason ?? 'the event set is empty'}`,
    });
  }
  return { formats, degraded };
}

/** The page's layout with the size that this instance has: events/header_page tells that of the top instance. */
function pageFormat(tracefs: string, path: string): PageFormat {
  const page = parsePageFormat(readControl(join(tracefs, 'events/header_page')));
  const subBuffer = join(path, 'buffer_subbuf_size_kb');
  const kib = existsSync(subBuffer) ? Number.parseInt(readControl(subBuffer), 10) : 0;
  return { ...page, bytes: Math.max(page.bytes, kib * 1024) };
}

/** Removes an instance folder, waiting a little for readers in other threads. */
function removeInstance(path: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; attempt < REMOVE_ATTEMPTS; attempt++) {
    try {
      rmdirSync(path);
      return;
    } catch (error) {
      if (errnoName(error) !== 'EBUSY') return;
      Atomics.wait(pause, 0, 0, REMOVE_PAUSE_MS);
    }
  }
}

/** Losses that the kernel counted for a CPU since the instance was made: `per_cpu/cpuN/stats`. */
export function readLosses(path: string, cpu: number): number {
  try {
    const text = readFileSync(join(path, 'per_cpu', `cpu${cpu}`, 'stats'), 'utf8');
    const count = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0);
    return count('commit overrun') + count('dropped events');
  } catch {
    return 0; // the CPU went away
  }
}
