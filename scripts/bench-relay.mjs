#!/usr/bin/env node
/**
 * npm run bench:relay: `tailtrap relay` beside lttng-relayd in the same run: producers on 1, 10 and 100 pairs of
 * connections send packets to disk (tmpfs where there is one: no disk is measured by mistake). Shown are medians.
 *
 * `--quick`: less data, one round. `--write`: into docs/benchmarks.md.
 */
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Bench, need, Skipped } from './bench/bench.mjs';
import { Child, output } from './bench/children.mjs';
import { number, table, writeSection } from './bench/table.mjs';
import { ROOT } from './lib/files.mjs';

const CLOCK_TICKS = 100;
const RUN_LIMIT_MS = 300_000;
const quick = process.argv.includes('--quick');
const CASES = [
  ...[1, 10, 100].map((connections) => ({ connections, packetBytes: 4096, totalBytes: (quick ? 32 : 256) * 2 ** 20 })),
  ...[1, 10, 100].map((connections) => ({
    connections,
    packetBytes: 2 ** 18,
    totalBytes: (quick ? 256 : 2048) * 2 ** 20,
  })),
  ...[1, 10].map((connections) => ({ connections, packetBytes: 2 ** 20, totalBytes: (quick ? 256 : 2048) * 2 ** 20 })),
];

/** A port that nobody listens on now. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function startRelay(bench, kind) {
  const ports = [await freePort(), await freePort(), await freePort()];
  const folder = join(bench.folder, kind);
  const urls = ['-C', '-D', '-L'].flatMap((option, i) => [option, `tcp://127.0.0.1:${ports[i]}`]);
  const command =
    kind === 'tailtrap'
      ? [process.execPath, join(ROOT, 'bin/tailtrap'), 'relay', ...urls, '-o', folder]
      : ['lttng-relayd', ...urls, '-o', folder];
  const env = { ...process.env, LTTNG_RELAYD_HEALTH: join(bench.folder, 'health'), LTTNG_HOME: bench.folder };
  const child = new Child(command, { env });
  const until = performance.now() + 10_000;
  while (!(await listens(ports[2]))) {
    if (performance.now() > until || !child.alive) throw new Skipped(`${kind} does not start: ${child.output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { child, ports, folder };
}

const listens = (port) =>
  readFileSync('/proc/net/tcp', 'utf8').includes(
    `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`,
  );

/** Seconds of processor time of a process so far. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

async function measure(bench, kind, { connections, packetBytes, totalBytes }) {
  const relay = await startRelay(bench, kind);
  const before = cpuSeconds(relay.child.pid);
  const script = join(ROOT, 'scripts/bench/relay-producers.mjs');
  const args = [relay.ports[0], relay.ports[1], connections, packetBytes, totalBytes].map(String);
  const { seconds, packets, bytes } = JSON.parse(await output([process.execPath, script, ...args], RUN_LIMIT_MS));
  const cpu = cpuSeconds(relay.child.pid) - before;
  await relay.child.end();
  rmSync(relay.folder, { recursive: true, force: true });
  return { MBps: bytes / 1e6 / seconds, packetsPerSecond: packets / seconds, cpuPerGB: cpu / (bytes / 1e9) };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const KINDS = ['tailtrap', 'lttng-relayd'];

const bench = new Bench({ quick, rounds: quick ? 1 : 5 });
try {
  need('lttng-relayd');
  const rows = [];
  for (const one of CASES) {
    const runs = Object.fromEntries(KINDS.map((kind) => [kind, []]));
    for (let round = 0; round < bench.rounds; round++) {
      for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) runs[kind].push(await measure(bench, kind, one));
    }
    const [ours, theirs] = KINDS.map((kind) => (what) => median(runs[kind].map((run) => run[what])));
    const size = one.packetBytes >= 2 ** 20 ? `${one.packetBytes / 2 ** 20} MiB` : `${one.packetBytes / 1024} KiB`;
    const cells = [ours('MBps'), theirs('MBps'), ours('MBps') / theirs('MBps'), ours('packetsPerSecond')];
    const row = [`${one.connections}`, size, ...cells, ours('cpuPerGB'), theirs('cpuPerGB')];
    rows.push(row.map((cell) => (typeof cell === 'number' ? number(cell) : cell)));
    console.error(row.map((cell) => (typeof cell === 'number' ? number(cell) : cell)).join('  '));
  }
  const head = ['producers', 'packets', 'MB/s', 'lttng-relayd', 'ratio', 'packets/s', 'CPU s/GB', 'lttng-relayd'];
  const text = table(head, rows, 2);
  console.log(text);
  if (process.argv.includes('--write')) {
    writeSection(join(ROOT, 'docs/benchmarks.md'), 'bench:relay', `## Relay\n\n${text}`, '# Benchmarks');
  }
} catch (error) {
  if (!(error instanceof Skipped)) throw error;
  console.log(`skipped: ${error.message}`);
} finally {
  await bench.close();
}
