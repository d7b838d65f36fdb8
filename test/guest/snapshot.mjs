/** A snapshot as babeltrace2 reads it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../kernel/lib.mjs';

/** Beside a snapshot that was copied out of the guest: its outlier. */
export const OUTLIER_FILE = 'outlier.json';
export const SNAPSHOT_FOLDER = 'trace';

/** It opens without a warning, the outlier is in it at its own time, and so is its thread. Returns the number of events. */
export async function checkSnapshot(path, outlier) {
  const { code, stdout, stderr } = await run('babeltrace2', ['--clock-seconds', path], { timeout: 120_000 });
  assert.equal(code, 0, stderr);
  assert.equal(stderr, '', 'babeltrace2 has nothing to complain about');
  const lines = stdout.trimEnd().split('\n');
  const own = lines.find((line) => line.includes('tailtrap_outlier') && line.includes(outlier.id));
  assert.ok(own, "the outlier's own event is in its trace");
  const seconds = outlier.end_ns.replace(/(\d{9})$/, '.$1');
  assert.ok(own.startsWith(`[${seconds}]`), `${own.slice(0, 30)} at its own time ${seconds}`);
  const late = lines.some((line) => line.includes('sched_switch: ') && line.includes(`next_tid = ${outlier.tid},`));
  assert.ok(late, `its thread ${outlier.tid} is switched in`);
  return lines.length;
}

/** Checks what catch.mjs put into `folder`. */
export function checkCopied(folder) {
  return checkSnapshot(join(folder, SNAPSHOT_FOLDER), JSON.parse(readFileSync(join(folder, OUTLIER_FILE), 'utf8')));
}
