/**
 * What the agent costs a machine that does nothing: all trackers on, recorder on.
 *
 * On an idle machine nothing is slow, so nothing is an outlier: thresholds are set to an hour here, lest a busy neighbour
 * of the benchmark makes the agent write snapshots. One snapshot is asked for at the end, for the memory that it takes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../lib/files.mjs';
import { Skipped } from './bench.mjs';
import { Child, output } from './children.mjs';
import { bpfNs, cpuSeconds, residentMb } from './measure.mjs';
import { number, table, verdict } from './table.mjs';

const MAX_CPU_PERCENT = 1;
const MAX_RESIDENT_MB = 100;
/** Start-up is no part of it; nor is what neighbours do, when they pause within this time. */
const SETTLE_MS = 3000;
const QUIET_LIMIT_MS = 20_000;
/** On a machine that does more than this, what the agent's programs cost is the work of others. */
const IDLE_PERCENT = 80;

export async function measureAgent(bench, say) {
  const seconds = bench.quick ? 5 : 25;
  const socket = join(bench.folder, 'agent.sock');
  const agent = await startAgent(bench, socket);
  const names = /^agent runs (.*); stop/m.exec(agent.output)[1].split(', ');
  const whole = !/without a recorder/.test(agent.output);
  await quiet(bench, say);
  say(`idle for ${seconds} s, with ${names.length} trackers`);
  const before = look(agent.pid);
  await sleep(seconds * 1000);
  const after = look(agent.pid);
  const idleMemory = residentMb(agent.pid);
  if (whole) await output([process.execPath, join(ROOT, 'bin/tailtrap'), 'snapshot', '--socket', socket]);
  const memory = residentMb(agent.pid);
  await agent.end('SIGINT');

  const elapsed = after.at - before.at;
  const own = (100 * (after.cpu - before.cpu)) / elapsed;
  const bpf = (100 * (after.bpf - before.bpf)) / 1e9 / elapsed;
  const idle = (100 * (after.idle - before.idle)) / elapsed / bench.cpus;
  const switches = (after.switches - before.switches) / elapsed;
  // Too much is too much for certain only when it is not the neighbours' doing.
  const judged = idle >= IDLE_PERCENT || own > MAX_CPU_PERCENT || own + bpf <= MAX_CPU_PERCENT;
  const rows = [
    ['CPU % of one core: process', number(own), '', ''],
    ['CPU % of one core: its BPF programs', number(bpf), '', ''],
    [
      'CPU % of one core: both',
      number(own + bpf),
      `${MAX_CPU_PERCENT}`,
      judged ? verdict(own + bpf, MAX_CPU_PERCENT) : 'not idle',
    ],
    ['resident MB, idle', number(idleMemory.now), `${MAX_RESIDENT_MB}`, verdict(idleMemory.now, MAX_RESIDENT_MB)],
    [
      'resident MB, peak until then',
      number(idleMemory.peak),
      `${MAX_RESIDENT_MB}`,
      verdict(idleMemory.peak, MAX_RESIDENT_MB),
    ],
    ['resident MB, peak with a snapshot', number(memory.peak), '-', '-'],
  ];
  const text = [
    `\`tailtrap run\` with ${names.join(', ')}${whole ? ' and the recorder' : ', without a recorder'}, for ${seconds} s.`,
    `The machine was ${number(idle)}% idle and made ${number(switches)} context switches a second.`,
    '',
    table(['agent', 'measured', 'target', 'met'], rows),
  ].join('\n');
  return {
    title: 'Agent, idle machine',
    text,
    missed: complaints({ judged, idle, cpu: own + bpf, memory: idleMemory }),
  };
}

async function startAgent(bench, socket) {
  const { TRACKERS } = await import(join(ROOT, 'dist/kernel/trackers/index.js'));
  const config = join(bench.folder, 'tailtrap.yaml');
  const trackers = TRACKERS.map(({ name }) => `  ${name}: {threshold: 1h, timeout: 0s}\n`).join('');
  writeFileSync(
    config,
    `trackers:\n${trackers}recorder: {directory: ${join(bench.folder, 'snapshots')}}\nsocket: ${socket}\n`,
  );
  const agent = new Child([process.execPath, join(ROOT, 'bin/tailtrap'), 'run', '--config', config]);
  try {
    await agent.says(/^agent runs .*; stop/m);
  } catch {
    await agent.end();
    throw new Skipped(agent.output.trim().split('\n').slice(-3).join(' '));
  }
  return agent;
}

function complaints({ judged, idle, cpu, memory }) {
  const found = [];
  if (!judged) found.push(`CPU not judged, the machine was ${number(idle)}% idle only`);
  else if (cpu > MAX_CPU_PERCENT) found.push(`${number(cpu)}% of a core, target ${MAX_CPU_PERCENT}`);
  if (memory.peak > MAX_RESIDENT_MB)
    found.push(`${number(memory.now)} MB, peak ${number(memory.peak)}, target ${MAX_RESIDENT_MB}`);
  return found.map((what) => `agent: ${what}`);
}

async function quiet(bench, say) {
  const until = performance.now() + (bench.quick ? 0 : QUIET_LIMIT_MS);
  let idle = 0;
  do {
    const before = machineTimes();
    await sleep(SETTLE_MS);
    const after = machineTimes();
    idle = (100 * (after.idle - before.idle)) / (after.at - before.at) / bench.cpus;
  } while (idle < IDLE_PERCENT && performance.now() < until);
  if (idle < IDLE_PERCENT) say(`the machine is ${number(idle)}% idle only: others' work is measured, too`);
}

function look(pid) {
  return { ...machineTimes(), cpu: cpuSeconds(pid), bpf: bpfNs(pid) };
}

function machineTimes() {
  const stat = readFileSync('/proc/stat', 'utf8');
  const idle = Number(/^cpu +(?:\d+ ){3}(\d+)/m.exec(stat)?.[1]) / 100;
  const switches = Number(/^ctxt (\d+)/m.exec(stat)?.[1]);
  return { at: performance.now() / 1000, idle, switches };
}
