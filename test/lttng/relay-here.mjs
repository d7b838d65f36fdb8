/** A relay daemon inside the test's own process, with limits to taste. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { RelayDaemon } from '../../dist/lttng/relay/daemon.js';
import { DEFAULT_LIMITS } from '../../dist/lttng/relay/limits.js';
import { LiveServer } from '../../dist/lttng/relay/live/server.js';
import { OutputFolder } from '../../dist/lttng/relay/output.js';

const HERE = { host: '127.0.0.1', port: 0 };

export class RelayHere {
  folder = mkdtempSync(join(tmpdir(), 'tailtrap-relay-'));
  output = join(this.folder, 'output');
  /** @type {string[]} */
  log = [];
  daemon;
  ports;

  /** @param {object} [options] of RelayDaemon; `limits` may be some of them, `output: null` writes nothing */
  static async start({ limits = {}, ...options } = {}) {
    const here = new RelayHere();
    const all = { ...DEFAULT_LIMITS, ...limits };
    here.daemon = await RelayDaemon.start({
      output: new OutputFolder(here.output),
      grouping: 'host',
      allowClear: true,
      sockets: null,
      tls: null,
      token: null,
      addresses: { control: HERE, data: HERE, live: HERE },
      makeLive: (store) => new LiveServer(store, all),
      log: (line) => here.log.push(line),
      ...options,
      limits: all,
    });
    const { control, data, live } = here.daemon.addresses;
    here.ports = { control: control.port, data: data.port, live: live.port };
    return here;
  }

  /** Waits until the log has it. */
  async saying(pattern, limitMs = 5000) {
    const until = performance.now() + limitMs;
    while (!this.log.some((line) => pattern.test(line))) {
      if (performance.now() > until) throw new Error(`the relay does not say ${pattern}:\n${this.log.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.log.find((line) => pattern.test(line));
  }

  /** Files that are there, relative to the output folder. */
  files() {
    if (!existsSync(this.output)) return [];
    const entries = readdirSync(this.output, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    return files.map((entry) => relative(this.output, join(entry.parentPath ?? entry.path, entry.name))).sort();
  }

  async close() {
    await this.daemon.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Packets that an index file has: offset, size in bytes, sequence number. */
export function indexEntries(bytes) {
  const entryBytes = bytes.readUInt32BE(12);
  const entries = [];
  for (let at = 16; at < bytes.length; at += entryBytes) {
    const [offset, size] = [Number(bytes.readBigUInt64BE(at)), Number(bytes.readBigUInt64BE(at + 8)) / 8];
    entries.push({ offset, size, sequence: entryBytes === 72 ? Number(bytes.readBigUInt64BE(at + 64)) : null });
  }
  return entries;
}
