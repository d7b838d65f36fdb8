/** `tailtrap report track-process`: the events of some threads as text. */
import { Tracking } from '../analyses/index.ts';
import { EventLines } from '../ctf/text/lines.ts';
import { chooseFields, chooseNames, type TextOptions } from '../ctf/text/options.ts';
import { JSON_STYLE, textStyle } from '../ctf/text/style.ts';
import { BulkOutput } from './bulk.ts';
import { Progress } from './progress.ts';
import { type ReportValues, tidsOf } from './report-options.ts';
import { noProgress, pieceOf, readable, tellerOf } from './report-run.ts';
import type { OpenedTraces } from './trace-input.ts';

/** Between looks at the signal. */
const EVENTS_PER_BREATH = 65_536;
const LINES_PER_WRITE = 512;

export interface TrackRequest {
  readonly traces: OpenedTraces;
  readonly values: ReportValues;
  readonly json: boolean;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function trackProcess({ traces, values, json, log, signal }: TrackRequest): Promise<number> {
  const piece = pieceOf(traces.source, values);
  const source = readable(traces.source, values);
  const tracking = new Tracking({
    tids: tidsOf(values),
    procnames: values.procname,
    children: values['follow-child'],
  });
  const text: TextOptions = {
    clock: { cycles: false, seconds: false, date: false, gmt: values.gmt },
    delta: false,
    fields: chooseFields([]),
    names: chooseNames([]),
  };
  const from = piece.countFrom_ns === null ? Number.NEGATIVE_INFINITY : Number(piece.countFrom_ns - source.origin_ns);
  const stdout = new BulkOutput();
  let waiting: Buffer[] = [];
  const write = (): void => {
    stdout.write(Buffer.concat(waiting));
    waiting = [];
  };
  // Each line is ended at once, so that its thread can stand before it.
  const lines = new EventLines(source, json ? JSON_STYLE : textStyle(text, traces.nameOf), (bytes) => {
    if (!json) waiting.push(Buffer.from(`[${(tracking.tid < 0 ? '?' : String(tracking.tid)).padStart(6)}] `));
    waiting.push(Buffer.from(bytes));
  });
  const progress = values['no-progress'] ? noProgress() : Progress.of(source);
  const { countFrom_ns: _from, ...bounds } = piece;
  const events = source.events({ ...bounds, onNotice: tellerOf({ traces, values, log }, progress) });
  let count = 0;
  try {
    for (let event = events.next(); event !== null && !stdout.closed; event = events.next()) {
      if (++count % EVENTS_PER_BREATH === 0) {
        progress.at(count, event.time);
        await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) break;
      }
      if (!tracking.wants(event) || event.time < from) continue;
      lines.each(event);
      events.visit(lines.consumer, lines.out);
      lines.end();
      if (waiting.length >= LINES_PER_WRITE) write();
    }
  } finally {
    progress.clear();
    events.close();
    write();
  }
  return 0;
}
