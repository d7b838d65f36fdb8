/** Child processes of the demo and the benchmarks. */
import { spawn } from 'node:child_process';

/** Runs a program to its end, output thrown away. Rejects when it cannot be started or is not done after `timeout` ms. */
export function run(command, args = [], { timeout = 30_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'ignore', timeout, killSignal: 'SIGKILL' });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === null) resolve(code);
      else reject(new Error(`${command} was ended by ${signal}`));
    });
  });
}

/** Command and arguments for a Perl script on CPU 0 with a real-time priority (perl, chrt and taskset are everywhere). */
export function onCpu0(priority, script) {
  return ['taskset', ['-c', '0', 'chrt', '-f', String(priority), 'perl', '-e', script]];
}
