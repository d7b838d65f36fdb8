#!/usr/bin/env node
/**
 * npm run bench:relay: `tailtrap relay` beside lttng-relayd in the same run: producers on 1, 10 and 100 pairs of
 * connections send packets to disk (tmpfs where there is one: no disk is measured by mistake), and ten live viewers watch.
 * Both relays have served a little before they are measured: a relay runs for days. Shown are medians.
 *
 * `--quick`: less data, one round. `--delays`: only those. `--write`: into docs/benchmarks.md.
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
const WARM_UP = { connections: 2, packetBytes: 4096, totalBytes: 64 * 2 ** 20 };
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

/** Somebody else may take a port before the relay does. */
async function startRelay(bench, kind, tries = 3) {
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
    if (performance.now() > until || !child.alive) {
      await child.end();
      if (tries > 1) return startRelay(bench, kind, tries - 1);
      throw new Skipped(`${kind} does not start: ${child.output}`);
    }
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

/** @returns {Promise<{seconds: number, packets: number, bytes: number}>} */
async function send(relay, { connections, packetBytes, totalBytes }) {
  const script = join(ROOT, 'scripts/bench/relay-producers.mjs');
  const args = [relay.ports[0], relay.ports[1], connections, packetBytes, totalBytes].map(String);
  return JSON.parse(await output([process.execPath, script, ...args], RUN_LIMIT_MS));
}

async function measure(bench, kind, { connections, packetBytes, totalBytes }) {
  const relay = await startRelay(bench, kind);
  await send(relay, WARM_UP);
  const before = cpuSeconds(relay.child.pid);
  const { seconds, packets, bytes } = await send(relay, { connections, packetBytes, totalBytes });
  const cpu = cpuSeconds(relay.child.pid) - before;
  await relay.child.end();
  rmSync(relay.folder, { recursive: true, force: true });
  return { MBps: bytes / 1e6 / seconds, packetsPerSecond: packets / seconds, cpuPerGB: cpu / (bytes / 1e9) };
}

/** Sessions, viewers of each, what a viewer waits when there is nothing. lttng-relayd lets one viewer into a session. */
const VIEWINGS = [
  { what: "10 sessions, babeltrace2's pace (100 ms)", sessions: 10, perSession: 1, pace_ms: 100 },
  { what: '10 sessions, asking every 5 ms', sessions: 10, perSession: 1, pace_ms: 5 },
  {
    what: "10 viewers of one session, babeltrace2's pace",
    sessions: 1,
    perSession: 10,
    pace_ms: 100,
    only: 'tailtrap',
  },
];

async function delays(bench, kind, { sessions, perSession, pace_ms }) {
  const relay = await startRelay(bench, kind);
  const script = join(ROOT, 'scripts/bench/relay-viewers.mjs');
  const args = [...relay.ports, sessions, perSession, quick ? 40 : 150, pace_ms].map(String);
  const measured = JSON.parse(await output([process.execPath, script, ...args], RUN_LIMIT_MS));
  await relay.child.end();
  rmSync(relay.folder, { recursive: true, force: true });
  return measured;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const KINDS = ['tailtrap', 'lttng-relayd'];
const cell = (value) => (typeof value === 'number' ? number(value) : value);

/** Runs of both, in turn. @returns {(kind: string, what: string) => number} medians */
async function sideBySide(bench, run, only) {
  const runs = Object.fromEntries(KINDS.map((kind) => [kind, []]));
  for (let round = 0; round < bench.rounds; round++) {
    for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) {
      if (only === undefined || only === kind) runs[kind].push(await run(kind));
    }
  }
  return (kind, what) => (runs[kind].length === 0 ? Number.NaN : median(runs[kind].map((one) => one[what])));
}

async function throughputTable(bench) {
  const rows = [];
  for (const one of CASES) {
    const of = await sideBySide(bench, (kind) => measure(bench, kind, one));
    const [ours, theirs] = KINDS.map((kind) => (what) => of(kind, what));
    const size = one.packetBytes >= 2 ** 20 ? `${one.packetBytes / 2 ** 20} MiB` : `${one.packetBytes / 1024} KiB`;
    const cells = [ours('MBps'), theirs('MBps'), ours('MBps') / theirs('MBps'), ours('packetsPerSecond')];
    rows.push([`${one.connections}`, size, ...cells, ours('cpuPerGB'), theirs('cpuPerGB')].map(cell));
    console.error(rows.at(-1).join('  '));
  }
  const head = ['producers', 'packets', 'MB/s', 'lttng-relayd', 'ratio', 'packets/s', 'CPU s/GB', 'lttng-relayd'];
  return table(head, rows, 2);
}

async function delayTable(bench) {
  const rows = [];
  for (const viewing of VIEWINGS) {
    const of = await sideBySide(bench, (kind) => delays(bench, kind, viewing), viewing.only);
    const cells = KINDS.flatMap((kind) => [of(kind, 'median_ms'), of(kind, 'p99_ms')]);
    rows.push([viewing.what, ...cells, cells[0] / cells[2]].map(cell));
    console.error(rows.at(-1).join('  '));
  }
  const head = ['viewers', 'median ms', 'p99 ms', 'lttng-relayd median', 'p99', 'ratio of medians'];
  return table(head, rows, 1);
}

const bench = new Bench({ quick, rounds: quick ? 1 : 5 });
try {
  need('lttng-relayd');
  const only = process.argv.find((argument) => argument === '--delays');
  const text = [
    only === undefined ? await throughputTable(bench) : '',
    'One producer with packets of 4 KiB is all waiting: it sends a packet, and the next when this one was answered. With\n' +
      'larger packets, or more producers, the relay has work to do.',
    'From before a packet is sent until its last byte was served:',
    await delayTable(bench),
  ].join('\n\n');
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
