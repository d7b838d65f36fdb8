/**
 * The recorder as a stream: what the ring holds is taken out again and again, and comes as events in the order of time
 * while recording goes on.
 *
 *     const live = LiveRecorder.start({ events: ['sched', 'syscalls'] });
 *     live.poll();                                     // every 100 ms or so
 *     for (let e = live.reader.next(); e !== null; e = live.reader.next()) use(e);
 *     live.close();
 *
 *     ring buffers --pages--> Translator --CTF packets--> PushReader --> events
 *
 * Between the moment at which a poll begins and the last page that it reads, other CPUs go on: only what is before that
 * moment is certain, and what is after it waits for the next poll.
 */
import { randomFillSync } from 'node:crypto';
import type { CtfFolder } from '../../ctf/node.ts';
import { PushReader } from '../../ctf/push.ts';
import type { StreamWriter } from '../../ctf/stream.ts';
import { CtfWriter } from '../../ctf/writer.ts';
import type { Notice } from '../../trace/event.ts';
import { sampleClockOffset } from './clock.ts';
import { bootId, environment } from './environment.ts';
import { type Degraded, readLosses, TraceInstance } from './instance.ts';
import { MISSED_UNKNOWN, PageCursor } from './page.ts';
import { pageReader, RawPages, type ReadPage } from './raw-pages.ts';
import { adoptThreads, WindowScanner } from './scan.ts';
import { learnTasks, readMachineState, StateDumper, type StateDumpLimits } from './state-dump.ts';
import { syscallPlans } from './syscall-formats.ts';
import { MAX_TRACKED_TASKS, TaskTable } from './tasks.ts';
import { KERNEL_CONTEXT, Translator } from './translate.ts';

/** All CPUs together: some seconds of a small server between two polls, in case we get no CPU for so long. */
const DEFAULT_BUFFER_BYTES = 16 * 1024 * 1024;
const SUBBUFFER_KIB = 16;
/** An event gets its time before it is in the ring: it may be late by an interrupt. */
const MARGIN_NS = 1_000_000n;
/** Everything there is: the state begins with it. Half a second at the start is worth it. */
const STATE_DUMP: StateDumpLimits = {
  maxTasks: 65_536,
  maxFiles: 262_144,
  maxFilesPerProcess: 65_536,
  budget_ms: 2000,
};
/** The table of names is filled again from /proc when it is nearly full of threads that are gone. */
const REFILL_AT = MAX_TRACKED_TASKS * 0.75;

export interface LiveRecorderOptions {
  /** Groups (`sched`, `irq` ...) and events (`system/event`, `system/*`). */
  readonly events: readonly string[];
  /** Ring buffers of all CPUs together. */
  readonly bufferBytes?: number;
  /** Losses. */
  readonly onNotice?: (notice: Notice) => void;
  /** Called with the reader before it is given anything: to keep what it is given. */
  readonly onReader?: (reader: PushReader) => void;
  /** Begin with LTTng's state dump events, from /proc; default true. */
  readonly stateDump?: boolean;
  /** Packets are stored here; the reader gets none. */
  readonly folder?: CtfFolder;
}

export class LiveRecorder {
  /** Events of the set that this kernel would not give. */
  readonly degraded: readonly Degraded[];
  readonly reader: PushReader;
  readonly bufferBytes: number;
  /** Bytes of ring buffer pages that were read. */
  rawBytes = 0;
  /** Events that were overwritten before they were read. */
  lost = 0;
  readonly #instance: TraceInstance;
  readonly #pages: RawPages;
  readonly #read: ReadPage;
  readonly #cursor: PageCursor;
  readonly #tasks = new TaskTable();
  readonly #scanner: WindowScanner;
  readonly #translator: Translator;
  readonly #streams = new Map<number, StreamWriter>();
  readonly #losses = new Map<number, number>();
  readonly #clock_ns: bigint;
  readonly #writer: CtfWriter;
  readonly #folder: CtfFolder | null;
  #polled_ns = 0n;

