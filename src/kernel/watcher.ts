/**
 * Runs a set of trackers and hands over their outliers as they come.
 *
 *     object (BPF) -> ring (mapped) --.
 *     object (BPF) -> ring (mapped) ---+-> one epoll, waited for on a pool thread -> drain in batches -> onOutlier
 *     object (BPF) -> ring (mapped) --'
 *
 * A tracker that the kernel refuses is reported and left out; the others run.
 */
import { TailtrapError } from '../base/errors.ts';
import type { Outlier } from '../base/outlier.ts';
import { OutlierRecord } from './abi.ts';
import { epochOffsetNs } from './clock.ts';
import { epollWait, sys } from './libbpf.ts';
import { pidMax, possibleCpus } from './machine.ts';
import type { MachineNames } from './names.ts';
import { TrackerObject } from './object.ts';
import { OutlierBuilder } from './outlier.ts';
import { RingReader } from './ring.ts';
import type { TrackerSpec } from './trackers/spec.ts';

const EPOLLIN = 1;
const EPOLL_CTL_ADD = 1;
const EPOLL_EVENT_BYTES = process.arch === 'x64' ? 12 : 16; // packed on x86-64 only
/** Wakes at least this often, also without events: a lost wake-up costs a second, not the outlier. */
const POLL_MS = 1000;
/** Records taken from one ring before the others get their turn and the event loop breathes. */
const BATCH = 1024;
/** The offset to the epoch moves when the clock is stepped or slewed. */
const OFFSET_TTL_NS = 1_000_000_000n;
const OFFSET_NOISE_NS = 20_000n;
export const DEFAULT_RING_BYTES: number = 256 * 1024;

export interface WatcherOptions {
  /** Folder of the BPF objects. */
  readonly folder: string;
  readonly names: MachineNames;
  readonly onOutlier: (outlier: Outlier) => void;
  readonly ring_bytes?: number;
  /**
   * Asked between batches: a promise to wait for before more is taken from the rings (they fill up meanwhile, and the
   * kernel counts what does not fit), or null to go on.
   */
  readonly backlog?: () => Promise<void> | null;
  /** For tests: table size instead of the tracker's own. */
  readonly slots?: number;
}

interface Running {
  readonly object: TrackerObject;
  readonly ring: RingReader;
  readonly builder: OutlierBuilder;
  readonly consume: (record: DataView) => void;
}

export class Watcher {
  readonly #options: WatcherOptions;
  readonly #running = new Map<string, Running>();
  readonly #epoll: number;
  readonly #wake: number;
  #offset_ns = 0n;
  #offsetUntil_ns = 0n;
  #closing = false;
  #looping = false;
  #loop: Promise<void> = Promise.resolve();
  /** Records taken from the rings. */
  received = 0;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#epoll = sys.epollCreate(0o2000000); // EPOLL_CLOEXEC
    this.#wake = sys.eventfd(0, 0o2004000); // EFD_CLOEXEC | EFD_NONBLOCK
    this.#watchFd(this.#wake);
  }

  /** Loads a tracker without starting it: set its configuration, then `start` it. */
  load(spec: TrackerSpec): TrackerObject {
    const { folder, ring_bytes = DEFAULT_RING_BYTES, slots, names } = this.#options;
    const sizes = { folder, ring_bytes, cpus: possibleCpus(), pid_max: pidMax() };
    const object = TrackerObject.load(spec, slots === undefined ? sizes : { ...sizes, slots });
    object.config.threshold_ns = spec.threshold_ns;
    object.config.timeout_ns = spec.timeout_ns;
    object.config.gc_ns = spec.gc_ns;
    try {
      const fd = object.mapFd('tt_ring');
      const ring = RingReader.map(fd, ring_bytes);
      this.#watchFd(fd);
      const builder = new OutlierBuilder(spec, names);
      this.#running.set(spec.name, { object, ring, builder, consume: (view) => this.#consume(view, object, builder) });
    } catch (error) {
      object.close();
      throw error;
    }
    return object;
  }

  /** Attaches a loaded tracker, unless it is; its outliers come from now on. */
  start(name: string): void {
    const object = this.object(name);
    if (!object.attached) object.attach();
    if (!this.#looping) {
      this.#looping = true;
      this.#loop = this.#run();
    }
  }

  /** @throws TailtrapError `TT_NOT_RUNNING` */
  object(name: string): TrackerObject {
    const running = this.#running.get(name);
    if (running === undefined) throw new TailtrapError('TT_NOT_RUNNING', `tracker ${name} is not running`);
    return running.object;
  }

  /** What was last added to CLOCK_MONOTONIC in outliers' times. */
  get epochOffset_ns(): bigint {
    return this.#offset_ns;
  }

  get objects(): TrackerObject[] {
    return [...this.#running.values()].map((running) => running.object);
  }

  /** Detaches a tracker and keeps it loaded: `start` goes on without loading it again. */
  pause(name: string): void {
    const object = this.object(name);
    object.detach();
    object.forget();
  }

  /** Stops one tracker. What is in its ring is still delivered. */
  stop(name: string): void {
    const running = this.#running.get(name);
    if (running === undefined) return;
    running.object.detach();
    while (this.#drain(running) >= BATCH);
    running.ring.close();
    running.object.close();
    this.#running.delete(name);
  }

  /** Delivers all that is in the rings now. */
  async drained(): Promise<void> {
    for (const running of this.#running.values()) {
      while (this.#drain(running) >= BATCH) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Stops everything and delivers what was caught. Idempotent. */
  async close(): Promise<void> {
    if (this.#closing) return this.#loop;
    this.#closing = true;
    for (const { object } of this.#running.values()) object.detach();
    sys.eventfdWrite(this.#wake, 1);
    await this.#loop;
    for (const name of [...this.#running.keys()]) this.stop(name);
    sys.close(this.#epoll);
    sys.close(this.#wake);
  }

  async #run(): Promise<void> {
    const events = new Uint8Array(EPOLL_EVENT_BYTES * 8);
    while (!this.#closing) {
      await epollWait(this.#epoll, events, 8, POLL_MS);
      let more = true;
      while (more && !this.#closing) {
        more = false;
        for (const running of this.#running.values()) if (this.#drain(running) >= BATCH) more = true;
        const backlog = this.#options.backlog?.() ?? null;
        if (backlog !== null) await backlog;
        else if (more) await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  #drain(running: Running): number {
    const now = process.hrtime.bigint();
    if (now > this.#offsetUntil_ns) {
      const offset_ns = epochOffsetNs();
      const moved_ns = offset_ns - this.#offset_ns;
      // Not for the noise of measuring it: a timeout and the end of the same operation should begin at the same time.
      if (moved_ns > OFFSET_NOISE_NS || moved_ns < -OFFSET_NOISE_NS) this.#offset_ns = offset_ns;
      this.#offsetUntil_ns = now + OFFSET_TTL_NS;
    }
    return running.ring.drain(running.consume, BATCH);
  }

  #consume(view: DataView, object: TrackerObject, builder: OutlierBuilder): void {
    this.received++;
    if (view.byteLength < object.layout.outlier_bytes) return;
    this.#options.onOutlier(builder.build(new OutlierRecord(view, object.layout), this.#offset_ns));
  }

  #watchFd(fd: number): void {
    const event = new Uint8Array(EPOLL_EVENT_BYTES);
    new DataView(event.buffer).setUint32(0, EPOLLIN, true);
    sys.epollCtl(this.#epoll, EPOLL_CTL_ADD, fd, event);
  }
}
