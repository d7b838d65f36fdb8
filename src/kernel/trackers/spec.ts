/** What a kernel tracker is, besides its BPF object. One file a tracker; `index.ts` lists them. */
import type { FILTER, OutlierRecord } from '../abi.ts';
import type { Attachment } from '../attach.ts';

/** What the machine knows by number. Every answer is bounded and cached; none throws. */
export interface Names {
  /** Name of a thread, `''` when it is gone. */
  comm(tid: number): string;
  /** `symbol+0x12` of a kernel text address, or `0x...`. */
  symbol(address: bigint): string;
  /** Kernel stack, innermost first. */
  stack(addresses: readonly bigint[]): string[];
  /** Name of a block device, such as `sda`, or `major:minor`. */
  device(major: number, minor: number): string;
  /** Name of a network interface, or `if<index>`. */
  netdev(ifindex: number): string;
  /** Name of a system call, or `syscall_<nr>`. */
  syscall(nr: number): string;
  /** Name of a packet drop reason, or its number. */
  dropReason(reason: number): string;
  /** Kernel stack of a sleeping thread as text lines (for a timeout: it is still there); `[]` when it is gone. */
  stackOf(tid: number): string[];
}

/** What a tracker makes of a record: the parts of an outlier that only it knows. */
export interface Decoded {
  readonly key: Readonly<Record<string, unknown>>;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a choice may change of a loaded tracker; every change takes effect at the next event. */
export interface ChoiceTarget {
  readonly config: { option: bigint };
  /** Live memory of a mmapable map or data section. */
  memory(map: string, bytes: number): ArrayBuffer;
}

/** What of a tracker's operations may become outliers, where there is a choice: `--only`, and `only:` in the configuration. */
export interface Choice {
  /** `kinds of sleep`. */
  readonly what: string;
  readonly names: () => readonly string[];
  /** Applies names, all of them known; undefined is the tracker's default. */
  apply(target: ChoiceTarget, names: readonly string[] | undefined): void;
}

export interface TrackerSpec {
  readonly name: string;
  /** One line for `tailtrap trackers`. */
  readonly summary: string;
  readonly entry: string;
  readonly exit: string;
  readonly key: string;
  /** One name per delay it measures; the first is the one of `tailtrap hist`. */
  readonly classes: readonly string[];
  readonly threshold_ns: number;
  /** 0: none by default, because waiting for ever is normal here. */
  readonly timeout_ns: number;
  /** Entries older than this are asked whether they can still end. 0: never. */
  readonly gc_ns: number;
  /** Operations in flight that fit, a power of two of at least 64. Thread-keyed trackers are sized by pid_max instead. */
  readonly slots: number;
  /** sizeof(struct tt_data) and sizeof(struct tt_extra), compared with the object's. */
  readonly data_bytes: number;
  readonly extra_bytes: number;
  /** Filters that make sense for it. */
  readonly filters: readonly (keyof typeof FILTER)[];
  readonly choice?: Choice;
  /** Programs without which the tracker still measures, when the kernel lacks their tracepoint. */
  readonly optional?: readonly string[];
  /** The object's file without `.bpf.o`; the tracker's name when absent. */
  readonly object?: string;
  /**
   * For an object that serves any events: the programs to attach and where, in this order (one may come several times).
   * The object's other programs are not even loaded. When absent, each program's section says where it belongs.
   */
  readonly attachments?: readonly Attachment[];
  /** Writes the object's own constants into `.rodata`, before the verifier sees them. */
  writeConstants?(rodata: DataView): void;
  /** Decodes data and extra of a record. Must not keep the record. */
  decode(record: OutlierRecord, names: Names): Decoded;
}
