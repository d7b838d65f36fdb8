/** Where tracefs is, and reading and writing its control files with errors that say what to do. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { errnoName, messageOf, TailtrapError } from '../../base/errors.ts';

const TRACEFS = '/sys/kernel/tracing';
/** Before Linux 4.1 and where only debugfs is mounted. */
const TRACEFS_IN_DEBUGFS = '/sys/kernel/debug/tracing';
/** mount(8) takes milliseconds. */
const MOUNT_TIMEOUT_MS = 5000;

function usable(path: string): boolean {
  try {
    return existsSync(`${path}/instances`) && readFileSync(`${path}/trace_clock`).length > 0;
  } catch {
    return false;
  }
}

/** The folder of tracefs; mounts it when it is absent and we are root. */
export function findTracefs(): string {
  for (const path of [TRACEFS, TRACEFS_IN_DEBUGFS]) if (usable(path)) return path;
  if (process.getuid?.() !== 0) {
    throw new TailtrapError('TT_TRACEFS_DENIED', 'the kernel tracing files cannot be read', {
      where: TRACEFS,
      next: 'run as root, or with the capabilities CAP_DAC_OVERRIDE and CAP_SYS_ADMIN',
    });
  }
  const mount = spawnSync('mount', ['-t', 'tracefs', 'nodev', TRACEFS], {
    timeout: MOUNT_TIMEOUT_MS,
    encoding: 'utf8',
  });
  if (usable(TRACEFS)) return TRACEFS;
  throw new TailtrapError('TT_TRACEFS_ABSENT', `tracefs is not mounted and cannot be: ${(mount.stderr ?? '').trim()}`, {
    where: TRACEFS,
    next: `type: mount -t tracefs nodev ${TRACEFS} (in a container: give it the host's ${TRACEFS})`,
    cause: mount.error,
  });
}

/** Writes a control file. */
export function writeControl(path: string, value: string): void {
  try {
    writeFileSync(path, value);
  } catch (error) {
    throw controlError(path, `cannot write '${value}'`, error);
  }
}

/** Reads a control file. */
export function readControl(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw controlError(path, 'cannot read', error);
  }
}

function controlError(path: string, what: string, error: unknown): TailtrapError {
  const errno = errnoName(error);
  const next =
    errno === 'EACCES' || errno === 'EPERM'
      ? 'run as root; a locked-down kernel (see /sys/kernel/security/lockdown) refuses tracing to everyone'
      : errno === 'ENOMEM'
        ? 'give the recorder a smaller buffer'
        : errno === 'ENOENT'
          ? 'this kernel lacks it: see tailtrap doctor'
          : 'see tailtrap doctor';
  return new TailtrapError('TT_TRACEFS_IO', `${what}: ${messageOf(error)}`, { where: path, next, cause: error });
}
