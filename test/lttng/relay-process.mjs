/** `tailtrap relay` on free ports of 127.0.0.1, writing into a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TAILTRAP = fileURLToPath(new URL('../../bin/tailtrap', import.meta.url));
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
   * @param {{output?: boolean}} [how]
   */
  static async start(options = [], { output = true } = {}) {
    const relay = new RelayProcess();
    const any = 'tcp://127.0.0.1:0';
    const args = ['relay', '-C', any, '-D', any, '-L', any, ...(output ? ['-o', relay.output] : []), ...options];
    relay.child = spawn(process.execPath, [TAILTRAP, ...args], {
      env: { ...process.env, TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    relay.child.stderr.setEncoding('utf8').on('data', (text) => (relay.log += text));
    const line = await relay.saying(/relay listens: .*/, START_LIMIT_MS);
    const port = (name) => Number(new RegExp(`${name} tcp://\\S+?:(\\d+)`).exec(line)[1]);
    relay.ports = { control: port('control'), data: port('data'), live: port('live') };
    return relay;
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
