/**
 * The commands, in the order of the help. A command's file is loaded only when the command runs: `--help` must answer at
 * once, and `doctor` must work where the rest does not.
 */
import type { Command } from './command.ts';

export interface CommandEntry {
  readonly name: string;
  /** One line; the same as the command's own `summary` (a test compares them). */
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'doctor',
    summary: 'say what this machine allows, and how to get what is missing',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'trackers',
    summary: 'list the trackers, what they time, and whether they load here',
    load: () => import('./trackers.ts'),
  },
  {
    name: 'watch',
    summary: 'print outliers as they come',
    load: () => import('./watch.ts'),
  },
  {
    name: 'wait',
    summary: 'block until one outlier comes, print it',
    load: () => import('./wait.ts'),
  },
  {
    name: 'hist',
    summary: 'latency percentiles and histograms of every operation',
    load: () => import('./hist.ts'),
  },
  {
    name: 'track',
    summary: 'time the way from any event to any other',
    load: () => import('./track.ts'),
  },
  {
    name: 'snapshot',
    summary: 'write what the recorder holds now, as a CTF trace',
    load: () => import('./snapshot.ts'),
  },
  {
    name: 'cat',
    summary: 'print the events of CTF traces in the order of time',
    load: () => import('./cat.ts'),
  },
  {
    name: 'report',
    summary: 'what happened in a trace: CPU use, latencies, statistics',
    load: () => import('./report.ts'),
  },
  {
    name: 'sessions',
    summary: 'list the live sessions of a relay',
    load: () => import('./sessions.ts'),
  },
  {
    name: 'record',
    summary: 'record what the reports need into a trace, with LTTng or ftrace',
    load: () => import('./record.ts'),
  },
  {
    name: 'convert',
    summary: 'write CTF traces in another format',
    load: () => import('./convert.ts'),
  },
  {
    name: 'relay',
    summary: 'the relay daemon of LTTng: receive traces, serve them live',
    load: () => import('./relay.ts'),
  },
  {
    name: 'state',
    summary: 'what a machine is doing: threads, files, disks, now or at a time',
    load: () => import('./state.ts'),
  },
  {
    name: 'replay',
    summary: 'serve a recorded trace as a live session',
    load: () => import('./replay.ts'),
  },
  {
    name: 'run',
    summary: 'the agent: catch outliers, save what came before, act',
    load: () => import('./run.ts'),
  },
];
