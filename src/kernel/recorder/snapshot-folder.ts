/**
 * Snapshot folders: complete or absent, and never more than the budget.
 *
 *     OUT/tailtrap-20261123T055733.123456Z-PID-SEQ/     ours: the name matches and outlier.json is inside
 *         outlier.json
 *         kernel/metadata, channel0_0, ..., tailtrap_0  the CTF trace (lttng-analyses wants a folder named `kernel`)
 *     OUT/.tmp-tailtrap-...                             being written; removed when its process is gone
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errnoName, messageOf, TailtrapError } from '../../base/errors.ts';
import { makeFolders } from '../../base/node.ts';

const SNAPSHOT = /^tailtrap-\d{8}T\d{6}\.\d{6}Z-\d+-\d+$/;
const TEMPORARY = /^\.tmp-tailtrap-.*-(\d+)-\d+$/;
export const OUTLIER_FILE = 'outlier.json';
export const TRACE_FOLDER = 'kernel';

export interface DiskBudget {
  readonly maxSnapshots: number;
  readonly maxBytes: number;
}

/** Enough for an evening of trouble, small enough for a root partition. */
export const DEFAULT_BUDGET: DiskBudget = { maxSnapshots: 50, maxBytes: 1024 ** 3 };

/** Name of a snapshot taken now. */
export function snapshotName(epoch_ns: bigint, pid: number, sequence: number): string {
  const iso = new Date(Number(epoch_ns / 1_000_000n)).toISOString();
  const micros = String((epoch_ns / 1000n) % 1_000_000n).padStart(6, '0');
  return `tailtrap-${iso.slice(0, 19).replace(/[-:]/g, '')}.${micros}Z-${pid}-${sequence}`;
}

function folderBytes(path: string): number {
  let bytes = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) bytes += folderBytes(child);
    else if (entry.isFile()) bytes += statSync(child).size;
  }
  return bytes;
}

/** Our snapshots in a folder, oldest first. */
export function listSnapshots(outDir: string): { path: string; bytes: number }[] {
  if (!existsSync(outDir)) return [];
  return readdirSync(outDir)
    .filter((name) => SNAPSHOT.test(name) && existsSync(join(outDir, name, OUTLIER_FILE)))
    .sort()
    .map((name) => ({ path: join(outDir, name), bytes: folderBytes(join(outDir, name)) }));
}

/** Removes the oldest snapshots until the budget holds; the newest always stays. Returns what was removed. */
export function enforceBudget(outDir: string, budget: DiskBudget): string[] {
  const snapshots = listSnapshots(outDir);
  let bytes = snapshots.reduce((sum, snapshot) => sum + snapshot.bytes, 0);
  const removed: string[] = [];
  while (snapshots.length > 1 && (snapshots.length > budget.maxSnapshots || bytes > budget.maxBytes)) {
    const oldest = snapshots.shift()!;
    removeQuietly(oldest.path);
    bytes -= oldest.bytes;
    removed.push(oldest.path);
  }
  return removed;
}

/** Removes half-written snapshots of processes that are gone. */
export function removeTemporaries(outDir: string, isAlive: (pid: number) => boolean): void {
  if (!existsSync(outDir)) return;
  for (const name of readdirSync(outDir)) {
    const match = TEMPORARY.exec(name);
    if (match !== null && !isAlive(Number(match[1]))) rmSync(join(outDir, name), { recursive: true, force: true });
  }
}

/** What is broken enough to fail a snapshot may fail this too; the first error is the one to tell. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // the next start removes it
  }
}

/**
 * Runs `write` on a temporary folder and renames it. When anything fails the folder is gone and a `TailtrapError` says why.
 */
export function writeSnapshotFolder<T>(
  outDir: string,
  name: string,
  write: (folder: string) => T,
): { path: string; result: T } {
  const temporary = join(outDir, `.tmp-${name}`);
  const path = join(outDir, name);
  try {
    makeFolders(outDir);
    mkdirSync(temporary);
    const result = write(temporary);
    renameSync(temporary, path);
    return { path, result };
  } catch (error) {
    removeQuietly(temporary);
    throw writeError(path, error);
  }
}

/** System errors as a person reads them; anything else is a bug and stays as it is. */
export function writeError(path: string, error: unknown): unknown {
  const errno = errnoName(error);
  if (error instanceof TailtrapError || !/^E[A-Z]+$/.test(errno)) return error;
  const isFull = errno === 'ENOSPC' || errno === 'EDQUOT';
  return new TailtrapError(
    isFull ? 'TT_SNAPSHOT_DISK_FULL' : 'TT_SNAPSHOT_WRITE',
    `the snapshot could not be written: ${messageOf(error)}`,
    {
      where: path,
      next: isFull
        ? 'free space there, or lower the snapshot budget, or write snapshots to another disk'
        : 'check that the folder exists and is writable',
      cause: error,
    },
  );
}
