/**
 * `tailtrap run --check`: what a configuration names that this machine does not have. The agent itself starts all the same,
 * without what is absent: a device or a cgroup may come later.
 */
import { existsSync } from 'node:fs';
import { messageOf, TailtrapError } from '../base/errors.ts';
import { parseDevice } from '../kernel/device.ts';
import { possibleCpus } from '../kernel/machine.ts';
import { MachineNames } from '../kernel/names.ts';
import { EVENT_GROUPS, findTracefs } from '../kernel/recorder/index.ts';
import { TRACKERS } from '../kernel/trackers/index.ts';
import type { AgentConfig, FilterConfig, Misfit } from './config.ts';

/** @param log told what cannot be looked up here */
export function* absentHere(config: AgentConfig, log: (line: string) => void): Generator<Misfit> {
  const names = new MachineNames();
  for (const [tracker, { enabled, filter, only }] of config.trackers) {
    if (!enabled) continue;
    for (const [key, message] of absentOfFilter(filter, names))
      yield { path: ['trackers', tracker, 'filter', key], message };
    const choice = TRACKERS.find(({ name }) => name === tracker)?.choice;
    if (only !== undefined && choice === undefined) {
      yield { path: ['trackers', tracker, 'only'], message: `${tracker} has nothing to choose` };
    }
    for (const [i, name] of only?.entries() ?? []) {
      if (choice === undefined || choice.names().includes(name)) continue;
      yield { path: ['trackers', tracker, 'only', i], message: `${tracker} cannot choose '${name}'` };
    }
  }
  if (![...config.trackers.values()].some(({ enabled }) => enabled)) {
    yield { path: ['trackers'], message: 'no tracker is enabled: the agent would not start' };
  }
  const { kind, events } = config.recorder;
  if (kind === 'ftrace') yield* absentEvents(events, log);
}

function* absentOfFilter({ cgroup, dev, cpu }: FilterConfig, names: MachineNames): Generator<[string, string]> {
  if (cgroup !== undefined && names.cgroupId(cgroup) === null) {
    yield ['cgroup', `there is no cgroup '${cgroup}' (its path below the cgroup v2 mount)`];
  }
  if (cpu !== undefined && cpu >= possibleCpus()) {
    yield ['cpu', `there is no CPU ${cpu}; CPUs are 0 to ${possibleCpus() - 1}`];
  }
  if (dev === undefined) return;
  try {
    parseDevice(dev);
  } catch (error) {
    yield ['dev', messageOf(error)];
  }
}

/** Of groups not each event is in each kernel: the recorder leaves those out. */
function* absentEvents(events: readonly string[], log: (line: string) => void): Generator<Misfit> {
  const single = [...events.entries()].filter(([, name]) => !Object.hasOwn(EVENT_GROUPS, name));
  if (single.length === 0) return;
  let tracefs: string;
  try {
    tracefs = findTracefs();
  } catch (error) {
    if (!(error instanceof TailtrapError)) throw error;
    log(`whether the recorder's events exist cannot be seen: ${error.message}; ${error.next}`);
    return;
  }
  for (const [i, name] of single) {
    const path = `${tracefs}/events/${name.endsWith('/*') ? name.slice(0, -2) : `${name}/format`}`;
    if (!existsSync(path)) yield { path: ['recorder', 'events', i], message: `this kernel has no event '${name}'` };
  }
}
