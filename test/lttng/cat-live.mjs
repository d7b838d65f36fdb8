/** `tailtrap cat` and `babeltrace2` of a live session, as child processes. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const TAILTRAP = fileURLToPath(new URL('../../bin/tailtrap', import.meta.url));
const END_LIMIT_MS = 20_000;
const ENV = { ...process.env, TZ: 'UTC' };

export class Watcher {
  text = '';
  errors = '';
  child;
  #ended;

  constructor(command, args, env = {}) {
    this.child = spawn(command, args, { env: { ...ENV, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout.setEncoding('utf8').on('data', (text) => (this.text += text));
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.errors += text));
    this.#ended = new Promise((resolve) => this.child.once('close', (status, signal) => resolve(status ?? signal)));
  }

  /** @param args of the command; before them variables of its environment may stand */
  static tailtrap(...args) {
    const env = typeof args[0] === 'object' ? args.shift() : {};
    return new Watcher(process.execPath, [TAILTRAP, ...args], env);
  }

  static babeltrace(url) {
    return new Watcher('babeltrace2', ['-i', 'lttng-live', url]);
  }

  get lines() {
    return this.text.split('\n').length - 1;
  }

  /** Waits for so many lines. */
  async has(lines, limitMs = END_LIMIT_MS) {
    const until = performance.now() + limitMs;
    while (this.lines < lines) {
      if (performance.now() > until) throw new Error(`${this.lines} lines, not ${lines}\n${this.errors}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Its exit status, or the signal that ended it. */
  async end(limitMs = END_LIMIT_MS) {
    const late = setTimeout(() => this.child.kill('SIGKILL'), limitMs);
    const status = await this.#ended;
    clearTimeout(late);
    return status;
  }
}

/** What `tailtrap sessions --json` prints. */
export async function sessionsOf(url) {
  const list = Watcher.tailtrap('sessions', url, '--json');
  const status = await list.end();
  if (status !== 0) throw new Error(`sessions ${url}: ${status}\n${list.errors}`);
  return list.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Waits until a session has so many viewers. */
export async function watched(url, name, clients = 1) {
  for (let i = 0; i < 200; i++) {
    const entry = (await sessionsOf(url)).find(({ session }) => session === name);
    if (entry !== undefined && entry.clients >= clients) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody watches ${name}`);
}
