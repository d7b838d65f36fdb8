import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleepState } from './offcpu.ts';

test('states of a task that leaves its CPU have names', () => {
  const states: [number, string][] = [
    [0x0001, 'interruptible'],
    [0x0002, 'disk'],
    [0x0102, 'disk (killable)'],
    [0x0402, 'idle'],
    [0x0004, 'stopped'],
    [0x0008, 'traced'],
    [0x0040, 'parked'],
    [0x0200, 'waking'], // somebody wakes it while it is still leaving the CPU
    [0x8000, 'frozen'],
    [0x4000_0000, '0x40000000'],
  ];
  for (const [state, name] of states) assert.equal(sleepState(state, false), name);
  assert.equal(sleepState(0, true), 'preempted');
});
