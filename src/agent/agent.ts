/**
 * The agent: trackers -> outliers -> actions.
 *
 *     Watcher --outlier--> tell at once (stdout)
 *                 |
 *                 +--> FlightRecorder: will be in a snapshot --written--.
 *                 |                                                      +--> subscribers, exec, webhook
 *                 +--> will not (no recorder, cooldown) ----------------'
 *
 * A tracker that the kernel refuses, a recorder that cannot start, a snapshot that cannot be written: told, counted, and
 * the rest goes on.
 */
import type { Socket } from 'node:net';
import { messageOf, TailtrapError } from '../base/errors.ts';
import type { Outlier } from '../base/outlier.ts';
import type { Filter } from '../kernel/config-page.ts';
import { parseDevice } from '../kernel/device.ts';
import { groupLeftOut, type LeftOut, leftOutText } from '../kernel/left-out.ts';
import { MachineNames } from '../kernel/names.ts';
import { OBJECT_FOLDER } from '../kernel/paths.ts';
import { assertFilter, chooseOnly, trackerNamed } from '../kernel/trackers/index.ts';
import { Watcher } from '../kernel/watcher.ts';
import { Actions } from './actions.ts';
import type { AgentConfig, FilterConfig, TrackerConfig } from './config.ts';
import { FlightRecorder, type SnapshotReport } from './flight.ts';
import { Learning } from './learning.ts';
import { type Lock, takeLock } from './lock.ts';
import { Reports } from './reports.ts';
import { Subscribers } from './subscribers.ts';

export interface AgentEvents {
  readonly log: (line: string) => void;
  /** Every outlier, as soon as it is known. */
  readonly onOutlier: (outlier: Outlier) => void;
  readonly onSnapshot: (report: SnapshotReport) => void;
}

export class Agent {
  readonly #events: AgentEvents;
  readonly #names = new MachineNames();
  readonly #watcher: Watcher;
  readonly #actions: Actions;
  readonly #learning: Learning;
  readonly #reports: Reports;
  #config: AgentConfig;
  #flight: FlightRecorder | null = null;
  #subscribers: Subscribers | null = null;
  #lock: Lock | null = null;
  #closed = false;

