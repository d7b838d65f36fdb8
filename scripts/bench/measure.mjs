/** What the parts of the benchmark measure with: BPF run times, processes, medians. Linux only; reads /proc. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { cpus, release } from 'node:os';
import koffi from 'koffi';
import { findProgram, output } from './children.mjs';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Makes the kernel time BPF programs, until the returned function is called or this process ends. Unlike
 * kernel.bpf_stats_enabled, the descriptor counts its users: nothing to restore, no quarrel with another benchmark.
 */
export function enableBpfStats() {
  const libbpf = koffi.load('libbpf.so.1');
  const fd = libbpf.func('int bpf_enable_stats(int type)')(0); // BPF_STATS_RUN_TIME
  if (fd < 0) throw new Error('the kernel does not time BPF programs for us (BPF_ENABLE_STATS); this needs root');
  const close = koffi.load('libc.so.6').func('int close(int fd)');
  return () => close(fd);
}

/**
 * The BPF programs that a process holds, by id: what they ran so far, and the tracepoint they are attached to. From
 * the process's own descriptors, so that other people's programs of the same name are never counted.
 *
 * `tracepoint` is null where the kernel does not tell; `raw` is false for those attached as perf events.
 *
 * @returns {Map<number, {ns: number, runs: number, missed: number, tracepoint: string | null, raw: boolean}>}
 */
export function programsOf(pid) {
  const programs = new Map();
  const tracepoints = new Map();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    const info = descriptor(pid, fd);
    if (info === null) continue;
    const id = Number(info.prog_id);
    if (info.kind === 'bpf_link' && info.tp_name)
      tracepoints.set(id, [info.tp_name, info.link_type === 'raw_tracepoint']);
    if (info.kind === 'bpf-prog') {
      const missed = Number(info.recursion_misses ?? 0);
      programs.set(id, {
        ns: Number(info.run_time_ns),
        runs: Number(info.run_cnt),
        missed,
        tracepoint: null,
        raw: false,
      });
    }
  }
  for (const [id, [tracepoint, raw]] of tracepoints) {
    if (programs.has(id)) Object.assign(programs.get(id), { tracepoint, raw });
  }
  return programs;
}

function descriptor(pid, fd) {
  try {
    const kind = /^anon_inode:(bpf.*)$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
    if (kind === undefined) return null;
    const lines = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8').split('\n');
    return { kind, ...Object.fromEntries(lines.map((line) => line.split(/:\s*/, 2))) };
  } catch {
    return null; // closed between two looks
  }
}

/** What ran between two looks. Programs that never run (helpers, callbacks) are left out. */
export function programsRan(before, after) {
  const ran = [];
  for (const [id, now] of after) {
    const then = before.get(id) ?? { ns: 0, runs: 0, missed: 0 };
    const runs = now.runs - then.runs;
    if (runs > 0) ran.push({ ...now, id, ns: now.ns - then.ns, runs, missed: now.missed - then.missed });
  }
  return ran;
}

const names = new Map();

/** Name of a loaded program, for those whose link does not tell the tracepoint (perf events). */
export async function programName(id) {
  if (!names.has(id) && findProgram('bpftool') !== null) {
    names.set(id, JSON.parse(await output(['bpftool', 'prog', 'show', 'id', `${id}`, '-j'])).name ?? '');
  }
  return names.get(id) ?? '';
}

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every architecture that Linux shows to programs

/** Processor time of a process so far, all its threads, user and kernel. */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from field 3 on
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Nanoseconds that BPF programs of a process ran so far. */
export function bpfNs(pid) {
  let sum = 0;
  for (const program of programsOf(pid).values()) sum += program.ns;
  return sum;
}

/** Resident memory of a process, now and at its highest. */
export function residentMb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
  return { now: mb('VmRSS'), peak: mb('VmHWM') };
}

/** The machine in a line, as it goes into the documentation. */
export function machine() {
  const model = cpus()[0]?.model.trim() ?? process.arch;
  const memory_gb = Math.round(Number(/MemTotal:\s*(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 2 ** 20);
  const virtual = /^flags.*\bhypervisor\b/m.test(readFileSync('/proc/cpuinfo', 'utf8')) ? ' (virtual machine)' : '';
  return `${cpus().length} x ${model}${virtual}, ${memory_gb} GB, Linux ${release().split('-')[0]}, Node ${process.version}`;
}
