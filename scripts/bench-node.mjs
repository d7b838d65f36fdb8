#!/usr/bin/env node
/**
 * npm run bench:node: what the instrumentation costs a hello-world HTTP server under load on loopback. Needs `npx tsc` first.
 *
 * Servers with and without it run side by side, and are loaded in turn, in an order that changes: what disturbs the machine
 * for a while disturbs all. New processes for each block, because where things lie in memory also matters. Shown are medians
 * over all runs of requests per second, of processor time per request (on a shared machine the steadier one), and of the
 * ratios of each run to the bare run of the same turn, with their intervals (bench/verdict.mjs). Without quiet controls
 * nothing is written.
 *
 * Load comes from wrk when it is installed, else from scripts/bench/http-load.mjs.
 * `--quick`: fewer runs. `--write`: into docs/node.md.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { medianOf, verdict } from './bench/verdict.mjs';
import { ROOT } from './lib/files.mjs';

const CONNECTIONS = 32;
const SECONDS = 1;
/** Share of the throughput, and of the processor time per request, that the instrumentation may cost. */
const MAX_LOST = 0.03;
const SERVER = fileURLToPath(new URL('bench/http-server.mjs', import.meta.url));
const LOAD = fileURLToPath(new URL('bench/http-load.mjs', import.meta.url));
const ONLY_CHANNELS = new URL('bench/only-channels.mjs', import.meta.url).href;
const PRELOAD = ['--import', 'tailtrap/node'];

/** Modes that should cost nothing. `two clock reads` is what no instrumentation by Node's channels can cost less than. */
const CONTROLS = ['bare again (the noise)', 'switched off (TAILTRAP_OFF=1)'];
const MODES = {
  bare: { flags: [], env: {} },
  'bare again (the noise)': { flags: [], env: {} },
  'switched off (TAILTRAP_OFF=1)': { flags: PRELOAD, env: { TAILTRAP_OFF: '1' } },
  'two clock reads, nothing else': { flags: ['--import', ONLY_CHANNELS], env: {} },
  'tailtrap/node': { flags: PRELOAD, env: {} },
  'context full': { flags: PRELOAD, env: { TAILTRAP_CONTEXT: 'full' } },
};

class Server {
  #child;
  #lines;
  constructor({ flags, env }) {
    this.#child = spawn(process.execPath, [...flags, SERVER], {
      cwd: ROOT,
      env: { ...process.env, TAILTRAP_SOCKET: 'none', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }
  async answer() {
    return JSON.parse((await this.#lines.next()).value);
  }
  async ask() {
    this.#child.stdin.write('\n');
    return this.answer();
  }
  stop() {
    this.#child.stdin.end();
  }
}

const WRK = ['/usr/bin/wrk', '/usr/local/bin/wrk'].find((path) => existsSync(path));

/** Requests per second. Synchronous for the parent, which has nothing else to do. */
function load(port) {
  if (WRK === undefined) {
    const { requests, seconds } = JSON.parse(
      execFileSync(process.execPath, [LOAD, port, CONNECTIONS, SECONDS].map(String)),
    );
    return requests / seconds;
  }
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, `http://127.0.0.1:${port}/`];
  const text = execFileSync(WRK, args, { encoding: 'utf8' });
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]);
}

async function measure(server, port) {
  const before = await server.ask();
  const perSecond = load(port);
  const after = await server.ask();
  return { perSecond, cpu_us: (after.cpu_us - before.cpu_us) / (after.requests - before.requests) };
}

/** One block: a server of each kind, warmed up, then `turns` times each. @returns runs by mode, turn by turn */
async function block(turns, modes) {
  const servers = [];
  for (const mode of modes) {
    const server = new Server(MODES[mode]);
    const { port } = await server.answer();
    servers.push({ mode, server, port });
    await measure(server, port);
  }
  const runs = Object.fromEntries(modes.map((mode) => [mode, []]));
  for (let turn = 0; turn < turns; turn++) {
    const order = turn % 2 === 0 ? servers : servers.toReversed();
    for (const { mode, server, port } of order) runs[mode].push(await measure(server, port));
  }
  for (const { server } of servers) server.stop();
  return runs;
}

async function main(quick) {
  const blocks = quick ? 1 : 5;
  const turns = quick ? 3 : 8;
  const modes = Object.keys(MODES);
  const all = Object.fromEntries(modes.map((mode) => [mode, []]));
  for (let i = 0; i < blocks; i++) {
    const order = i % 2 === 0 ? modes : modes.toReversed();
    for (const [mode, runs] of Object.entries(await block(turns, order))) all[mode].push(...runs);
  }
  return report(all);
}

const percent = (share) => `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)}`;

function report(all) {
  /** Ratios to the bare run of the same turn, less 1. */
  const change = (mode, of) => medianOf(all[mode].map((run, i) => run[of] / all.bare[i][of] - 1));
  const shown = ({ middle, low, high }) => `${percent(middle)} % (${percent(low)} .. ${percent(high)})`;
  const row = (mode) => {
    const perSecond = Math.round(medianOf(all[mode].map((run) => run.perSecond)).middle);
    const cpu_us = medianOf(all[mode].map((run) => run.cpu_us)).middle.toFixed(1);
    const changes = mode === 'bare' ? ['', ''] : [shown(change(mode, 'perSecond')), shown(change(mode, 'cpu_us'))];
    return `| ${mode} | ${perSecond} | ${changes[0]} | ${cpu_us} us | ${changes[1]} |`;
  };
  const judged = [
    ['throughput', 'perSecond', -1],
    ['processor time per request', 'cpu_us', 1],
  ].map(([what, of, sign]) => {
    const { middle, low, high } = change('tailtrap/node', of);
    const lost = sign > 0 ? { middle, low, high } : { middle: -middle, low: -high, high: -low };
    const controls = CONTROLS.map((mode) => [mode, change(mode, of).middle]);
    return `- ${what}: ${shown(lost)} lost, to reach at most ${MAX_LOST * 100} %: ${verdict(lost, MAX_LOST, controls)}`;
  });
  const generator = WRK === undefined ? 'http-load.mjs' : 'wrk';
  return [
    `Node ${process.version}, ${cpus()[0].model}, ${cpus().length} CPUs; ${generator}, ${CONNECTIONS} connections, ${all.bare.length} runs of ${SECONDS} s each.`,
    '',
    '| | requests/s | beside bare | CPU per request | beside bare |',
    '|---|---:|---:|---:|---:|',
    ...Object.keys(MODES).map(row),
    '',
    '"Beside bare": each run is divided by the bare run of the same turn; shown are the median of these ratios and, in brackets, the',
    'interval that holds the true median with 95 %. It is not the ratio of the medians to its left, which come from different moments.',
    '',
    ...judged,
  ];
}

const lines = await main(process.argv.includes('--quick'));
console.log(lines.join('\n'));
const isQuiet = !lines.some((line) => line.includes('should cost nothing'));
if (process.argv.includes('--write') && !isQuiet)
  console.log('docs/node.md stays as it is: run it on a quieter machine');
if (process.argv.includes('--write') && isQuiet) {
  const file = new URL('../docs/node.md', import.meta.url);
  const section = /(<!-- bench:begin -->\n)[\s\S]*(<!-- bench:end -->)/;
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(section, (_, begin, end) => `${begin}${lines.join('\n')}\n${end}`),
  );
}