  private constructor(config: AgentConfig, events: AgentEvents) {
    this.#config = config;
    this.#events = events;
    this.#actions = new Actions(events.log);
    this.#learning = new Learning(events.log);
    this.#reports = new Reports(this.#names.host, (outlier) => this.#onOutlier(outlier));
    this.#watcher = new Watcher({
      folder: OBJECT_FOLDER,
      names: this.#names,
      ring_bytes: ringBytes(config.ring_bytes),
      onOutlier: (outlier) => this.#onOutlier(outlier),
    });
  }

  /** @throws TailtrapError when another agent runs, or no tracker could be started */
  static async start(config: AgentConfig, events: AgentEvents): Promise<Agent> {
    const agent = new Agent(config, events);
    try {
      agent.#lock = takeLock();
      await agent.#openRecorder();
      await agent.#openSocket();
      agent.#applyTrackers(config);
      if (agent.running.length === 0) {
        throw new TailtrapError('TT_NO_TRACKER_RUNS', 'no tracker could be started', { next: 'run: tailtrap doctor' });
      }
    } catch (error) {
      await agent.close();
      throw error;
    }
    return agent;
  }

  /** Names of the trackers that run. */
  get running(): string[] {
    return this.#watcher.objects.filter((object) => object.attached).map((object) => object.spec.name);
  }

  get records(): boolean {
    return this.#flight !== null;
  }

  /**
   * Takes over another configuration: trackers, thresholds, timeouts, filters, rates and actions, without reloading what
   * runs. The recorder, the socket and the ring size stay until a restart; a change there is told.
   */
  reconfigure(config: AgentConfig): void {
    const fixed = (c: AgentConfig): string => JSON.stringify([c.recorder, c.socket, c.socket_gid, c.ring_bytes]);
    if (fixed(config) !== fixed(this.#config)) {
      this.#events.log('changes of recorder, socket and ring take effect at the next start');
    }
    this.#applyTrackers(config);
    this.#config = { ...this.#config, trackers: config.trackers, actions: config.actions };
  }

  /** What runs, with its settings, and what was lost. */
  status(): object {
    const trackers = this.#watcher.objects.map(({ spec, config, missing }) => {
      const { threshold_ns, timeout_ns } = config;
      const learned = this.#learning.state(spec.name);
      return { tracker: spec.name, threshold_ns, timeout_ns, missing, ...(learned === null ? {} : { learned }) };
    });
    return {
      pid: process.pid,
      trackers,
      recorder: this.#flight === null ? 'none' : this.#config.recorder.kind,
      reporters: this.#reports.count,
      reported: this.#reports.counters.accepted,
      losses: this.losses(),
    };
  }

  /** Everything that was lost or held back, by name; zeros left out. */
  losses(): Record<string, number> {
    const all: Record<string, number> = {
      'actions.skipped': this.#actions.counters.skipped,
      'actions.failed': this.#actions.counters.failed,
      'subscribers.dropped': this.#subscribers?.dropped ?? 0,
      'subscribers.refused': this.#subscribers?.refused ?? 0,
      'reports.refused': this.#reports.counters.refused,
      'reports.too_old': this.#reports.counters.too_old,
      'reports.limited': this.#reports.counters.limited,
      'reports.turned_away': this.#reports.counters.turned_away,
    };
    const { inCooldown = 0, overBudget = 0, notListed = 0, failed = 0 } = this.#flight?.counters ?? {};
    Object.assign(all, { 'snapshots.in_cooldown': inCooldown, 'snapshots.over_budget': overBudget });
    Object.assign(all, { 'snapshots.not_listed': notListed, 'snapshots.failed': failed });
    for (const object of this.#watcher.objects) {
      const { full, limited, ring_full, negative } = object.stats().counters;
      for (const [name, value] of Object.entries({ full, limited, ring_full, negative })) {
        all[`${object.spec.name}.${name}`] = value;
      }
    }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value > 0));
  }

  /** Stops the trackers, writes the snapshot that is due, ends actions, removes what the kernel holds. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#learning.close();
    this.#reports.close();
    await this.#watcher.close();
    await this.#flight?.close();
    await this.#actions.close();
    this.#subscribers?.close();
    this.#lock?.release();
  }

  async #openRecorder(): Promise<void> {
    const { recorder, actions } = this.#config;
    if (recorder.kind === 'none' || !actions.some(({ kind }) => kind === 'snapshot')) return;
    try {
      this.#flight = await FlightRecorder.start(
        recorder,
        this.#events.log,
        (report) => this.#onSnapshot(report),
        () => this.#watcher.epochOffset_ns,
      );
    } catch (error) {
      this.#events.log(
        `going on without snapshots\n${error instanceof TailtrapError ? error.format() : messageOf(error)}`,
      );
    }
  }

  async #openSocket(): Promise<void> {
    try {
      const { socket, socket_gid } = this.#config;
      const answers = {
        snapshot: () => this.#snapshotNow(),
        status: () => this.status(),
        report: (from: Socket, text: string) => this.#reports.accept(from, text),
      };
      this.#subscribers = await Subscribers.listen(socket, answers, socket_gid);
    } catch (error) {
      this.#events.log(
        `going on without a socket\n${error instanceof TailtrapError ? error.format() : messageOf(error)}`,
      );
    }
  }

  #applyTrackers(config: AgentConfig): void {
    const loaded = new Set(this.#watcher.objects.map((object) => object.spec.name));
    const failures: LeftOut[] = [];
    for (const [name, settings] of config.trackers) {
      try {
        this.#applyTracker(name, settings, loaded.has(name));
      } catch (error) {
        failures.push({ name, error });
        this.#stopTracker(name);
      }
    }
    for (const group of groupLeftOut(failures)) this.#events.log(leftOutText(group));
    for (const name of loaded) if (!config.trackers.has(name)) this.#stopTracker(name);
  }

  #stopTracker(name: string): void {
    this.#learning.delete(name);
    this.#watcher.stop(name);
  }

  #applyTracker(name: string, settings: TrackerConfig, loaded: boolean): void {
    if (!settings.enabled) {
      this.#learning.delete(name);
      if (loaded) this.#watcher.pause(name);
      return;
    }
    const spec = trackerNamed(name);
    const object = loaded ? this.#watcher.object(name) : this.#watcher.load(spec);
    const { config } = object;
    const hadTimeout = config.timeout_ns > 0 || config.gc_ns > 0;
    config.threshold_ns = settings.threshold_ns ?? spec.threshold_ns;
    config.timeout_ns = settings.timeout_ns ?? spec.timeout_ns;
    config.setRate(settings.rate, settings.burst);
    assertFilter(spec, settings.filter);
    config.setFilter(this.#filter(settings.filter));
    chooseOnly(spec, object, settings.only);
    this.#learning.set(object, config.threshold_ns, settings.learn, settings.only);
    if (!object.attached) this.#watcher.start(name);
    else if (!hadTimeout) object.startScan();
  }

  #filter(filter: FilterConfig): Filter {
    const { pid, tid, comm, cpu, cgroup, dev } = filter;
    const id = cgroup === undefined ? undefined : this.#names.cgroupId(cgroup);
    if (id === null) throw new TailtrapError('TT_NO_CGROUP', `there is no cgroup '${cgroup}'`);
    return { pid, tid, comm, cpu, cgroup: id, dev: dev === undefined ? undefined : parseDevice(dev) };
  }

  #onOutlier(outlier: Outlier): void {
    this.#events.onOutlier(outlier);
    if (this.#flight?.offer(outlier) !== true) this.#act(outlier);
  }

  async #snapshotNow(): Promise<object> {
    if (this.#flight === null) return { error: 'the agent runs without a recorder' };
    const { path, error, facts } = await this.#flight.now();
    return path === null ? { error } : { path, ...facts };
  }

  #onSnapshot(report: SnapshotReport): void {
    this.#events.onSnapshot(report);
    for (const outlier of report.outliers) this.#act({ ...outlier, snapshot: report.path });
  }

  #act(outlier: Outlier): void {
    this.#subscribers?.publish(outlier);
    this.#actions.run(this.#config.actions, outlier);
  }
}

function ringBytes(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(4096, bytes)));
}
