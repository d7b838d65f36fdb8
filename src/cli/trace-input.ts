/** What commands that read traces have in common: opening, choosing events, telling losses. */
import { resolve } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import { tracesIn } from '../ctf/folder.node.ts';
import { formatUuid } from '../ctf/metadata.ts';
import type { TraceClass } from '../ctf/model.ts';
import type { CtfSource } from '../ctf/reader.ts';
import { openCtf } from '../ctf/source.ts';
import { traceName } from '../ctf/text/head.ts';
import { type LossPlace, lossText } from '../ctf/text/notice.ts';
import type { TextOptions } from '../ctf/text/options.ts';
import type { Notice, Selection } from '../trace/event.ts';
import { type BoundTexts, timeBounds } from './time-bounds.ts';
import { refuseUnknownFields } from './where.ts';

/** Options by which events are chosen. */
export const SELECTION_OPTIONS = {
  begin: { type: 'string', value: 'TIME', help: 'from this time on: [YYYY-MM-DD ]HH:MM[:SS[.NANO]] or seconds' },
  end: { type: 'string', value: 'TIME', help: 'up to this time' },
  timerange: { type: 'string', value: 'B,E', help: '--begin B --end E' },
  events: { type: 'list', short: 'e', value: 'NAMES', help: "only these; * and ? as in shells: 'sched_*'" },
  where: { type: 'list', short: 'w', value: 'COND', help: 'FIELD=VALUE, also != < <= > >=; several: all must hold' },
} as const;

export interface SelectionTexts extends BoundTexts {
  readonly events: readonly string[];
  readonly where: readonly string[];
}

export interface OpenedTraces {
  readonly source: CtfSource;
  /** As babeltrace2 names them. */
  readonly nameOf: (trace: TraceClass) => string;
}

export function openTraces(paths: readonly string[]): OpenedTraces {
  const source = openCtf(paths.flatMap(tracesIn));
  const labels = new Map(source.traces.map(({ trace, label }) => [trace, label]));
  return { source, nameOf: (trace) => labels.get(trace) ?? traceName(trace) };
}

export function selectionOf(source: CtfSource, texts: SelectionTexts, gmt: boolean): Selection {
  const bounds = timeBounds(texts, gmt, () => source.timeRange()?.begin_ns ?? 0n);
  refuseUnknownFields(texts.where, source.eventTypes);
  if (texts.events.length === 0) return bounds;
  const names = new Set(source.eventTypes.map(({ name }) => name));
  for (const name of texts.events) {
    if (/[*?]/.test(name) || names.has(name)) continue;
    const next = didYouMean(name, [...names]) || namesText(names);
    throw new UsageError('TT_NO_EVENT', `no event of the trace is called '${name}'`, { next });
  }
  return { ...bounds, events: texts.events };
}

/** How many events are named before it becomes too long to read. */
const SHOWN_NAMES = 8;

function namesText(names: ReadonlySet<string>): string {
  const some = [...names].sort().slice(0, SHOWN_NAMES).join(', ');
  return names.size > SHOWN_NAMES ? `there are ${names.size} kinds: ${some}, ...` : `there are ${some}`;
}

/** Tells losses and damage as babeltrace2 does, and at once what of the metadata is left out of account. */
export function noticeTeller(
  traces: OpenedTraces,
  clock: TextOptions['clock'],
  log: (line: string) => void,
): (notice: Notice) => void {
  for (const { trace } of traces.source.traces) {
    for (const { message, where } of trace.warnings ?? []) log(`warning: ${where}: ${message}`);
  }
  return (notice) => {
    const { kind, message } = notice;
    if (kind === 'discarded-events' || kind === 'discarded-packets') {
      log(lossText(notice, placeOf(traces, notice), clock));
    } else log(`warning: ${message}`);
  };
}

function placeOf({ source, nameOf }: OpenedTraces, { stream }: Notice): LossPlace {
  const { environment } = stream;
  const trace = source.traces.find((candidate) => candidate.trace.environment === environment)?.trace;
  return {
    traceName: trace === undefined ? '' : nameOf(trace),
    uuid: trace?.uuid ? formatUuid(trace.uuid) : '',
    stream: `${resolve(stream.trace)}/${stream.name}`,
    streamClassId: stream.ids?.streamClass ?? 0,
    streamId: stream.ids?.stream ?? null,
  };
}
