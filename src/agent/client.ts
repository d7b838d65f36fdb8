/** Asking a running agent. */
import { connect } from 'node:net';
import { errnoName, TailtrapError } from '../base/errors.ts';
import type { Request } from './subscribers.ts';

/** An outlier with details is some kilobytes. */
const MAX_LINE_BYTES = 1024 * 1024;

/** Sends a request and hands over each line of the answer, parsed, until the agent closes or the signal is aborted. */
export function ask(
  path: string,
  request: Request,
  onLine: (line: unknown) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    const abort = (): void => void socket.destroy();
    signal?.addEventListener('abort', abort, { once: true });
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE_BYTES) socket.destroy(new Error('the answer is not from an agent'));
      for (const line of lines) onLine(JSON.parse(line));
    });
    socket.on('error', (error) => reject(unreachable(path, error)));
    socket.on('close', () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
  });
}

/** True when an agent listens there. */
export function agentRuns(path: string): Promise<boolean> {
  return ask(path, { status: true }, () => {}).then(
    () => true,
    () => false,
  );
}

function unreachable(path: string, error: Error): TailtrapError {
  const name = errnoName(error);
  const none = name === 'ENOENT' || name === 'ECONNREFUSED';
  return new TailtrapError(
    'TT_NO_AGENT',
    none ? 'no agent runs here' : `cannot ask the agent: ${name || error.message}`,
    {
      where: path,
      next: name === 'EACCES' ? 'use sudo, or join the group of the socket' : 'start one: tailtrap run',
      cause: error,
    },
  );
}
