/** A command as a whole process: time on the clock, processor time, peak of resident memory. */
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';

const LOOK_MS = 10;
const NOWHERE = openSync('/dev/null', 'w');
/** Shells tell the processor time of their children. */
const SHELL = '"$@" >&3; code=$?; times; exit $code';

/** @returns {Promise<{wall_s: number, cpu_s: number, rss_mb: number, output: string}>} */
export async function wholeProcess(command, keepOutput) {
  const began = performance.now();
  const child = spawn('sh', ['-c', SHELL, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe', keepOutput ? 'pipe' : NOWHERE],
  });
  const texts = [1, 2, 3].map((i) => textOf(child.stdio[i]));
  let rss_mb = 0;
  const timer = setInterval(() => {
    rss_mb = Math.max(rss_mb, peakOfChild(child.pid));
  }, LOOK_MS);
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearInterval(timer);
  const wall_s = (performance.now() - began) / 1e3;
  const [times, errors, output] = await Promise.all(texts);
  if (code !== 0) throw new Error(`${command.join(' ')}\n${errors}`);
  const last = times.trimEnd().split('\n').at(-1);
  const cpu_s = [...last.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + m * 60 + Number(s), 0);
  return { wall_s, cpu_s, rss_mb, output };
}

async function textOf(stream) {
  if (stream === null || stream === undefined) return '';
  let text = '';
  stream.setEncoding('utf8');
  for await (const part of stream) text += part;
  return text;
}

/** The kernel keeps the peak: the last look before the end sees nearly all of it. */
function peakOfChild(pid) {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // not yet, or not any more
  }
}
