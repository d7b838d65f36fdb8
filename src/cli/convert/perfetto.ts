/**
 * Perfetto's trace format, for ui.perfetto.dev. Numbers are those of protos/perfetto/trace in its repository.
 *
 * Scheduling and interrupts are ftrace events: the UI then draws CPUs, thread states and wake-ups as it does for a trace
 * of the kernel. System calls are slices on their thread's track, outliers on tracks of their own, everything else
 * instants. Packets are `Trace.packet` (field 1), one after the other: a file needs no header and no end.
 */
import type { FieldObject } from '../../trace/event.ts';
import { annotate } from './annotation.ts';
import { Lanes } from './lanes.ts';
import { ProtoWriter } from './protobuf.ts';
import type { Drawing, Interrupt, OutlierSpan, Place, Task, WakeupName, Woken } from './timeline.ts';

const TRACE_PACKET = 1;
const PACKET = {
  ftrace_events: 1,
  process_tree: 2,
  clock_snapshot: 6,
  timestamp: 8,
  sequence_id: 10,
  track_event: 11,
  interned_data: 12,
  sequence_flags: 13,
  system_info: 45,
  track_descriptor: 60,
} as const;
const FTRACE_EVENT = {
  sched_switch: 4,
  sched_wakeup: 17,
  sched_waking: 20,
  softirq_entry: 24,
  softirq_exit: 25,
  irq_handler_entry: 36,
  irq_handler_exit: 37,
  sched_wakeup_new: 114,
} as const;
const TRACK_EVENT = { type: 9, name_iid: 10, track_uuid: 11 } as const;
const TRACK = { uuid: 1, name: 2, thread: 4, parent_uuid: 5 } as const;
const SLICE_BEGIN = 1;
const SLICE_END = 2;
const INSTANT = 3;
const STATE_CLEARED = 1;
const NEEDS_STATE = 2;
/** BuiltinClock: wall clock, and the one that timestamps are in unless they say otherwise. */
const CLOCKS = [1, 6];
/** All packets are of one writer; interned names are its. */
const SEQUENCE = 1;

/** Tracks get numbers from these on. */
const TRACKS = { cpu: 1_000, outlier: 1_000_000, thread: 1_000_000_000 } as const;

/** Ftrace events gathered for one packet. */
const BUNDLE_BYTES = 32 * 1024;
/** What is gathered before the sink gets it. */
const CHUNK_BYTES = 256 * 1024;
/** Names that are written once; more different ones are written as often as they come. */
const MAX_NAMES = 65_536;

export class PerfettoDrawing implements Drawing {
  readonly #sink: (bytes: Uint8Array) => void;
  readonly #out = new ProtoWriter();
  readonly #bundles = new Map<number, ProtoWriter>();
  readonly #names = new Map<string, number>();
  readonly #tracks = new Set<number>();
  readonly #pids = new Map<number, number>();
  readonly #lanes = new Map<string, Lanes>();
  readonly #outlierTracks = new Map<string, number>();

  /**
   * @param begin_ns first time of the trace: ties the clocks together
   * @param kernel release, such as `6.1.0-18-amd64`: what the bits of a thread's state mean depends on it; '' when unknown
   */
  constructor(begin_ns: bigint, kernel: string, sink: (bytes: Uint8Array) => void) {
    this.#sink = sink;
    this.#begin(begin_ns);
    if (kernel !== '') this.#system(kernel);
  }

