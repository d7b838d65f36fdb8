/** tailtrap.yaml: what the agent does. `docs/tailtrap.yaml` is the commented example; this file is what is accepted. */
import { DEFAULT_SOCKET } from '../base/places.ts';
import { parseDuration, parseSize } from '../base/units.ts';
import { expandEventSet } from '../kernel/recorder/index.ts';
import { TRACKERS } from '../kernel/trackers/index.ts';
import type { AdaptiveOptions } from '../tracker/adaptive.ts';
import { type Action, action } from './config-actions.ts';
import { groupId } from './group.ts';
import {
  byName,
  decimal,
  duration,
  flag,
  integer,
  listOf,
  mapping,
  oneOf,
  parsed,
  type Reader,
  text,
  YamlFile,
} from './yaml-reader.ts';

export interface TrackerConfig {
  readonly enabled: boolean;
  /** Absent: the tracker's own. */
  readonly threshold_ns?: number;
  readonly timeout_ns?: number;
  /** The threshold is learned; `threshold_ns` holds while training. */
  readonly learn?: AdaptiveOptions;
  /** Outliers a second, on average; 0: all. */
  readonly rate: number;
  readonly burst: number;
  readonly filter: FilterConfig;
  /** What of it may become an outlier, where the tracker offers a choice; absent: its default. */
  readonly only?: readonly string[];
}

export interface FilterConfig {
  readonly pid?: number;
  readonly tid?: number;
  readonly comm?: string;
  readonly cgroup?: string;
  readonly dev?: string;
  readonly cpu?: number;
}

export interface RecorderConfig {
  readonly kind: 'ftrace' | 'lttng' | 'none';
  /** LTTng: name of the snapshot session. */
  readonly session: string;
  /** Total, all CPUs. */
  readonly buffer_bytes: number;
  /** Names of event groups or events; empty: the default set. */
  readonly events: readonly string[];
  /** How long to go on recording after an outlier. */
  readonly after_ns: number;
  /** No second snapshot before this has passed. */
  readonly cooldown_ns: number;
  readonly directory: string;
  readonly keep: number;
  readonly budget_bytes: number;
}

export interface AgentConfig {
  readonly trackers: ReadonlyMap<string, TrackerConfig>;
  readonly recorder: RecorderConfig;
  readonly actions: readonly Action[];
  readonly socket: string;
  /** The group that may use the socket; null: that of the agent, root's. */
  readonly socket_gid: number | null;
  readonly ring_bytes: number;
}

const MAX_ACTIONS = 16;
const MAX_EVENTS = 256;
const MAX_CHOSEN = 512;

const size: Reader<number> = parsed((value) => parseSize(value), 'a size such as 8MiB', 0);

/** Looked up here: an agent whose socket the wrong programs may use should not start. */
const group: Reader<number> = parsed((value) => groupId(value), 'the name of a group, or its number', 0);

/** `20ms`, or `learned`. */
const threshold: Reader<number | 'learned'> = parsed<number | 'learned'>(
  (value) => (value === 'learned' ? value : parseDuration(value)),
  "a duration such as 10ms, or 'learned'",
  0,
);

const learnKeys = mapping({
  quantile: decimal(0.5, 0.99999),
  factor: decimal(0.1, 1000),
  floor: duration,
  ceiling: duration,
  train: duration,
  window: duration,
  hysteresis: decimal(0, 1),
});

const learn: Reader<AdaptiveOptions> = (node, at) => {
  const { quantile, factor, floor, ceiling, train, window, hysteresis } = learnKeys(node, at);
  if ((floor ?? 1e6) > (ceiling ?? 1e9)) at.fault(node, 'floor (default 1ms) is above ceiling (default 1s)');
  if (window === 0) at.fault(node, 'window must be longer than 0');
  return {
    ...(quantile === undefined ? {} : { quantile }),
    ...(factor === undefined ? {} : { factor }),
    ...(floor === undefined ? {} : { floor_ns: floor }),
    ...(ceiling === undefined ? {} : { ceiling_ns: ceiling }),
    ...(train === undefined ? {} : { train_ns: train }),
    ...(window === undefined ? {} : { window_ns: window }),
    ...(hysteresis === undefined ? {} : { hysteresis }),
  };
};

const tracker = mapping({
  enabled: flag,
  threshold,
  learn,
  timeout: duration,
  rate: integer(0, 1_000_000),
  burst: integer(1, 1_000_000),
  only: listOf(text, MAX_CHOSEN),
  filter: mapping({
    pid: integer(1, 2 ** 22),
    tid: integer(1, 2 ** 22),
    comm: text,
    cgroup: text,
    dev: text,
    cpu: integer(0, 65535),
  }),
});

