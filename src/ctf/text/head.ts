/** What stands between an event's time and its fields: names from the environment, log level, the event's name. */
import type { EventRecordClass, TraceClass } from '../model.ts';
import type { TextOptions } from './options.ts';

const LOG_LEVELS: readonly string[] = [
  'EMERG',
  'ALERT',
  'CRIT',
  'ERR',
  'WARNING',
  'NOTICE',
  'INFO',
  'DEBUG_SYSTEM',
  'DEBUG_PROGRAM',
  'DEBUG_PROCESS',
  'DEBUG_MODULE',
  'DEBUG_UNIT',
  'DEBUG_FUNCTION',
  'DEBUG_LINE',
  'DEBUG',
];

/**
 * babeltrace2's name of a trace: its host, and where it was found.
 *
 * @param place path below the folder that was asked for; ''
 */
export function traceName(trace: TraceClass, place = ''): string {
  const host = trace.environment.get('hostname');
  if (typeof host !== 'string') return place;
  return place === '' ? host : `${host}/${place}`;
}

/** From behind the times to the event's first scope. The same for all events of the class. @param name of the trace */
export function headText(trace: TraceClass, name: string, event: EventRecordClass, options: TextOptions): string {
  const { fields } = options;
  const names = options.names.header;
  // Named parts have commas between them; unnamed ones colons, and a blank at the end.
  const comma = names && event.streamClass.defaultClock !== null ? ', ' : '';
  let text = '';
  let any = false;
  const part = (name: string, value: string, separator = ':'): void => {
    text += comma + (names ? `${name} = ` : any ? separator : '') + value;
    any = true;
  };
  if (fields.trace) {
    part('trace', name + (names ? ', ' : ''));
    any = false;
  }
  const { environment } = trace;
  const wanted: [boolean, string][] = [
    [fields.hostname, 'hostname'],
    [fields.domain, 'domain'],
    [fields.procname, 'procname'],
  ];
  for (const [shown, key] of wanted) {
    const value = environment.get(key);
    if (shown && typeof value === 'string') part(`trace:${key}`, value);
  }
  const vpid = environment.get('vpid');
  if (fields.vpid && typeof vpid === 'bigint') part('trace:vpid', `(${vpid})`);
  const { logLevel } = event;
  if (fields.loglevel && logLevel !== null) part('loglevel', `TRACE_${LOG_LEVELS[logLevel] ?? ''} (${logLevel})`);
  if (fields.emf && event.emfUri !== '') part('model.emf.uri', event.emfUri);
  if (any && !names) text += ' ';
  const eventName = event.name === '' ? '<unknown>' : event.name;
  return `${text}${comma}${names ? 'name = ' : ''}${eventName}${names ? ', ' : ': '}`;
}
