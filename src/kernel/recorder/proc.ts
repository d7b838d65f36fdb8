/** Parsers of the /proc files that the state dump reads. Pure: text in, values out, nothing thrown on odd input. */

/** PF_KTHREAD, include/linux/sched.h. */
const PF_KTHREAD = 0x00200000;
/** Fields 22 (starttime) is in USER_HZ ticks since boot; USER_HZ is 100 on every architecture we run on. */
export const TICK_NS = 10_000_000;

export interface ProcessStat {
  readonly comm: string;
  readonly ppid: number;
  readonly isKernelThread: boolean;
  readonly cpu: number;
  /** Ticks since boot. */
  readonly start_ticks: number;
  readonly state: string;
}

/** `/proc/PID/stat` or `/proc/PID/task/TID/stat`; the name may hold spaces and brackets. */
export function parseStat(text: string): ProcessStat | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const rest = text.slice(close + 2).split(' ');
  const ppid = Number(rest[1]);
  if (!Number.isInteger(ppid)) return null;
  return {
    comm: text.slice(open + 1, close),
    state: rest[0] ?? '',
    ppid,
    isKernelThread: (Number(rest[6]) & PF_KTHREAD) !== 0,
    start_ticks: Number(rest[19] ?? 0),
    cpu: Number(rest[36] ?? 0) || 0,
  };
}

export interface Interrupt {
  readonly irq: number;
  readonly chip: string;
  readonly action: string;
}

/**
 * `/proc/interrupts`: number, a count for each CPU, chip, hardware number and trigger, then the actions. One entry for
 * each action; lines without a number (NMI, LOC ...) have no handler to name.
 */
export function parseInterrupts(text: string): Interrupt[] {
  const lines = text.split('\n');
  const cpus = (lines[0]?.match(/CPU\d+/g) ?? []).length;
  const interrupts: Interrupt[] = [];
  for (const line of lines.slice(1)) {
    const words = line.trim().split(/\s+/);
    const irq = /^(\d+):$/.exec(words[0] ?? '');
    if (irq === null) continue;
    const [chip = '', , ...actions] = words.slice(1 + cpus);
    for (const action of actions.join(' ').split(/,\s*/)) {
      if (action !== '') interrupts.push({ irq: Number(irq[1]), chip, action });
    }
  }
  return interrupts;
}

export interface BlockDevice {
  /** As the kernel has it: major << 20 | minor. */
  readonly dev: number;
  readonly name: string;
}

/** `/proc/partitions`: major, minor, blocks, name. */
export function parsePartitions(text: string): BlockDevice[] {
  const devices: BlockDevice[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+\d+\s+(\S+)\s*$/.exec(line);
    if (match !== null) devices.push({ dev: Number(match[1]) * 2 ** 20 + Number(match[2]), name: match[3]! });
  }
  return devices;
}

/** The octal `flags:` of `/proc/PID/fdinfo/FD`; 0 when absent. */
export function parseFdFlags(text: string): number {
  const match = /^flags:\s*0?([0-7]+)/m.exec(text);
  return match === null ? 0 : Number.parseInt(match[1]!, 8) | 0;
}
