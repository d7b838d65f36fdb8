import assert from 'node:assert/strict';
import test from 'node:test';
import type { Change } from './changes.ts';
import { type PlainEvent, traceEvent } from './events.test.data.ts';
import { chooser, RandomMachine } from './history.test.data.ts';
import { LiveState } from './live-state.ts';

const ORIGIN_NS = 1_700_000_000_000_000_000n;

function history(seed: number): readonly PlainEvent[] {
  const machine = new RandomMachine(chooser(seed), 2);
  for (let i = 0; i < 400; i++) machine.step();
  return machine.events;
}

test('changes between two times lead from the one state to the other', () => {
  for (const seed of [11, 12, 13]) {
    const events = history(seed);
    const state = new LiveState({ origin_ns: ORIGIN_NS, window_ns: 1e12 });
    for (const event of events) state.update(traceEvent(event, ORIGIN_NS));
    const [from, to] = [0.3, 0.9].map((part) => events[Math.floor(events.length * part)]!.time) as [number, number];
    const changes = state.changes(ORIGIN_NS + BigInt(from), ORIGIN_NS + BigInt(to), {
      kinds: ['task'],
      properties: ['state'],
    });
    assert.ok(changes.length > 10);
    const then = (time: number): Map<number, string> => {
      const view = state.view(ORIGIN_NS + BigInt(time));
      const { tasks } = state.model;
      return new Map([...view.rows(tasks)].map((row) => [tasks.uid[row]!, view.label(tasks.state, row)]));
    };
    const states = then(from);
    for (const { uid, before, after, time_ns } of changes) {
      assert.ok(time_ns > ORIGIN_NS + BigInt(from) && time_ns <= ORIGIN_NS + BigInt(to));
      assert.equal(states.get(uid) ?? 'unknown', before);
      states.set(uid, String(after));
    }
    for (const [uid, label] of then(to)) assert.equal(states.get(uid) ?? 'unknown', label);
  }
});

test('a subscriber is told every change once, and no more after it has ended', () => {
  const events = history(5);
  const state = new LiveState({ origin_ns: ORIGIN_NS, window_ns: 1e12 });
  const told: Change[] = [];
  const end = state.subscribe({ kinds: ['cpu'], properties: ['current'] }, (changes, missed) => {
    assert.equal(missed, 0);
    told.push(...changes);
  });
  events.forEach((event, i) => {
    state.update(traceEvent(event, ORIGIN_NS));
    if (i % 37 === 0) state.deliver();
  });
  state.deliver();
  assert.deepEqual(told, state.changes(undefined, undefined, { kinds: ['cpu'], properties: ['current'] }));
  assert.ok(told.length > 20);
  end();
  state.update(traceEvent({ ...events.at(-1)!, name: 'sched_switch', fields: switchTo(77) }, ORIGIN_NS));
  const { length } = told;
  state.deliver();
  assert.equal(told.length, length);
});

function switchTo(tid: number): PlainEvent['fields'] {
  return { prev_comm: 'x', prev_tid: 1, prev_prio: 20, prev_state: 1, next_comm: 'y', next_tid: tid, next_prio: 20 };
}

test('a history that is too short is told as missed, and the past ends where it begins', () => {
  const state = new LiveState({ origin_ns: ORIGIN_NS, window_ns: 1e15, maxChanges: 1 });
  let missed = 0;
  state.subscribe({}, (_changes, lost) => {
    missed += lost;
  });
  for (let i = 0; i < 60_000; i++) {
    const fields = switchTo((i % 5) + 1);
    state.update(traceEvent({ name: 'sched_switch', time: 1000 + i, cpu: 0, fields }, ORIGIN_NS));
  }
  assert.ok(state.counters.droppedChanges > 0);
  assert.throws(() => state.at(ORIGIN_NS + 1001n), { code: 'TT_STATE_OUTSIDE_WINDOW' });
  assert.equal(state.at(ORIGIN_NS + 60_990n).cpus()[0]!.tid, (59_990 % 5) + 1);
  state.deliver();
  assert.ok(missed > 0);
});
