/**
 * Recorded producers sent to `tailtrap relay` again, byte by byte: its folder must be what lttng-relayd 2.13.9 wrote.
 * Three small sessions are in data/ (per-PID buffers; rotations, clear, base path and snapshots; trace-file rings and a
 * clear of a live session). Larger ones are compared where the environment variable TAILTRAP_CAPTURES has them.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCaps, readStreams, replay } from './captures.mjs';
import { RelayProcess } from './relay-process.mjs';

const DATA = fileURLToPath(new URL('data', import.meta.url));
const SHARED = process.env.TAILTRAP_CAPTURES ?? fileURLToPath(new URL('../../../shared/traces', import.meta.url));
const KERNEL = join(SHARED, 'live-kernel/T4-live.tar.xz');
const noKernel = existsSync(KERNEL) ? false : 'the captured kernel session is not here';

/** Every file below a folder and its checksum, as `sha256sum` prints them. */
function checksums(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${relative(folder, path)}`)
    .sort(byPath);
}
const byPath = (a, b) => (a.slice(66) < b.slice(66) ? -1 : 1);
const expected = (session) =>
  readFileSync(join(DATA, session, 'files.sha256'), 'utf8')
    .trim()
    .split('\n')
    .sort(byPath);

/** Replays into a relay of its own. @returns its log */
async function replayed(steps, check, how) {
  const relay = await RelayProcess.start();
  try {
    await replay(steps, relay.ports, how);
    await relay.stop();
    check(relay.output);
    return relay.log.split('\n').slice(1).join('\n');
  } finally {
    await relay.close();
  }
}

const CUTS = {
  'as it was sent': (bytes) => [bytes],
  'in pieces of 1 byte': (bytes) =>
    bytes.length > 4096 ? [bytes] : Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)),
  'in pieces of 977 bytes': (bytes) =>
    Array.from({ length: Math.ceil(bytes.length / 977) }, (_, i) => bytes.subarray(i * 977, (i + 1) * 977)),
};

for (const session of ['s2', 's3', 's4']) {
  for (const [how, cut] of Object.entries(CUTS)) {
    test(`${session}, ${how}`, async () => {
      const check = (output) => assert.deepEqual(checksums(output), expected(session));
      const log = await replayed(readCaps(join(DATA, session)), check, { cut });
      assert.equal(log, '');
    });
  }
}

test('a kernel session: 132,640 events, the same folder as lttng-relayd wrote', { skip: noKernel }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-capture-'));
  try {
    execFileSync('tar', ['xf', KERNEL, '-C', folder]);
    execFileSync('tar', ['xf', join(SHARED, 'kernel/T4.tar.xz'), '-C', folder]);
    await replayed(readStreams(join(folder, 'streams')), (output) => {
      const { stdout, status } = spawnSync('diff', ['-r', join(folder, 'T4'), join(output, 'qguest')], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, stdout);
      const live = readdirSync(join(output, 'qguest')).find((name) => name.startsWith('live1'));
      const text = spawnSync('babeltrace2', [join(output, 'qguest', live)], { encoding: 'utf8', maxBuffer: 2 ** 30 });
      if (text.error === undefined) assert.equal(text.stdout.split('\n').length - 1, 132_640);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
