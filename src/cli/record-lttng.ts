/** Records with LTTng: a session with the events that reports need, as lttng-analyses-record made one. */
import { spawnSync } from 'node:child_process';
import { errnoName, TailtrapError } from '../base/errors.ts';

const CHANNEL = 'tailtrap';
const CONTEXTS = ['pid', 'tid', 'procname'];
/** As lttng-analyses-record: large enough for bursts of system calls. */
const SUBBUFFER = '8M';
/** lttng answers at once, unless the session daemon hangs. */
const ANSWER_LIMIT_MS = 30_000;

const SCHED = [
  'sched_switch',
  'sched_waking',
  'sched_wakeup',
  'sched_wakeup_new',
  'sched_migrate_task',
  'sched_pi_setprio',
  'sched_process_fork',
  'sched_process_exec',
  'sched_process_exit',
  // Of the state dump, which comes only where its events are asked for.
  'lttng_statedump_process_state',
];
const DUMPED = ['lttng_statedump_file_descriptor', 'lttng_statedump_block_device'];
const BLOCK = ['block_rq_issue', 'block_rq_complete', 'block_bio_remap', 'block_bio_backmerge'];
const NET = ['net_dev_xmit', 'netif_receive_skb', 'net_if_receive_skb'];
const IRQ = ['irq_handler_entry', 'irq_handler_exit', 'irq_softirq_raise', 'irq_softirq_entry', 'irq_softirq_exit'];
const MEMORY = ['kmem_mm_page_alloc', 'kmem_mm_page_free'];

/** Events of each family of reports besides SCHED; `true`: system calls too. */
const NEEDED: Readonly<Record<string, readonly [events: readonly string[], syscalls: boolean]>> = {
  cputop: [[], false],
  sched: [[], false],
  irq: [IRQ, false],
  io: [[...BLOCK, ...NET, ...DUMPED], true],
  memtop: [MEMORY, false],
  syscallstats: [[], true],
  periods: [[...BLOCK, ...NET, ...IRQ, ...DUMPED], true],
};

export interface LttngNeeds {
  readonly events: readonly string[];
  readonly syscalls: boolean;
}

/** @param families of reports; none: everything that any report needs */
export function lttngNeeds(families: ReadonlySet<string>): LttngNeeds {
  const chosen = (families.size === 0 ? Object.keys(NEEDED) : [...families]).map((family) => NEEDED[family]!);
  return {
    events: [...new Set([...SCHED, ...chosen.flatMap(([events]) => events)])],
    syscalls: chosen.some(([, syscalls]) => syscalls),
  };
}

/** In a process group of its own: Ctrl-C is for us, who then ask for what is left to do. */
const OWN_GROUP = { detached: true };

function lttng(...args: readonly string[]): { ok: boolean; text: string } {
  const options = { encoding: 'utf8', timeout: ANSWER_LIMIT_MS, ...OWN_GROUP } as const;
  const { status, stderr, stdout, error, signal } = spawnSync('lttng', args, options);
  const missing = error !== undefined && errnoName(error) === 'ENOENT';
  const told = missing ? 'lttng is not installed' : (error?.message ?? `${stderr}${stdout}`.trim());
  return { ok: error === undefined && status === 0, text: told || `it ended with ${signal ?? status}` };
}

/** @returns why LTTng cannot record the kernel here; null: it can */
export function whyNoLttng(): string | null {
  const { ok, text } = lttng('list', '--kernel');
  return ok ? null : text.split('\n')[0]!.replace(/^Error: /, '');
}

const SESSION = /^\s*\d+\)\s+(tailtrap-(\d+)) /gm;

/** Those of a tailtrap that was killed go on recording. They are not ours to end: it may run where we cannot see it. */
function forgottenSessions(): string[] {
  const isGone = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      return errnoName(error) === 'ESRCH';
    }
  };
  return [...lttng('list').text.matchAll(SESSION)].filter(([, , pid]) => isGone(Number(pid))).map(([, name]) => name!);
}

export interface LttngOptions {
  readonly signal: AbortSignal;
  /** Resolves when recording ends. */
  readonly wait: () => Promise<void>;
  readonly log: (line: string) => void;
}

/**
 * @param families of reports; none: everything that any report needs
 * @returns false when it was stopped before it recorded anything
 * @throws TailtrapError `TT_LTTNG`
 */
export async function recordWithLttng(
  path: string,
  families: ReadonlySet<string>,
  { signal, wait, log }: LttngOptions,
): Promise<boolean> {
  for (const name of forgottenSessions()) log(`warning: session ${name} was left behind: lttng destroy ${name}`);
  const session = `tailtrap-${process.pid}`;
  const isStopped = async (): Promise<boolean> => {
    await new Promise((resolve) => setImmediate(resolve));
    return signal.aborted;
  };
  must('create', session, `--output=${path}`);
  try {
    if (!(await setUp(session, families, isStopped, log)) || (await isStopped())) return false;
    must('start', session);
    log('recording with LTTng; Ctrl-C ends it');
    await wait();
    must('stop', session);
    return true;
  } finally {
    // Nothing is waited for between stop and destroy, so that no second signal comes in between.
    const { ok, text } = lttng('destroy', session);
    if (!ok) log(`warning: session ${session} is left behind: lttng destroy failed: ${text}`);
  }
}

function must(...args: readonly string[]): void {
  const { ok, text } = lttng(...args);
  if (ok) return;
  throw new TailtrapError('TT_LTTNG', `lttng ${args.join(' ')} failed: ${text}`, {
    next: 'is lttng-sessiond running as root, and are lttng-modules loaded? or record --with ftrace',
  });
}

/** @returns false when it was stopped */
async function setUp(
  session: string,
  families: ReadonlySet<string>,
  isStopped: () => Promise<boolean>,
  log: (line: string) => void,
): Promise<boolean> {
  const channel = ['--session', session, '--channel', CHANNEL];
  must('enable-channel', '--kernel', '--session', session, `--subbuf-size=${SUBBUFFER}`, CHANNEL);
  const missing: string[] = [];
  for (const type of CONTEXTS) {
    if (!lttng('add-context', '--kernel', ...channel, '--type', type).ok) missing.push(`context ${type}`);
  }
  const { events, syscalls } = lttngNeeds(families);
  let enabled = 0;
  // Names differ between versions of lttng-modules and the kernel: what is there is enabled.
  for (const event of events) {
    if (await isStopped()) return false;
    if (lttng('enable-event', '--kernel', ...channel, event).ok) enabled++;
    else missing.push(event);
  }
  if (enabled === 0) must('enable-event', '--kernel', ...channel, events[0]!);
  if (missing.length > 0) log(`without ${missing.join(', ')}: this tracer has no such thing`);
  if (syscalls) must('enable-event', '--kernel', ...channel, '--syscall', '--all');
  return true;
}
