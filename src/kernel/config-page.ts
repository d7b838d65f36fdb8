/** `struct tt_config` of a running tracker: stores take effect at the next event, without a system call. */
import { COMM_BYTES, CONFIG, FILTER, LITTLE_ENDIAN } from './abi.ts';

export interface Filter {
  pid?: number | undefined;
  tid?: number | undefined;
  cpu?: number | undefined;
  /** `major << 20 | minor`. */
  dev?: number | undefined;
  /** Id of the cgroup in the v2 hierarchy (its inode number). */
  cgroup?: bigint | undefined;
  comm?: string | undefined;
}

/** Scan ten times per timeout, but never more than 100 times nor less than once a second. */
const SCANS_PER_TIMEOUT = 10;
const MIN_SCAN_PERIOD_NS = 10e6;
const MAX_SCAN_PERIOD_NS = 1e9;

export class ConfigPage {
  readonly #view: DataView;

  constructor(buffer: ArrayBuffer) {
    this.#view = new DataView(buffer);
  }

  #u64(offset: number): number {
    return Number(this.#view.getBigUint64(offset, LITTLE_ENDIAN));
  }
  #setU64(offset: number, value: number): void {
    this.#view.setBigUint64(offset, BigInt(Math.max(0, Math.round(value))), LITTLE_ENDIAN);
  }

  get enabled(): boolean {
    return this.#view.getUint32(CONFIG.enabled, LITTLE_ENDIAN) !== 0;
  }
  set enabled(on: boolean) {
    this.#view.setUint32(CONFIG.enabled, on ? 1 : 0, LITTLE_ENDIAN);
  }
  get threshold_ns(): number {
    return this.#u64(CONFIG.threshold_ns);
  }
  set threshold_ns(ns: number) {
    this.#setU64(CONFIG.threshold_ns, ns);
  }
  get timeout_ns(): number {
    return this.#u64(CONFIG.timeout_ns);
  }
  /** A timeout is found at most a tenth of itself late (10 ms at least). Arm the scan again after it was 0. */
  set timeout_ns(ns: number) {
    this.#setU64(CONFIG.timeout_ns, ns);
    const period = ns === 0 ? MAX_SCAN_PERIOD_NS : ns / SCANS_PER_TIMEOUT;
    this.#setU64(CONFIG.scan_period_ns, Math.min(MAX_SCAN_PERIOD_NS, Math.max(MIN_SCAN_PERIOD_NS, period)));
  }
  get gc_ns(): number {
    return this.#u64(CONFIG.gc_ns);
  }
  set gc_ns(ns: number) {
    this.#setU64(CONFIG.gc_ns, ns);
  }
  /** The tracker's own switch. */
  get option(): bigint {
    return this.#view.getBigUint64(CONFIG.option, LITTLE_ENDIAN);
  }
  set option(bits: bigint) {
    this.#view.setBigUint64(CONFIG.option, bits, LITTLE_ENDIAN);
  }

  /** At most `perSecond` outliers a second on average, after a burst of `burst`. 0: no limit. */
  setRate(perSecond: number, burst: number): void {
    const interval = perSecond === 0 ? 0 : 1e9 / perSecond;
    this.#setU64(CONFIG.rate_window_ns, interval * Math.max(0, burst - 1));
    this.#setU64(CONFIG.rate_interval_ns, interval);
  }

  /** Replaces the whole filter: what is undefined is not compared. */
  setFilter(filter: Filter): void {
    const view = this.#view;
    view.setUint32(CONFIG.filter, 0, LITTLE_ENDIAN); // first off: the fields change one after the other
    view.setUint32(CONFIG.pid, filter.pid ?? 0, LITTLE_ENDIAN);
    view.setUint32(CONFIG.tid, filter.tid ?? 0, LITTLE_ENDIAN);
    view.setUint32(CONFIG.cpu, filter.cpu ?? 0, LITTLE_ENDIAN);
    view.setUint32(CONFIG.dev, filter.dev ?? 0, LITTLE_ENDIAN);
    view.setBigUint64(CONFIG.cgroup, filter.cgroup ?? 0n, LITTLE_ENDIAN);
    const comm = Buffer.alloc(COMM_BYTES);
    comm.write(filter.comm ?? '', 0, COMM_BYTES - 1, 'utf8');
    for (let i = 0; i < COMM_BYTES; i++) view.setUint8(CONFIG.comm + i, comm[i]!);
    let bits = 0;
    for (const [name, bit] of Object.entries(FILTER)) if (filter[name as keyof Filter] !== undefined) bits |= bit;
    view.setUint32(CONFIG.filter, bits, LITTLE_ENDIAN);
  }
}
