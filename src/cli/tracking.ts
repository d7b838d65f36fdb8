/** What watch, wait, hist and trackers share: choosing trackers, their settings, and running them. */

import { UsageError } from '../base/errors.ts';
import type { Outlier } from '../base/outlier.ts';
import type { Filter } from '../kernel/config-page.ts';
import { parseDevice } from '../kernel/device.ts';
import { groupLeftOut, type LeftOut, leftOutText } from '../kernel/left-out.ts';
import { possibleCpus } from '../kernel/machine.ts';
import { MachineNames } from '../kernel/names.ts';
import { OBJECT_FOLDER } from '../kernel/paths.ts';
import { assertFilter, chooseOnly, TRACKERS, trackerNamed } from '../kernel/trackers/index.ts';
import type { TrackerSpec } from '../kernel/trackers/spec.ts';
import { Watcher } from '../kernel/watcher.ts';
import { stdoutBacklog } from './backlog.ts';

/** Options of every command that runs trackers. */
export const TRACKING_OPTIONS = {
  threshold: { type: 'duration', value: 'D', help: "what is too long (default: each tracker's own)" },
  timeout: { type: 'duration', value: 'D', help: 'report what is still pending after this; 0 for never' },
  pid: { type: 'integer', short: 'p', value: 'PID', min: 1, max: 4_194_304, help: 'only this process' },
  tid: { type: 'integer', short: 't', value: 'TID', min: 1, max: 4_194_304, help: 'only this thread' },
  comm: { type: 'string', short: 'c', value: 'NAME', help: 'only threads of this name' },
  cgroup: { type: 'string', value: 'PATH', help: 'only this cgroup (path below the v2 mount)' },
  dev: { type: 'string', short: 'd', value: 'DEV', help: 'only this block device (sda, /dev/sda or 8:0)' },
  cpu: { type: 'integer', value: 'N', min: 0, max: 65_535, help: 'only this CPU' },
  only: {
    type: 'list',
    value: 'LIST',
    help: 'kinds of sleep (offcpu), calls by name or all (syscall)',
  },
  rate: { type: 'integer', value: 'N', min: 0, default: 0, help: 'at most N outliers a second per tracker; 0: all' },
  ring: { type: 'size', value: 'SIZE', default: '1MiB', help: 'memory for outliers on their way, per tracker' },
  slots: {
    type: 'integer',
    value: 'N',
    min: 64,
    max: 4_194_304,
    help: 'operations in flight that fit (rounded up to 2^n)',
  },
} as const;

export interface TrackingValues {
  readonly threshold: number | undefined;
  readonly timeout: number | undefined;
  readonly pid: number | undefined;
  readonly tid: number | undefined;
  readonly comm: string | undefined;
  readonly cgroup: string | undefined;
  readonly dev: string | undefined;
  readonly cpu: number | undefined;
  /** Names, or empty for the tracker's default. */
  readonly only?: readonly string[] | undefined;
  readonly rate: number;
  readonly ring: number;
  readonly slots: number | undefined;
}

/** The trackers of those names; all of them for none. */
export function chosenTrackers(names: readonly string[]): readonly TrackerSpec[] {
  return names.length === 0 ? TRACKERS : [...new Set(names)].map(trackerNamed);
}

/** @throws UsageError when a tracker cannot filter by what was asked for, or the cgroup or device does not exist */
export function filterOf(values: TrackingValues, specs: readonly TrackerSpec[], names: MachineNames): Filter {
  const cgroup = values.cgroup === undefined ? undefined : names.cgroupId(values.cgroup);
  if (cgroup === null) {
    throw new UsageError('TT_NO_CGROUP', `there is no cgroup '${values.cgroup}'`, {
      next: 'give its path below the cgroup v2 mount, such as /system.slice/cron.service',
    });
  }
  const dev = values.dev === undefined ? undefined : parseDevice(values.dev);
  const { pid, tid, comm, cpu } = values;
  const filter: Filter = { pid, tid, comm, cpu, cgroup, dev };
  if (cpu !== undefined && cpu >= possibleCpus()) {
    throw new UsageError('TT_NO_CPU', `there is no CPU ${cpu}`, { next: `CPUs are 0 to ${possibleCpus() - 1}` });
  }
  for (const spec of specs) assertFilter(spec, filter);
  return filter;
}

/** A page to a gigabyte, rounded up to what the kernel takes. */
function ringBytes(bytes: number): number {
  if (bytes < 4096 || bytes > 2 ** 30) {
    throw new UsageError('TT_BAD_SIZE', `a ring of ${bytes} bytes is not possible`, {
      next: 'give --ring 4KiB to 1GiB',
    });
  }
  return 2 ** Math.ceil(Math.log2(bytes));
}

export interface Tracking {
  readonly watcher: Watcher;
  readonly running: readonly TrackerSpec[];
}

/**
 * Loads and starts trackers. With a signal, outliers are taken from the kernel no faster than stdout takes them, until the
 * signal is aborted. Those that the kernel refuses are told on stderr; when none is left, that is an error.
 */
export function startTracking(
  specs: readonly TrackerSpec[],
  values: TrackingValues,
  log: (line: string) => void,
  onOutlier: (outlier: Outlier) => void,
  signal?: AbortSignal,
): Tracking {
  const names = new MachineNames();
  const filter = filterOf(values, specs, names);
  const ring_bytes = ringBytes(values.ring);
  const slots = values.slots === undefined ? {} : { slots: values.slots };
  const backlog = (): Promise<void> | null => (signal === undefined ? null : stdoutBacklog(signal));
  const watcher = new Watcher({ folder: OBJECT_FOLDER, names, onOutlier, ring_bytes, ...slots, backlog });
  const running: TrackerSpec[] = [];
  const failures: LeftOut[] = [];
  for (const spec of specs) {
    try {
      const object = watcher.load(spec);
      const { config } = object;
      if (values.only !== undefined && values.only.length > 0) chooseOnly(spec, object, values.only);
      if (values.threshold !== undefined) config.threshold_ns = values.threshold;
      if (values.timeout !== undefined) config.timeout_ns = values.timeout;
      config.setRate(values.rate, Math.max(1, values.rate));
      config.setFilter(filter);
      watcher.start(spec.name);
      running.push(spec);
    } catch (error) {
      failures.push({ name: spec.name, error });
      watcher.stop(spec.name);
    }
  }
  const [first, ...others] = groupLeftOut(failures);
  for (const group of others) log(leftOutText(group));
  if (first !== undefined && running.length === 0) throw first.error;
  if (first !== undefined) log(leftOutText(first));
  return { watcher, running };
}
