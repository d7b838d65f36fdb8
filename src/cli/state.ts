import { UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import { formatDuration } from '../base/units.ts';
import type { CtfSource } from '../ctf/reader.ts';
import { DEFAULT_TEXT_OPTIONS } from '../ctf/text/options.ts';
import { PARTS } from '../state/index.ts';
import { type Command, type Context, defineCommand } from './command.ts';
import { dumpEvents } from './state/dump.ts';
import { newState } from './state/new-state.ts';
import { clockText, refuseSince, showState, type Wanted } from './state/show.ts';
import { STATE_TABLES } from './state/tables.ts';
import { feedTrace } from './state/trace-feed.ts';
import { timeBounds } from './time-bounds.ts';
import { noticeTeller, openTraces } from './trace-input.ts';

/** Less than most events are apart: nothing would be kept. */
const MIN_WINDOW_NS = 1e6;

const OPTIONS = {
  show: { type: 'list', short: 's', value: 'TABLES', help: 'which tables, see above' },
  pid: { type: 'integer', short: 'p', value: 'PID', min: 0, help: 'only this process' },
  tid: { type: 'integer', short: 't', value: 'TID', min: 0, help: 'only this thread' },
  path: { type: 'string', value: 'PATH', help: 'who has this file open, or is connected to this address' },
  at: { type: 'string', value: 'TIME', help: 'the state at this time: [YYYY-MM-DD ]HH:MM[:SS[.NANO]] or seconds' },
  ago: { type: 'duration', value: 'D', help: 'the state D before the end, or before now; within the window' },
  since: { type: 'string', value: 'TIME', help: 'begin of the table changes; within the window' },
  recent: { type: 'boolean', help: 'also what ended within the window' },
  window: { type: 'duration', value: 'D', default: '10s', help: 'how long details are kept' },
  watch: { type: 'duration', short: 'w', value: 'D', help: 'again after each D, of the trace or of the clock' },
  for: { type: 'duration', value: 'D', help: 'live: how long to look; default 2s, with --watch until Ctrl-C' },
  limit: { type: 'integer', value: 'N', default: 1000, min: 1, help: 'rows of each table' },
  parts: { type: 'list', value: 'PARTS', help: 'follow only these, which is faster; see above' },
  dump: { type: 'string', value: 'DIR', help: 'write the original events that are kept as a trace; - prints them' },
  redis: {
    type: 'string',
    value: 'URL',
    help: 'live: tell a Redis what is known, until Ctrl-C; see docs/state-redis.md',
  },
  host: { type: 'string', value: 'NAME', help: 'with Redis: the name of the machine; default its own' },
  'redis-functions': { type: 'boolean', help: 'print the functions that run in Redis, for FUNCTION LOAD' },
  gmt: { type: 'boolean', help: 'times in GMT, not in the local time zone; those given, too' },
} as const;

type StateContext = Context<typeof OPTIONS>;

export const command: Command = defineCommand({
  name: 'state',
  summary: 'what a machine is doing: threads, files, disks, now or at a time',
  description:
    'TRACE is a folder with CTF traces, net://HOST/host/NAME/SESSION, or a Redis that machines report to,\n' +
    'redis://HOST, rediss://HOST or unix:///SOCKET; without it, this machine (as root).\n' +
    'The tables of --show:\n' +
    Object.entries(STATE_TABLES)
      .map(([name, { help }]) => `  ${name.padEnd(12)}${help}`)
      .join('\n') +
    `\nThe parts of --parts: ${PARTS.join(', ')}.`,
  operands: { text: '[TRACE]', min: 0, max: 1 },
  options: OPTIONS,
  examples: [
    { line: 'tailtrap state', does: 'this machine: CPUs, processes, who waits' },
    { line: 'tailtrap state trace/ --at 12:00:01.5 --show threads,fds --pid 4711', does: 'one process at a time' },
    { line: 'tailtrap state --show waiters --watch 1s', does: 'who waits for what, every second' },
    { line: 'tailtrap state trace/ --show changes --since 12:00:01 --at 12:00:02', does: 'what changed in a second' },
    { line: 'tailtrap state trace/ --at 12:00:02 --dump kept/', does: 'the events that explain it' },
    { line: 'tailtrap state --redis redis://db1', does: 'tells a Redis what this machine does' },
    { line: 'tailtrap state redis://db1 --host web1 --show waiters', does: 'asks it what another one does' },
  ],
  async run(context) {
    const { options, operands } = context;
    if (options['redis-functions']) {
      const { functionsText } = await import('../state/redis/index.node.ts');
      context.out.record({ functions: functionsText() }, functionsText);
      return 0;
    }
    const isRedis = /^(rediss?|unix):/.test(operands[0] ?? '');
    const show = tablesOf(context, isRedis);
    if (options.window < MIN_WINDOW_NS) {
      throw new UsageError('TT_USAGE', '--window must be at least 1ms: a shorter one keeps nothing', {
        next: 'write 10s',
      });
    }
    if (options.watch === 0) {
      throw new UsageError('TT_USAGE', '--watch 0 would never come to an end', { next: 'write --watch 1s' });
    }
    const unknown = options.parts.find((name) => !PARTS.some((part) => part === name));
    if (unknown !== undefined) {
      throw new UsageError('TT_USAGE', `--parts has no part '${unknown}'`, { next: `it may have ${PARTS.join(', ')}` });
    }
    const [source] = operands;
    if (isRedis) {
      const { redisState } = await import('./state/redis-client.ts');
      const wanted = wantedOf(context, show, today);
      return redisState(source!, { ...context, wanted, at_ns: timeOf('--at', options.at, options.gmt, today) });
    }
    if (source === undefined || source.includes('://')) {
      const { liveState } = await import('./state/live.ts');
      return liveState(source, { ...context, wanted: (first) => wantedOf(context, show, first) });
    }
    if (options.redis !== undefined) {
      throw new UsageError('TT_USAGE', '--redis tells what happens now, not what a recorded trace says', {
        next: 'leave the trace away, or replay it (tailtrap replay --help) and give its net:// address',
      });
    }
    return traceState(source, context, show);
  },
});

/** Gives the date to times without one. */
const today = (): bigint => BigInt(Date.now()) * 1_000_000n;

async function traceState(path: string, context: StateContext, show: readonly string[]): Promise<number> {
  const { options, out, log, signal } = context;
  const traces = openTraces([path]);
  const { source } = traces;
  refuseHosts(source);
  const first = (): bigint => source.timeRange()?.begin_ns ?? 0n;
  const until_ns = timeOf('--at', options.at, options.gmt, first);
  const range = source.timeRange();
  if (until_ns !== undefined && range !== null && until_ns < range.begin_ns) {
    throw new UsageError('TT_USAGE', `--at '${options.at}' is before the trace begins`, {
      next: `its first event is ${formatDuration(Number(range.begin_ns - until_ns))} later`,
    });
  }
  const wanted = wantedOf(context, show, first);
  if (until_ns !== undefined && range !== null && until_ns > range.end_ns) {
    const beyond = formatDuration(Number(until_ns - range.end_ns));
    log(
      `warning: --at is ${beyond} after the trace's end (${clockText(range.end_ns, options.gmt)}): what happened between is not known`,
    );
  }
  refuseSince(wanted, until_ns ?? range?.end_ns);
  const state = newState(options, source.origin_ns);
  const look = (): void => showState(state, wanted, out, log);
  const damage = await feedTrace(source, state, {
    until_ns,
    every_ns: options.watch,
    look,
    onNotice: noticeTeller(traces, { ...DEFAULT_TEXT_OPTIONS.clock, gmt: options.gmt }, log),
    signal,
  });
  if (options.dump === undefined) look();
  else {
    const { dump, gmt } = options;
    const count = dumpEvents(source, state, { to: dump, json: out.json, gmt, log });
    if (dump !== '-') out.record({ path: dump, events: count }, () => dump);
    log(`${count} of ${state.counters.events} events are kept`);
  }
  if (damage !== null) throw damage;
  return 0;
}

/** One state is of one machine: the CPUs and threads of two would be mixed up. */
function refuseHosts(source: CtfSource): void {
  const hosts = new Set(source.traces.map(({ trace }) => String(trace.environment.get('hostname') ?? '')));
  hosts.delete('');
  if (hosts.size <= 1) return;
  throw new UsageError('TT_STATE_HOSTS', `the traces are of several machines: ${[...hosts].join(', ')}`, {
    next: 'give the folder of one of them',
  });
}

function wantedOf({ options }: StateContext, show: readonly string[], first: () => bigint): Wanted {
  const { pid, tid, path, recent, limit, gmt, ago } = options;
  return {
    show,
    pid,
    tid,
    path,
    recent,
    limit,
    gmt,
    ago_ns: ago ?? 0,
    since_ns: timeOf('--since', options.since, gmt, first),
  };
}

function timeOf(name: string, text: string | undefined, gmt: boolean, first: () => bigint): bigint | undefined {
  if (text === undefined) return undefined;
  try {
    return timeBounds({ begin: text, end: undefined, timerange: undefined }, gmt, first).begin_ns;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.code, error.message.replace('--begin', name), { next: error.next });
  }
}

function tablesOf({ options }: StateContext, isRedis: boolean): readonly string[] {
  const { show: asked, path, pid, tid } = options;
  if (asked.length === 0) {
    if (path !== undefined) return ['fds'];
    return pid !== undefined || tid !== undefined
      ? ['processes', 'threads', 'fds']
      : ['cpus', 'processes', 'waiters', 'disks'];
  }
  const known = [...Object.keys(STATE_TABLES), ...(isRedis ? ['hosts'] : [])];
  for (const name of asked) {
    if (known.includes(name)) continue;
    const next = [didYouMean(name, known), 'see tailtrap state --help'].join(' ').trim();
    throw new UsageError('TT_USAGE', `--show has no table '${name}'`, { next });
  }
  return asked;
}
