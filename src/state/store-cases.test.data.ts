/**
 * What every store must do, as a table: `for (const { name, run } of storeCases(make, assert)) test(name, run);`
 * `make` gives an empty store whose clock (milliseconds) the cases move.
 */
import { DeltaWriter } from './delta.ts';
import type { PlainEvent } from './events.test.data.ts';
import { chooser, RandomMachine } from './history.test.data.ts';
import { rebuildState } from './rebuild.ts';
import type { StateStore } from './store.ts';
import {
  type Assert,
  feed,
  newState,
  ORIGIN_NS,
  own,
  randomHistory,
  SECOND,
  WINDOW_NS,
} from './store-histories.test.data.ts';

export interface StoreCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

interface Clock {
  now_ms: number;
}

export type MakeStore = (clock: { readonly now_ms: number }) => Promise<StateStore>;

const fork = (time: number, tid: number): PlainEvent => ({
  name: 'sched_process_fork',
  time,
  cpu: 0,
  fields: {
    parent_comm: 'sh',
    parent_tid: 1,
    parent_pid: 1,
    child_comm: `child ${tid}`,
    child_tid: tid,
    child_pid: tid,
  },
});
const free = (time: number, tid: number): PlainEvent => {
  return { name: 'sched_process_free', time, cpu: 0, fields: { comm: '', tid, prio: 20 } };
};

