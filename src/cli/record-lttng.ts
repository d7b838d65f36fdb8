/** Records with LTTng: a session with the events that reports need, as lttng-analyses-record made one. */
import { spawnSync } from 'node:child_process';
import { TailtrapError } from '../base/errors.ts';

const CHANNEL = 'tailtrap';
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
];
const BLOCK = ['block_rq_issue', 'block_rq_complete', 'block_bio_remap', 'block_bio_backmerge'];
const NET = ['net_dev_xmit', 'netif_receive_skb', 'net_if_receive_skb'];
const IRQ = ['irq_handler_entry', 'irq_handler_exit', 'irq_softirq_raise', 'irq_softirq_entry', 'irq_softirq_exit'];
const MEMORY = ['kmem_mm_page_alloc', 'kmem_mm_page_free'];

/** Events of each family of reports besides SCHED; `true`: system calls too. */
const NEEDED: Readonly<Record<string, readonly [events: readonly string[], syscalls: boolean]>> = {
  cputop: [[], false],
  sched: [[], false],
  irq: [IRQ, false],
  io: [[...BLOCK, ...NET], true],
  memtop: [MEMORY, false],
  syscallstats: [[], true],
  periods: [[...BLOCK, ...NET, ...IRQ], true],
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

function lttng(...args: readonly string[]): { ok: boolean; text: string } {
  const { status, stderr, stdout, error } = spawnSync('lttng', args, { encoding: 'utf8', timeout: ANSWER_LIMIT_MS });
  return { ok: error === undefined && status === 0, text: error?.message ?? `${stderr}${stdout}`.trim() };
}

/** A session daemon answers for the kernel. */
export function canRecordWithLttng(): boolean {
  return lttng('list', '--kernel').ok;
}

export async function recordWithLttng(
  path: string,
  families: ReadonlySet<string>,
  { wait, log }: { readonly wait: () => Promise<void>; readonly log: (line: string) => void },
): Promise<void> {
  const session = `tailtrap-${process.pid}`;
  const must = (...args: readonly string[]): void => {
    const { ok, text } = lttng(...args);
    if (ok) return;
    throw new TailtrapError('TT_LTTNG', `lttng ${args.join(' ')} failed: ${text}`, {
      next: 'is lttng-sessiond running as root, and are lttng-modules loaded? or record --with ftrace',
    });
  };
  must('create', session, `--output=${path}`);
  try {
    const channel = ['--session', session, '--channel', CHANNEL];
    must('enable-channel', '--kernel', '--session', session, `--subbuf-size=${SUBBUFFER}`, CHANNEL);
    for (const type of ['pid', 'tid', 'procname']) lttng('add-context', '--kernel', ...channel, '--type', type);
    const { events, syscalls } = lttngNeeds(families);
    // Names differ between versions of lttng-modules and the kernel: what is there is enabled.
    const missing = events.filter((event) => !lttng('enable-event', '--kernel', ...channel, event).ok);
    if (missing.length === events.length) must('enable-event', '--kernel', ...channel, events[0]!);
    if (missing.length > 0) log(`without ${missing.join(', ')}: this tracer has no such events`);
    if (syscalls) must('enable-event', '--kernel', ...channel, '--syscall', '--all');
    must('start', session);
    log('recording with LTTng; Ctrl-C ends it');
    await wait();
    must('stop', session);
  } finally {
    lttng('destroy', session);
  }
}
