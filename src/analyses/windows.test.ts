import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TraceEvent } from '../trace/event.ts';
import type { Report, Window } from './report.ts';
import { Windows } from './run.ts';
import { LiveWindows } from './windows.ts';

/** Notes each window with the times of the events in it. */
class Noted {
  readonly closed: { readonly begin: number; readonly end: number; readonly times: number[] }[] = [];
  #times: number[] = [];
  readonly windows: Windows;

  constructor() {
    const report = {
      open: (): void => {
        this.#times = [];
      },
      close: ({ begin, end }: Window): void => {
        this.closed.push({ begin, end, times: this.#times });
      },
    };
    const sink = { open: (): null => null, close: (): void => {} };
    this.windows = new Windows([report as unknown as Report], sink as never, null);
  }

  give(policy: LiveWindows, time: number): void {
    assert.equal(policy.before({ time } as TraceEvent, this.windows), true);
    this.#times.push(time);
  }
}

test('windows begin with the session, not with the first event, and end when their time is over', () => {
  const noted = new Noted();
  const policy = new LiveWindows(100, 10);
  noted.give(policy, 123);
  policy.passed(129, noted.windows);
  assert.equal(noted.closed.length, 2);
  policy.passed(130, noted.windows);
  noted.give(policy, 140);
  policy.finish(noted.windows, 145);
  assert.deepEqual(
    noted.closed.map(({ begin, end, times }) => [begin, end, ...times]),
    [
      [100, 110],
      [110, 120],
      [120, 130, 123],
      [130, 140],
      [140, 145, 140],
    ],
  );
});

test('without --refresh there is one, and it is there without an event', () => {
  const noted = new Noted();
  const policy = new LiveWindows(5);
  policy.passed(90, noted.windows);
  policy.finish(noted.windows, 100);
  assert.deepEqual(noted.closed, [{ begin: 5, end: 100, times: [] }]);
});

test('a session that slept for a day: its windows do not fill the screen', () => {
  const noted = new Noted();
  const policy = new LiveWindows(0, 1);
  noted.give(policy, 0);
  noted.give(policy, 86_400.5);
  policy.finish(noted.windows, 86_402);
  assert.ok(noted.closed.length < 100, String(noted.closed.length));
  assert.deepEqual(noted.closed.at(-2), { begin: 86_400, end: 86_401, times: [86_400.5] });
});

test('whatever comes: windows follow each other without a gap, aligned, each with its events', () => {
  const step = fc.record({ by: fc.integer({ min: 0, max: 300 }), isEvent: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (steps, interval) => {
      const noted = new Noted();
      const policy = new LiveWindows(7, interval);
      let time = 7;
      const given: number[] = [];
      for (const { by, isEvent } of steps) {
        time += by;
        if (!isEvent) policy.passed(time, noted.windows);
        else {
          noted.give(policy, time);
          given.push(time);
        }
      }
      policy.finish(noted.windows, time);
      let end = 7;
      for (const window of noted.closed) {
        assert.equal(window.begin, end);
        assert.equal((window.begin - 7) % interval, 0);
        end = window.end;
        for (const at of window.times) assert.ok(at >= window.begin && at <= end, `${at} in ${window.begin}-${end}`);
        if (window !== noted.closed.at(-1)) assert.equal((end - 7) % interval, 0);
      }
      assert.equal(end, time);
      assert.deepEqual(
        noted.closed.flatMap(({ times }) => times),
        given,
      );
    }),
  );
});
