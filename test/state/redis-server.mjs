/** A real redis-server for tests and benchmarks: on a unix socket or on loopback, ended by its id. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Valkey's server takes the same options. */
const PROGRAMS = ['redis-server', 'valkey-server'];
export const PROGRAM = PROGRAMS.find((name) => spawnSync(name, ['--version']).status === 0);

/** Why tests are skipped, or false. */
export function skipReason() {
  if (PROGRAM === undefined) return 'no redis-server and no valkey-server is installed';
  const { stdout } = spawnSync(PROGRAM, ['--version'], { encoding: 'utf8' });
  const version = /v=(\d+)/.exec(stdout)?.[1];
  return Number(version) >= 7 ? false : `${PROGRAM} is older than 7: ${stdout.trim()}`;
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class RedisServer {
  folder = mkdtempSync(join(tmpdir(), 'tailtrap-redis-'));
  port = 0;
  child = null;
  #args;

  /** @param {string[]} args more options of redis-server; with `port` it listens on loopback, else on a unix socket */
  constructor(args = [], { port = 0 } = {}) {
    this.#args = args;
    this.port = port;
  }

  get socket() {
    return join(this.folder, 'redis.sock');
  }

  get url() {
    return this.port === 0 ? `unix://${this.socket}` : `redis://127.0.0.1:${this.port}`;
  }

  static async start(args, options) {
    const server = new RedisServer(args, options);
    await server.start();
    return server;
  }

  async start() {
    const place = this.port === 0 ? ['--port', '0', '--unixsocket', this.socket] : ['--port', `${this.port}`];
    const fixed = ['--bind', '127.0.0.1', '--save', '', '--dir', this.folder, '--loglevel', 'warning'];
    this.child = spawn(PROGRAM, [...place, ...fixed, ...this.#args], { stdio: 'ignore' });
    const { child } = this;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    this.ended = ended;
    // A test that fails on its way leaves no server behind.
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    for (let i = 0; i < 200; i++) {
      if (child.exitCode !== null) throw new Error(`${PROGRAM} ended with ${child.exitCode}`);
      if (await this.#answers()) return;
      await sleep(25);
    }
    throw new Error(`${PROGRAM} does not answer`);
  }

  #answers() {
    const tls = this.#args.indexOf('--tls-port');
    const where = this.port === 0 && tls < 0 ? { path: this.socket } : { port: this.port, host: '127.0.0.1' };
    if (tls >= 0) where.port = Number(this.#args[tls + 1]);
    return new Promise((resolve) => {
      const socket = connect(where);
      socket.once('error', () => resolve(false));
      socket.once('connect', () => {
        if (tls >= 0) {
          socket.destroy();
          resolve(true);
          return;
        }
        socket.write('PING\r\n');
      });
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
    });
  }

  /** redis-cli's answer. */
  cli(...args) {
    const place = this.port === 0 ? ['-s', this.socket] : ['-p', `${this.port}`];
    return spawnSync('redis-cli', [...place, ...args], { encoding: 'utf8' }).stdout;
  }

  /** Seconds of processor time. */
  cpu_s() {
    const info = this.cli('INFO', 'cpu');
    return ['used_cpu_sys', 'used_cpu_user'].reduce(
      (sum, name) => sum + Number(new RegExp(`${name}:([\\d.]+)`).exec(info)[1]),
      0,
    );
  }

  /** Commands that clients sent; those that functions run are not among them. */
  calls() {
    const lines = this.cli('INFO', 'commandstats').matchAll(/^cmdstat_fcall(?:_ro)?:calls=(\d+)/gm);
    return [...lines].reduce((sum, [, calls]) => sum + Number(calls), 0);
  }

  /** Seconds within functions. */
  functions_s() {
    const lines = this.cli('INFO', 'commandstats').matchAll(/^cmdstat_fcall(?:_ro)?:calls=\d+,usec=(\d+)/gm);
    return [...lines].reduce((sum, [, usec]) => sum + Number(usec), 0) / 1e6;
  }

  info(name) {
    return Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(this.cli('INFO', 'all'))?.[1]);
  }

  signal(name) {
    this.child.kill(name);
  }

  /** As a crash: nothing is saved, so it is empty when it starts again. */
  async kill() {
    if (this.child === null || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async stop() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Masters of a cluster, one after the other; all slots are served. */
export async function startCluster(count, timeout_ms = 1000) {
  const nodes = [];
  for (let i = 0; i < count; i++) {
    const args = [
      '--cluster-enabled',
      'yes',
      '--cluster-node-timeout',
      `${timeout_ms}`,
      '--cluster-require-full-coverage',
      'no',
    ];
    // The bus of the cluster is 10,000 above; ports that are too high have no place for it.
    let port = await freePort();
    while (port > 55_000) port = await freePort();
    nodes.push(await RedisServer.start(args, { port }));
  }
  for (const [i, node] of nodes.entries()) {
    const from = Math.floor((16_384 * i) / count);
    const to = Math.floor((16_384 * (i + 1)) / count) - 1;
    node.cli('CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${to}`);
    node.cli('CLUSTER', 'SET-CONFIG-EPOCH', `${i + 1}`);
    if (i > 0) node.cli('CLUSTER', 'MEET', '127.0.0.1', `${nodes[0].port}`);
  }
  const isWell = (node) => {
    const info = node.cli('CLUSTER', 'INFO');
    return (
      info.includes('cluster_state:ok') &&
      info.includes(`cluster_known_nodes:${count}`) &&
      info.includes('cluster_slots_ok:16384')
    );
  };
  for (let i = 0; i < 400 && !nodes.every(isWell); i++) await sleep(50);
  return nodes;
}
