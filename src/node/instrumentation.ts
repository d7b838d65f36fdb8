/**
 * The instrumentation of one thread: trackers, the parts that feed them, and where their outliers go.
 *
 *     part (http-server.ts ...) --eventIn/Out--> LatencyTracker --too slow--> OutlierMaker --> onOutlier, stderr, AgentLink
 */
import type { Outlier } from '../base/outlier.ts';
import type { TrackerCallback, TrackerEvent } from '../tracker/event.ts';
import { type Following, learnThreshold } from '../tracker/follow.ts';
import { Flag } from '../tracker/result.ts';
import type { TrackerStatistics } from '../tracker/statistics.ts';
import { LatencyTracker } from '../tracker/tracker.ts';
import { Contexts } from './context.ts';
import { fileSystem } from './file-system.ts';
import { httpClient } from './http-client.ts';
import { httpServer } from './http-server.ts';
import { AgentLink } from './link.ts';
import { loopStalls } from './loop.ts';
import { dnsLookup, netConnect } from './network.ts';
import type { Settings, TrackerName } from './options.ts';
import { type Described, OutlierMaker } from './outliers.ts';
import { ENDED, type Part, type PartTools } from './part.ts';
import { StderrLines } from './print.ts';
import { lateTimers } from './timers.ts';

/** loopStalls first: its own timer is not one of the application's. */
const PARTS: readonly Part[] = [loopStalls, httpServer, httpClient, dnsLookup, netConnect, fileSystem, lateTimers];

/** Operations in flight of one kind; more are counted as skipped. About 0.4 MB each. */
const CAPACITY = 4096;
/** What has not ended by then never will: its end was missed. */
const GC_AGE_NS = 600e9;
const BURST_PER_RATE = 10;

export interface NodeStatistics {
  /** A request being served is `pending` only after up to 0.13 s: before that, it is only noted (http-server.ts). */
  readonly trackers: Readonly<Record<string, TrackerStatistics>>;
  readonly outliers: number;
  /** To the agent: sent, dropped because it was absent or slow, attempts to connect. */
  readonly agent: { readonly sent: number; readonly dropped: number; readonly attempts: number };
  /** Lines that stderr had no room for (`print`). */
  readonly unprinted: number;
  /** Errors inside the instrumentation, or in onOutlier: caught, and the application went on. */
  readonly errors: number;
  readonly lastError: unknown;
}

export class Instrumentation {
  /** By name: thresholds may be changed while it runs. */
  readonly trackers: Map<TrackerName, LatencyTracker> = new Map();
  readonly #settings: Settings;
  readonly #maker = new OutlierMaker();
  readonly #contexts: Contexts;
  readonly #link: AgentLink | null;
  readonly #stderr: StderrLines | null;
  readonly #undo: (() => void)[] = [];
  readonly #learning: Following[] = [];
  #outliers = 0;
  #errors = 0;
  #lastError: unknown;
  #ownSocket = false;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#contexts = new Contexts(settings.context);
    this.#stderr = settings.print ? new StderrLines() : null;
    this.#link =
      settings.socket === null
        ? null
        : new AgentLink(settings.socket, (open) => {
            this.#ownSocket = true;
            try {
              return open();
            } finally {
              this.#ownSocket = false;
            }
          });
    const tools: PartTools = {
      tracker: (name, describe) => this.#makeTracker(name, describe as (data: unknown, broken: boolean) => Described),
      contexts: this.#contexts,
      guard: (work) => this.#guard(work as (a: unknown, b: unknown) => void) as typeof work,
      failed: (error) => this.#failed(error),
      isOwnSocket: () => this.#ownSocket,
    };
    // A part that this Node does not allow is left out; the others run.
    for (const part of PARTS) this.#guard(() => this.#undo.push(part(tools)))(null, null);
  }

  statistics(): NodeStatistics {
    const trackers = [...this.trackers].map(([name, tracker]) => [name, tracker.statistics()]);
    return {
      trackers: Object.fromEntries(trackers),
      outliers: this.#outliers,
      agent: { ...(this.#link?.counters ?? { sent: 0, dropped: 0, attempts: 0 }) },
      unprinted: this.#stderr?.dropped ?? 0,
      errors: this.#errors,
      lastError: this.#lastError,
    };
  }

  /** Takes everything out again. Idempotent. */
  stop(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
    for (const learning of this.#learning.splice(0)) learning.stop();
    for (const tracker of this.trackers.values()) tracker.close();
    this.#contexts.stop();
    this.#link?.close();
    this.#stderr?.close();
  }

  #makeTracker(name: TrackerName, describe: (data: unknown, broken: boolean) => Described): LatencyTracker | null {
    const settings = this.#settings.trackers.get(name);
    if (settings === undefined) return null;
    const tracker = new LatencyTracker({
      name,
      capacity: CAPACITY,
      threshold_ns: settings.threshold_ns,
      timeout_ns: settings.timeout_ns,
      gc_age_ns: settings.timeout_ns > 0 ? GC_AGE_NS : 0,
      rate_limit: { per_second: this.#settings.rate, burst: Math.ceil(this.#settings.rate * BURST_PER_RATE) },
      notify: Flag.normal | Flag.timeout,
      callback: this.#guard<TrackerEvent, unknown>((event) => {
        const described = describe(event.data, event.out_id === ENDED.broken);
        if (described !== null) this.#publish(this.#maker.make(event, described));
      }) as TrackerCallback,
    });
    this.trackers.set(name, tracker);
    if (settings.learned) this.#learning.push(learnThreshold(tracker, { floor_ns: 1e6 }));
    return tracker;
  }

  /** Each way for itself: an error of one does not close the others. */
  #publish(outlier: Outlier): void {
    this.#outliers++;
    const { onOutlier } = this.#settings;
    const line = this.#link !== null || this.#stderr !== null ? JSON.stringify(outlier) : '';
    this.#link?.send(line);
    // Not process.stderr: when its reader has gone it raises an error that would end the program.
    if (this.#stderr !== null) this.#print(line, null);
    const result: unknown = onOutlier?.(outlier);
    if (result instanceof Promise) result.catch(this.#failed); // an async function: its rejection would end the program
  }

  readonly #print = this.#guard((line: string, _: null) => this.#stderr?.print(line));

  /** At most two arguments, named: a rest parameter would be an array for every event. */
  #guard<A, B>(work: (a: A, b: B) => void): (a: A, b: B) => void {
    return (a, b) => {
      try {
        work(a, b);
      } catch (error) {
        this.#failed(error);
      }
    };
  }

  readonly #failed = (error: unknown): void => {
    this.#errors++;
    this.#lastError = error;
  };
}