  private constructor(instance: TraceInstance, options: LiveRecorderOptions) {
    this.#instance = instance;
    // Recording waits until we are ready to read; what /proc tells must be read while it goes on.
    instance.freeze();
    this.degraded = instance.degraded;
    this.bufferBytes = instance.bufferBytes;
    const { page, formats, tracefs, pipes } = instance;
    this.#pages = new RawPages(page.bytes, instance.bufferBytes * 2 + page.bytes * pipes.size * 2);
    this.#read = pageReader(pipes);
    this.#cursor = new PageCursor(page, new Uint8Array(0));
    this.#clock_ns = sampleClockOffset().offset_ns;
    const now_ns = process.hrtime.bigint();
    const { onNotice } = options;
    this.reader = new PushReader({
      name: 'this machine',
      origin_ns: this.#clock_ns + now_ns,
      ...(onNotice === undefined ? {} : { onNotice }),
    });
    options.onReader?.(this.reader);
    // Of a machine with thousands of files the state dump fills packets before the metadata have all its events.
    const early: [cpu: number, packet: Uint8Array][] = [];
    let give = (cpu: number, packet: Uint8Array): void => void early.push([cpu, packet]);
    const writer = new CtfWriter({
      uuid: randomFillSync(new Uint8Array(16)),
      clock: { name: 'monotonic', description: 'Monotonic Clock', uuid: bootId(), offset_cycles: this.#clock_ns },
      environment: environment('', this.#clock_ns + now_ns),
      sink: options.folder?.sink ?? ((stream, packet): void => give(stream.cpu, packet.slice())),
    });
    this.#writer = writer;
    this.#folder = options.folder ?? null;
    // Packets are not numbered: those who keep only some of them would be told to have lost the others.
    const streamClass = writer.addStreamClass({ header: 'large', context: KERNEL_CONTEXT, sequence: false });
    const syscalls = syscallPlans(tracefs, formats);
    const tasks = this.#tasks;
    this.#translator = new Translator({ cursor: this.#cursor, writer, streamClass, tasks, syscalls, formats });
    this.#scanner = new WindowScanner(this.#cursor, formats, tasks);
    this.#translator.prepare();
    for (const cpu of pipes.keys()) {
      this.#streams.set(cpu, writer.addStream(streamClass, { name: `channel0_${cpu}`, cpu }));
      this.reader.stream(cpu, `channel0_${cpu}`);
    }
    // Reports look at the time that all streams share: it begins with the state dump, not with the first event of the CPU
    // that was idle longest.
    if (this.#folder !== null) for (const stream of this.#streams.values()) stream.idleUntil(now_ns);
    instance.thaw();
    const state = readMachineState(new Set(), STATE_DUMP);
    learnTasks(state, tasks);
    const first = this.#streams.values().next().value!;
    if (options.stateDump !== false) new StateDumper(writer, streamClass, first, now_ns).dump(state, 0);
    this.reader.metadata(new TextEncoder().encode(writer.metadata()));
    give = (cpu, packet): void => this.reader.packet(cpu, packet);
    for (const [cpu, packet] of early) give(cpu, packet);
    first.flush();
  }

  /**
   * Starts recording.
   *
   * @throws TailtrapError when tracefs is not accessible, the buffer is too large, or no event could be enabled
   */
  static start(options: LiveRecorderOptions): LiveRecorder {
    const instance = TraceInstance.create({
      bufferBytes: options.bufferBytes ?? DEFAULT_BUFFER_BYTES,
      events: options.events,
      subBufferKiB: SUBBUFFER_KIB,
    });
    try {
      return new LiveRecorder(instance, options);
    } catch (error) {
      instance.close();
      throw error;
    }
  }

  /** Nanoseconds since the epoch when CLOCK_MONOTONIC was 0. */
  get clock_ns(): bigint {
    return this.#clock_ns;
  }

  /** Takes out what the ring holds; the reader has the events then. */
  poll(): void {
    const begin_ns = process.hrtime.bigint();
    const certain_ns = begin_ns - MARGIN_NS;
    this.#polled_ns = begin_ns;
    const pages = this.#pages;
    pages.reset();
    // Reading makes events itself: it ends with the page that begins after it, or it would never end.
    for (const cpu of this.#instance.pipes.keys()) pages.read(cpu, this.#read, () => this.#isLate(cpu, begin_ns));
    this.rawBytes += pages.bytes;
    if (this.#tasks.size > REFILL_AT) this.#refill();
    const window = this.#scanner.scan(pages);
    adoptThreads(window, this.#tasks);
    this.#tasks.remember();
    for (const [cpu, stream] of this.#streams) {
      this.#translate(cpu, stream);
      // More than fits was left in the ring: nothing is certain yet.
      if (!pages.isTruncated(cpu)) this.reader.inactive(cpu, this.#clock_ns + certain_ns);
    }
  }

  /** Ends recording and removes the instance. Synchronous and idempotent. */
  close(): void {
    this.#instance.close();
  }

  /** After the last poll: completes the trace in the folder. */
  store(): void {
    for (const stream of this.#streams.values()) stream.idleUntil(this.#polled_ns);
    this.#folder?.finish(this.#writer);
  }

  /** The last page that was read begins after a time. */
  #isLate(cpu: number, time_ns: bigint): boolean {
    const last = this.#pages.count(cpu) - 1;
    if (last < 0 || !this.#pages.open(this.#cursor, cpu, last)) return false;
    const { timeHigh, timeLow } = this.#cursor;
    return ((BigInt(timeHigh) << 32n) | BigInt(timeLow)) >= time_ns;
  }

  #translate(cpu: number, stream: StreamWriter): void {
    const pages = this.#pages;
    const cursor = this.#cursor;
    if (pages.count(cpu) === 0) return;
    this.#translator.startCpu(cpu);
    for (let page = 0; page < pages.count(cpu); page++) {
      if (!pages.open(cursor, cpu, page)) continue;
      if (cursor.missed !== 0) this.#discard(cpu, stream);
      while (cursor.next()) this.#translator.record(stream);
    }
    stream.flush();
  }

  #discard(cpu: number, stream: StreamWriter): void {
    const { missed, timeHigh, timeLow } = this.#cursor;
    const counted = readLosses(this.#instance.path, cpu);
    const before = this.#losses.get(cpu) ?? 0;
    this.#losses.set(cpu, counted);
    const count = missed === MISSED_UNKNOWN ? Math.max(1, counted - before) : missed;
    this.lost += count;
    stream.discard(count, timeHigh, timeLow);
  }

  #refill(): void {
    this.#tasks.clear();
    learnTasks(readMachineState(new Set(), { ...STATE_DUMP, maxFiles: 0 }), this.#tasks);
  }
}
