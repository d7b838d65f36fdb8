/** `tailtrap relay` on free ports of 127.0.0.1, writing into a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TAILTRAP = fileURLToPath(new URL('../../bin/tailtrap', import.meta.url));
const ANY_PORTS = ['-C', '-D', '-L'].flatMap((option) => [option, 'tcp://127.0.0.1:0']);
const START_LIMIT_MS = 10_000;

export class RelayProcess {
  /** What it wrote to stderr. */
  log = '';
  folder = mkdtempSync(join(tmpdir(), 'tailtrap-relay-'));
  output = join(this.folder, 'output');
  /** @type {{control: number, data: number, live: number}} */
  ports;
  child;

  /**
   * @param {string[]} options besides ports and output
   * @param {{output?: string | null}} [how] null: the options say that nothing is written
   */
  static async start(options = [], { output } = {}) {
    const relay = new RelayProcess();
    if (typeof output === 'string') relay.output = output;
    const args = [TAILTRAP, 'relay', ...ANY_PORTS, ...(output === null ? [] : ['-o', relay.output]), ...options];
    return relay.#begin(process.execPath, args);
  }

  /** Its output folder is a file system of its own, which nobody else sees; needs root. @param options of mount */
  static async startOn(options) {
    const relay = new RelayProcess();
    const script = 'mkdir -p "$1" && mount -t tmpfs -o "$2" tmpfs "$1" && shift 2 && exec "$@"';
    const command = [process.execPath, TAILTRAP, 'relay', ...ANY_PORTS, '-o', relay.output];
    return relay.#begin('unshare', ['-m', 'sh', '-c', script, 'sh', relay.output, options, ...command]);
  }

  /** With open sockets, as systemd passes them. @param {number[]} fds @param names with colons between */
  static async startWith(fds, names) {
    const relay = new RelayProcess();
    const script = 'LISTEN_PID=$$ exec "$@"';
    const command = [process.execPath, TAILTRAP, 'relay', '-o', relay.output];
    const env = { LISTEN_FDS: String(fds.length), LISTEN_FDNAMES: names };
    return relay.#begin('sh', ['-c', script, 'sh', ...command], { fds, env });
  }

  /** The output folder as the relay sees it. */
  insideOutput() {
    return `/proc/${this.child.pid}/root${this.output}`;
  }

  async #begin(program, args, { fds = [], env = {} } = {}) {
    this.child = spawn(program, args, {
      env: { ...process.env, TZ: 'UTC', ...env },
      stdio: ['ignore', 'ignore', 'pipe', ...fds],
    });
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.log += text));
    const line = await this.saying(/relay listens: .*/, START_LIMIT_MS);
    const port = (name) => Number(new RegExp(`${name} tcp://\\S+?:(\\d+)`).exec(line)[1]);
    this.ports = { control: port('control'), data: port('data'), live: port('live') };
    return this;
  }

  /** Waits until the log has it. @returns the match */
  async saying(pattern, limitMs = 5000) {
    const until = performance.now() + limitMs;
    for (;;) {
      const match = pattern.exec(this.log);
      if (match !== null) return match[0];
      if (performance.now() > until || this.child.exitCode !== null) {
        throw new Error(`the relay does not say ${pattern}:\n${this.log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** URL for `lttng create -U`. */
  get url() {
    return `net://127.0.0.1:${this.ports.control}:${this.ports.data}`;
  }

  /** Ends it. @returns its exit status */
  async stop(signal = 'SIGTERM') {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill(signal);
    return closed;
  }

  async close() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
