/**
 * Keeps a store told of what a live state knows, without ever making the state wait.
 *
 *     const publisher = new StatePublisher(state, store, { host: 'web1', clock_ms, random: Math.random });
 *     // after each lot of events
 *     publisher.tick();
 *
 * One delta is on its way at a time. While the store is slow the next one grows, no further than there are entities; while it
 * is away nothing is kept for it: when it is back it is told everything.
 */
import { messageOf, TailtrapError } from '../base/errors.ts';
import { type DeltaOptions, DeltaWriter } from './delta.ts';
import type { LiveState } from './live-state.ts';
import type { StateStore } from './store.ts';

/** Between two deltas: stores know what happened half a second ago. */
const DEFAULT_INTERVAL_MS = 500;
/** A host of which nothing changes tells that it is alive this often. */
const HEARTBEAT_MS = 1000;
/** After a failure: first and longest pause. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** A store that has lost nothing for this long loses nothing regularly. */
const FORGIVEN_MS = 60_000;
/** Losses within that time that are told: one is a restart, more are another provider of the same host. */
const TOLD_LOSSES = 3;

export interface PublisherOptions extends DeltaOptions {
  readonly interval_ms?: number;
  /** Milliseconds on a clock that only goes forward. */
  readonly clock_ms: () => number;
  /** 0 to 1: spreads hosts that lost the same store. */
  readonly random: () => number;
  /** Told when the store goes and comes back, once each. */
  readonly log?: (line: string) => void;
}

/** What became of the deltas. */
export interface PublisherCounters {
  /** Deltas that the store has. */
  deltas: number;
  /** Of them, those that told everything: the first, and after failures. */
  full: number;
  entities: number;
  cells: number;
  /** Deltas that the store did not take, whatever the reason. */
  failed: number;
  /** Of them, because it was full. */
  storeFull: number;
  /** Times that the store had lost what we told. */
  resynchronised: number;
  /** Deltas that were due while one was on its way: the store is slow. */
  delayed: number;
  /** Milliseconds since the last delta that the store has; how old its knowledge is. */
  stale_ms: number;
}

export class StatePublisher {
  readonly #state: LiveState;
  readonly #store: StateStore;
  readonly #options: PublisherOptions;
  readonly #writer: DeltaWriter;
  readonly #counters: Omit<PublisherCounters, 'stale_ms'> = {
    deltas: 0,
    full: 0,
    entities: 0,
    cells: 0,
    failed: 0,
    storeFull: 0,
    resynchronised: 0,
    delayed: 0,
  };
  #busy: Promise<void> | null = null;
  #next_ms = Number.NEGATIVE_INFINITY;
  #told_ms: number;
  #recorded = -1;
  #failures = 0;
  #losses = 0;
  #lost_ms = Number.NEGATIVE_INFINITY;

  constructor(state: LiveState, store: StateStore, options: PublisherOptions) {
    this.#state = state;
    this.#store = store;
    this.#options = options;
    this.#writer = new DeltaWriter(state, options);
    this.#told_ms = options.clock_ms();
  }

  get counters(): PublisherCounters {
    return { ...this.#counters, stale_ms: this.#options.clock_ms() - this.#told_ms };
  }

  /** Sends what changed when it is time to. Returns at once and does not throw. */
  tick(): void {
    const { clock_ms, interval_ms = DEFAULT_INTERVAL_MS } = this.#options;
    const now_ms = clock_ms();
    if (now_ms < this.#next_ms) return;
    this.#next_ms = now_ms + interval_ms;
    if (this.#busy !== null) {
      this.#counters.delayed++;
      return;
    }
    const { recorded } = this.#state.model.journal;
    if (recorded === this.#recorded && now_ms - this.#told_ms < HEARTBEAT_MS) return;
    this.#recorded = recorded;
    this.#busy = this.#send().finally(() => {
      this.#busy = null;
    });
  }

  /** Waits for what is on its way, and tells the rest. The store stays open. */
  async close(): Promise<void> {
    await this.#busy;
    if (this.#failures === 0) await this.#send();
  }

  async #send(): Promise<void> {
    const counters = this.#counters;
    try {
      const delta = this.#writer.take();
      if ((await this.#store.apply(delta)) === 'resynchronise') {
        counters.resynchronised++;
        this.#lost();
        return;
      }
      counters.deltas++;
      if (delta.full) counters.full++;
      counters.entities += delta.entities.length;
      counters.cells += delta.entities.reduce((sum, { cells }) => sum + cells.length, 0);
      this.#told_ms = this.#options.clock_ms();
      if (this.#failures > 0) this.#options.log?.('the store is back; it was told everything');
      this.#failures = 0;
    } catch (error) {
      counters.failed++;
      if (error instanceof TailtrapError && error.code === 'TT_REDIS_FULL') counters.storeFull++;
      if (this.#failures++ === 0) this.#options.log?.(`warning: going on without the store: ${messageOf(error)}`);
      this.#again(pauseAfter(this.#failures));
    }
  }

  /** Two providers of one host would tell everything in turns, as fast as they can: they get slower. */
  #lost(): void {
    const { clock_ms, log, host } = this.#options;
    const now_ms = clock_ms();
    if (now_ms - this.#lost_ms > FORGIVEN_MS) this.#losses = 0;
    this.#lost_ms = now_ms;
    if (++this.#losses === TOLD_LOSSES) {
      log?.(
        `warning: the store has lost what was told of '${host}' ${TOLD_LOSSES} times: does another one tell of it?`,
      );
    }
    this.#again(this.#losses === 1 ? 0 : pauseAfter(this.#losses - 1));
  }

  /** Everything has to be told, after a pause. */
  #again(pause_ms: number): void {
    this.#writer.restart();
    this.#recorded = -1;
    const { clock_ms, random } = this.#options;
    this.#next_ms = Math.max(this.#next_ms, clock_ms() + pause_ms * (0.5 + random()));
  }
}

/** Milliseconds; doubled with each failure. */
function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
}
