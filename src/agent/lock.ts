/**
 * One agent per machine. An abstract socket is the lock: the kernel frees it when its owner ends, however it ends, so a
 * killed agent leaves nothing behind that would have to be judged stale.
 */
import { createServer, type Server } from 'node:net';
import { errnoName, TailtrapError } from '../base/errors.ts';

const NAME = '\0tailtrap-agent';

export interface Lock {
  release(): void;
}

/** @throws TailtrapError `TT_AGENT_RUNS` when another agent holds it */
export async function takeLock(name: string = NAME): Promise<Lock> {
  const server = createServer((socket) => socket.end(`${process.pid}\n`));
  try {
    await listening(server, name);
  } catch (error) {
    if (errnoName(error) !== 'EADDRINUSE') throw error;
    throw new TailtrapError('TT_AGENT_RUNS', 'another tailtrap agent runs on this machine', {
      next: 'stop it first (pgrep -af "tailtrap run"), or use tailtrap watch, which needs no agent',
      cause: error,
    });
  }
  server.unref();
  return { release: () => void server.close() };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, () => resolve());
  });
}
