/** Every report as an external analysis of Trace Compass: the client of trace-compass.mjs takes all that it is given. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { REPORTS } from '../../dist/analyses/index.js';
import { ROOT } from '../../scripts/lib/files.mjs';
import { skip, trace } from './a1.mjs';
import { splitCommand, TraceCompass } from './trace-compass.mjs';
import { WrittenTrace } from './written.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-lami-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const TAILTRAP = `"${join(ROOT, 'bin/tailtrap')}"`;
const PERIOD =
  '--period "run : $evt.$name == \\"sched_switch\\" && $evt.next_tid != 0 : $evt.$name == \\"sched_switch\\" && ' +
  '$evt.prev_tid == $begin.$evt.next_tid" --period "in(run) : $evt.$name == \\"*entry*\\"" ' +
  '--period "any(run) : $evt.$name == \\"syscall_entry_write\\" : $evt.$name == \\"syscall_exit_write\\"" ' +
  '--period-captures "run : comm = $evt.next_comm, tid = $evt.next_tid : state = $evt.prev_state"';
const commandOf = (name) => `${TAILTRAP} report ${name} --mi${name.startsWith('period') ? ` ${PERIOD}` : ''}`;

const path = join(folder, 'a trace', 'kernel');
const written = new WrittenTrace(path);
for (let at = 1000, late = 0; at < 2000; at += 20, late = (late + 1) % 4) {
  written.event(at, 1, 'sched_waking', { comm: 'app', tid: 7, prio: 20, target_cpu: 0 });
  written.switch(at + 1 + late, 0, 'swapper/0', 0, 'app', 7);
  written.event(at + 5, 0, 'syscall_entry_write', { fd: 2 ** 32 - 1, buf: 0, count: 10 });
  written.event(at + 6 + late, 0, 'syscall_exit_write', { ret: late === 0 ? -9 : 10 });
  written.event(at + 10, 0, 'irq_handler_entry', { irq: 4, name: 'ahci' });
  written.event(at + 11 + late / 2, 0, 'irq_handler_exit', { irq: 4, ret: 1 });
  written.event(at + 13, 0, 'softirq_entry', { vec: 1 });
  written.event(at + 14 + late / 2, 0, 'softirq_exit', { vec: 1 });
  written.event(at + 16, 0, 'mm_page_alloc', { order: 2 });
  written.switch(at + 17 + late / 2, 0, 'app', 7, 'swapper/0', 0);
}
written.finish();

/** What a user may add in the dialog, of what fits the family. */
const EXTRA = {
  cputop: ['--limit unlimited', '--refresh 100ms'],
  sched: [
    '--stats --total --per-prio',
    '--freq --freq-series',
    '--freq --freq-uniform',
    '--percentiles --stats',
    '--log --top',
  ],
  irq: ['--stats --freq --log', '--freq --freq-series', '--stats --percentiles --refresh 200ms'],
  io: ['--stats --usage --log --top', '--freq --freq-series', '--stats --percentiles', '--refresh 200ms'],
  memtop: ['--refresh 200ms'],
  syscallstats: ['--percentiles', '--refresh 200ms'],
  periods: [
    '--stats --freq --log --top',
    '--freq --freq-series',
    '--group-by run.comm,run.tid --stats --freq',
    '--select any --aggregate-by run --log --top --stats',
    '--order-by hierarchy',
  ],
};

test('its command lines', () => {
  assert.deepEqual(splitCommand('a  "b c" d\\"e "\\\\" ""'), ['a', 'b c', 'd"e', '\\', '']);
});

for (const [name, { family }] of Object.entries(REPORTS)) {
  test(`${name}: metadata, compatibility, results`, () => {
    const client = new TraceCompass(commandOf(name));
    assert.equal(client.fits(path), true);
    const isFirst = Object.keys(REPORTS).find((one) => REPORTS[one].family === family) === name;
    const extras = ['', ...(isFirst ? EXTRA[family] : [])];
    for (const extra of extras) {
      const { tables, progress, stderr } = client.run(path, { extra: `${extra} --no-intersection` });
      assert.ok(tables.length > 0, `${extra}: ${stderr}`);
      assert.ok(progress.length >= 2);
    }
    const range = [1_300_000_000n, 1_500_000_000n];
    const { tables } = client.run(path, { range, extra: '--no-intersection' });
    assert.ok(tables.length > 0);
    for (const {
      range: { begin, end },
    } of tables) {
      assert.ok(begin.value >= Number(range[0]) && end.value <= Number(range[1]), `${begin.value} ${end.value}`);
    }
  });
}

test('what cannot be analysed is said on both channels', () => {
  const client = new TraceCompass(commandOf('cputop'));
  assert.equal(client.fits(join(folder, 'nothing')), false);
  const { status, stderr } = client.run(join(folder, 'nothing'));
  assert.equal(status, 1);
  assert.match(stderr, /^error TT_/);
  // A selection outside of the trace.
  assert.match(client.run(path, { range: [5n, 6n] }).stderr, /TT_/);
});

test('a log of many rows: no progress between them', { skip }, () => {
  const { tables, progress } = new TraceCompass(commandOf('iolog')).run(trace('A1'), { extra: '--stats' });
  assert.ok(progress.length >= 4);
  assert.ok(tables.find(({ name }) => name === 'log').rows.length > 1000);
});

test('real traces, and one with losses', { skip }, () => {
  for (const name of Object.keys(REPORTS).filter((report) => !report.startsWith('period'))) {
    assert.ok(new TraceCompass(commandOf(name)).run(trace('A1')).tables.length > 0, name);
  }
  const lossy = trace('variety', 'bonus/T7');
  const client = new TraceCompass(commandOf('cputop'));
  assert.equal(client.fits(lossy), true);
  assert.ok(client.run(lossy).tables.length > 0);
  const user = new TraceCompass(commandOf('cputop'));
  assert.equal(user.fits(join(ROOT, '../shared/traces/live/s1-live-per-uid/relayd-output')), false);
});
