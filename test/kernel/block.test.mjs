/** block: fio's own latency log of every request is the independent clock. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SlowDisk } from '../../scripts/lib/slow-disk.mjs';
import { agrees, needProgram, needRoot, run, sleep, temporaryFolder, watch } from './lib.mjs';

const skip = needRoot() || needProgram('fio', 'losetup');
const THRESHOLD_MS = 20;

/** A throttled loop device, gone after the test; or the test is skipped with the reason. */
function slowDisk(t) {
  try {
    const disk = new SlowDisk();
    t.after(() => disk.remove());
    return disk;
  } catch (error) {
    t.skip(`no throttled disk here: ${error.message}`);
    return null;
  }
}

/** Runs fio for `count` writes of 4 KiB; returns its log, `{ latency_ns, offset }` per request. */
async function fioWrites(disk, folder, count) {
  const args = ['--name=w', `--filename=${disk.device}`, '--rw=write', '--bs=4k', '--direct=1', '--ioengine=psync'];
  args.push(`--number_ios=${count}`, '--size=1M', `--write_lat_log=${join(folder, 'log')}`, '--log_offset=1');
  const [command, rest] = disk.inside('fio', args);
  const { code, stderr } = await run(command, rest);
  assert.equal(code, 0, stderr);
  const lines = readFileSync(join(folder, 'log_clat.1.log'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [, latency_ns, , , offset] = line.split(', ').map(Number);
    return { latency_ns, offset };
  });
}

test('block: every slow request is caught, its delay is that of fio, no fast one is reported', { skip }, async (t) => {
  const disk = slowDisk(t);
  if (disk === null) return;
  const watched = watch('block', '--threshold', `${THRESHOLD_MS}ms`, '-d', disk.device);
  t.after(() => watched.stop());
  await watched.ready;

  disk.limit(12);
  const slow = await fioWrites(disk, temporaryFolder(t), 20);
  disk.limit(0);
  const fast = await fioWrites(disk, temporaryFolder(t), 200);
  await sleep(300);

  const late = (log) => log.filter(({ latency_ns }) => latency_ns > THRESHOLD_MS * 1.05e6);
  assert.ok(late(slow).length >= 10, 'the throttle made slow requests');
  assert.equal(watched.outliers.length, late(slow).length + late(fast).length, 'as many outliers as slow requests');
  for (const { latency_ns, offset } of late(slow)) {
    const found = watched.outliers.find((o) => o.key.sector === offset / 512 && agrees(o.delay_ns, latency_ns));
    assert.ok(found, `the request at ${offset}, ${latency_ns} ns`);
    assert.equal(found.comm, 'fio');
    assert.equal(found.details.operation, 'write');
    assert.equal(found.details.bytes, 4096);
    assert.equal(`/dev/${found.key.device}`, disk.device);
    assert.equal(found.details.queue_ns + found.details.device_ns, found.delay_ns);
  }
});

test('block: a pending request is one timeout, then one threshold outlier', { skip }, async (t) => {
  const disk = slowDisk(t);
  if (disk === null) return;
  const watched = watch('block', '--threshold', '20ms', '--timeout', '100ms', '-d', disk.device);
  t.after(() => watched.stop());
  await watched.ready;
  disk.limit(2); // the throttle lets the first ones through, then one per half second
  await fioWrites(disk, temporaryFolder(t), 4);
  await sleep(300);
  const timeouts = watched.outliers.filter((o) => o.kind === 'timeout');
  assert.ok(timeouts.length >= 1, 'a timeout came');
  for (const timeout of timeouts) {
    const same = watched.outliers.filter((o) => o.begin_ns === timeout.begin_ns);
    assert.deepEqual(
      same.map((o) => o.kind),
      ['timeout', 'threshold'],
      'one timeout, then its end',
    );
    assert.ok(timeout.delay_ns > 100e6 && timeout.delay_ns < 150e6, `found at ${timeout.delay_ns} ns`);
    assert.equal(timeout.details.state, 'in device');
    assert.equal(timeout.comm, 'fio');
  }
});
