/** Of each trace the time in which all its streams have packets; traces of one folder need nothing in common. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { run } from './a1.mjs';
import { WrittenTrace } from './written.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-intersection-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** CPU 0 from `begin` for 100 ms, CPU 1 the same 50 ms later; an interrupt of 1 ms every 10 ms on both. */
function write(name, number, begin, distance = 50) {
  const written = new WrittenTrace(join(folder, name), number);
  for (const cpu of [0, 1]) {
    if (cpu === 1) written.newStream();
    for (let at = begin + cpu * distance; at <= begin + cpu * distance + 100; at += 10) {
      written.event(at, cpu, 'irq_handler_entry', { irq: 5, name: 'eth0' });
      written.event(at + 1, cpu, 'irq_handler_exit', { irq: 5, ret: 1 });
    }
  }
  written.finish();
}
write('two/early', 1, 1000);
write('two/late', 2, 5000);
write('apart', 3, 1000, 500);
write('chunks/first', 4, 1000);
write('chunks/second', 4, 2000);

const interrupts = (path, ...options) => {
  const { stdout, stderr } = run('irqstats', join(folder, path), '--json', ...options);
  assert.match(stderr, /^(warning: only .*\n)?$/);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .reduce((sum, row) => sum + row.count, 0);
};

test('each trace has its own: before and after it, its events do not count', () => {
  assert.equal(interrupts('two/early'), 12);
  assert.equal(interrupts('two'), 24);
  assert.equal(interrupts('two', '--no-intersection'), 44);
});

test('when most of a trace is left out, it is said, unless a piece was asked for', () => {
  const told = (...options) => run('irqstats', join(folder, 'two/early'), '--gmt', ...options).stderr;
  assert.equal(
    told(),
    'warning: only 00:00:01.050000000 to 00:00:01.101000000 is read (34 %), the time that all streams have; ' +
      '--no-intersection reads all\n',
  );
  for (const options of [['--no-intersection'], ['--begin', '1060000000'], ['--skip-validation']]) {
    assert.equal(told(...options), '');
  }
});

test('bounds of the user narrow it', () => {
  assert.equal(interrupts('two', '--begin', '3000000000'), 12);
  assert.equal(interrupts('two', '--end', '1080500000'), 6);
});

test('chunks of one session are one trace', () => {
  assert.equal(interrupts('chunks'), 2 * 22 - 2 * 5);
});

test('a trace without such a time is told when it is alone', () => {
  const { status, stderr } = run('irqstats', join(folder, 'apart'));
  assert.equal(status, 1);
  assert.match(stderr, /TT_NO_INTERSECTION/);
});
