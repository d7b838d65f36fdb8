/**
 * The state, written once more: slowly, with plain objects, from the rules and not from the code. Tests compare the two.
 * It follows threads, CPUs, descriptors, disks and softirqs of a trace without losses.
 */
import type { FieldObject } from '../trace/event.ts';
import type { PlainEvent } from './events.test.data.ts';
import { type Descriptors, endCall } from './oracle-calls.test.data.ts';
import { DeviceOracle } from './oracle-devices.test.data.ts';

interface Thread {
  tid: number;
  name: string;
  state: string;
  since: number | null;
  prio: number | null;
  syscall: { name: string; since: number; fields: FieldObject } | null;
  pid: number | null;
  cpu_ns: number;
  wait_ns: number;
  switches: number;
  migrations: number;
  exited: boolean;
}

const STATES: Record<number, string> = {
  0: 'runnable',
  1: 'sleeping',
  2: 'uninterruptible',
  4: 'stopped',
  8: 'traced',
  16: 'dead',
  32: 'zombie',
  64: 'parked',
  128: 'idle',
  256: 'runnable',
};

/** Calls that LTTng 2.13 has no name for, in the traces at hand. */
const UNKNOWN_CALLS: Record<number, string> = {
  15: '',
  158: 'arch_prctl',
  318: 'getrandom',
  334: 'rseq',
  435: 'clone3',
};

export class Oracle {
  readonly devices: DeviceOracle = new DeviceOracle();
  readonly threads: Map<number, Thread> = new Map();
  /** tid by CPU, since when. */
  readonly cpus: Map<number, { tid: number; since: number }> = new Map();
  readonly idle: Map<number, Thread> = new Map();
  /** By pid. */
  readonly files: Map<number, Descriptors> = new Map();
  readonly parents: Map<number, number> = new Map();
  /** Address of the kernel's table to the process that it was told for first. */
  #tables = new Map<string, number>();

  feed(event: PlainEvent): void {
    const f = event.fields;
    const now = event.time;
    const n = (name: string): number => Number(f[name]);
    const entry = /^syscall_entry_(.*)$/.exec(event.name)?.[1];
    const exit = /^syscall_exit_(.*)$/.exec(event.name)?.[1];
    const unknown = UNKNOWN_CALLS[n('id')] ?? '';
    if (entry !== undefined) this.#enter(event, entry === 'unknown' ? unknown : entry, now);
    if (exit !== undefined) this.#leave(event, exit === 'unknown' ? unknown : exit);
    switch (event.name) {
      case 'sched_switch': {
        const prev = n('prev_tid') === 0 ? this.#idleOf(event.cpu) : this.#thread(n('prev_tid'), String(f.prev_comm));
        if (prev.state === 'running' && prev.since !== null) prev.cpu_ns += now - prev.since;
        this.#become(prev, n('prev_tid') === 0 ? 'idle' : (STATES[n('prev_state')] ?? 'unknown'), now);
        prev.prio = n('prev_prio');
        const next = n('next_tid') === 0 ? this.#idleOf(event.cpu) : this.#thread(n('next_tid'), '');
        if (next.state === 'runnable' && n('next_tid') !== 0 && next.since !== null) next.wait_ns += now - next.since;
        this.#become(next, 'running', now);
        next.prio = n('next_prio');
        next.switches++;
        if (n('next_tid') !== 0) next.name = String(f.next_comm);
        this.cpus.set(event.cpu, { tid: n('next_tid'), since: now });
        return;
      }
      case 'sched_waking':
      case 'sched_wakeup':
      case 'sched_wakeup_new': {
        const thread = this.#thread(n('tid'), String(f.comm));
        if (thread.state === 'running' || thread.state === 'runnable') return;
        this.#become(thread, 'runnable', now);
        thread.prio = n('prio');
        return;
      }
      case 'sched_migrate_task':
        this.#thread(n('tid'), String(f.comm)).migrations++;
        this.#thread(n('tid'), '').prio = n('prio');
        return;
      case 'sched_pi_setprio':
        this.#thread(n('tid'), String(f.comm)).prio = n('newprio');
        return;
      case 'sched_process_fork': {
        const parent = n('parent_tid') === 0 ? null : this.#thread(n('parent_tid'), String(f.parent_comm));
        if (parent !== null) this.#belongs(parent, n('parent_pid'));
        this.threads.delete(n('child_tid'));
        const child = this.#thread(n('child_tid'), String(f.child_comm));
        child.prio = parent?.prio ?? null;
        child.pid = n('child_pid');
        if (parent === null || parent.pid === child.pid) return;
        this.parents.set(child.pid, parent.pid!);
        const copy: Descriptors = new Map();
        for (const [fd, descriptor] of this.files.get(parent.pid!) ?? []) {
          copy.set(fd, { file: descriptor.file, cloexec: descriptor.cloexec, read: 0, written: 0 });
        }
        this.files.set(child.pid, copy);
        return;
      }
      case 'sched_process_exec': {
        const thread = this.#thread(n('tid'), '');
        thread.name = String(f.filename).split('/').at(-1)!.slice(0, 15) || thread.name;
        for (const [fd, { cloexec }] of this.#filesOf(thread)) if (cloexec) this.#filesOf(thread).delete(fd);
        return;
      }
      case 'sched_process_exit': {
        const thread = this.threads.get(n('tid'));
        if (thread !== undefined) this.#exit(thread);
        return;
      }
      case 'sched_process_free': {
        const thread = this.threads.get(n('tid'));
        if (thread === undefined) return;
        this.#exit(thread);
        this.threads.delete(n('tid'));
        return;
      }
      case 'lttng_statedump_process_state': {
        if (n('tid') === 0) return;
        const thread = this.#thread(n('tid'), String(f.name));
        this.#belongs(thread, n('pid'));
        if (n('tid') === n('pid')) this.parents.set(n('pid'), n('ppid'));
        if (n('type') === 0 && !this.#tables.has(String(f.file_table_address))) {
          this.#tables.set(String(f.file_table_address), n('pid'));
        }
        return;
      }
      case 'lttng_statedump_file_descriptor': {
        const pid = this.#tables.get(String(f.file_table_address));
        if (pid === undefined) return;
        const files = this.files.get(pid) ?? new Map();
        this.files.set(pid, files);
        const known = files.get(n('fd'));
        if (known !== undefined) {
          if (['', 'socket', 'pipe'].includes(known.file.path)) known.file.path = String(f.filename);
        } else {
          const cloexec = (n('flags') & 0o2000000) !== 0;
          files.set(n('fd'), { file: { path: String(f.filename) }, read: 0, written: 0, cloexec });
        }
        return;
      }
      default:
        this.devices.feed(event);
    }
  }

  #idleOf(cpu: number): Thread {
    let thread = this.idle.get(cpu);
    if (thread === undefined) {
      thread = newThread(0, `swapper/${cpu}`);
      this.idle.set(cpu, thread);
    }
    return thread;
  }

