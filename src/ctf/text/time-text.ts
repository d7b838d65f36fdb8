/** Times as strings: apart from the rest, so that commands that print few do not load what is for millions. */
import type { TextOptions } from './options.ts';

export const SECOND = 1_000_000_000n;

/** A second of the epoch, not negative, as the options want it. */
export function secondText(second: bigint, options: TextOptions['clock']): string {
  const date = new Date(Number(second) * 1000);
  // Beyond what calendars reach.
  if (options.seconds || Number.isNaN(date.getTime())) return second.toString();
  const two = (n: number): string => String(n).padStart(2, '0');
  const time = options.gmt
    ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
    : `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (!options.date) return time;
  const day = options.gmt
    ? `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${time}`;
}

/** A time as it stands on lines; for warnings. */
export function timeText(time_ns: bigint, options: TextOptions['clock']): string {
  const nanoseconds = (ns: bigint): string => ns.toString().padStart(9, '0');
  if (time_ns < 0n) return `-${-time_ns / SECOND}.${nanoseconds(-time_ns % SECOND)}`;
  return `${secondText(time_ns / SECOND, options)}.${nanoseconds(time_ns % SECOND)}`;
}
