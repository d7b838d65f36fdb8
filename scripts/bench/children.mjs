/**
 * The programs that a benchmark starts. Whatever way the benchmark ends, they end with it: at its normal end, on Ctrl-C
 * and when it throws by `endAll`, when it is killed by the parent-death signal that setpriv(1) arranges.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
const MAX_OUTPUT = 1_000_000;
/** Between asking a program to end and making it. */
const PATIENCE_MS = 2000;

const running = new Set();
process.on('exit', () => signalAll('SIGKILL'));

/** Where a program is, or null. Much of what is needed here lies where only root's PATH looks. */
export function findProgram(name) {
  if (name.includes('/')) return existsSync(name) ? name : null;
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

export class Child {
  #process;
  #output = '';
  #listeners = new Set();
  /** Resolves with the exit status; null when it was ended by a signal. */
  exited;

  /**
   * Starts a program in a process group of its own.
   *
   * @param {string[]} command
   * @param {{cwd?: string}} [options]
   */
  constructor(command, options = {}) {
    const [program, ...args] = command;
    const path = findProgram(program);
    if (path === null) throw new Error(`there is no program ${program}`);
    const setpriv = findProgram('setpriv');
    const whole = setpriv === null ? [path, ...args] : [setpriv, '--pdeathsig', 'KILL', path, ...args];
    this.#process = spawn(whole[0], whole.slice(1), { ...options, detached: true, stdio: 'pipe' });
    running.add(this);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.#output = (this.#output + text).slice(-MAX_OUTPUT);
        for (const listener of this.#listeners) listener();
      });
    }
    this.#process.stdin.on('error', () => {}); // it may have ended first
    this.exited = new Promise((resolve) => {
      const finish = (code) => {
        running.delete(this);
        resolve(code);
        for (const listener of this.#listeners) listener();
      };
      this.#process.on('error', () => finish(127));
      this.#process.on('close', finish);
    });
  }

  get pid() {
    return this.#process.pid;
  }
  get alive() {
    return running.has(this);
  }
  /** What it printed, both streams. */
  get output() {
    return this.#output;
  }

  writeLine(line) {
    this.#process.stdin.write(`${line}\n`);
  }

  /**
   * Waits until what it printed, from character `from` on, matches, and returns the match. Throws when it ends before,
   * or takes too long.
   */
  async says(pattern, limit_ms = 10_000, from = 0) {
    const until = performance.now() + limit_ms;
    for (;;) {
      const match = pattern.exec(this.#output.slice(from));
      if (match !== null) return match;
      const left_ms = until - performance.now();
      if (!this.alive || left_ms <= 0) throw new Error(`${this.#describe()} did not say ${pattern}\n${this.#output}`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left_ms);
        const listener = () => {
          clearTimeout(timer);
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
  }

  /** Ends its standard input: how the benchmark's own programs are told that it is over. */
  closeInput() {
    this.#process.stdin.end();
  }

  /** Waits for its end; throws unless it succeeds. Returns what it printed. */
  async succeeds(limit_ms = 60_000) {
    const code = await Promise.race([this.exited, sleep(limit_ms, 'late', { ref: false })]);
    if (code === 0) return this.#output;
    await this.end();
    throw new Error(`${this.#describe()}: ${code === 'late' ? `not done after ${limit_ms} ms` : `status ${code}`}
${this.#output.slice(-2000)}`);
  }

  /** Ends it, and with it its process group. */
  async end(signal = 'SIGTERM') {
    if (!this.alive) return;
    this.signal(signal);
    await Promise.race([this.exited, sleep(PATIENCE_MS)]);
    if (this.alive) this.signal('SIGKILL');
    await this.exited;
  }

  signal(name) {
    try {
      process.kill(-this.#process.pid, name);
    } catch {
      // It ended in the meantime.
    }
  }

  #describe() {
    const words = this.#process.spawnargs;
    return words.slice(words[1] === '--pdeathsig' ? 3 : 0).join(' ');
  }
}

/** Runs a program to its end and returns what it printed; throws unless it succeeds. */
export async function output(command, limit_ms) {
  return new Child(command).succeeds(limit_ms);
}

export function signalAll(name) {
  for (const child of running) child.signal(name);
}

export async function endAll() {
  await Promise.all([...running].map((child) => child.end()));
}