  #thread(tid: number, name: string): Thread {
    let thread = this.threads.get(tid);
    if (thread === undefined) {
      thread = newThread(tid, name);
      this.threads.set(tid, thread);
    }
    return thread;
  }

  #become(thread: Thread, state: string, now: number): void {
    if (thread.state === state) return;
    thread.state = state;
    thread.since = now;
  }

  /** Who nobody told the process of is its own. */
  #filesOf(thread: Thread): Descriptors {
    thread.pid ??= thread.tid;
    const files = this.files.get(thread.pid) ?? new Map();
    this.files.set(thread.pid, files);
    return files;
  }

  #belongs(thread: Thread, pid: number): void {
    const was = thread.pid;
    thread.pid = pid;
    if (was === null || was === pid || [...this.threads.values()].some((other) => other.pid === was && !other.exited))
      return;
    const moved = this.files.get(was);
    this.files.delete(was);
    if (moved === undefined) return;
    const files = this.files.get(pid) ?? new Map();
    for (const [fd, descriptor] of moved) if (!files.has(fd)) files.set(fd, { ...descriptor, read: 0, written: 0 });
    this.files.set(pid, this.files.has(pid) ? files : moved);
  }

  #exit(thread: Thread): void {
    thread.exited = true;
    if (thread.pid === null) return;
    const rest = [...this.threads.values()].filter((other) => other.pid === thread.pid && !other.exited);
    if (rest.length === 0) this.files.delete(thread.pid);
  }

  #running(event: PlainEvent): Thread | null {
    const told = event.context?.tid;
    if (told !== undefined && Number(told) !== this.cpus.get(event.cpu)?.tid) {
      const thread =
        Number(told) === 0
          ? this.#idleOf(event.cpu)
          : this.#thread(Number(told), String(event.context?.procname ?? ''));
      if (thread.state !== 'running') {
        thread.state = 'running';
        thread.since = null;
      }
      this.cpus.set(event.cpu, { tid: Number(told), since: event.time });
    }
    const tid = this.cpus.get(event.cpu)?.tid;
    return tid === undefined ? null : tid === 0 ? this.#idleOf(event.cpu) : this.#thread(tid, '');
  }

  #enter(event: PlainEvent, name: string, now: number): void {
    const thread = this.#running(event);
    if (thread === null) return;
    thread.syscall = name === '' ? null : { name, since: now, fields: event.fields };
    if (name === 'close') this.#filesOf(thread).delete(Number(event.fields.fd));
  }

  #leave(event: PlainEvent, name: string): void {
    const thread = this.#running(event);
    if (thread === null) return;
    const call = thread.syscall;
    thread.syscall = null;
    if (call === null || call.name !== name) return;
    endCall({ name, fields: call.fields, ret: Number(event.fields.ret) }, event, () => this.#filesOf(thread));
  }
}

function newThread(tid: number, name: string): Thread {
  return {
    tid,
    name,
    state: 'unknown',
    since: null,
    prio: null,
    syscall: null,
    pid: null,
    cpu_ns: 0,
    wait_ns: 0,
    switches: 0,
    migrations: 0,
    exited: false,
  };
}
