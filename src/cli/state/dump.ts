/**
 * The original events that the state keeps, copied from the trace in the order they were produced: those of the window,
 * and older ones that explain what lives now.
 */
import { TailtrapError } from '../../base/errors.ts';
import type { CtfEvent, CtfEvents, CtfSource } from '../../ctf/reader.ts';
import { EventLines } from '../../ctf/text/lines.ts';
import { DEFAULT_TEXT_OPTIONS } from '../../ctf/text/options.ts';
import { JSON_STYLE, textStyle } from '../../ctf/text/style.ts';
import { explainingTimes, type LiveState } from '../../state/index.ts';
import { BulkOutput } from '../bulk.ts';
import { CopyFolder } from '../convert/copy-folder.ts';
import { nextOf } from './trace-feed.ts';

export interface DumpOptions {
  /** Folder of the new trace; `-`: text to stdout. */
  readonly to: string;
  readonly json: boolean;
  readonly gmt: boolean;
  readonly log: (line: string) => void;
}

/** Which events are kept at the state's present. `shift`: what is to be added to the events' times to have the state's. */
function keptTest(state: LiveState, shift: number): (event: CtfEvent) => boolean {
  const { journal, limits } = state.model;
  const begin = journal.now - limits.window_ns;
  const explaining = explainingTimes(state.model, Number.NEGATIVE_INFINITY, begin);
  return ({ time }) => time + shift > begin || explaining.has(time + shift);
}

/** @returns events written */
export function dumpEvents(source: CtfSource, state: LiveState, options: DumpOptions): number {
  const shift = Number(source.origin_ns - state.origin_ns);
  const isKept = keptTest(state, shift);
  const now = state.model.journal.now - shift;
  return options.to === '-' ? printEvents(source, isKept, now, options) : copyEvents(source, isKept, now, options);
}

/** Damage comes after everything that could be read; the state was fed from the same bytes, and has told it. */
function readable(events: CtfEvents): CtfEvent | null {
  const event = nextOf(events);
  return event instanceof TailtrapError ? null : event;
}

function copyEvents(
  source: CtfSource,
  isKept: (event: CtfEvent) => boolean,
  now: number,
  { to, log }: DumpOptions,
): number {
  const copy = new CopyFolder(to, source, { version: '1.8', note: (text) => log(`warning: ${text}`) });
  const events = source.events({ onPacket: copy.onPacket });
  let count = 0;
  try {
    for (let event = readable(events); event !== null && event.time <= now; event = readable(events)) {
      if (!isKept(event)) continue;
      copy.add(events, event);
      count++;
    }
    copy.finish();
  } catch (error) {
    copy.abandon();
    throw error;
  } finally {
    events.close();
  }
  return count;
}

function printEvents(
  source: CtfSource,
  isKept: (event: CtfEvent) => boolean,
  now: number,
  { json, gmt }: DumpOptions,
): number {
  const stdout = new BulkOutput();
  const text = { ...DEFAULT_TEXT_OPTIONS, clock: { ...DEFAULT_TEXT_OPTIONS.clock, gmt } };
  const lines = new EventLines(source, json ? JSON_STYLE : textStyle(text), (bytes) => stdout.write(bytes));
  const events = source.events();
  let count = 0;
  try {
    for (
      let event = readable(events);
      event !== null && event.time <= now && !stdout.closed;
      event = readable(events)
    ) {
      if (!isKept(event)) continue;
      lines.each(event);
      events.visit(lines.consumer, lines.out);
      count++;
    }
    lines.end();
  } finally {
    events.close();
  }
  return count;
}
