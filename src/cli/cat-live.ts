/** `tailtrap cat` of a live session: prints what is certain, whenever there is something, until the session ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../base/errors.ts';
import { formatUuid } from '../ctf/metadata.ts';
import type { PushReader } from '../ctf/push.ts';
import type { CtfEvent } from '../ctf/reader.ts';
import { traceName } from '../ctf/text/head.ts';
import { EventLines } from '../ctf/text/lines.ts';
import { lossText } from '../ctf/text/notice.ts';
import type { TextOptions } from '../ctf/text/options.ts';
import { JSON_STYLE, type Style, textStyle } from '../ctf/text/style.ts';
import { watchSession } from '../lttng/viewer/index.ts';
import type { LiveViewer } from '../lttng/viewer/viewer.ts';
import type { Notice } from '../trace/event.ts';
import { BulkOutput } from './bulk.ts';
import { type TimeBounds, timeBounds } from './time-bounds.ts';
import type { SelectionTexts } from './trace-input.ts';
import { whereTest } from './where.ts';

/** Between tries at a reader of our output that takes nothing: long for it, short for Ctrl-C. */
const OUTPUT_NAP_MS = 5;

/** Streams and pieces of metadata that lines remember: some hundred kilobytes each for a kernel's. */
const CHANGES_KEPT = 512;

interface LiveTexts extends SelectionTexts {
  readonly where: readonly string[];
  /** Nanoseconds. */
  readonly wait: number;
  readonly 'clock-gmt': boolean;
}

interface LiveOutput {
  readonly text: TextOptions;
  readonly json: boolean;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function catLive(operands: readonly string[], texts: LiveTexts, output: LiveOutput): Promise<number> {
  const [url = '', more] = operands;
  if (more !== undefined) {
    throw new UsageError('TT_USAGE', 'a live session is printed alone', { next: 'run one tailtrap cat for each' });
  }
  const fromNow = texts.begin === 'now';
  const now_ns = BigInt(Date.now()) * 1_000_000n;
  const bounds = timeBounds(fromNow ? { ...texts, begin: undefined } : texts, texts['clock-gmt'], () => now_ns);
  const log = (line: string): void => output.log(`tailtrap: ${line}`);
  const stop = new AbortController();
  const viewer: LiveViewer = watchSession(url, {
    seek: fromNow ? 'last' : 'beginning',
    wait_ns: texts.wait,
    log,
    signal: AbortSignal.any([output.signal, stop.signal]),
    onNotice: (notice) => output.log(noticeText(viewer.reader, notice, output.text)),
    ...(texts.events.length === 0 ? {} : { events: texts.events }),
  });
  const style = output.json ? JSON_STYLE : textStyle(output.text);
  const printer = new LivePrinter(viewer.reader, style, bounds, texts.where);
  let watching = true;
  while (watching && !printer.done) {
    try {
      watching = await viewer.advance();
    } finally {
      await printer.print();
    }
  }
  // At the end of the wanted time: lets the relay know.
  stop.abort();
  if (watching) await viewer.advance();
  return viewer.lost_packets === 0 ? 0 : 1;
}

class LivePrinter {
  /** The wanted time is over, or nobody reads. */
  done = false;
  readonly #reader: PushReader;
  readonly #style: Style;
  readonly #bounds: TimeBounds;
  readonly #where: ((event: CtfEvent) => boolean) | null;
  readonly #stdout = new BulkOutput();
  readonly #unwritten: Uint8Array[] = [];
  #lines: EventLines | null = null;
  #madeAt = 0;

  constructor(reader: PushReader, style: Style, bounds: TimeBounds, where: readonly string[]) {
    this.#reader = reader;
    this.#style = style;
    this.#bounds = bounds;
    this.#where = whereTest(where);
  }

  /** Prints everything that is certain. */
  async print(): Promise<void> {
    if (!this.#reader.begun || this.done) return;
    const lines = this.#renew();
    this.#reader.drain(lines.consumer, lines.out, this.#each);
    lines.end();
    for (const bytes of this.#unwritten.splice(0)) await this.#write(bytes);
    if (this.#stdout.closed) this.done = true;
  }

  /** What makes lines remembers every stream and kind of event; processes come and go for days. */
  #renew(): EventLines {
    const { changes } = this.#reader;
    if (this.#lines !== null && changes - this.#madeAt < CHANGES_KEPT) return this.#lines;
    const before = this.#lines;
    this.#madeAt = changes;
    this.#lines = new EventLines(this.#reader, this.#style, (bytes) => this.#take(bytes));
    if (before !== null && !Number.isNaN(before.time)) this.#lines.restart(before.time);
    return this.#lines;
  }

  readonly #each = (event: CtfEvent): boolean => {
    const { begin_ns, end_ns } = this.#bounds;
    if (begin_ns !== undefined && event.time_ns < begin_ns) return false;
    if (end_ns !== undefined && event.time_ns > end_ns) {
      this.done = true;
      return false;
    }
    return (this.#where === null || this.#where(event)) && this.#lines!.line(event);
  };

  /** Writes what can be written at once, and keeps the rest. */
  #take(bytes: Uint8Array): void {
    const done = this.#unwritten.length > 0 ? 0 : this.#stdout.tryWrite(bytes);
    if (done < bytes.length) this.#unwritten.push(bytes.slice(done));
  }

  /** While the reader of our output takes its time, nothing is asked of the relay. */
  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      at += this.#stdout.tryWrite(bytes.subarray(at));
      if (at < bytes.length) await sleep(OUTPUT_NAP_MS);
    }
  }
}

/** As babeltrace2 tells losses. */
function noticeText(reader: PushReader, notice: Notice, text: TextOptions): string {
  const { kind, message, stream } = notice;
  if (kind !== 'discarded-events' && kind !== 'discarded-packets') return `warning: ${message}`;
  const place = reader.place(stream);
  return lossText(
    notice,
    {
      traceName: place === null ? '' : traceName(place.trace),
      uuid: place?.trace.uuid ? formatUuid(place.trace.uuid) : '',
      stream: stream.name,
      streamClassId: place?.streamClassId ?? 0,
      streamId: place?.streamId ?? null,
    },
    text.clock,
  );
}
