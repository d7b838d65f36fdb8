/**
 * One tracker's BPF object: opened, sized for this machine, loaded, attached, configured and read.
 * Counters, histograms and configuration are mapped memory: reading or changing them makes no system call.
 */
import { existsSync } from 'node:fs';
import { TailtrapError } from '../base/errors.ts';
import { Histogram } from '../base/histogram.ts';
import {
  ABI_VERSION,
  CONFIG,
  COUNTERS,
  type CounterName,
  cpuBytes,
  LAYOUT_FIELDS,
  type Layout,
  PAGE_SLOTS,
  TABLE,
} from './abi.ts';
import { ConfigPage } from './config-page.ts';
import {
  ATTACH_RAW_TP,
  bpf,
  type Mapping,
  mapShared,
  PAGE_BYTES,
  type Pointer,
  PROT,
  takeMessages,
  unmap,
  viewOf,
} from './libbpf.ts';
import { refusalOf } from './refusal.ts';
import type { TrackerSpec } from './trackers/spec.ts';

export interface ObjectOptions {
  /** Folder of the compiled objects. */
  readonly folder: string;
  /** Possible CPUs. */
  readonly cpus: number;
  /** /proc/sys/kernel/pid_max. */
  readonly pid_max: number;
  readonly ring_bytes: number;
  /** Instead of the tracker's own number (a power of two, at least 64). Also switches direct keys off: for tests. */
  readonly slots?: number;
}

/** Up to this many slots a thread-keyed tracker is indexed by pid: no probe, no compare-and-swap (2^18 x 32 bytes: 8 MB). */
const MAX_DIRECT_SLOTS = 262_144;

export interface ObjectStats {
  readonly counters: Readonly<Record<CounterName, number>>;
  /** Per class: sum and maximum of all delays. */
  readonly sum_ns: readonly number[];
  readonly max_ns: readonly number[];
}

export class TrackerObject {
  readonly spec: TrackerSpec;
  readonly layout: Layout;
  /** Live configuration. */
  readonly config: ConfigPage;
  readonly slots: number;
  readonly direct: boolean;
  /** Programs that the kernel lacks the tracepoint for. */
  readonly missing: readonly string[];
  readonly #object: Pointer;
  readonly #links: Pointer[] = [];
  readonly #mappings: Mapping[] = [];
  readonly #cpus: number;
  readonly #stats: Float64View;
  #closed = false;

  private constructor(spec: TrackerSpec, object: Pointer, layout: Layout, sized: Sized, options: ObjectOptions) {
    this.spec = spec;
    this.layout = layout;
    this.slots = sized.slots;
    this.direct = sized.direct;
    this.missing = sized.missing;
    this.#object = object;
    this.#cpus = options.cpus;
    this.config = new ConfigPage(this.mapMemory('.data', CONFIG.bytes).buffer);
    this.#stats = new Float64View(this.mapMemory('tt_cpus', layout.cpu_bytes * options.cpus).buffer, layout.cpu_bytes);
  }

  /**
   * Opens, sizes and loads; nothing runs yet.
   *
   * @throws TailtrapError `TT_NO_OBJECT` not built, `TT_BAD_OBJECT` built from other sources, `TT_REFUSED` by the kernel
   */
  static load(spec: TrackerSpec, options: ObjectOptions): TrackerObject {
    const path = `${options.folder}/${spec.name}.bpf.o`;
    if (!existsSync(path)) {
      throw new TailtrapError('TT_NO_OBJECT', `tracker ${spec.name} is not built`, {
        where: path,
        next: 'run: npm run build',
      });
    }
    takeMessages();
    const object = bpf.objectOpen(path, null);
    if (object === null) throw refused(spec.name, path, 'open');
    try {
      const layout = checkedLayout(spec, object, path);
      const sized = size(spec, object, layout, options);
      if (bpf.objectLoad(object) !== 0) throw refused(spec.name, path, 'load');
      return new TrackerObject(spec, object, layout, sized, options);
    } catch (error) {
      bpf.objectClose(object);
      throw error;
    }
  }

