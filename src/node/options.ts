/**
 * What is tracked and from when on it is too slow: an argument, or the environment, or a file, or the default, in this
 * order, for each option apart. A mistake anywhere is told and nothing is half-applied.
 */
import { readFileSync, statSync } from 'node:fs';
import { messageOf, type TailtrapError, UsageError } from '../base/errors.ts';
import { didYouMean, nearest } from '../base/nearest.ts';
import type { Outlier } from '../base/outlier.ts';
import { DEFAULT_SOCKET } from '../base/places.ts';
import { parseDuration } from '../base/units.ts';

/** Threshold and timeout (0: none) of each, when nothing else is said, in milliseconds. */
const DEFAULTS_MS = {
  'http.server': [200, 30_000],
  'http.client': [500, 30_000],
  'dns.lookup': [100, 0],
  'net.connect': [200, 10_000],
  'fs.promises': [100, 10_000],
  'timer.late': [50, 0],
  'loop.stall': [100, 0],
} as const;

export type TrackerName = keyof typeof DEFAULTS_MS;
export const TRACKER_NAMES: readonly TrackerName[] = Object.keys(DEFAULTS_MS) as TrackerName[];

const CONTEXTS = ['off', 'ids', 'full'] as const;
export type ContextMode = (typeof CONTEXTS)[number];
const PRINTS = ['none', 'stderr'] as const;

/** One value for all trackers, or one for each; durations as `10ms`. */
type PerTracker = string | Readonly<Partial<Record<TrackerName, string>>>;

export interface InstrumentOptions {
  /** Which trackers. Default: all. */
  readonly track?: readonly TrackerName[];
  /** From when on an operation is too slow: a duration, or `learned` (docs/adaptive.md). */
  readonly threshold?: PerTracker;
  /** A pending operation older than this is reported; `0` for never. */
  readonly timeout?: PerTracker;
  /** The agent's socket; `none` sends nothing. */
  readonly socket?: string;
  /** Outliers as JSON lines on stderr. Default `none`. */
  readonly print?: (typeof PRINTS)[number];
  /** What an outlier tells about where it came from: docs/node.md. Default `ids`. */
  readonly context?: ContextMode;
  /** Outliers a second and tracker, after a burst of ten times as many. Default 10. */
  readonly rate?: number;
  /** Gets every outlier. What it throws, or its promise is rejected with, is counted. */
  readonly onOutlier?: (outlier: Outlier) => void;
}

export interface TrackerSettings {
  readonly threshold_ns: number;
  readonly learned: boolean;
  readonly timeout_ns: number;
}

export interface Settings {
  readonly trackers: ReadonlyMap<TrackerName, TrackerSettings>;
  /** Null: no agent is told. */
  readonly socket: string | null;
  readonly print: boolean;
  readonly context: ContextMode;
  readonly rate: number;
  readonly onOutlier: ((outlier: Outlier) => void) | null;
}

const KEYS = ['track', 'threshold', 'timeout', 'socket', 'print', 'context', 'rate'] as const;
const MAX_FILE_BYTES = 64 * 1024;
const MAX_RATE = 10_000;
/** sun_path of sockaddr_un (linux/un.h), without its end. */
const MAX_SOCKET_BYTES = 107;

type Raw = Partial<Record<(typeof KEYS)[number], unknown>>;

/** @throws UsageError `TT_NODE_OPTION` with the option and what is expected */
export function settingsFrom(options: InstrumentOptions, env: NodeJS.ProcessEnv): Settings {
  const { given, onOutlier } = readArgument(options);
  const file = env.TAILTRAP_OPTIONS ? readOptionsFile(env.TAILTRAP_OPTIONS) : {};
  const raw: Raw = { ...file, ...fromEnvironment(env), ...given };
  const names = list(raw.track ?? TRACKER_NAMES, 'track').map((name) => oneOf(name, TRACKER_NAMES, 'track'));
  const thresholds = perTracker(raw.threshold, 'threshold');
  const timeouts = perTracker(raw.timeout, 'timeout');
  const trackers = new Map<TrackerName, TrackerSettings>();
  for (const name of names) {
    const [threshold_ms, timeout_ms] = DEFAULTS_MS[name];
    const threshold = thresholds(name);
    const timeout = timeouts(name);
    const learned = threshold === 'learned';
    trackers.set(name, {
      learned,
      threshold_ns:
        threshold === null || learned ? threshold_ms * 1e6 : parseDuration(threshold, `threshold of ${name}`),
      timeout_ns: timeout === null ? timeout_ms * 1e6 : parseDuration(timeout, `timeout of ${name}`),
    });
  }
  const socket = text(raw.socket ?? DEFAULT_SOCKET, 'socket');
  if (Buffer.byteLength(socket) > MAX_SOCKET_BYTES) {
    throw wrong('socket', `the path is longer than ${MAX_SOCKET_BYTES} bytes, which Linux does not take`);
  }
  return {
    trackers,
    socket: socket === 'none' ? null : socket,
    print: oneOf(raw.print ?? 'none', PRINTS, 'print') === 'stderr',
    context: oneOf(raw.context ?? 'ids', CONTEXTS, 'context'),
    rate: number(raw.rate ?? 10, 'rate', 0.001, MAX_RATE),
    onOutlier,
  };
}