export function storeCases(make: MakeStore, assert: Assert): StoreCase[] {
  const cases: Record<string, (store: StateStore, clock: Clock) => Promise<void>> = {
    'a full delta is the state': async (store) => {
      const state = newState();
      feed(state, [fork(10, 2), fork(20, 3)]);
      assert.equal(await store.apply(new DeltaWriter(state, { host: 'a' }).take()), 'applied');
      assert.deepEqual(await store.list('a', 'task'), own(state, 'task'));
      assert.deepEqual(await store.list('a', 'process'), own(state, 'process'));
    },
    'a delta changes what it tells': async (store) => {
      const state = newState();
      const writer = new DeltaWriter(state, { host: 'a' });
      feed(state, [fork(10, 2)]);
      await store.apply(writer.take());
      feed(state, [fork(20, 3), free(30, 2)]);
      assert.equal(await store.apply(writer.take()), 'applied');
      assert.deepEqual(await store.list('a', 'task'), own(state, 'task'));
      const recent = await store.list('a', 'task', { recent: true });
      assert.deepEqual(recent.map(({ values }) => values.tid).toSorted(), [1, 2, 3]);
      assert.deepEqual(
        (await store.list('a', 'task', { where: { tid: 3 } })).map(({ values }) => values.name),
        ['child 3'],
      );
    },
    'the dead are forgotten after the window': async (store) => {
      const state = newState();
      const writer = new DeltaWriter(state, { host: 'a' });
      feed(state, [fork(10, 2), free(SECOND, 2)]);
      await store.apply(writer.take());
      state.advance(ORIGIN_NS + BigInt(SECOND + WINDOW_NS));
      await store.apply(writer.take());
      const recent = await store.list('a', 'task', { recent: true });
      assert.deepEqual(
        recent.map(({ values }) => values.tid),
        [1],
      );
    },
    'a missing delta asks for a full one': async (store) => {
      const state = newState();
      const writer = new DeltaWriter(state, { host: 'a' });
      feed(state, [fork(10, 2)]);
      await store.apply(writer.take());
      feed(state, [fork(20, 3)]);
      writer.take();
      feed(state, [fork(30, 4)]);
      assert.equal(await store.apply(writer.take()), 'resynchronise');
      writer.restart();
      assert.equal(await store.apply(writer.take()), 'applied');
      assert.deepEqual(await store.list('a', 'task'), own(state, 'task'));
    },
    'hosts are apart, and one that says nothing is stale': async (store, clock) => {
      const [a, b] = [newState(), newState()];
      feed(a, [fork(10, 2)]);
      feed(b, [fork(10, 7)]);
      await store.apply(new DeltaWriter(b, { host: 'b' }).take());
      clock.now_ms += 60_000;
      await store.apply(new DeltaWriter(a, { host: 'a' }).take());
      const hosts = await store.hosts();
      assert.deepEqual(
        hosts.map(({ host, stale, sequence }) => ({ host, stale, sequence })),
        [
          { host: 'a', stale: false, sequence: 1 },
          { host: 'b', stale: true, sequence: 1 },
        ],
      );
      assert.deepEqual(
        hosts.map(({ entities }) => entities),
        // sh and its child, threads and processes.
        [4, 4],
      );
      assert.deepEqual(await store.list('b', 'task'), own(b, 'task'));
      await store.remove('b');
      await assert.rejects(store.list('b', 'task'), { code: 'TT_STATE_NO_HOST' });
    },
    'a priority that nobody told is null, and one of -1 is -1': async (store) => {
      const state = newState();
      const writer = new DeltaWriter(state, { host: 'a' });
      feed(state, [fork(10, 2), fork(20, 3)]);
      await store.apply(writer.take());
      feed(state, [
        { name: 'sched_pi_setprio', time: 30, cpu: 0, fields: { comm: '', tid: 3, oldprio: 20, newprio: -1 } },
      ]);
      await store.apply(writer.take());
      const told = await store.list('a', 'task');
      assert.deepEqual(told, own(state, 'task'));
      const prios = told.map(({ values }) => [values.tid, values.prio]);
      assert.deepEqual(prios, [
        [1, null],
        [2, null],
        [3, -1],
      ]);
      const at_ns = ORIGIN_NS + 30n;
      const rebuilt = rebuildState({ origin_ns: ORIGIN_NS, at_ns, window_ns: WINDOW_NS, entities: told });
      for (const query of [state.at(), rebuilt.at()]) {
        assert.deepEqual(
          query.threads().map(({ tid, prio }) => [tid, prio]),
          prios,
        );
      }
      assert.deepEqual((await store.list('a', 'task', { where: { prio: null } })).length, 2);
    },
    'entities are counted before anything has left the window': async (store) => {
      const state = newState();
      const writer = new DeltaWriter(state, { host: 'a' });
      const counts = async (): Promise<number[]> => (await store.hosts()).map(({ entities }) => entities);
      await store.apply(writer.take());
      assert.deepEqual(await counts(), [0]);
      feed(state, [fork(10, 2), fork(20, 3), free(30, 2)]);
      await store.apply(writer.take());
      assert.deepEqual(await counts(), [state.model.tables.reduce((sum, { living }) => sum + living, 0)]);
      state.advance(ORIGIN_NS + BigInt(2 * WINDOW_NS));
      await store.apply(writer.take());
      assert.deepEqual(await counts(), [4]);
    },
    'what was born and died since the last delta need not be told': async (store) => {
      const state = newState();
      const writer = new DeltaWriter(state, { host: 'a', shortLived: false });
      feed(state, [fork(10, 2)]);
      await store.apply(writer.take());
      feed(state, [fork(20, 3), free(30, 3), fork(40, 4), free(50, 2)]);
      assert.equal(await store.apply(writer.take()), 'applied');
      assert.deepEqual(await store.list('a', 'task'), own(state, 'task'));
      const recent = await store.list('a', 'task', { recent: true });
      assert.deepEqual(recent.map(({ values }) => values.tid).toSorted(), [1, 2, 4]);
    },
    'times before the window are refused': async (store) => {
      const state = newState();
      const writer = new DeltaWriter(state, { host: 'a' });
      feed(state, [fork(10, 2)]);
      await store.apply(writer.take());
      state.advance(ORIGIN_NS + BigInt(3 * SECOND));
      await store.apply(writer.take());
      await assert.rejects(store.list('a', 'task', { at_ns: ORIGIN_NS + 100n }), { code: 'TT_STATE_OUTSIDE_WINDOW' });
    },
  };
  cases['texts come back as they are, whatever is in them'] = async (store) => {
    const state = newState();
    const writer = new DeltaWriter(state, { host: 'a' });
    await store.apply(writer.take());
    const names = [
      'line\nline\r\n*3\r\n$8\r\nFLUSHALL\r\n',
      '\u0000\u0001\u007f\u2028',
      '"}]}, redis.call("FLUSHALL") --[[ ]] \\ \\u0000 %s %d',
      'Ünïcödé 語 \u{1f600}',
      '{tag}:{other}',
      ' ',
      'x'.repeat(5000),
      `${'x'.repeat(4095)}\u{1f600}`,
      'null',
      'false',
      '__proto__',
    ];
    feed(
      state,
      names.map((name, i) => {
        const event = fork(10 + i, 100 + i);
        return { ...event, fields: { ...event.fields, child_comm: name } };
      }),
    );
    await store.apply(writer.take());
    const expected = own(state, 'task');
    assert.equal(expected.length, names.length + 1);
    assert.deepEqual(await store.list('a', 'task'), expected);
    for (const { uid, values } of expected) {
      assert.deepEqual(
        (await store.list('a', 'task', { where: { name: values.name! } })).map((task) => task.uid),
        [uid],
      );
    }
    // A new provider tells the same.
    writer.restart();
    await store.apply(writer.take());
    assert.deepEqual(await store.list('a', 'task'), expected);
  };
  cases['changes are those of the live state'] = async (store) => {
    const machine = new RandomMachine(chooser(7), 2);
    for (let i = 0; i < 200; i++) machine.step();
    const state = newState();
    const writer = new DeltaWriter(state, { host: 'a', everyChange: true });
    await store.apply(writer.take());
    let begin_ns = ORIGIN_NS;
    for (const [i, event] of machine.events.entries()) {
      feed(state, [event]);
      if (i % 25 !== 24 || machine.events[i + 1]?.time === event.time) continue;
      const delta = writer.take();
      if (delta.full) begin_ns = ORIGIN_NS + BigInt(event.time);
      await store.apply(delta);
      const now_ns = ORIGIN_NS + BigInt(event.time);
      const first_ns = now_ns - BigInt(WINDOW_NS) > begin_ns ? now_ns - BigInt(WINDOW_NS) : begin_ns;
      for (const from_ns of [first_ns, (first_ns + now_ns) / 2n]) {
        for (const { kind } of state.model.tables) {
          const found = await store.changes('a', kind, { from_ns, to_ns: now_ns });
          const expected = state.changes(from_ns, now_ns, { kinds: [kind] });
          // Beginnings and ends alone: of what is between, a store also tells since when it was.
          for (const property of ['born', 'died', 'state', 'written_bytes', 'cpu_ns']) {
            const of = (changes: readonly { time_ns: bigint; uid: number; property: string; after: unknown }[]) =>
              changes
                .filter((change) => change.property === property)
                .map(({ time_ns, uid, after }) => `${time_ns} ${uid} ${after}`)
                .sort();
            const births = new Set(
              expected.filter((change) => change.property === 'born').map(({ time_ns, uid }) => `${time_ns} ${uid}`),
            );
            // What is set at the moment of birth is part of it.
            const later = (lines: string[]) =>
              lines.filter((line) => property === 'born' || !births.has(firstWords(line)));
            assert.deepEqual(later(of(found)), later(of(expected)), `${kind} ${property} after ${from_ns}`);
          }
        }
      }
    }
  };
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    cases[`random history ${seed}, every change told: any time of the window is as in the live state`] = async (
      store,
    ) => {
      await randomHistory(store, seed, true, assert);
    };
    cases[`random history ${seed}, coalesced: each delta's end is as in the live state`] = async (store) => {
      await randomHistory(store, seed, false, assert);
    };
  }
  return Object.entries(cases).map(([name, run]) => ({
    name,
    run: async () => {
      const clock = { now_ms: 1_000_000 };
      const store = await make(clock);
      try {
        await run(store, clock);
      } finally {
        await store.close();
      }
    },
  }));
}

const firstWords = (line: string): string => line.split(' ').slice(0, 2).join(' ');
