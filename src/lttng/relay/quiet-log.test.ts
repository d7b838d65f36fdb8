import assert from 'node:assert/strict';
import test from 'node:test';
import { QuietLog } from './quiet-log.ts';

function quiet(): { log: QuietLog; lines: string[] } {
  const lines: string[] = [];
  return { log: new QuietLog('control', (line) => lines.push(line)), lines };
}

test('the same fault of an address has five lines and a count; another address and reason have their own', () => {
  const { log, lines } = quiet();
  for (let i = 0; i < 100; i++) log.tell('10.0.0.7', `10.0.0.7:${i}`, `cut off: command ${i} is unknown`);
  log.tell('10.0.0.7', '10.0.0.7:1', 'cut off: silent');
  log.tell('10.0.0.8', '10.0.0.8:1', 'cut off: command 1 is unknown');
  assert.equal(lines.length, 7);
  assert.equal(lines[6], 'control 10.0.0.8:1: cut off: command 1 is unknown');
  log.flush();
  assert.deepEqual(lines.slice(7), ['control 10.0.0.7: 95 more in the last minute: cut off: command 0 is unknown']);
  log.tell('10.0.0.7', '10.0.0.7:1', 'cut off: command 1 is unknown');
  assert.equal(lines.length, 9, 'a new window has its own lines');
});

test('texts from the network and many addresses do not make more lines than the bound', () => {
  const { log, lines } = quiet();
  const word = (i: number): string => String.fromCharCode(97 + (i % 26), 97 + (Math.floor(i / 26) % 26));
  for (let i = 0; i < 600; i++) log.tell('10.0.0.7', '10.0.0.7:1', `cut off: '${word(i)}' is no name`);
  assert.equal(lines.length, 8 + 5, 'one line each of eight reasons, five of all others');
  for (let i = 0; i < 10_000; i++) log.tell(`fe80::${i.toString(16)}`, 'x', 'cut off: silent');
  assert.ok(lines.length <= 5 * 129, `${lines.length} lines`);
  log.flush();
  assert.ok(lines.some((line) => /^control other addresses: \d+ more in the last minute: other faults$/.test(line)));
  assert.ok(lines.length <= 6 * 130, `${lines.length} lines with the counts`);
});
