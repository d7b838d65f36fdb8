/**
 * One agent per machine: a file that its owner has locked (flock). The kernel frees the lock when its owner ends, however it
 * ends, so a killed agent leaves nothing behind that would have to be judged stale. Only those who may write the file can
 * hold it: an abstract socket, which would do as well, could be taken by any user.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoName, TailtrapError } from '../base/errors.ts';
import { makeFolders } from '../base/node.ts';
import { sys } from '../kernel/libbpf.ts';

const PATH = '/run/tailtrap/agent.lock';
const LOCK_EX_NB = 2 | 4;

export interface Lock {
  release(): void;
}

/** @throws TailtrapError `TT_AGENT_RUNS` when another agent holds it, `TT_LOCK` when the file cannot be made */
export function takeLock(path: string = PATH): Lock {
  const fd = openLock(path);
  if (sys.flock(fd, LOCK_EX_NB) !== 0) {
    closeSync(fd);
    const pid = readFileSync(path, 'latin1').trim();
    throw new TailtrapError(
      'TT_AGENT_RUNS',
      `another tailtrap agent runs on this machine${pid === '' ? '' : ` (process ${pid})`}`,
      {
        where: path,
        next: 'stop it first, or use tailtrap watch, which needs no agent',
      },
    );
  }
  ftruncateSync(fd);
  writeSync(fd, `${process.pid}\n`);
  let held = true;
  return {
    release() {
      if (held) closeSync(fd); // the file stays: removing it would let two agents lock two files of one name
      held = false;
    },
  };
}

function openLock(path: string): number {
  try {
    makeFolders(dirname(path));
    return openSync(path, 'a+', 0o600);
  } catch (cause) {
    throw new TailtrapError('TT_LOCK', `cannot make the lock of the agent: ${errnoName(cause) || String(cause)}`, {
      where: path,
      next: 'run as root',
      cause,
    });
  }
}
