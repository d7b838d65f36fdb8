/**
 * One tracker's BPF object: opened, sized for this machine, loaded, attached, configured and read.
 * Counters, histograms and configuration are mapped memory: reading or changing them makes no system call.
 */
import { existsSync, readFileSync } from 'node:fs';
import { TailtrapError } from '../base/errors.ts';
import { Histogram } from '../base/histogram.ts';
import { CONFIG, COUNTERS, type CounterName, type Layout } from './abi.ts';
import { type Attachment, attachPointText, attachProgram } from './attach.ts';
import { ConfigPage } from './config-page.ts';
import { bpf, type Mapping, mapShared, PAGE_BYTES, type Pointer, PROT, takeMessages, unmap } from './libbpf.ts';
import { checkedLayout, type ObjectOptions, prepare, programsOf, refused, type Sized } from './prepare.ts';
import type { TrackerSpec } from './trackers/spec.ts';

export type { ObjectOptions } from './prepare.ts';
export { programsOf } from './prepare.ts';

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
  readonly #memory = new Map<string, ArrayBuffer>();
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
    const path = `${options.folder}/${spec.object ?? spec.name}.bpf.o`;
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
      const sized = prepare(spec, object, layout, options);
      if (bpf.objectLoad(object) !== 0) throw refused(spec.name, path, 'load');
      return new TrackerObject(spec, object, layout, sized, options);
    } catch (error) {
      bpf.objectClose(object);
      throw error;
    }
  }

  /** Attaches every program. On failure those attached are detached again. */
  attach(): void {
    if (this.spec.attachments !== undefined) this.#attachTo(this.spec.attachments);
    else this.#attachBySection();
    this.startScan();
  }

  #attachTo(attachments: readonly Attachment[]): void {
    const programs = new Map([...programsOf(this.#object)].map((program) => [bpf.programName(program), program]));
    for (const { program: name, at } of attachments) {
      const program = programs.get(name);
      const link = program === undefined ? null : attachProgram(program, at);
      if (link === null) {
        this.detach();
        throw refused(this.spec.name, attachPointText(at), 'attach');
      }
      this.#links.push(link);
    }
  }

  #attachBySection(): void {
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
  }

  /**
   * Events that its programs did not see because another program ran on that CPU just then, as the kernel counts them
   * (for `tp` programs since 6.7; `tp_btf` ones miss only what interrupts themselves).
   */
  missedRuns(): number {
    let missed = 0;
    for (const program of programsOf(this.#object)) {
      const fd = this.#closed ? -1 : bpf.programFd(program);
      if (fd < 0) continue;
      const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1');
      missed += Number(/^recursion_misses:\s*(\d+)/m.exec(info)?.[1] ?? 0);
    }
    return missed;
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

  /** Last attached, first detached: where the ends of operations were attached first, no end is missed that began. */
  get attached(): boolean {
    return this.#links.length > 0;
  }

  /** Forgets what is in flight: after a pause, its exits were not seen. Only while detached. */
  forget(): void {
    new Uint8Array(this.memory('tt_slots', this.slots * this.layout.slot_bytes)).fill(0);
  }

  detach(): void {
    for (const link of this.#links.splice(0).reverse()) bpf.linkDestroy(link);
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

  /** The same memory at every call. */
  memory(name: string, bytes: number): ArrayBuffer {
    let buffer = this.#memory.get(name);
    if (buffer === undefined) {
      buffer = this.mapMemory(name, bytes).buffer;
      this.#memory.set(name, buffer);
    }
    return buffer;
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
