/**
 * The layouts of bpf/tailtrap.h as user space sees them. All little- or big-endian as the machine, naturally aligned.
 * `tt_layout` in every object's .rodata repeats the sizes; the loader compares before it loads.
 */
import { endianness } from 'node:os';
import { BUCKETS } from '../base/histogram.ts';

export const ABI_VERSION = 1;
export const LITTLE_ENDIAN: boolean = endianness() === 'LE';
export const COMM_BYTES = 16;

/** `struct tt_config`, the page of `.data` that user space writes while the tracker runs. */
export const CONFIG = {
  bytes: 104,
  enabled: 0,
  filter: 4,
  threshold_ns: 8,
  timeout_ns: 16,
  gc_ns: 24,
  scan_period_ns: 32,
  rate_interval_ns: 40,
  rate_window_ns: 48,
  pid: 56,
  tid: 60,
  cpu: 64,
  dev: 68,
  cgroup: 72,
  comm: 80,
  option: 96,
} as const;

/** `enum tt_filter`. */
export const FILTER = { pid: 1, tid: 2, cpu: 4, dev: 8, cgroup: 16, comm: 32 } as const;

/** The counters of `struct tt_cpu`, in order, 8 bytes each; then sum_ns, max_ns and hist per class. */
export const COUNTERS = [
  'full',
  'replaced',
  'unmatched',
  'negative',
  'filtered',
  'outliers',
  'timeouts',
  'limited',
  'ring_full',
  'collected',
] as const;
export type CounterName = (typeof COUNTERS)[number];

/** Size of `struct tt_cpu` for a tracker with that many classes. */
export function cpuBytes(classes: number): number {
  return 8 * (COUNTERS.length + classes * (2 + BUCKETS));
}

/** `struct tt_layout`: ten u32. */
export const LAYOUT_FIELDS = [
  'abi',
  'config_bytes',
  'cpu_bytes',
  'slot_bytes',
  'outlier_bytes',
  'data_offset',
  'extra_offset',
  'classes',
  'buckets',
  'direct_keys',
] as const;
export type Layout = Record<(typeof LAYOUT_FIELDS)[number], number>;

/** `struct tt_table`, right after `tt_layout` in .rodata of every object. */
export const TABLE = { direct: 0, hash_shift: 4, slots: 8 } as const;

/** Slots per element of `tt_slots`. */
export const PAGE_SLOTS = 64;

/** `struct tt_outlier` up to `data`. */
export const OUTLIER = {
  kind: 0,
  class: 1,
  prio: 2,
  cpu: 4,
  key: 8,
  begin_ns: 16,
  end_ns: 24,
  threshold_ns: 32,
  cgroup: 40,
  pid: 48,
  tid: 52,
  comm: 56,
  data: 72,
} as const;

/** Bytes up to the first NUL as text (kernel names are bytes; what is not UTF-8 becomes U+FFFD). */
export function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, end < 0 ? bytes.byteLength : end).toString('utf8');
}

/** One `struct tt_outlier`, read in place: valid only while the ring's consumer has not moved on. */
export class OutlierRecord {
  readonly view: DataView;
  /** The tracker's `struct tt_data`. */
  readonly data: Fields;
  /** The tracker's `struct tt_extra`. */
  readonly extra: Fields;

  constructor(view: DataView, layout: Pick<Layout, 'data_offset' | 'extra_offset'>) {
    this.view = view;
    this.data = new Fields(view, layout.data_offset);
    this.extra = new Fields(view, layout.extra_offset);
  }

  get timeout(): boolean {
    return this.view.getUint8(OUTLIER.kind) === 2;
  }
  get class(): number {
    return this.view.getUint8(OUTLIER.class);
  }
  get prio(): number {
    return this.view.getUint16(OUTLIER.prio, LITTLE_ENDIAN);
  }
  get cpu(): number {
    return this.view.getUint32(OUTLIER.cpu, LITTLE_ENDIAN);
  }
  get key(): bigint {
    return this.view.getBigUint64(OUTLIER.key, LITTLE_ENDIAN);
  }
  /** CLOCK_MONOTONIC. */
  get begin_ns(): bigint {
    return this.view.getBigUint64(OUTLIER.begin_ns, LITTLE_ENDIAN);
  }
  /** CLOCK_MONOTONIC. */
  get end_ns(): bigint {
    return this.view.getBigUint64(OUTLIER.end_ns, LITTLE_ENDIAN);
  }
  get threshold_ns(): number {
    return Number(this.view.getBigUint64(OUTLIER.threshold_ns, LITTLE_ENDIAN));
  }
  get cgroup(): bigint {
    return this.view.getBigUint64(OUTLIER.cgroup, LITTLE_ENDIAN);
  }
  get pid(): number {
    return this.view.getUint32(OUTLIER.pid, LITTLE_ENDIAN);
  }
  get tid(): number {
    return this.view.getUint32(OUTLIER.tid, LITTLE_ENDIAN);
  }
  get comm(): string {
    return new Fields(this.view, 0).text(OUTLIER.comm, COMM_BYTES);
  }
}

/** Fields of a C struct at a fixed place of a record. Offsets are those of the struct. */
export class Fields {
  readonly #view: DataView;
  readonly #base: number;

  constructor(view: DataView, base: number) {
    this.#view = view;
    this.#base = base;
  }
  u8(offset: number): number {
    return this.#view.getUint8(this.#base + offset);
  }
  u16(offset: number): number {
    return this.#view.getUint16(this.#base + offset, LITTLE_ENDIAN);
  }
  /** Network byte order, as ports in sockets. */
  be16(offset: number): number {
    return this.#view.getUint16(this.#base + offset, false);
  }
  u32(offset: number): number {
    return this.#view.getUint32(this.#base + offset, LITTLE_ENDIAN);
  }
  s32(offset: number): number {
    return this.#view.getInt32(this.#base + offset, LITTLE_ENDIAN);
  }
  u64(offset: number): bigint {
    return this.#view.getBigUint64(this.#base + offset, LITTLE_ENDIAN);
  }
  s64(offset: number): bigint {
    return this.#view.getBigInt64(this.#base + offset, LITTLE_ENDIAN);
  }
  /** A u64 as a number: exact up to 2^53 (nanoseconds: 104 days). */
  num(offset: number): number {
    return Number(this.u64(offset));
  }
  bytes(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#base + offset, length);
  }
  text(offset: number, length: number): string {
    return cString(this.bytes(offset, length));
  }
  /** Up to `count` u64, such as a stack, until the first 0. */
  addresses(offset: number, count: number): bigint[] {
    const out: bigint[] = [];
    for (let i = 0; i < count; i++) {
      const address = this.u64(offset + 8 * i);
      if (address === 0n) break;
      out.push(address);
    }
    return out;
  }
}
