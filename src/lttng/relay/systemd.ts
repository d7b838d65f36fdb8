/** systemd's side of a daemon: sockets that it opened for us (sd_listen_fds(3)), and telling it that we are ready. */
import { execFile } from 'node:child_process';
import { TailtrapError } from '../../base/errors.ts';
import type { Port } from './gate.ts';

/** File descriptor of the first passed socket. */
const FIRST_FD = 3;
const ORDER: readonly Port[] = ['control', 'data', 'live'];

/**
 * Which port has which passed socket: by name (`FileDescriptorName=control`, `data`, `live`), else in that order.
 *
 * @returns null when none were passed to this process
 */
export function passedSockets(env: NodeJS.ProcessEnv, pid: number): ReadonlyMap<Port, number> | null {
  if (env.LISTEN_PID !== String(pid) || env.LISTEN_FDS === undefined) return null;
  const count = Number(env.LISTEN_FDS);
  const names = (env.LISTEN_FDNAMES ?? '').split(':');
  const sockets = new Map<Port, number>();
  for (let i = 0; i < count; i++) {
    const port = ORDER.find((name) => name === names[i]) ?? ORDER.find((name) => !sockets.has(name));
    if (port !== undefined) sockets.set(port, FIRST_FD + i);
  }
  const missing = ORDER.filter((port) => !sockets.has(port));
  if (missing.length === 0) return sockets;
  throw new TailtrapError('TT_RELAY_SOCKETS', `systemd passed no socket for ${missing.join(' and ')}`, {
    next: 'give the socket unit three ListenStream= lines: control, data, live',
  });
}

/** `READY=1`, `STOPPING=1`. Node has no datagram sockets of the Unix kind; systemd-notify(1) does it for us. */
export function notify(state: string, env: NodeJS.ProcessEnv, log: (line: string) => void): void {
  if (env.NOTIFY_SOCKET === undefined) return;
  execFile('systemd-notify', [`--pid=${process.pid}`, state], { env }, (error) => {
    if (error !== null) log(`systemd-notify ${state}: ${error.message} (Type=notify needs it, and NotifyAccess=all)`);
  });
}
