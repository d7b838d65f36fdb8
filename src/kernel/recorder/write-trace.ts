/** Writes a snapshot's trace: the state dump, every CPU's events, and the outliers in a stream of their own. */
import { randomFillSync } from 'node:crypto';
import type { Outlier } from '../../base/outlier.ts';
import { eventWriter } from '../../ctf/event-writer.ts';
import { CtfFolder } from '../../ctf/node.ts';
import type { StreamWriter } from '../../ctf/stream.ts';
import { CtfWriter, type StreamClass } from '../../ctf/writer.ts';
import { bootId, environment } from './environment.ts';
import type { EventFormat } from './format.ts';
import { OUTLIER_EVENT, OUTLIER_FIELDS, OUTLIER_STREAM, outlierValues } from './outlier-event.ts';
import { MISSED_UNKNOWN, type PageCursor } from './page.ts';
import type { RawPages } from './raw-pages.ts';
import type { Window } from './scan.ts';
import { type MachineState, StateDumper } from './state-dump.ts';
import type { SyscallPlans } from './syscalls.ts';
import type { TaskTable } from './tasks.ts';
import { KERNEL_CONTEXT, Translator } from './translate.ts';

/** As LTTng's default channel. */
const CHANNEL = 'channel0';

export interface TraceParts {
  readonly pages: RawPages;
  readonly cursor: PageCursor;
  readonly formats: readonly EventFormat[];
  readonly syscalls: SyscallPlans | null;
  readonly tasks: TaskTable;
  readonly window: Window;
  readonly state: MachineState;
  readonly outliers: readonly Outlier[];
  /** Epoch minus CLOCK_MONOTONIC. */
  readonly clock_ns: bigint;
  /** When recording stopped, CLOCK_MONOTONIC. */
  readonly frozenAt_ns: bigint;
  readonly version: string;
  /** Events the kernel counted as lost on a CPU since the last snapshot. */
  readonly newLosses: (cpu: number) => number;
  /** Throws when the snapshot is to end early. */
  readonly check: () => void;
}

export interface TraceTotals {
  readonly events: number;
  readonly lost: number;
  readonly overwritten: number;
  readonly malformed: number;
  readonly reordered: number;
  readonly bytes: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** Writes the trace into `path`, which is made. */
export function writeTrace(path: string, parts: TraceParts): TraceTotals {
  const folder = new CtfFolder(path);
  try {
    const writer = new CtfWriter({
      uuid: randomFillSync(new Uint8Array(16)),
      clock: { name: 'monotonic', description: 'Monotonic Clock', uuid: bootId(), offset_cycles: parts.clock_ns },
      environment: environment(parts.version, parts.clock_ns + parts.frozenAt_ns),
      sink: folder.sink,
    });
    const kernel = new KernelStreams(writer, parts);
    kernel.write();
    writeOutliers(writer, parts);
    folder.finish(writer);
    const counts: Record<string, number> = {};
    for (const event of writer.eventClasses) counts[event.name] = (counts[event.name] ?? 0) + event.count;
    const sum = (of: (stream: StreamWriter) => number): number => writer.streams.reduce((total, s) => total + of(s), 0);
    return {
      events: sum((stream) => stream.events),
      reordered: sum((stream) => stream.reordered),
      lost: kernel.lost,
      overwritten: kernel.overwritten,
      malformed: kernel.malformed,
      bytes: folder.bytes,
      counts,
    };
  } finally {
    folder.close();
  }
}

class KernelStreams {
  lost = 0;
  overwritten = 0;
  readonly #writer: CtfWriter;
  readonly #parts: TraceParts;
  readonly #streamClass: StreamClass;
  readonly #translator: Translator;

  constructor(writer: CtfWriter, parts: TraceParts) {
    this.#writer = writer;
    this.#parts = parts;
    // More than 31 kinds of events: the large header, as LTTng chooses.
    this.#streamClass = writer.addStreamClass({ header: 'large', context: KERNEL_CONTEXT });
    const { cursor, tasks, syscalls, formats } = parts;
    this.#translator = new Translator({ cursor, writer, streamClass: this.#streamClass, tasks, syscalls, formats });
    cursor.malformed = 0; // the scan has counted the same pages
  }

  get malformed(): number {
    return this.#parts.cursor.malformed + this.#translator.malformed + this.#translator.unknown;
  }

  write(): void {
    const { pages, window, state } = this.#parts;
    const [first] = pages.cpus;
    for (const cpu of pages.cpus) {
      const stream = this.#writer.addStream(this.#streamClass, { name: `${CHANNEL}_${cpu}`, cpu });
      if (cpu === first) {
        const age_ns = Number(process.hrtime.bigint() - window.begin_ns);
        new StateDumper(this.#writer, this.#streamClass, stream, window.begin_ns).dump(state, age_ns);
      }
      this.#translator.startCpu(cpu);
      for (let page = 0; page < pages.count(cpu); page++) this.#page(stream, cpu, page);
      // Dropped in the ring at a time that nobody noted: told at the window's end.
      const dropped = this.#parts.newLosses(cpu) + (pages.isTruncated(cpu) ? 1 : 0);
      this.lost += dropped;
      stream.discard(dropped, Number(window.end_ns >> 32n), Number(window.end_ns & 0xffffffffn));
      stream.flush();
    }
  }

  #page(stream: StreamWriter, cpu: number, page: number): void {
    const { cursor, pages, check } = this.#parts;
    check();
    if (!pages.open(cursor, cpu, page)) return;
    // Before the first page it is what the ring overwrote; later it is a hole in the window.
    if (page === 0) this.overwritten += Math.max(0, cursor.missed);
    else if (cursor.missed !== 0) {
      const count = cursor.missed === MISSED_UNKNOWN ? 1 : cursor.missed;
      this.lost += count;
      stream.discard(count, cursor.timeHigh, cursor.timeLow);
    }
    while (cursor.next()) this.#translator.record(stream);
  }
}

function writeOutliers(writer: CtfWriter, { outliers, clock_ns }: TraceParts): void {
  const streamClass = writer.addStreamClass({ header: 'compact' });
  const stream = writer.addStream(streamClass, { name: OUTLIER_STREAM, cpu: 0 });
  const write = eventWriter(writer.addEventClass(streamClass, OUTLIER_EVENT, OUTLIER_FIELDS));
  const inOrder = outliers
    .map((outlier) => ({ at: BigInt(outlier.end_ns) - clock_ns, outlier }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  for (const { at, outlier } of inOrder) write(stream, at > 0n ? at : 0n, outlierValues(outlier));
}