  #system(release: string): void {
    this.#packet((out) => {
      const info = out.open(PACKET.system_info);
      const names = out.open(1);
      out.text(1, 'Linux');
      out.text(3, release);
      out.close(names);
      out.close(info);
    });
  }

  #begin(begin_ns: bigint): void {
    this.#packet((out) => {
      out.uint(PACKET.sequence_flags, STATE_CLEARED);
      const snapshot = out.open(PACKET.clock_snapshot);
      for (const id of CLOCKS) {
        const clock = out.open(1);
        out.uint(1, id);
        out.bigint(2, begin_ns);
        out.close(clock);
      }
      out.close(snapshot);
    });
  }

  switch(cpu: number, time_ns: bigint, prev: Task & { readonly state: number }, next: Task): void {
    this.#ftrace(cpu, time_ns, prev.tid, FTRACE_EVENT.sched_switch, (out) => {
      out.text(1, prev.comm);
      out.int(2, prev.tid);
      out.int(3, prev.prio);
      out.int(4, prev.state);
      out.text(5, next.comm);
      out.int(6, next.tid);
      out.int(7, next.prio);
    });
  }

  wakeup(name: WakeupName, cpu: number, time_ns: bigint, task: Woken): void {
    this.#ftrace(cpu, time_ns, task.by, FTRACE_EVENT[name], (out) => {
      out.text(1, task.comm);
      out.int(2, task.tid);
      out.int(3, task.prio);
      out.uint(4, 1);
      out.int(5, task.target);
    });
  }

  irq(cpu: number, time_ns: bigint, by: number, irq: Interrupt): void {
    const entry = irq.phase === 'begin';
    const name =
      irq.kind === 'irq'
        ? entry
          ? 'irq_handler_entry'
          : 'irq_handler_exit'
        : entry
          ? 'softirq_entry'
          : 'softirq_exit';
    this.#ftrace(cpu, time_ns, Math.max(0, by), FTRACE_EVENT[name], (out) => {
      out.int(1, irq.number);
      if (name === 'irq_handler_entry') out.text(2, irq.name);
      if (name === 'irq_handler_exit') out.uint(2, 1);
    });
  }

  syscallBegin(place: Place, time_ns: bigint, name: string, fields: FieldObject): void {
    this.#trackEvent(this.#trackOf(place), time_ns, SLICE_BEGIN, name, fields);
  }

  syscallEnd(place: Place, time_ns: bigint, _name: string, fields: FieldObject): void {
    this.#trackEvent(this.#trackOf(place), time_ns, SLICE_END, null, fields);
  }

  outlier({ tracker, begin_ns, end_ns, fields }: OutlierSpan): void {
    const lanes = this.#lanes.get(tracker) ?? new Lanes();
    this.#lanes.set(tracker, lanes);
    const lane = lanes.take(begin_ns, end_ns);
    const key = `${lane} ${tracker}`;
    let track = this.#outlierTracks.get(key);
    if (track === undefined) {
      track = TRACKS.outlier + this.#outlierTracks.size;
      this.#outlierTracks.set(key, track);
      this.#describe(track, (out) => out.text(TRACK.name, `tailtrap_outlier ${tracker}`));
    }
    this.#trackEvent(track, begin_ns, SLICE_BEGIN, `${tracker} outlier`, fields);
    this.#trackEvent(track, end_ns, SLICE_END, null, {});
  }

  instant(place: Place, time_ns: bigint, name: string, fields: FieldObject): void {
    // What the idle thread does is the CPU's.
    const track = place.tid > 0 ? this.#trackOf(place) : this.#cpuTrack(place.cpu);
    this.#trackEvent(track, time_ns, INSTANT, name, fields);
  }

  thread(tid: number, pid: number, name: string): void {
    this.#pids.set(tid, pid);
    this.#packet((out) => {
      const tree = out.open(PACKET.process_tree);
      if (tid === pid) {
        const process = out.open(1);
        out.int(1, pid);
        out.text(3, name);
        out.close(process);
      }
      const thread = out.open(2);
      out.int(1, tid);
      out.text(2, name);
      out.int(3, pid);
      out.close(thread);
      out.close(tree);
    });
  }

  end(): void {
    for (const [cpu, bundle] of this.#bundles) this.#writeBundle(cpu, bundle);
    this.#flush();
  }

  #trackOf(place: Place): number {
    if (place.tid <= 0) return this.#cpuTrack(place.cpu);
    const uuid = TRACKS.thread + place.tid;
    if (!this.#tracks.has(uuid)) {
      this.#describe(uuid, (out) => {
        const thread = out.open(TRACK.thread);
        out.int(1, this.#pids.get(place.tid) ?? place.tid);
        out.int(2, place.tid);
        out.close(thread);
      });
    }
    return uuid;
  }

  #cpuTrack(cpu: number): number {
    const uuid = TRACKS.cpu + cpu;
    if (!this.#tracks.has(uuid)) this.#describe(uuid, (out) => out.text(TRACK.name, `CPU ${cpu} events`));
    return uuid;
  }

  #describe(uuid: number, what: (out: ProtoWriter) => void): void {
    this.#tracks.add(uuid);
    this.#packet((out) => {
      const track = out.open(PACKET.track_descriptor);
      out.uint(TRACK.uuid, uuid);
      what(out);
      out.close(track);
    });
  }

  #trackEvent(track: number, time_ns: bigint, type: number, name: string | null, fields: FieldObject): void {
    this.#packet((out) => {
      out.bigint(PACKET.timestamp, time_ns);
      out.uint(PACKET.sequence_flags, NEEDS_STATE);
      const nameId = name === null ? null : this.#intern(out, name);
      const event = out.open(PACKET.track_event);
      for (const [key, value] of Object.entries(fields)) annotate(out, key, value);
      out.uint(TRACK_EVENT.type, type);
      if (typeof nameId === 'number') out.uint(TRACK_EVENT.name_iid, nameId);
      else if (nameId !== null) out.text(23, nameId);
      out.uint(TRACK_EVENT.track_uuid, track);
      out.close(event);
    });
  }

  /** The number of a name, or the name itself when there are too many. */
  #intern(out: ProtoWriter, name: string): number | string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (this.#names.size >= MAX_NAMES) return name;
    const id = this.#names.size + 1;
    this.#names.set(name, id);
    const interned = out.open(PACKET.interned_data);
    const entry = out.open(2);
    out.uint(1, id);
    out.text(2, name);
    out.close(entry);
    out.close(interned);
    return id;
  }

  #ftrace(cpu: number, time_ns: bigint, pid: number, event: number, what: (out: ProtoWriter) => void): void {
    let bundle = this.#bundles.get(cpu);
    if (bundle === undefined) {
      bundle = new ProtoWriter();
      this.#bundles.set(cpu, bundle);
    }
    const message = bundle.open(2);
    bundle.bigint(1, time_ns);
    bundle.uint(2, Math.max(0, pid));
    const data = bundle.open(event);
    what(bundle);
    bundle.close(data);
    bundle.close(message);
    if (bundle.at > BUNDLE_BYTES) this.#writeBundle(cpu, bundle);
  }

  #writeBundle(cpu: number, bundle: ProtoWriter): void {
    if (bundle.at === 0) return;
    this.#packet((out) => {
      const message = out.open(PACKET.ftrace_events);
      out.uint(1, Math.max(0, cpu));
      out.append(bundle.take());
      out.close(message);
    });
  }

  #packet(what: (out: ProtoWriter) => void): void {
    const out = this.#out;
    const packet = out.open(TRACE_PACKET);
    out.uint(PACKET.sequence_id, SEQUENCE);
    what(out);
    out.close(packet);
    if (out.at > CHUNK_BYTES) this.#flush();
  }

  #flush(): void {
    if (this.#out.at > 0) this.#sink(this.#out.take());
  }
}
