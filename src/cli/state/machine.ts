/** This machine as a source of events for the state: the recorder's stream, and /proc. */
import { messageOf } from '../../base/errors.ts';
import type { PushReader } from '../../ctf/push.ts';
import type { OpenedPaths } from '../../kernel/opened.ts';
import { LiveRecorder } from '../../kernel/recorder/index.ts';
import { syscallNames } from '../../kernel/recorder/syscall-names.ts';
import type { LiveState } from '../../state/index.ts';
import { OpenedNames } from '../../state/opened-names.ts';
import { ProcLookup } from '../../state/proc.node.ts';
import type { Notice } from '../../trace/event.ts';
import type { LiveInput } from './live.ts';

/** Between two looks into the ring: four a second cost little, and people see no difference to more. */
const POLL_MS = 250;
/** More often where more happens: so that about this share of the ring is filled between two looks. */
const WANTED_SHARE = 0.05;
const SHORTEST_MS = 20;

const SYSTEM_CALLS = 'raw_syscalls/sys_exit';

/** What each part of the state needs of ftrace. */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  sched: [
    'sched/sched_switch',
    'sched/sched_waking',
    'sched/sched_wakeup_new',
    'sched/sched_migrate_task',
    'sched/sched_pi_setprio',
  ],
  life: [
    'sched/sched_process_fork',
    'sched/sched_process_exec',
    'sched/sched_process_exit',
    'sched/sched_process_free',
    'task/task_newtask',
  ],
  statedump: [],
  syscalls: ['raw_syscalls/sys_enter', SYSTEM_CALLS],
  block: [
    'block/block_rq_insert',
    'block/block_rq_issue',
    'block/block_rq_complete',
    'block/block_rq_requeue',
    'block/block_bio_backmerge',
    'block/block_bio_frontmerge',
    'block/block_bio_remap',
  ],
  net: ['net/netif_receive_skb', 'net/net_dev_xmit'],
  interrupts: [
    'irq/irq_handler_entry',
    'irq/irq_handler_exit',
    'irq/softirq_raise',
    'irq/softirq_entry',
    'irq/softirq_exit',
  ],
  memory: ['kmem/mm_page_alloc', 'kmem/mm_page_free'],
};

/** Events of page allocation are many: they are followed when they are asked for by name. */
const DEFAULT_PARTS = Object.keys(EVENTS).filter((part) => part !== 'memory');

export function eventsFor(parts: readonly string[]): string[] {
  const chosen = parts.length === 0 ? DEFAULT_PARTS : ['sched', 'life', ...parts];
  return [...new Set(chosen.flatMap((part) => EVENTS[part] ?? []))];
}

export interface MachineOptions {
  readonly log: (line: string) => void;
  readonly onNotice: (notice: Notice) => void;
  /** Called with the reader before it is given anything. */
  readonly onReader: (reader: PushReader) => void;
}

/** Names of files that are closed before /proc could be asked; null where BPF is not to be had: told, and gone without. */
async function openedPaths(log: (line: string) => void): Promise<OpenedPaths | null> {
  const without = (reason: string): void => log(`without the names of files that are closed at once: ${reason}`);
  try {
    const { OpenedPaths } = await import('../../kernel/opened.ts');
    return OpenedPaths.start(without);
  } catch (error) {
    without(messageOf(error));
    return null;
  }
}

export class MachineInput implements LiveInput {
  readonly reader: LiveRecorder['reader'];
  readonly #recorder: LiveRecorder;
  readonly #bufferBytes: number;
  readonly #opened: OpenedPaths | null;
  #lookup: ProcLookup | null = null;
  #names: OpenedNames | null = null;
  #rawBytes = 0;
  #pause_ms = SHORTEST_MS;

  /** With names of files that are open for a moment only. @throws as `LiveRecorder.start` */
  static async start(parts: readonly string[], options: MachineOptions): Promise<MachineInput> {
    const opened = eventsFor(parts).includes(SYSTEM_CALLS) ? await openedPaths(options.log) : null;
    try {
      return new MachineInput(parts, options, opened);
    } catch (error) {
      opened?.close();
      throw error;
    }
  }

  constructor(parts: readonly string[], options: MachineOptions, opened: OpenedPaths | null = null) {
    const { log, onNotice, onReader } = options;
    this.#opened = opened;
    this.#recorder = LiveRecorder.start({ events: eventsFor(parts), onNotice, onReader });
    this.#bufferBytes = this.#recorder.bufferBytes;
    this.reader = this.#recorder.reader;
    for (const { event, reason } of this.#recorder.degraded) log(`without ${event}: ${reason}`);
  }

  attach(state: LiveState): void {
    const names = syscallNames(process.arch);
    const opened = new OpenedNames(state);
    this.#names = opened;
    this.#lookup = new ProcLookup(state, {
      callName: (number) => names[number],
      openedAs: (fd) => opened.take(fd),
    });
    this.#drainOpened();
  }

  /** Before the events of the same time are applied. */
  #drainOpened(): void {
    const names = this.#names;
    if (names === null) return;
    const shift = this.#recorder.clock_ns - this.reader.origin_ns;
    this.#opened?.drain(({ time_ns, ...opened }) => names.add({ ...opened, time: Number(time_ns + shift) }));
  }

  async advance(): Promise<boolean> {
    const filled = (this.#recorder.rawBytes - this.#rawBytes) / this.#bufferBytes;
    this.#rawBytes = this.#recorder.rawBytes;
    const wanted_ms = (this.#pause_ms * WANTED_SHARE) / Math.max(filled, Number.MIN_VALUE);
    this.#pause_ms = Math.min(POLL_MS, Math.max(SHORTEST_MS, wanted_ms));
    await new Promise((resolve) => setTimeout(resolve, this.#pause_ms));
    this.#recorder.poll();
    this.#drainOpened();
    return true;
  }

  /** The events of a look are applied. */
  applied(isFirst: boolean): void {
    if (isFirst) this.#lookup?.learnAll();
    this.#lookup?.resolve();
    this.#names?.prune();
  }

  async close(): Promise<void> {
    this.#opened?.close();
    this.#recorder.close();
  }
}
