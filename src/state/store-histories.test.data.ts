/** What the cases of stores tell them: states, and random histories of machines that are compared all along. */
import { DeltaWriter } from './delta.ts';
import { type Entity, entities } from './entity.ts';
import { type PlainEvent, traceEvent } from './events.test.data.ts';
import { chooser, RandomMachine } from './history.test.data.ts';
import { LiveState } from './live-state.ts';
import type { StateStore } from './store.ts';

/** What is used of `node:assert/strict`: this room runs without Node. */
export interface Assert {
  equal(actual: unknown, expected: unknown, message?: string): void;
  deepEqual(actual: unknown, expected: unknown, message?: string): void;
  rejects(promise: Promise<unknown>, error: object): Promise<void>;
}

export const ORIGIN_NS = 1_700_000_000_000_000_000n;
export const SECOND = 1_000_000_000;
export const WINDOW_NS: number = 2 * SECOND;

export function newState(): LiveState {
  return new LiveState({ origin_ns: ORIGIN_NS, window_ns: WINDOW_NS });
}

export function feed(state: LiveState, events: readonly PlainEvent[]): void {
  for (const event of events) state.update(traceEvent(event, ORIGIN_NS));
}

/** What the live state itself says. */
export function own(state: LiveState, kind: string, at_ns?: bigint): Entity[] {
  return entities(state.view(at_ns), state.model.tables.find((table) => table.kind === kind)!);
}

export async function randomHistory(
  store: StateStore,
  seed: number,
  everyChange: boolean,
  assert: Assert,
): Promise<void> {
  const choose = chooser(seed);
  const machine = new RandomMachine(choose, 2);
  for (let i = 0; i < 250; i++) machine.step();
  const state = newState();
  const writer = new DeltaWriter(state, { host: 'h', everyChange });
  const { events } = machine;
  await store.apply(writer.take());
  const flushed: number[] = [];
  for (let i = 0; i < events.length; i++) {
    feed(state, [events[i]!]);
    const next = events[i + 1];
    // Between two times only: what happens at the time of a delta and after it is told by the next one.
    if (next !== undefined && (choose(12) !== 0 || next.time === events[i]!.time)) continue;
    const delta = writer.take();
    assert.equal(await store.apply(delta), 'applied');
    const now = events[i]!.time;
    // After a pause longer than the window nothing older can be told.
    if (delta.full) flushed.length = 0;
    flushed.push(now);
    const times = everyChange
      ? events.map(({ time }) => time).filter((time) => time <= now && choose(20) === 0)
      : flushed;
    for (const time of [now, ...times.filter((past) => past > now - WINDOW_NS && past >= flushed[0]!)]) {
      const at_ns = ORIGIN_NS + BigInt(time);
      for (const { kind } of state.model.tables) {
        assert.deepEqual(
          await store.list('h', kind, { at_ns }),
          own(state, kind, at_ns),
          `${kind} at ${time} of ${now}`,
        );
      }
    }
  }
}
