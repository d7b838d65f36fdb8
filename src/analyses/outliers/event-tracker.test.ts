import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Outlier } from '../../base/outlier.ts';
import type { EventType, TraceEvent } from '../../trace/event.ts';
import { EventTracker, type EventTrackerOptions } from './event-tracker.ts';
import { eventNames, keyPairs } from './pair.ts';

test('names as in the kernel, and as in traces', () => {
  assert.deepEqual(eventNames('sched_switch'), ['sched_switch']);
  assert.deepEqual(eventNames('block:block_rq_issue'), ['block:block_rq_issue', 'block_rq_issue']);
  assert.ok(eventNames('syscalls:sys_enter_fsync').includes('syscall_entry_fsync'));
  assert.ok(eventNames('my_app:request').includes('my_app:request'));
});

test('keys', () => {
  assert.deepEqual(keyPairs('dev, sector'), [
    { in: 'dev', out: 'dev' },
    { in: 'sector', out: 'sector' },
  ]);
  assert.deepEqual(keyPairs('prev_tid=next_tid'), [{ in: 'prev_tid', out: 'next_tid' }]);
  for (const wrong of ['', 'a,', 'a=b=c', 'a,b,c,d,e', '=a']) {
    assert.throws(() => keyPairs(wrong), { code: 'TT_BAD_KEY' });
  }
});

type Fields = Record<string, number | bigint | string>;
const TYPES = new Map<string, EventType>();

function typeOf(name: string, fields: Fields): EventType {
  const key = `${name} ${Object.keys(fields)}`;
  const of = (event: TraceEvent): Fields => (event as unknown as { fields: Fields }).fields;
  const made = {
    name,
    fieldNames: Object.keys(fields),
    numberField: (f: string) =>
      typeof fields[f] !== 'string' && f in fields ? (e: TraceEvent) => Number(of(e)[f]) : null,
    bigintField: (f: string) =>
      typeof fields[f] !== 'string' && f in fields ? (e: TraceEvent) => BigInt(of(e)[f] as number) : null,
    stringField: (f: string) => (typeof fields[f] === 'string' ? (e: TraceEvent) => String(of(e)[f]) : null),
    valueField: () => null,
  } as unknown as EventType;
  if (!TYPES.has(key)) TYPES.set(key, made);
  return TYPES.get(key)!;
}

const stream = { trace: 't', name: 's', environment: new Map([['hostname', 'h']]) };
function event(time: number, name: string, fields: Fields, cpu = 0): TraceEvent {
  return { time, cpu, name, type: typeOf(name, fields), fields, stream } as unknown as TraceEvent;
}

function trackerOf(options: Partial<EventTrackerOptions>): { tracker: EventTracker; outliers: Outlier[] } {
  const outliers: Outlier[] = [];
  const tracker = new EventTracker(
    {
      name: 't',
      in: 'begin',
      out: 'end',
      key: keyPairs('id'),
      threshold_ns: 0,
      timeout_ns: 0,
      forget_ns: 0,
      mode: 'replace',
      capacity: 64,
      rate: 0,
      onOutlier: (outlier) => outliers.push(outlier),
      ...options,
    },
    1_000_000_000_000n,
  );
  return { tracker, outliers };
}

const modes = ['replace', 'keep', 'duplicate'] as const;
const step = fc.record({
  after: fc.integer({ min: 0, max: 50 }),
  begins: fc.boolean(),
  id: fc.integer({ min: 0, max: 3 }),
});

for (const mode of modes) {
  test(`random histories, ${mode}: as a list that is searched`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 0, max: 60 }), (steps, threshold_ns) => {
        const { tracker, outliers } = trackerOf({ mode, threshold_ns, capacity: 1024 });
        let pending: { id: number; at: number }[] = [];
        const expected: string[] = [];
        let now = 0;
        for (const { after, begins, id } of steps) {
          now += after;
          tracker.feed(event(now, begins ? 'begin' : 'end', { id }));
          const same = pending.filter((one) => one.id === id);
          const others = pending.filter((one) => one.id !== id);
          if (!begins) {
            for (const { at } of same) if (now - at > threshold_ns) expected.push(`${id} ${at} ${now - at}`);
            pending = others;
          } else if (mode === 'duplicate') pending.push({ id, at: now });
          else if (mode === 'replace' || same.length === 0) pending = [...others, { id, at: now }];
        }
        const got = outliers.map((o) => `${o.key.id} ${BigInt(o.begin_ns) - 1_000_000_000_000n} ${o.delay_ns}`);
        assert.deepEqual(got, expected);
        assert.equal(tracker.statistics().pending, pending.length);
      }),
    );
  });
}

