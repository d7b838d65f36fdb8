/** What the agent costs a machine that does nothing: all trackers on, recorder on. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../lib/files.mjs';
import { Skipped } from './bench.mjs';
import { Child } from './children.mjs';
import { bpfNs, cpuSeconds, residentMb } from './measure.mjs';
import { number, table, verdict } from './table.mjs';

const MAX_CPU_PERCENT = 1;
const MAX_RESIDENT_MB = 100;
/** Start-up is no part of it; nor is what neighbours do, when they pause within this time. */
const SETTLE_MS = 3000;
const QUIET_PERCENT = 90;
const QUIET_LIMIT_MS = 20_000;

export async function measureAgent(bench, say) {
  const seconds = bench.quick ? 10 : 30;
  const config = join(bench.folder, 'tailtrap.yaml');
  const [directory, socket] = [join(bench.folder, 'snapshots'), join(bench.folder, 'agent.sock')];
  writeFileSync(config, `recorder:\n  directory: ${directory}\nsocket: ${socket}\n`);
  const agent = new Child([process.execPath, join(ROOT, 'bin/tailtrap'), 'run', '--config', config]);
  const started = await agent.says(/^agent runs (.*); stop/m).catch(() => null);
  if (started === null) {
    await agent.end();
    throw new Skipped(agent.output.trim().split('\n').slice(-3).join(' '));
  }
  await quiet(bench, say);
  say(`idle for ${seconds} s, with ${started[1]}`);
  const before = look(agent.pid);
  await sleep(seconds * 1000);
  const after = look(agent.pid);
  const memory = residentMb(agent.pid);
  const seen = agent.output;
  await agent.end('SIGINT');

  const elapsed = after.at - before.at;
  const process_ = (100 * (after.cpu - before.cpu)) / elapsed;
  const bpf = (100 * (after.bpf - before.bpf)) / 1e9 / elapsed;
  const idle = (100 * (after.idle - before.idle)) / elapsed;
  const switches = (after.switches - before.switches) / elapsed;
  const snapshots = seen.match(/^snapshot /gm)?.length ?? 0;
  const rows = [
    ['CPU % of one core: process', number(process_), '', ''],
    ['CPU % of one core: its BPF programs', number(bpf), '', ''],
    ['CPU % of one core: both', number(process_ + bpf), `${MAX_CPU_PERCENT}`, verdict(process_ + bpf, MAX_CPU_PERCENT)],
    ['resident MB, now', number(memory.now), '', ''],
    ['resident MB, peak', number(memory.peak), `${MAX_RESIDENT_MB}`, verdict(memory.peak, MAX_RESIDENT_MB)],
  ];
  const text = [
    `\`tailtrap run\` with ${started[1]} and the recorder, for ${seconds} s. The machine was ${number(idle / bench.cpus)}% idle and made`,
    `${number(switches)} context switches a second; the agent wrote ${snapshots} snapshots in that time.`,
    '',
    table(['agent', 'measured', 'target', 'met'], rows),
  ].join('\n');
  const missed = [];
  if (process_ + bpf > MAX_CPU_PERCENT)
    missed.push(`agent: ${number(process_ + bpf)}% of a core, target ${MAX_CPU_PERCENT}`);
  if (memory.peak > MAX_RESIDENT_MB) missed.push(`agent: ${number(memory.peak)} MB, target ${MAX_RESIDENT_MB}`);
  return { title: 'Agent, idle machine', text, missed };
}

async function quiet(bench, say) {
  const until = performance.now() + QUIET_LIMIT_MS;
  let idle = 0;
  while (idle < QUIET_PERCENT && performance.now() < until) {
    const before = machineTimes();
    await sleep(SETTLE_MS);
    const after = machineTimes();
    idle = (100 * (after.idle - before.idle)) / (after.at - before.at) / bench.cpus;
  }
  if (idle < QUIET_PERCENT) say(`the machine is not idle (${number(idle)}%): this will be too high`);
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