  /** Attaches every program. On failure those attached are detached again. */
  attach(): void {
    for (const program of programsOf(this.#object)) {
      const section = bpf.programSection(program);
      if (section === 'syscall' || this.missing.includes(bpf.programName(program))) continue;
      const link = bpf.programAttach(program);
      if (link === null) {
        this.detach();
        throw refused(this.spec.name, `${bpf.programName(program)} (${section})`, 'attach');
      }
      this.#links.push(link);
    }
    this.startScan();
  }

  /** Arms the timer that looks for timeouts and garbage. Needed again after both were off. */
  startScan(): void {
    this.run('tt_start');
  }

  /** Runs one of the object's `syscall` programs. Returns its value, or null when there is none of that name. */
  run(name: string): number | null {
    for (const program of programsOf(this.#object)) {
      if (bpf.programName(program) !== name) continue;
      // struct bpf_test_run_opts of libbpf 1.x: size first, retval at byte 32.
      const options = new Uint8Array(96);
      const view = new DataView(options.buffer);
      view.setBigUint64(0, BigInt(options.length), true);
      const result = bpf.programTestRun(bpf.programFd(program), options);
      return result < 0 ? result : view.getInt32(32, true);
    }
    return null;
  }

  detach(): void {
    for (const link of this.#links.splice(0)) bpf.linkDestroy(link);
  }

  /** Maps a mmapable map (or `.data`, `.bss`): `bytes` from its start, until close. */
  mapMemory(name: string, bytes: number): Mapping {
    const map = bpf.findMap(this.#object, name);
    if (map === null) throw new TailtrapError('TT_BAD_OBJECT', `${this.spec.name} has no map ${name}`);
    const rounded = Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
    const mapping = mapShared(bpf.mapFd(map), rounded, PROT.read | PROT.write, 0, `${this.spec.name}/${name}`);
    this.#mappings.push(mapping);
    return mapping;
  }

  /** Descriptor of a map, such as the ring. */
  mapFd(name: string): number {
    const map = bpf.findMap(this.#object, name);
    if (map === null) throw new TailtrapError('TT_BAD_OBJECT', `${this.spec.name} has no map ${name}`);
    return bpf.mapFd(map);
  }

  /** Sums over CPUs. Each counter is exact; they are not of one instant. */
  stats(): ObjectStats {
    const { classes } = this.layout;
    const counters = Object.fromEntries(COUNTERS.map((name, i) => [name, this.#sum(i)])) as Record<CounterName, number>;
    const sum_ns: number[] = [];
    const max_ns: number[] = [];
    for (let c = 0; c < classes; c++) {
      sum_ns.push(this.#sum(COUNTERS.length + c));
      let max = 0;
      for (let cpu = 0; cpu < this.#cpus; cpu++) {
        max = Math.max(max, this.#stats.get(cpu, COUNTERS.length + classes + c));
      }
      max_ns.push(max);
    }
    return { counters, sum_ns, max_ns };
  }

  /** The delays of one class since the start, all CPUs together. */
  histogram(cls = 0): Histogram {
    const { classes, buckets } = this.layout;
    const first = COUNTERS.length + 2 * classes + cls * buckets;
    const histogram = new Histogram();
    for (let i = 0; i < buckets; i++) histogram.counts[i] = this.#sum(first + i);
    return histogram;
  }

  /** Detaches, unmaps and closes. What was mapped must not be used any more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.detach();
    for (const mapping of this.#mappings.splice(0)) unmap(mapping);
    bpf.objectClose(this.#object);
  }

  #sum(word: number): number {
    if (this.#closed) return 0;
    let sum = 0;
    for (let cpu = 0; cpu < this.#cpus; cpu++) sum += this.#stats.get(cpu, word);
    return sum;
  }
}

/** u64 words of per-CPU structs as numbers (exact to 2^53: counts and nanosecond sums of 104 days). */
class Float64View {
  readonly #words: BigUint64Array;
  readonly #wordsPerCpu: number;

  constructor(buffer: ArrayBuffer, bytesPerCpu: number) {
    this.#words = new BigUint64Array(buffer);
    this.#wordsPerCpu = bytesPerCpu / 8;
  }
  get(cpu: number, word: number): number {
    return Number(this.#words[cpu * this.#wordsPerCpu + word]!);
  }
}

interface Sized {
  readonly slots: number;
  readonly direct: boolean;
  readonly missing: readonly string[];
}

export function* programsOf(object: Pointer): Generator<Pointer> {
  for (let p = bpf.nextProgram(object, null); p !== null; p = bpf.nextProgram(object, p)) yield p;
}

function refused(name: string, where: string, step: string): TailtrapError {
  const messages = takeMessages();
  return new TailtrapError('TT_REFUSED', `the kernel refused to ${step} tracker ${name}: ${refusalOf(messages)}`, {
    where,
    next: 'run: tailtrap doctor',
    cause: messages.join('\n'),
  });
}

function rodata(object: Pointer, path: string): DataView {
  const map = bpf.findMap(object, '.rodata');
  const bytes: [number] = [0];
  const address = map === null ? null : bpf.mapInitialValue(map, bytes);
  if (address === null)
    throw new TailtrapError('TT_BAD_OBJECT', 'the object has no .rodata', { where: path, next: 'run: npm run build' });
  return new DataView(viewOf(address, Number(bytes[0])));
}

function checkedLayout(spec: TrackerSpec, object: Pointer, path: string): Layout {
  const view = rodata(object, path);
  const layout = Object.fromEntries(LAYOUT_FIELDS.map((name, i) => [name, view.getUint32(4 * i, true)])) as Layout;
  const expected: Partial<Layout> = {
    abi: ABI_VERSION,
    config_bytes: CONFIG.bytes,
    cpu_bytes: cpuBytes(spec.classes.length),
    classes: spec.classes.length,
    data_offset: 72,
    extra_offset: 72 + spec.data_bytes,
    outlier_bytes: 72 + spec.data_bytes + spec.extra_bytes,
  };
  for (const [name, value] of Object.entries(expected)) {
    const found = layout[name as keyof Layout];
    if (found !== value) {
      throw new TailtrapError('TT_BAD_OBJECT', `${name} of tracker ${spec.name} is ${found}, expected ${value}`, {
        where: path,
        next: 'it was built from other sources: run npm run build',
      });
    }
  }
  return layout;
}

/** Sets map sizes and constants, and leaves out programs whose tracepoint this kernel lacks. */
function size(spec: TrackerSpec, object: Pointer, layout: Layout, options: ObjectOptions): Sized {
  const wanted = powerOfTwo(options.slots ?? spec.slots);
  const pids = powerOfTwo(options.pid_max + 1);
  const direct = layout.direct_keys !== 0 && options.slots === undefined && pids <= MAX_DIRECT_SLOTS;
  const slots = Math.max(PAGE_SLOTS, direct ? pids : wanted);
  setEntries(object, 'tt_slots', slots / PAGE_SLOTS);
  setEntries(object, 'tt_cpus', options.cpus);
  setEntries(object, 'tt_percpu', options.cpus);
  setEntries(object, 'tt_ring', options.ring_bytes);
  const view = rodata(object, spec.name);
  const table = 4 * LAYOUT_FIELDS.length;
  view.setUint32(table + TABLE.direct, direct ? 1 : 0, true);
  view.setUint32(table + TABLE.hash_shift, 32 - Math.log2(slots), true);
  view.setUint32(table + TABLE.slots, slots, true);
  const missing: string[] = [];
  for (const program of programsOf(object)) {
    const [kind, event] = bpf.programSection(program).split('/');
    if (kind !== 'tp_btf' || event === undefined || bpf.vmlinuxBtfId(event, ATTACH_RAW_TP) > 0) continue;
    const name = bpf.programName(program);
    if (spec.optional?.includes(name) !== true) {
      throw new TailtrapError(
        'TT_NO_TRACEPOINT',
        `this kernel has no tracepoint ${event}, which tracker ${spec.name} needs`,
        {
          next: 'leave this tracker out; tailtrap trackers lists what loads here',
        },
      );
    }
    bpf.programSetAutoload(program, false);
    missing.push(name);
  }
  takeMessages();
  return { slots, direct, missing };
}

function setEntries(object: Pointer, name: string, entries: number): void {
  const map = bpf.findMap(object, name);
  if (map !== null) bpf.mapSetMaxEntries(map, entries);
}

function powerOfTwo(n: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, n)));
}