test('addresses beyond 2^53 are told apart, and shown in hexadecimal; several fields; texts', () => {
  const { tracker, outliers } = trackerOf({ key: keyPairs('at=where,disk') });
  const a = 0xffff_8881_0000_0001n;
  tracker.feed(event(0, 'begin', { at: a, disk: 'sda' }));
  tracker.feed(event(1, 'begin', { at: a + 1n, disk: 'sda' }));
  tracker.feed(event(5, 'end', { where: a + 1n, disk: 'sdb' }));
  tracker.feed(event(6, 'end', { where: a + 1n, disk: 'sda' }));
  assert.deepEqual(
    outliers.map(({ key, delay_ns }) => [key, delay_ns]),
    [[{ at: '0xffff888100000002', disk: 'sda' }, 5]],
  );
  assert.deepEqual([tracker.statistics().unmatched, tracker.statistics().pending], [1, 1]);
});

test('a timeout is told once, then the end; what is forgotten is counted', () => {
  const { tracker, outliers } = trackerOf({ timeout_ns: 1e9, forget_ns: 10e9, threshold_ns: 2e9 });
  tracker.feed(event(0, 'begin', { id: 1 }));
  tracker.feed(event(0.5e9, 'begin', { id: 2 }));
  tracker.feed(event(3e9, 'end', { id: 1 }));
  tracker.poll(20e9);
  assert.deepEqual(
    outliers.map(({ kind, key, delay_ns, threshold_ns }) => [kind, key.id, delay_ns, threshold_ns]),
    [
      ['timeout', 1, 3e9, 1e9],
      ['timeout', 2, 2.5e9, 1e9],
      ['threshold', 1, 3e9, 2e9],
    ],
  );
  assert.equal(tracker.statistics().collected, 1);
});

const switched = (time: number, prev: number, next: number, cpu = 0): TraceEvent =>
  event(time, 'sched_switch', { prev_comm: `p${prev}`, prev_tid: prev, next_comm: `p${next}`, next_tid: next }, cpu);

test('tid, comm and cpu are those of the thread that has the CPU; filters ask the in event', () => {
  for (const [filter, expected] of [
    [{}, ['7 p7 1', '8 p8 0']],
    [{ tid: 8 }, ['8 p8 0']],
    [{ comm: 'p7' }, ['7 p7 1']],
    [{ cpu: 1 }, ['8 p8 0']],
    [{ cpu: 0 }, ['7 p7 1']],
  ] as const) {
    const { tracker, outliers } = trackerOf({ key: keyPairs('tid'), ...filter });
    tracker.feed(event(0, 'begin', {})); // nobody knows whose
    tracker.feed(switched(1, 0, 7, 0));
    tracker.feed(switched(2, 0, 8, 1));
    tracker.feed(event(3, 'begin', {}, 0));
    tracker.feed(event(4, 'begin', {}, 1));
    tracker.feed(switched(5, 7, 8, 0));
    tracker.feed(switched(6, 8, 7, 1));
    tracker.feed(event(7, 'end', {}, 1));
    tracker.feed(event(8, 'end', {}, 0));
    assert.deepEqual(
      outliers.map(({ tid, comm, cpu }) => `${tid} ${comm} ${cpu}`),
      expected,
    );
  }
});

test('one event as both sides: who leaves comes back later', () => {
  const { tracker, outliers } = trackerOf({
    in: 'sched_switch',
    out: 'sched_switch',
    key: keyPairs('prev_tid=next_tid'),
  });
  tracker.feed(switched(10, 5, 6));
  tracker.feed(switched(40, 6, 5));
  assert.deepEqual(
    outliers.map(({ key, delay_ns, details }) => [key, delay_ns, details.out_tid]),
    [[{ prev_tid: 5 }, 30, 6]],
  );
});

test('a field that is not there: its place, and what there is', () => {
  const { tracker } = trackerOf({ key: keyPairs('sectr') });
  assert.throws(() => tracker.feed(event(0, 'begin', { sector: 1 })), {
    code: 'TT_NO_FIELD',
    where: '--key',
    next: /did you mean.*sector/i,
  });
});
