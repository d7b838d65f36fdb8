/** io: fio counts its own calls and measures them; the table has to show the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needProgram, needRoot, run, sleep, start, temporaryFolder } from './lib.mjs';

test('io: calls as fio counts and measures them', { skip: needRoot() || needProgram('fio') }, async (t) => {
  const file = `${temporaryFolder(t)}/data`;
  const job = ['--name=io', `--filename=${file}`, '--size=16m', '--bs=4k', '--ioengine=psync', '--direct=1'];
  const written = await run('fio', [...job, '--rw=write']); // so that the file is there
  if (written.code !== 0) return t.skip(`no direct I/O in ${file}`);
  const measuring = start(['hist', 'io', '-c', 'fio', '--for', '20s']);
  t.after(() => measuring.stop());
  await measuring.ready;
  await sleep(200);
  const measure = ['--rw=randrw', '--number_ios=3000', '--fsync=50', '--thread', '--output-format=json'];
  const { stdout } = await run('fio', [...job, ...measure]);
  const [{ read, write, sync }] = JSON.parse(stdout.slice(stdout.indexOf('{'))).jobs;
  await measuring.stop();
  const [table] = measuring.outliers;
  const column = (layer, operation) => table.columns.find((c) => c.layer === layer && c.operation === operation);

  for (const [operation, of] of [
    ['read', read],
    ['write', write],
  ]) {
    const call = column('syscall', operation);
    const fs = column('fs', operation);
    // fio also reads its surroundings and writes its report.
    assert.ok(call.count >= of.total_ios && call.count < of.total_ios + 500, `${call.count}, fio: ${of.total_ios}`);
    assert.ok(fs.count >= of.total_ios && fs.count <= call.count, `${fs.count}, fio: ${of.total_ios}`);
    const median_ns = of.clat_ns.percentile['50.000000'];
    assert.ok(Math.abs(call.p50_ns - median_ns) < Math.max(median_ns / 8, 20e3), `${call.p50_ns}, fio: ${median_ns}`);
    // Direct: a request each. (All but a few: see ofInit() in ftrace.mjs about completions that no program sees.)
    const requests = column('block', operation).count;
    assert.ok(requests >= 0.98 * of.total_ios, `${requests} requests, fio: ${of.total_ios}`);
    const inRows = call.buckets.reduce((sum, [, count]) => sum + count, 0);
    assert.equal(inRows, call.count);
  }
  assert.ok(column('syscall', 'sync').count >= sync.total_ios, `${column('syscall', 'sync').count}`);
  assert.ok(column('syscall', 'open').count > 0 && column('syscall', 'close').count > 0);
  assert.match(table.fs_source, /vfs_read|regular files/);
  t.diagnostic(`${read.total_ios} reads, ${write.total_ios} writes, ${sync.total_ios} syncs`);
});
