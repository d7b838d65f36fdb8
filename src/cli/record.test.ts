import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lttngNeeds } from './record-lttng.ts';

test('what LTTng is asked for', () => {
  const all = lttngNeeds(new Set());
  for (const event of [
    'sched_switch',
    'sched_pi_setprio',
    'block_rq_issue',
    'irq_softirq_raise',
    'kmem_mm_page_alloc',
    'lttng_statedump_file_descriptor',
    'lttng_statedump_block_device',
  ]) {
    assert.ok(all.events.includes(event), event);
  }
  assert.equal(all.syscalls, true);
  const sched = lttngNeeds(new Set(['cputop', 'sched']));
  assert.equal(sched.syscalls, false);
  assert.ok(sched.events.every((event) => /^sched_|^lttng_statedump_process_state$/.test(event)));
});
