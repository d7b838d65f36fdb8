/** What is done to an opened BPF object before the kernel sees it: checked, sized for this machine, its constants set. */
import { TailtrapError } from '../base/errors.ts';
import { ABI_VERSION, CONFIG, cpuBytes, LAYOUT_FIELDS, type Layout, PAGE_SLOTS, TABLE } from './abi.ts';
import type { Attachment } from './attach.ts';
import { ATTACH_RAW_TP, bpf, type Pointer, takeMessages, viewOf } from './libbpf.ts';
import { lacksBtf, refusalOf } from './refusal.ts';
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

export interface Sized {
  readonly slots: number;
  readonly direct: boolean;
  readonly missing: readonly string[];
}

export function* programsOf(object: Pointer): Generator<Pointer> {
  for (let p = bpf.nextProgram(object, null); p !== null; p = bpf.nextProgram(object, p)) yield p;
}

export function refused(name: string, where: string, step: string): TailtrapError {
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

export function checkedLayout(spec: TrackerSpec, object: Pointer, path: string): Layout {
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

/** Sets map sizes and constants, and leaves out programs that cannot or need not be loaded. */
export function prepare(spec: TrackerSpec, object: Pointer, layout: Layout, options: ObjectOptions): Sized {
  const wanted = powerOfTwo(options.slots ?? spec.slots);
  const pids = powerOfTwo(options.pid_max + 1);
  // 0: keys are hashed; 1: a key is a thread id; more: so many slots for each CPU.
  const perCpu = layout.direct_keys > 1;
  const direct = perCpu || (layout.direct_keys === 1 && options.slots === undefined && pids <= MAX_DIRECT_SLOTS);
  const indexed = perCpu ? powerOfTwo(options.cpus * layout.direct_keys) : pids;
  const slots = Math.max(PAGE_SLOTS, direct ? indexed : wanted);
  setEntries(object, 'tt_slots', slots / PAGE_SLOTS);
  setEntries(object, 'tt_cpus', options.cpus);
  setEntries(object, 'tt_percpu', options.cpus);
  setEntries(object, 'tt_ring', options.ring_bytes);
  const view = rodata(object, spec.name);
  const table = 4 * LAYOUT_FIELDS.length;
  view.setUint32(table + TABLE.direct, direct ? 1 : 0, true);
  view.setUint32(table + TABLE.hash_shift, 32 - Math.log2(slots), true);
  view.setUint32(table + TABLE.slots, slots, true);
  spec.writeConstants?.(view);
  const missing =
    spec.attachments === undefined ? leaveOutMissing(spec, object) : loadOnlyAttached(spec.attachments, object);
  takeMessages();
  return { slots, direct, missing };
}

/** @returns the optional programs whose tracepoint this kernel lacks */
function leaveOutMissing(spec: TrackerSpec, object: Pointer): string[] {
  const missing: string[] = [];
  for (const program of programsOf(object)) {
    const [kind, event] = bpf.programSection(program).split('/');
    if (kind !== 'tp_btf' || event === undefined || bpf.vmlinuxBtfId(event, ATTACH_RAW_TP) > 0) continue;
    if (lacksBtf(takeMessages())) {
      throw new TailtrapError('TT_NO_BTF', 'this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)', {
        where: '/sys/kernel/btf/vmlinux',
        next: 'run: tailtrap doctor',
      });
    }
    const name = bpf.programName(program);
    if (spec.optional?.includes(name) !== true) {
      throw new TailtrapError(
        'TT_NO_TRACEPOINT',
        `this kernel has no tracepoint ${event}, which tracker ${spec.name} needs`,
        { next: 'leave this tracker out; tailtrap trackers lists what loads here' },
      );
    }
    bpf.programSetAutoload(program, false);
    missing.push(name);
  }
  return missing;
}

/** An object that serves any events has a program for each kind of event; those of `syscall` run for the loader. */
function loadOnlyAttached(attachments: readonly Attachment[], object: Pointer): string[] {
  const wanted = new Set(attachments.map(({ program }) => program));
  for (const program of programsOf(object)) {
    if (bpf.programSection(program) === 'syscall') continue;
    bpf.programSetAutoload(program, wanted.has(bpf.programName(program)));
  }
  return [];
}

function setEntries(object: Pointer, name: string, entries: number): void {
  const map = bpf.findMap(object, name);
  if (map !== null) bpf.mapSetMaxEntries(map, entries);
}

function powerOfTwo(n: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, n)));
}
