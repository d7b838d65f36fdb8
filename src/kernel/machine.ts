/** Sizes of this machine that maps depend on. */
import { readFileSync } from 'node:fs';

function readNumber(path: string, fallback: number): number {
  try {
    const value = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isFinite(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

/** Number of possible CPUs: one more than the highest id in `/sys/devices/system/cpu/possible` (`0-3`, `0,2-5`). */
export function possibleCpus(): number {
  try {
    const text = readFileSync('/sys/devices/system/cpu/possible', 'utf8').trim();
    return parsePossible(text);
  } catch {
    return 1;
  }
}

export function parsePossible(text: string): number {
  const ids = text.split(/[,-]/).map(Number);
  return Math.max(0, ...ids.filter(Number.isFinite)) + 1;
}

/** Largest thread id plus one (32768 without a setting, 4194304 where systemd runs). */
export function pidMax(): number {
  return readNumber('/proc/sys/kernel/pid_max', 4_194_304);
}
