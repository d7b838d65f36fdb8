import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { TailtrapError } from '../../base/errors.ts';
import { LttngRecorder, type Run } from './lttng-recorder.ts';

const hasCode = (code: string) => (e: unknown) => e instanceof TailtrapError && e.code === code && e.next !== '';
const failing =
  (error: object): Run =>
  () =>
    Promise.reject(Object.assign(new Error('failed'), error));

test('no lttng, no session, no answer: three errors with a next step', async () => {
  const start = (run: Run) => LttngRecorder.start({ session: 'tail', run });
  await assert.rejects(start(failing({ code: 'ENOENT' })), hasCode('TT_LTTNG_ABSENT'));
  await assert.rejects(
    start(failing({ code: 1, stderr: 'Error: Session name not found' })),
    hasCode('TT_LTTNG_SESSION'),
  );
  await assert.rejects(start(failing({ killed: true })), hasCode('TT_LTTNG_TIMEOUT'));
  await assert.rejects(LttngRecorder.start({ session: '--all' }), hasCode('TT_LTTNG_SESSION'));
});

test('a snapshot is recorded into a folder of its own, with outlier.json', async () => {
  const outDir = mkdtempSync(join(tmpdir(), 'tailtrap-test-'));
  try {
    const calls: (readonly string[])[] = [];
    const run: Run = (_file, args) => {
      calls.push(args);
      return Promise.resolve('');
    };
    const recorder = await LttngRecorder.start({ session: 'tail', run });
    const { path } = await recorder.snapshot({ outliers: [], outDir });
    const target = `file://${join(outDir, `.tmp-${basename(path)}`)}`;
    assert.deepEqual(calls[2]!.slice(1), ['snapshot', 'record', '--session', 'tail', '--name', 'lttng', target]);
    assert.ok(existsSync(join(path, 'outlier.json')));
    assert.deepEqual(readdirSync(outDir), [basename(path)]);
    recorder.close();
    await assert.rejects(recorder.snapshot({ outliers: [], outDir }), (e) => e instanceof TailtrapError);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
});
