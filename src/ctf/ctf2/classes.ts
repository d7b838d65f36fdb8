/** Parts of fragments that are not field classes: UUID, clocks, log levels. */
import type { ClockClass } from '../model.ts';
import type { Fragment } from './fragment.ts';
import type { Json } from './json.ts';
import { Properties } from './properties.ts';

/** As LTTng and babeltrace2 write them; the place is the number. */
const LOG_LEVELS = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug:system',
  'debug:program',
  'debug:process',
  'debug:module',
  'debug:unit',
  'debug:function',
  'debug:line',
  'debug',
];

/** Namespaces under which tracers put log level and EMF URI. */
const TRACERS = ['lttng.org,2009', 'babeltrace.org,2020'];

export function uuidOf(properties: Properties): Uint8Array | null {
  const value = properties.get('uuid');
  if (value === undefined) return null;
  const wanted = 'an array of 16 integers from 0 to 255';
  if (value.kind !== 'array' || value.elements.length !== 16) throw properties.wrong('uuid', wanted, value);
  return Uint8Array.from(value.elements, (byte) => {
    if (byte.kind !== 'integer' || byte.value < 0n || byte.value > 255n) throw properties.wrong('uuid', wanted, byte);
    return Number(byte.value);
  });
}

/** Section 5.7. */
export function clockOf(fragment: Fragment, json: Json): ClockClass {
  const properties = new Properties(fragment, json, 'a clock class', [
    'type',
    'id',
    'namespace',
    'name',
    'uid',
    'frequency',
    'origin',
    'offset-from-origin',
    'precision',
    'accuracy',
    'description',
  ]);
  properties.text('namespace', '');
  const frequency_hz = properties.uint64('frequency', 1n);
  const offset = properties.get('offset-from-origin');
  const parts = offset && new Properties(fragment, offset, 'a clock offset', ['seconds', 'cycles']);
  properties.uint64('accuracy', 0n, 0n);
  return {
    id: properties.text('id'),
    name: properties.text('name', ''),
    description: properties.text('description', ''),
    uid: properties.text('uid', ''),
    frequency_hz,
    offset_s: parts?.int64('seconds', 0n) ?? 0n,
    offset_cycles: parts?.bigint('cycles', 0n, frequency_hz - 1n, 0n) ?? 0n,
    origin: originOf(properties),
    precision_cycles: properties.get('precision') === undefined ? null : properties.uint64('precision', 0n),
    ...properties.attributes(),
  };
}

/** Section 5.7.1. Clocks correlate when their origins are equal, so equal origins must give equal texts. */
function originOf(properties: Properties): string {
  const origin = properties.get('origin');
  if (origin === undefined) return '';
  if (origin.kind === 'string') return properties.oneOf('origin', ['unix-epoch']);
  const own = new Properties(properties.fragment, origin, 'a clock origin', ['namespace', 'name', 'uid']);
  return JSON.stringify([own.text('namespace', ''), own.text('name'), own.text('uid')]);
}

function tracerText(properties: Properties, name: string): string {
  for (const [namespace, value] of properties.entries('attributes')) {
    if (!TRACERS.includes(namespace) || value.kind !== 'object') continue;
    const found = value.entries.get(name)?.value;
    if (found?.kind === 'string') return found.value;
  }
  return '';
}

/** Attributes never make metadata wrong (section 5.2): what is not understood is not there. */
export function logLevelOf(properties: Properties): number | null {
  const level = LOG_LEVELS.indexOf(tracerText(properties, 'log-level'));
  return level < 0 ? null : level;
}

export function emfUriOf(properties: Properties): string {
  return tracerText(properties, 'emf-uri');
}
