import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventType, TraceEvent } from '../../trace/event.ts';
import { BeginOrder } from '../reports/io-order.ts';
import type { Row } from '../table.ts';
import { errorName } from './errno.ts';
import { addressName } from './files.ts';
import { Interrupts } from './interrupts.ts';

test('addresses by name', () => {
  assert.equal(addressName(2, 80, [127, 0, 0, 1], []), '127.0.0.1:80');
  assert.equal(addressName(2, 80, Uint8Array.of(10, 0, 0, 1), undefined), '10.0.0.1:80');
  assert.equal(addressName(10, 443, [], [0, 0, 0, 0, 0, 0, 0, 1]), '[::1]:443');
  assert.equal(addressName(10, 443, [], [0, 0, 0, 0, 0, 0xffff, 0x7f00, 1]), '[::ffff:127.0.0.1]:443');
  assert.equal(addressName(10, 1, [], [0x2001, 0xdb8, 0, 0, 1, 0, 0, 0]), '[2001:db8:0:0:1::]:1');
  const bytes = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
  assert.equal(addressName(10, 1, [], bytes), '[fe80::102:304:506:708]:1');
  assert.equal(addressName(1, 0, [], []), null);
  assert.equal(addressName(2, 0, [], []), null);
});

test('names of errors', () => {
  assert.equal(errorName(-1), 'EPERM');
  assert.equal(errorName(-11), 'EAGAIN');
  assert.equal(errorName(-25), 'ENOTTY');
  assert.equal(errorName(-40), 'ELOOP');
  assert.equal(errorName(-95), 'EOPNOTSUPP');
  assert.equal(errorName(-115), 'EINPROGRESS');
  assert.equal(errorName(-133), 'EHWPOISON');
  assert.equal(errorName(-512), '-512');
});

/** Feeds events `[time, name, fields]` of one CPU. */
function irqs(events: readonly (readonly [number, string, Record<string, number>])[]): number[][] {
  const model = new Interrupts();
  const ended: number[][] = [];
  for (const [time, name, fields] of events) {
    const type = {
      name,
      fieldNames: Object.keys(fields),
      numberField: (field: string) => (field in fields ? () => fields[field]! : null),
      stringField: () => null,
    } as unknown as EventType;
    model.handler(type)!({ time, cpu: 0, type } as unknown as TraceEvent);
    const irq = model.ended;
    if (irq !== null) ended.push([irq.nr, irq.begin, irq.end, irq.raised]);
  }
  return ended;
}

test('softirqs: raised while pending is no second raise; raised twice while running is one', () => {
  const vec = { vec: 3 };
  const seen = irqs([
    [1, 'irq_softirq_raise', vec],
    [2, 'irq_softirq_raise', vec],
    [3, 'irq_softirq_entry', vec],
    [4, 'irq_softirq_raise', vec],
    [5, 'irq_softirq_raise', vec],
    [6, 'irq_softirq_exit', vec],
    [7, 'irq_softirq_entry', vec],
    [8, 'irq_softirq_exit', vec],
    [9, 'irq_softirq_raise', vec],
    [10, 'irq_softirq_entry', vec],
    [11, 'irq_softirq_exit', vec],
    [12, 'irq_softirq_exit', vec],
  ]);
  assert.deepEqual(seen, [
    [3, 3, 6, 1],
    [3, 7, 8, 4],
    [3, 10, 11, 9],
  ]);
});

test('interrupts: an exit without its entry is none', () => {
  const seen = irqs([
    [1, 'irq_handler_exit', { irq: 4 }],
    [2, 'irq_handler_entry', { irq: 4 }],
    [3, 'irq_handler_exit', { irq: 5 }],
    [4, 'irq_handler_exit', { irq: 4 }],
    [5, 'irq_handler_entry', { irq: 4 }],
    [6, 'irq_handler_exit', { irq: 4 }],
  ]);
  assert.deepEqual(seen, [[4, 5, 6, Number.NaN]]);
});

test('rows in the order of begin, whatever the order of end', () => {
  // Each item ends after those whose number is smaller; some never end.
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 40 }), { maxLength: 60 }), (ends) => {
      const written: number[] = [];
      const order = new BeginOrder<Row>((row) => written.push(row[0] as number));
      const places = ends.map(() => order.begin());
      const finished = ends.map((end, i) => ({ end, i })).filter(({ end }) => end < 35);
      for (const { i, end } of finished.toSorted((a, b) => a.end - b.end)) {
        order.end(places[i]!, end % 7 === 0 ? null : ([i] as Row));
      }
      order.finish();
      assert.deepEqual(
        written,
        finished.filter(({ end }) => end % 7 !== 0).map(({ i }) => i),
      );
    }),
  );
});

test('a request that does not end holds back a bounded number of rows, and comes late', () => {
  const written: number[] = [];
  const order = new BeginOrder<Row>((row) => written.push(row[0] as number));
  const stuck = order.begin();
  for (let i = 1; i <= 70_000; i++) order.end(order.begin(), [i]);
  assert.equal(written.length, 70_000);
  order.end(stuck, [0]);
  assert.equal(written.at(-1), 0);
});
