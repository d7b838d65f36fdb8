/** Asking a running agent. Whatever listens on the socket may answer: nothing of it is taken for granted. */
import { connect } from 'node:net';
import { errnoName, messageOf, TailtrapError } from '../base/errors.ts';
import type { Request } from './subscribers.ts';

/** An outlier with details is some kilobytes. */
const MAX_LINE_BYTES = 1024 * 1024;
/** An agent tells its status at once. A snapshot or the next outlier may take any time. */
const STATUS_WITHIN_MS = 2000;

/**
 * Sends a request and hands over each line of the answer, an object, until the agent closes or the signal is aborted.
 *
 * @throws TailtrapError `TT_NO_AGENT`
 */
export function ask(
  path: string,
  request: Request,
  onLine: (line: object) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const socket = connect({ path });
    const abort = (): void => void socket.destroy();
    signal?.addEventListener('abort', abort, { once: true });
    const silent = (): void => void socket.destroy(noAgent(path, `no answer within ${STATUS_WITHIN_MS / 1000} s`));
    const timer = 'status' in request ? setTimeout(silent, STATUS_WITHIN_MS) : undefined;
    let rest = '';
    let answered = false;
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      try {
        if (rest.length > MAX_LINE_BYTES) throw noAgent(path, 'its line has no end');
        for (const line of lines) {
          answered = true;
          onLine(parseLine(path, line));
        }
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', (error) => reject(error instanceof TailtrapError ? error : unreachable(path, error)));
    socket.on('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      if (answered || signal?.aborted) resolve();
      else reject(noAgent(path, 'it closes without an answer')); // nothing, when it was rejected before
    });
  });
}

/**
 * True when an agent listens there, false when nothing does.
 *
 * @throws TailtrapError `TT_NO_AGENT` when that cannot be said, or what listens there is not an agent
 */
export async function agentRuns(path: string): Promise<boolean> {
  try {
    await ask(path, { status: true }, () => {});
    return true;
  } catch (error) {
    if (error instanceof TailtrapError && isNobody(error.cause)) return false;
    throw error;
  }
}

function parseLine(path: string, line: string): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw noAgent(path, messageOf(error));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw noAgent(path, 'its line is not an object');
}

function noAgent(path: string, why: string): TailtrapError {
  return new TailtrapError('TT_NO_AGENT', `what answers there is not an agent: ${why}`, {
    where: path,
    next: 'name the socket of an agent: --socket, the `socket:` of its configuration',
  });
}

function isNobody(error: unknown): boolean {
  return ['ENOENT', 'ECONNREFUSED'].includes(errnoName(error));
}

function unreachable(path: string, error: Error): TailtrapError {
  const name = errnoName(error);
  return new TailtrapError(
    'TT_NO_AGENT',
    isNobody(error) ? 'no agent runs here' : `cannot ask the agent: ${name || error.message}`,
    {
      where: path,
      next: name === 'EACCES' ? 'use sudo, or join the group of the socket' : 'start one: tailtrap run',
      cause: error,
    },
  );
}
