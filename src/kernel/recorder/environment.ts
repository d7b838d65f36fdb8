/** What a snapshot's trace says of the machine and of who wrote it. */
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, release, version } from 'node:os';
import { formatUuid } from '../../ctf/metadata.ts';

/** What LTTng's tools and Trace Compass take for the names of a 2.13 tracer; see environment(). */
const COMPATIBLE_TRACER: readonly (readonly [string, string | number])[] = [
  ['tracer_name', 'lttng-modules'],
  ['tracer_major', 2],
  ['tracer_minor', 13],
  ['tracer_patchlevel', 0],
];

/** One id for each boot: traces of one boot share a clock. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return formatUuid(randomFillSync(new Uint8Array(16)));
  }
}

/**
 * Trace Compass chooses its event names by `tracer_name` and version (without `lttng-modules` it looks for the names of
 * 2011), and lttng-analyses reads `tracer_major`: so the trace says what it is compatible with there, and who really
 * wrote it in `recorder`.
 */
export function environment(tailtrapVersion: string, now_ns: bigint): (readonly [string, string | number])[] {
  return [
    ['hostname', hostname()],
    ['domain', 'kernel'],
    ['sysname', 'Linux'],
    ['kernel_release', release()],
    ['kernel_version', version()],
    ...COMPATIBLE_TRACER,
    ['recorder', 'tailtrap (ftrace)'],
    ['recorder_version', tailtrapVersion],
    ['trace_name', 'tailtrap'],
    ['trace_creation_datetime', new Date(Number(now_ns / 1_000_000n)).toISOString()],
  ];
}
