/** A host that is made up, and its provider: for tests of what happens when Redis does not work. */
import { traceEvent } from '../../dist/state/events.test.data.js';
import { entities, LiveState, StatePublisher } from '../../dist/state/index.js';
import { openRedisStore } from '../../dist/state/redis/index.node.js';

const ORIGIN_NS = 1_700_000_000_000_000_000n;

export class Provider {
  state;
  log = [];
  /** The longest that a tick took, milliseconds of processor time: the machine may have other work. */
  longest_ms = 0;
  #tid = 1;

  constructor(url, host, { window_ns = 10e9, ...options } = {}) {
    this.host = host;
    this.state = new LiveState({ origin_ns: ORIGIN_NS, window_ns });
    this.store = openRedisStore(url, { timeout_ms: 1000, ...options });
    this.publisher = new StatePublisher(this.state, this.store, {
      host,
      interval_ms: 50,
      clock_ms: () => performance.now(),
      random: Math.random,
      log: (line) => this.log.push(line),
    });
  }

  /** A thread is born, and the publisher may tell it. */
  step() {
    const tid = ++this.#tid;
    const time = Math.round(performance.now() * 1e6);
    const fields = {
      parent_comm: 'sh',
      parent_tid: 1,
      parent_pid: 1,
      child_comm: `c${tid}`,
      child_tid: tid,
      child_pid: tid,
    };
    this.state.update(traceEvent({ name: 'sched_process_fork', time, cpu: 0, fields }, ORIGIN_NS));
    const before = process.cpuUsage();
    this.publisher.tick();
    const { user, system } = process.cpuUsage(before);
    this.longest_ms = Math.max(this.longest_ms, (user + system) / 1000);
  }

  /** Steps until `done` says so; false when it takes too long. */
  async until(done, limit_ms = 15_000) {
    const end = performance.now() + limit_ms;
    while (performance.now() < end) {
      this.step();
      if (await done(this.publisher.counters)) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  }

  /** Deltas come through again. */
  async works() {
    const { deltas } = this.publisher.counters;
    return this.until((counters) => counters.deltas >= deltas + 3);
  }

  /** What the live state says. */
  own(kind = 'task') {
    return entities(
      this.state.view(),
      this.state.model.tables.find((table) => table.kind === kind),
    );
  }

  async close() {
    await this.publisher.close();
    await this.store.close();
  }
}