/** `TAILTRAP_THRESHOLD=50ms`, or `TAILTRAP_THRESHOLD=http.server=200ms,fs.promises=learned`. */
function fromEnvironment(env: NodeJS.ProcessEnv): Raw {
  const raw: Raw = {};
  for (const key of KEYS) {
    const value = env[`TAILTRAP_${key.toUpperCase()}`];
    if (value === undefined || value === '') continue;
    if (key === 'track') raw[key] = value.split(',');
    else if (key === 'rate') raw[key] = Number(value);
    else if ((key === 'threshold' || key === 'timeout') && value.includes('=')) raw[key] = assignments(value, key);
    else raw[key] = value;
  }
  return raw;
}

function assignments(value: string, key: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const part of value.split(',')) {
    const at = part.indexOf('=');
    if (at < 0) throw wrong(key, `'${part}' is not NAME=DURATION`);
    result[part.slice(0, at).trim()] = part.slice(at + 1).trim();
  }
  return result;
}

function readOptionsFile(path: string): Raw {
  try {
    // Looked at before it is read: a FIFO or a device would keep the program from starting.
    const file = statSync(path);
    if (!file.isFile()) throw new Error('it is not a file');
    if (file.size > MAX_FILE_BYTES) throw new Error(`it is larger than ${MAX_FILE_BYTES} bytes`);
    const content = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it holds no JSON object');
    for (const key of Object.keys(value)) {
      const near = didYouMean(key, KEYS);
      const hint = near === '' ? `the options are ${KEYS.join(', ')}` : near;
      if (!(KEYS as readonly string[]).includes(key)) throw new Error(`there is no option '${key}'; ${hint}`);
    }
    return value;
  } catch (error) {
    throw new UsageError('TT_NODE_OPTION', `cannot use the options in a file: ${messageOf(error)}`, {
      where: path,
      next: 'TAILTRAP_OPTIONS names a JSON file as docs/node.md shows it',
      cause: error,
    });
  }
}

function perTracker(value: unknown, key: string): (name: TrackerName) => string | null {
  if (value === undefined) return () => null;
  if (typeof value === 'string') return () => value;
  if (typeof value !== 'object' || value === null) throw wrong(key, 'expected a duration, or one for each tracker');
  const map = new Map<string, string>();
  for (const [name, duration] of Object.entries(value)) {
    map.set(oneOf(name, TRACKER_NAMES, key), text(duration, `${key}.${name}`));
  }
  return (name) => map.get(name) ?? null;
}

function list(value: unknown, key: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(key, 'expected a list of trackers');
  return value;
}

function text(value: unknown, key: string): string {
  if (typeof value !== 'string' || value === '') throw wrong(key, 'expected a text');
  return value;
}

function number(value: unknown, key: string, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw wrong(key, `expected a number from ${min} to ${max}`);
}

function oneOf<const T extends string>(value: unknown, choices: readonly T[], key: string): T {
  const found = choices.find((choice) => choice === (typeof value === 'string' ? value.trim() : value));
  if (found !== undefined) return found;
  const near = didYouMean(String(value), choices);
  throw wrong(key, `there is no '${String(value)}'; ${near === '' ? `choose from ${choices.join(', ')}` : near}`);
}

function wrong(key: string, message: string): TailtrapError {
  return new UsageError('TT_NODE_OPTION', `${key}: ${message}`, { next: 'see docs/node.md' });
}

/** The argument of instrument(), each property read once: one that throws when it is read is a mistake like others. */
function readArgument(options: InstrumentOptions): { given: Raw; onOutlier: Settings['onOutlier'] } {
  let entries: [string, unknown][];
  try {
    if (typeof options !== 'object' || options === null || Array.isArray(options)) throw new Error('it is no object');
    entries = Object.entries(options);
  } catch (error) {
    throw wrong('options', `expected an object such as { threshold: '100ms' }: ${messageOf(error)}`);
  }
  let onOutlier: Settings['onOutlier'] = null;
  const given: Raw = {};
  for (const [key, value] of entries) {
    if (key === 'onOutlier') {
      if (value !== undefined && typeof value !== 'function') throw wrong(key, 'expected a function');
      onOutlier = (value as Settings['onOutlier'] | undefined) ?? null;
    } else if (!(KEYS as readonly string[]).includes(key)) {
      throw wrong(key, `there is no such option${didYouMean(key, KEYS) && `; ${didYouMean(key, KEYS)}`}`);
    } else if (value !== undefined) given[key as (typeof KEYS)[number]] = value;
  }
  return { given, onOutlier };
}

const PREFIX = 'TAILTRAP_';
const NAMES: readonly string[] = [...KEYS, 'options', 'off'];
/** Of the agent for what it runs (docs/agent.md), and of our tests; so near to ours that they would pass for slips. */
const OTHERS = ['TRACKER', 'TRACES'];
const VARIABLES = [...NAMES.map((key) => key.toUpperCase()), ...OTHERS];

/** What to tell of variables that look like ours and are none. The agent and the tests have others: only slips are told. */
export function misspelt(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !VARIABLES.includes(name.slice(PREFIX.length)))
    .flatMap((name) => {
      const near = nearest(name.slice(PREFIX.length).toLowerCase(), NAMES, 1).map((key) => PREFIX + key.toUpperCase());
      return near.map((meant) => `${name} has no effect: did you mean ${meant}?`);
    });
}
