/** Attaches a program to an event that is chosen while tailtrap runs, not by the program's section. */
import { bpf, type Pointer } from './libbpf.ts';

export interface TracepointTarget {
  readonly kind: 'tracepoint';
  readonly category: string;
  readonly name: string;
}

export interface UprobeTarget {
  readonly kind: 'uprobe';
  readonly path: string;
  /** In the file, not in memory. */
  readonly offset: number;
  /** When the function there returns, not when it is called. */
  readonly atReturn: boolean;
  /** Only in this process; -1: in all. */
  readonly pid: number;
  /** Where in the file a USDT probe's semaphore is, which the kernel counts up while the probe is attached; 0: none. */
  readonly semaphore: number;
}

export type AttachPoint = TracepointTarget | UprobeTarget;

export interface Attachment {
  /** Name of the program in the object. */
  readonly program: string;
  readonly at: AttachPoint;
}

/**
 * struct bpf_uprobe_opts of libbpf 1.0 (later members are absent, which libbpf sees by the size):
 *
 *     0 size_t sz   8 size_t ref_ctr_offset   16 u64 bpf_cookie   24 bool retprobe   32 const char *func_name
 */
const UPROBE_OPTIONS_BYTES = 40;

/** @returns the link, or null when the kernel refuses: libbpf's messages say why */
export function attachProgram(program: Pointer, at: AttachPoint): Pointer | null {
  if (at.kind === 'tracepoint') return bpf.programAttachTracepoint(program, at.category, at.name);
  const options = new DataView(new ArrayBuffer(UPROBE_OPTIONS_BYTES));
  options.setBigUint64(0, BigInt(UPROBE_OPTIONS_BYTES), true);
  options.setBigUint64(8, BigInt(at.semaphore), true);
  options.setUint8(24, at.atReturn ? 1 : 0);
  return bpf.programAttachUprobe(program, at.pid, at.path, at.offset, new Uint8Array(options.buffer));
}

/** For errors: `block:block_rq_issue`, `/usr/bin/x+0x12a0`. */
export function attachPointText(at: AttachPoint): string {
  if (at.kind === 'tracepoint') return `${at.category}:${at.name}`;
  return `${at.path}+0x${at.offset.toString(16)}${at.atReturn ? ' (return)' : ''}`;
}
