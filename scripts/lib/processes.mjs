/** Running other programs: each with a time limit, each ended with everything it started. */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

/**
 * Runs a program to its end. Never throws for what the program does: look at `code`.
 *
 * The program leads its own process group, so that the time limit and Ctrl-C also reach its children.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {number} [options.timeoutMs] killed after this long; `code` is then 124, like timeout(1)
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {string} [options.logFile] what it prints is appended there
 * @param {(line: string) => void} [options.onStatus] lines that it writes to file descriptor 3
 * @param {boolean} [options.show] let it print on our own stdout and stderr, and collect nothing
 * @returns {Promise<{code: number, output: string}>} 127: no such program; `output` is stdout and stderr mixed
 */
export function run(program, args, options = {}) {
  const { cwd, timeoutMs = 600_000, env = process.env, logFile, onStatus, show = false } = options;
  return new Promise((resolve) => {
    const stdio = ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe', onStatus ? 'pipe' : 'ignore'];
    const child = spawn(program, args, { cwd, env, stdio, detached: true });
    // Written at once: whoever reads the log after we ended, or were ended, finds all of it.
    const log = (text) => logFile && appendFileSync(logFile, text);
    log(`$ ${program} ${args.join(' ')}\n`);
    let output = '';
    let late = false;
    const collect = (chunk) => {
      output += chunk;
      log(chunk);
    };
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);
    if (onStatus) eachLine(child.stdio[3], onStatus);

    const timer = setTimeout(() => {
      late = true;
      endGroup(child.pid);
    }, timeoutMs);
    const interrupted = () => {
      endGroup(child.pid);
      process.exit(130);
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted);
    const finish = (code) => {
      clearTimeout(timer);
      for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, interrupted);
      if (late) collect(`\nstopped after ${Math.round(timeoutMs / 1000)} s\n`);
      resolve({ code: late ? 124 : code, output });
    };
    child.on('error', (error) => {
      collect(`${error.message}\n`);
      finish(127);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
}

/** Ends a process group: politely (dpkg wants to finish its step), after 3 seconds for good. */
function endGroup(pid) {
  const signal = (name) => {
    try {
      if (pid !== undefined) process.kill(-pid, name);
    } catch {
      // Ended by itself in the meantime.
    }
  };
  signal('SIGTERM');
  setTimeout(() => signal('SIGKILL'), 3000).unref();
}

function eachLine(stream, take) {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}
