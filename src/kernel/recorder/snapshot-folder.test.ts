import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { TailtrapError } from '../../base/errors.ts';
import {
  enforceBudget,
  listSnapshots,
  OUTLIER_FILE,
  removeTemporaries,
  snapshotName,
  writeSnapshotFolder,
} from './snapshot-folder.ts';

function inFolder(run: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-test-'));
  try {
    run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const at = (second: number): string =>
  snapshotName(1_795_413_753_000_000_000n + BigInt(second) * 1_000_000_000n, 7, second);

function make(folder: string, second: number, bytes: number): string {
  return writeSnapshotFolder(folder, at(second), (path) => {
    mkdirSync(join(path, 'kernel'));
    writeFileSync(join(path, 'kernel', 'channel0_0'), Buffer.alloc(bytes));
    writeFileSync(join(path, OUTLIER_FILE), '{}');
  }).path;
}

test('names sort by time', () => {
  assert.equal(at(0), 'tailtrap-20261123T060233.000000Z-7-0');
  assert.equal(snapshotName(1_795_413_753_000_001_999n, 7, 0), 'tailtrap-20261123T060233.000001Z-7-0');
});

test('oldest go first, by number and by bytes; the newest and what is not ours stay', () => {
  inFolder((folder) => {
    mkdirSync(join(folder, 'notes'));
    mkdirSync(join(folder, at(0))); // has our name, but no outlier.json
    const paths = [1, 2, 3, 4].map((second) => make(folder, second, 1000));
    assert.deepEqual(enforceBudget(folder, { maxSnapshots: 3, maxBytes: 1e9 }), [paths[0]]);
    assert.deepEqual(enforceBudget(folder, { maxSnapshots: 3, maxBytes: 2500 }), [paths[1]]);
    assert.deepEqual(enforceBudget(folder, { maxSnapshots: 3, maxBytes: 1 }), [paths[2]]);
    assert.deepEqual(
      listSnapshots(folder).map((s) => s.path),
      [paths[3]],
    );
    assert.ok(existsSync(join(folder, 'notes')) && existsSync(join(folder, at(0))));
  });
});

test('what fails leaves nothing and says why', () => {
  inFolder((folder) => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const write = (): never => {
      throw full;
    };
    assert.throws(
      () => writeSnapshotFolder(folder, at(1), write),
      (e) => e instanceof TailtrapError && e.code === 'TT_SNAPSHOT_DISK_FULL' && e.next !== '',
    );
    assert.deepEqual(readdirSync(folder), []);
    writeFileSync(join(folder, 'file'), '');
    assert.throws(
      () => writeSnapshotFolder(join(folder, 'file'), at(1), () => {}),
      (e) => e instanceof TailtrapError && e.code === 'TT_SNAPSHOT_WRITE',
    );
  });
});

test('half-written snapshots of dead processes go', () => {
  inFolder((folder) => {
    mkdirSync(join(folder, `.tmp-${snapshotName(1n, 10, 1)}`));
    mkdirSync(join(folder, `.tmp-${snapshotName(1n, 11, 1)}`));
    removeTemporaries(folder, (pid) => pid === 11);
    assert.deepEqual(readdirSync(folder), [`.tmp-${snapshotName(1n, 11, 1)}`]);
  });
});
