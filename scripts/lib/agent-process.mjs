/** `tailtrap run --json` as a child process: its records as they come, and an orderly end. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './files.mjs';

const STOP_WITHIN_MS = 10_000;

export class AgentProcess {
  records = [];
  stderr = '';
  #child;
  #exited;
  #checks = new Set();

  constructor(args) {
    this.#child = spawn(process.execPath, [join(ROOT, 'bin/tailtrap'), 'run', '--json', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    this.#child.stdout.setEncoding('utf8').on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) this.records.push(JSON.parse(line));
      for (const check of this.#checks) check();
    });
    this.#exited = new Promise((resolve) => this.#child.on('close', resolve));
    this.ready = new Promise((resolve, reject) => {
      this.#child.stderr.setEncoding('utf8').on('data', (chunk) => {
        this.stderr += chunk;
        if (/^agent runs /m.test(this.stderr)) resolve();
      });
      this.#exited.then(() => reject(new Error(`the agent ended: ${this.stderr}`)));
    });
    this.ready.catch(() => {});
  }

  get pid() {
    return this.#child.pid;
  }

  /** The first value of `find` that is not undefined; asked again at every record. */
  waitFor(find, ms) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#checks.delete(check);
        reject(new Error(`nothing was caught within ${ms / 1000} s; the agent said: ${this.stderr}`));
      }, ms);
      const check = () => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#checks.delete(check);
        resolve(found);
      };
      this.#checks.add(check);
      check();
    });
  }

  /** Ctrl-C; SIGKILL when that does not end it. */
  async stop() {
    this.#child.kill('SIGINT');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
    await this.#exited;
    clearTimeout(timer);
  }
}
