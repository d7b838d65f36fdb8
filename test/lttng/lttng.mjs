/**
 * A real LTTng beside the one that may run here: session and consumer daemons with user-space tracing, in mount and
 * process namespaces of their own, where /run, /dev/shm and the home folder are empty. The network is the machine's, so
 * that they reach a relay on 127.0.0.1. What it started is gone when its shell is.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TRACED = fileURLToPath(new URL('traced', import.meta.url));
const START_LIMIT_MS = 15_000;

const SET_UP = `
mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /dev/shm && mkdir -p /run/lttng /run/home || exit 9
export LTTNG_HOME=/run/home HOME=/run/home TZ=UTC LTTNG_UST_REGISTER_TIMEOUT=5000
ulimit -c 0
`;

/** Why there can be no LTTng here, or false. */
export function noLttng() {
  if (process.getuid() !== 0) return 'needs root (for namespaces)';
  for (const program of ['lttng', 'lttng-sessiond', 'lttng-relayd', 'babeltrace2', 'gcc', 'unshare']) {
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return `${program} is not installed`;
  }
  if (spawnSync('unshare', ['-m', '-p', '-f', 'true']).status !== 0) return 'namespaces are not allowed here';
  const compiles = spawnSync('gcc', ['-E', '-x', 'c', '-'], { input: '#include <lttng/tracepoint.h>\n' });
  return compiles.status === 0 ? false : 'liblttng-ust-dev is not installed';
}

export class Lttng {
  #shell;
  #output = '';
  #wake = () => {};
  #folder = mkdtempSync(join(tmpdir(), 'tailtrap-lttng-'));

  /** Path of the traced program: `counter APP FROM COUNT SLEEP_US`. */
  counter = join(this.#folder, 'counter');

  static async start() {
    const lttng = new Lttng();
    const flags = ['-O1', '-I', TRACED, '-o', lttng.counter, join(TRACED, 'counter.c'), '-llttng-ust', '-ldl'];
    const compiled = spawnSync('gcc', flags, { encoding: 'utf8' });
    if (compiled.status !== 0) throw new Error(compiled.stderr);
    lttng.#open();
    await lttng.run('lttng-sessiond -b --no-kernel');
    return lttng;
  }

  #open() {
    const args = ['-m', '-p', '-f', '--kill-child', '--mount-proc', 'bash'];
    // In a session of its own: LTTng's daemons signal their whole process group when they end.
    this.#shell = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    for (const stream of [this.#shell.stdout, this.#shell.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.#output += text;
        this.#wake();
      });
    }
    this.#shell.stdin.write(SET_UP);
  }

  /** Runs a line of shell. @returns what it printed @throws when its status is not 0 */
  async run(line, { limitMs = START_LIMIT_MS } = {}) {
    this.#output = '';
    this.#shell.stdin.write(`{ ${line}\n} 2>&1 </dev/null; echo "==END $?"\n`);
    const until = performance.now() + limitMs;
    for (;;) {
      const end = /==END (\d+)\n/.exec(this.#output);
      if (end !== null) {
        const printed = this.#output.slice(0, end.index);
        if (end[1] !== '0') throw new Error(`${line}: status ${end[1]}\n${printed}`);
        return printed;
      }
      if (performance.now() > until) throw new Error(`${line}: not done after ${limitMs} ms\n${this.#output}`);
      await Promise.race([
        new Promise((resolve) => (this.#wake = resolve)),
        new Promise((resolve) => setTimeout(resolve, 100)),
      ]);
    }
  }

  async close() {
    const gone = new Promise((resolve) => this.#shell.once('close', resolve));
    // The shell is the first process of its namespace: with it go all others.
    process.kill(-this.#shell.pid, 'SIGKILL');
    await gone;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Reads a trace with babeltrace2.
 *
 * @returns {Map<number, number[]>} by app the numbers of its events, sorted
 */
export function countsIn(folder) {
  const { stdout, stderr, status } = spawnSync('babeltrace2', [folder], { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`babeltrace2 ${folder}: ${stderr}`);
  return countsOf(stdout);
}

/** The same of babeltrace2's text. */
export function countsOf(text) {
  const counts = new Map();
  for (const [, app, number] of text.matchAll(/app = (\d+), number = (\d+)/g)) {
    if (!counts.has(Number(app))) counts.set(Number(app), []);
    counts.get(Number(app)).push(Number(number));
  }
  for (const numbers of counts.values()) numbers.sort((a, b) => a - b);
  return counts;
}