/** What `tracker` above reads. */
interface TrackerKeys {
  readonly enabled?: boolean;
  readonly threshold?: number | 'learned';
  readonly learn?: AdaptiveOptions;
  readonly timeout?: number;
  readonly rate?: number;
  readonly burst?: number;
  readonly only?: readonly string[];
  readonly filter?: FilterConfig;
}

/** A group, or `system/event` as it is spelt; whether the kernel has it is seen when the recorder starts. */
const event: Reader<string> = parsed(
  (value) => {
    expandEventSet([value]);
    return value;
  },
  'a group of events, or an event as system/event',
  '',
);

const recorder = mapping({
  kind: oneOf(['ftrace', 'lttng', 'none']),
  session: text,
  buffer: size,
  events: listOf(event, MAX_EVENTS),
  after: duration,
  cooldown: duration,
  directory: text,
  keep: integer(1, 100_000),
  budget: size,
});

/** A tracker's settings; filters that it does not have are faults. */
const trackerOfItsName: typeof tracker = (node, at) => {
  const values = tracker(node, at);
  const spec = TRACKERS.find(({ name }) => at.path.endsWith(`.${name}`));
  for (const name of Object.keys(values.filter ?? {})) {
    if (spec === undefined || (spec.filters as readonly string[]).includes(name)) continue;
    const can = spec.filters.length > 0 ? `it can by ${spec.filters.join(', ')}` : 'it has no filters';
    at.child('filter').fault(node, `${spec.name} cannot filter by ${name}; ${can}`);
  }
  return values;
};

const file = mapping({
  trackers: byName(
    TRACKERS.map((spec) => spec.name),
    'tracker',
    trackerOfItsName,
  ),
  recorder,
  actions: listOf(action, MAX_ACTIONS),
  socket: text,
  socket_group: group,
  ring: size,
});

export { DEFAULT_SOCKET };
export const DEFAULT_DIRECTORY = '/var/lib/tailtrap/snapshots';

/** A value that is well written, but cannot be had. */
export interface Misfit {
  /** `['trackers', 'block', 'filter', 'dev']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * @param name of the file, for messages
 * @param check finds more faults in what was read
 * @throws UsageError `TT_CONFIG` with file, line and column of every fault
 */
export function parseConfig(
  name: string,
  content: string,
  check: (config: AgentConfig) => Iterable<Misfit> = () => [],
): AgentConfig {
  const yaml = new YamlFile(name, content);
  const config = configOf(yaml);
  yaml.finish();
  for (const { path, message } of check(config)) yaml.faultAt(path, message);
  yaml.finish();
  return config;
}

function configOf(yaml: YamlFile): AgentConfig {
  const values = yaml.read(file);
  if (values.trackers?.size === 0) yaml.faultAt(['trackers'], 'no tracker: leave the section out for all of them');
  const r = values.recorder ?? {};
  const trackers = new Map<string, TrackerConfig>();
  for (const [key, t] of values.trackers ?? TRACKERS.map((spec) => [spec.name, {}] as const)) {
    const { threshold, timeout, learn, enabled = true, rate = 10, burst = 100, filter = {}, only } = t as TrackerKeys;
    trackers.set(key, {
      enabled,
      rate,
      burst,
      filter,
      ...(typeof threshold === 'number' ? { threshold_ns: threshold } : {}),
      ...(learn !== undefined || threshold === 'learned' ? { learn: learn ?? {} } : {}),
      ...(timeout === undefined ? {} : { timeout_ns: timeout }),
      ...(only === undefined ? {} : { only }),
    });
  }
  return {
    trackers,
    recorder: {
      kind: r.kind ?? 'ftrace',
      session: r.session ?? '',
      buffer_bytes: r.buffer ?? 16 * 2 ** 20,
      events: r.events ?? [],
      after_ns: r.after ?? 100e6,
      cooldown_ns: r.cooldown ?? 10e9,
      directory: r.directory ?? DEFAULT_DIRECTORY,
      keep: r.keep ?? 20,
      budget_bytes: r.budget ?? 2 ** 30,
    },
    actions: values.actions ?? [{ kind: 'snapshot' }, { kind: 'wake' }],
    socket: values.socket ?? DEFAULT_SOCKET,
    socket_gid: values.socket_group ?? null,
    ring_bytes: values.ring ?? 2 ** 18,
  };
}
