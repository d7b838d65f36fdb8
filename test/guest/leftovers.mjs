/** What a tailtrap that has ended must not leave in the kernel. Others that run meanwhile are not mistaken for it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { needProgram, sleep } from '../kernel/lib.mjs';

const TRACEFS = '/sys/kernel/tracing';
const PINNED = '/sys/fs/bpf';
/** Programs are freed after a grace period, which takes its time where a CPU was held up. */
const PATIENCE_MS = 10_000;

/** @returns a function that resolves with a list of what is there now, was not before, and belongs to nobody */
export function leftoversSince() {
  const before = new Set(candidates());
  return async (pids) => {
    let found = [];
    for (const until = Date.now() + PATIENCE_MS; ; await sleep(200)) {
      found = candidates().filter((one) => !before.has(one) && !belongsToOther(one, pids));
      if (found.length === 0 || Date.now() > until) return found;
    }
  };
}

/** Everything of the kinds that tailtrap makes, as `kind name`. */
function candidates() {
  const pinned = (list(PINNED) ?? []).filter((name) => !name.endsWith('.debug'));
  return [
    ...list(`${TRACEFS}/instances`).map((name) => `instance ${name}`),
    ...lines(`${TRACEFS}/uprobe_events`).map((line) => `uprobe ${line}`),
    ...pinned.map((name) => `pinned ${name}`),
    ...programsWithoutHolder().map(({ id, name }) => `program ${id} ${name}`),
  ];
}

/** An instance carries the process id of its maker. */
function belongsToOther(one, pids) {
  const maker = /^instance tailtrap-(?:test-)?(\d+)/.exec(one)?.[1];
  return maker !== undefined && !pids.has(Number(maker)) && existsSync(`/proc/${maker}`);
}

/** tailtrap's programs that no process holds open, be it by a link: such a one is pinned, or attached for ever. */
function programsWithoutHolder() {
  if (needProgram('bpftool')) return [];
  const all = JSON.parse(execFileSync('bpftool', ['prog', 'show', '-j'], { encoding: 'utf8' }));
  const ours = all.filter(({ name }) => name?.startsWith('tt_'));
  if (ours.length === 0) return [];
  const held = new Set();
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const fd of list(`/proc/${pid}/fdinfo`)) {
      const id = /^prog_id:\s*(\d+)/m.exec(text(`/proc/${pid}/fdinfo/${fd}`))?.[1];
      if (id !== undefined) held.add(Number(id));
    }
  }
  return ours.filter(({ id }) => !held.has(id));
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not mounted, or a process that has ended
  }
}

function text(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const lines = (path) =>
  text(path)
    .split('\n')
    .filter((line) => line.includes('tailtrap'));
