import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TailtrapError, UsageError } from '../base/errors.ts';
import { groupLeftOut, leftOutText } from './left-out.ts';

const refused = (name: string): TailtrapError =>
  new TailtrapError('TT_REFUSED', `the kernel refused to load tracker ${name}: it refuses BPF here`, {
    where: `/dist/${name}.bpf.o`,
    next: 'run: tailtrap doctor',
  });

test('one reason is told once, with the trackers it holds for', () => {
  const groups = groupLeftOut([
    { name: 'block', error: refused('block') },
    { name: 'irq', error: new UsageError('TT_NO_FILTER', 'tracker irq cannot filter by dev') },
    { name: 'softirq', error: refused('softirq') },
    { name: 'net', error: new RangeError('odd') },
    { name: 'ttfb', error: new RangeError('odd') },
  ]);
  assert.deepEqual(groups.map(leftOutText), [
    'error TT_REFUSED: the kernel refused to load trackers block, softirq: it refuses BPF here\n  next: run: tailtrap doctor',
    'error TT_NO_FILTER: tracker irq cannot filter by dev',
    'trackers net, ttfb: odd',
  ]);
  assert.ok(groups[1]!.error instanceof UsageError);
});

test('a single one keeps its place; a reason without a name gets the names', () => {
  assert.match(leftOutText(groupLeftOut([{ name: 'block', error: refused('block') }])[0]!), /\n {2}at \/dist\/block/);
  const error = new TailtrapError('TT_NO_BTF', 'this kernel has no BTF');
  const [group] = groupLeftOut([
    { name: 'a', error },
    { name: 'b', error },
  ]);
  assert.equal(leftOutText(group!), 'error TT_NO_BTF: trackers a, b: this kernel has no BTF');
});
