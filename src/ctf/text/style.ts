/** How lines are written: babeltrace2's text, or one JSON object a line. Everything else of text output is common to both. */
import type { EventRecordClass, Scope, TraceClass } from '../model.ts';
import { headText, traceName } from './head.ts';
import type { TextOptions } from './options.ts';

/** What stands around fields. */
export interface Syntax {
  readonly json: boolean;
  /** Before the first and before the other members and elements. */
  readonly first: string;
  readonly next: string;
  readonly struct: readonly [open: string, close: string];
  readonly array: readonly [open: string, close: string];
  /** Around the content of a variant or optional. */
  readonly wrap: readonly [open: string, close: string];
  readonly absent: string;
  /** Before a member's value. */
  member(name: string, scope: Scope): string;
  /** Elements come with `[i] = `. */
  indexed(scope: Scope): boolean;
}

/** What stands around times. */
export interface TimeStyle {
  readonly clock: TextOptions['clock'];
  readonly before: string;
  /** Between seconds and nanoseconds. */
  readonly point: string;
  /** Before the time since the line before. */
  readonly after: string;
  readonly delta: boolean;
}

export interface Style {
  readonly syntax: Syntax;
  readonly time: TimeStyle;
  /** Behind the last time. */
  readonly afterTimes: string;
  /** Behind that, up to the scopes. */
  head(trace: TraceClass, event: EventRecordClass): string;
  /** Before a scope's structure. @param follows another scope was shown before it on this line */
  scope(scope: Scope, follows: boolean): string;
  /** Behind the last scope. */
  readonly end: string;
}

const SCOPE_NAMES: Readonly<Record<Scope, string>> = {
  'packet-header': 'trace.packet.header',
  'packet-context': 'stream.packet.context',
  'event-header': 'stream.event.header',
  'common-context': 'stream.event.context',
  'specific-context': 'event.context',
  payload: 'event.fields',
};

/** @param nameOf the names of traces */
export function textStyle(options: TextOptions, nameOf: (trace: TraceClass) => string = traceName): Style {
  const { names, delta, clock } = options;
  const shows = (scope: Scope): boolean => (scope === 'payload' ? names.payload : names.context);
  return {
    syntax: {
      json: false,
      first: ' ',
      next: ', ',
      struct: ['{', ' }'],
      array: ['[', ' ]'],
      wrap: ['{ ', ' }'],
      absent: '<none>',
      member: (name, scope) => (shows(scope) ? `${name} = ` : ''),
      indexed: shows,
    },
    time: {
      clock,
      before: names.header ? 'timestamp = ' : '[',
      point: '.',
      after: names.header ? ', delta = ' : '] (',
      delta,
    },
    afterTimes: names.header ? '' : delta ? ') ' : '] ',
    head: (trace, event) => headText(trace, nameOf(trace), event, options),
    scope: (scope, follows) => (follows ? ', ' : '') + (names.scope ? `${SCOPE_NAMES[scope]} = ` : ''),
    end: '',
  };
}

const JSON_SCOPE_NAMES: Readonly<Record<Scope, string>> = {
  'packet-header': 'packet_header',
  'packet-context': 'packet',
  'event-header': 'header',
  'common-context': 'context',
  'specific-context': 'event_context',
  payload: 'fields',
};

/** `{"time_ns":"...","name":"...","host":"...","packet":{...},"context":{...},"fields":{...}}` */
export const JSON_STYLE: Style = {
  syntax: {
    json: true,
    first: '',
    next: ',',
    struct: ['{', '}'],
    array: ['[', ']'],
    wrap: ['', ''],
    absent: 'null',
    member: (name) => `${JSON.stringify(name)}:`,
    indexed: () => false,
  },
  time: {
    clock: { cycles: false, seconds: true, date: false, gmt: true },
    before: '{"time_ns":"',
    point: '',
    after: '',
    delta: false,
  },
  afterTimes: '"',
  head: (trace, event) => {
    const parts = [event.streamClass.defaultClock === null ? '{' : ',', `"name":${JSON.stringify(event.name)}`];
    for (const [key, name] of [
      ['hostname', 'host'],
      ['procname', 'procname'],
      ['vpid', 'vpid'],
    ] as const) {
      const value = trace.environment.get(key);
      if (value !== undefined) parts.push(`,"${name}":${typeof value === 'bigint' ? value : JSON.stringify(value)}`);
    }
    return parts.join('');
  },
  scope: (scope) => `,"${JSON_SCOPE_NAMES[scope]}":`,
  end: '}',
};
