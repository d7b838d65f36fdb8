/**
 * Durations and sizes as people type and read them.
 *
 * Durations are nanoseconds in a `number`: exact up to 2^53 ns (104 days), far above any timeout we accept.
 */
import { UsageError } from './errors.ts';

/** Nanoseconds in one of each unit. */
export const NS_PER = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9, d: 86400e9 } as const;

/** Longest duration that is accepted anywhere: 100 days, below 2^53 ns. */
export const MAX_DURATION_NS: number = 100 * NS_PER.d;

const DURATION = /^\s*([0-9]+(?:\.[0-9]+)?)\s*(ns|us|µs|ms|s|m|h|d)\s*$/;

/**
 * Reads `10ms`, `250us`, `1.5s`. A bare `0` is allowed, any other bare number is refused (which unit was meant?).
 *
 * @returns whole nanoseconds, 0 .. MAX_DURATION_NS
 * @throws UsageError `TT_BAD_DURATION`
 */
export function parseDuration(text: string, what = 'duration'): number {
  if (/^\s*0+\s*$/.test(text)) return 0;
  const match = DURATION.exec(text);
  if (match === null) {
    throw new UsageError('TT_BAD_DURATION', `${what} '${text}' is not a duration`, {
      next: 'write a number and a unit, such as 250us, 10ms, 1.5s or 2m',
    });
  }
  const ns = Math.round(Number(match[1]) * NS_PER[match[2] as keyof typeof NS_PER]);
  if (ns > MAX_DURATION_NS) {
    throw new UsageError('TT_BAD_DURATION', `${what} '${text}' is longer than 100 days`, {
      next: 'give less than 100d',
    });
  }
  return ns;
}

/** From how much on a unit is used: seconds up to ten minutes, so that delays stay comparable at a glance. */
const SHOWN_FROM = [
  ['d', 2 * NS_PER.d],
  ['h', 2 * NS_PER.h],
  ['m', 10 * NS_PER.m],
  ['s', NS_PER.s],
  ['ms', NS_PER.ms],
  ['us', NS_PER.us],
] as const;

/** `1.23 ms`, `40.0 d`: three significant digits. */
export function formatDuration(ns: number): string {
  if (!Number.isFinite(ns)) return String(ns);
  const abs = Math.abs(ns);
  const unit = SHOWN_FROM.find(([, from]) => abs >= from)?.[0] ?? 'ns';
  const value = ns / NS_PER[unit];
  const digits = unit === 'ns' ? 0 : Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kib: 2 ** 10,
  m: 2 ** 20,
  mib: 2 ** 20,
  g: 2 ** 30,
  gib: 2 ** 30,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
};

/**
 * Reads `8MiB`, `8M` (1024-based), `8MB` (1000-based) or a number of bytes.
 *
 * @throws UsageError `TT_BAD_SIZE`
 */
export function parseSize(text: string, what = 'size'): number {
  const match = /^\s*([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Z]*)\s*$/.exec(text);
  const factor = match === null ? undefined : SIZE_UNITS[(match[2] ?? '').toLowerCase()];
  const bytes = match === null || factor === undefined ? Number.NaN : Math.round(Number(match[1]) * factor);
  if (!Number.isSafeInteger(bytes)) {
    throw new UsageError('TT_BAD_SIZE', `${what} '${text}' is not a size`, {
      next: 'write bytes or 64KiB, 8MiB, 1GiB',
    });
  }
  return bytes;
}

/** `8.0 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit]}`;
}
