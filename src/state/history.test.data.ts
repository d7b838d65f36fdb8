/** Random but possible histories of a machine: what a kernel tracer would have told. */
import type { PlainEvent } from './events.test.data.ts';

/** Numbers below a bound, in order; a history is a function of them. */
export type Choose = (below: number) => number;

/** Mulberry32: small, and good enough to choose what happens next. */
export function chooser(seed: number): Choose {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Thread {
  readonly tid: number;
  readonly pid: number;
  /** runnable, running or the bits that it went to sleep with. */
  state: 'runnable' | 'running' | 'blocked';
  call: { name: string; fields: PlainEvent['fields'] } | null;
}

const PATHS = ['/etc/passwd', '/var/log/syslog', '/dev/null', 'relative/path', '/tmp/x'];
const SLEEPS = [1, 2, 4, 128];
const O_CLOEXEC = 0o2000000;
const MAX_THREADS = 12;

export class RandomMachine {
  readonly events: PlainEvent[] = [];
  readonly #choose: Choose;
  readonly #cpus: (Thread | null)[];
  readonly #threads: Thread[] = [];
  readonly #fds = new Map<number, Set<number>>();
  #time = 1000;
  #nextTid = 100;
  #sector = 0;
  readonly #requests: { dev: number; sector: number; sectors: number; rwbs: number }[] = [];

  constructor(choose: Choose, cpus: number) {
    this.#choose = choose;
    this.#cpus = Array.from({ length: cpus }, () => null);
    for (let i = 0; i < 3; i++) this.#threads.push(this.#born(this.#nextTid++));
  }

  #born(tid: number, pid = tid): Thread {
    if (!this.#fds.has(pid)) this.#fds.set(pid, new Set([0, 1, 2]));
    return { tid, pid, state: 'runnable', call: null };
  }

  step(): void {
    // Several events may have one time, as on machines with coarse clocks.
    this.#time += this.#choose(4) * 250_000_000 * (this.#choose(8) === 0 ? 1 : 0) + this.#choose(1000);
    const cpu = this.#choose(this.#cpus.length);
    const current = this.#cpus[cpu]!;
    const what = this.#choose(10);
    if (what < 3) this.#switch(cpu);
    else if (what === 3) this.#wake(cpu);
    else if (what === 4) this.#block(cpu);
    else if (current !== null && current.call === null && what === 5) this.#life(cpu, current);
    else if (current !== null) this.#syscall(cpu, current);
    else this.#switch(cpu);
  }

  #emit(name: string, cpu: number, fields: PlainEvent['fields']): void {
    this.events.push({ name, time: this.#time, cpu, fields });
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#choose(items.length)]!;
  }

  #switch(cpu: number): void {
    const prev = this.#cpus[cpu] ?? null;
    const ready = this.#threads.filter((thread) => thread.state === 'runnable');
    const next = ready.length > 0 && this.#choose(4) > 0 ? this.#pick(ready) : null;
    if (next === null && prev === null) return;
    let bits = 0;
    if (prev !== null) {
      prev.state = this.#choose(2) === 0 ? 'runnable' : 'blocked';
      bits = prev.state === 'runnable' ? this.#pick([0, 256]) : this.#pick(SLEEPS);
    }
    this.#switchTo(cpu, prev, bits, next);
  }

  #switchTo(cpu: number, prev: Thread | null, bits: number, next: Thread | null): void {
    this.#emit('sched_switch', cpu, {
      prev_comm: prev === null ? `swapper/${cpu}` : `t${prev.tid}`,
      prev_tid: prev?.tid ?? 0,
      prev_prio: 20,
      prev_state: bits,
      next_comm: next === null ? `swapper/${cpu}` : `t${next.tid}`,
      next_tid: next?.tid ?? 0,
      next_prio: 20 - this.#choose(3),
    });
    if (next !== null) next.state = 'running';
    this.#cpus[cpu] = next;
  }

  #wake(cpu: number): void {
    // Also of those that need it not: the kernel does that.
    const thread = this.#pick(this.#threads);
    const fields = { comm: `t${thread.tid}`, tid: thread.tid, prio: 20, target_cpu: this.#choose(this.#cpus.length) };
    this.#emit('sched_waking', cpu, fields);
    if (this.#choose(2) === 0) this.#emit('sched_wakeup', cpu, fields);
    if (thread.state === 'blocked') thread.state = 'runnable';
    if (this.#choose(3) === 0) {
      const { comm, tid } = fields;
      this.#emit('sched_migrate_task', cpu, { comm, tid, prio: 19, orig_cpu: 0, dest_cpu: this.#choose(2) });
    }
  }

  #life(cpu: number, thread: Thread): void {
    const siblings = this.#threads.filter((other) => other.pid === thread.pid && other !== thread);
    if (this.#choose(2) === 0 && this.#threads.length < MAX_THREADS) {
      // Few numbers: they are used again.
      const free = [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112].filter(
        (tid) => !this.#threads.some((other) => other.tid === tid || other.pid === tid),
      );
      const tid = this.#pick(free);
      const isThread = this.#choose(2) === 0;
      const pid = isThread ? thread.pid : tid;
      if (!isThread) this.#fds.set(pid, new Set(this.#fds.get(thread.pid)));
      this.#emit('sched_process_fork', cpu, {
        parent_comm: `t${thread.tid}`,
        parent_tid: thread.tid,
        parent_pid: thread.pid,
        child_comm: `t${thread.tid}`,
        child_tid: tid,
        child_pid: pid,
      });
      this.#threads.push(this.#born(tid, pid));
      return;
    }
    if (this.#choose(2) === 0 && siblings.length === 0) {
      const path = this.#pick(['/usr/bin/vi', '/bin/a-name-longer-than-fifteen']);
      this.#emit('sched_process_exec', cpu, { filename: path, tid: thread.tid, old_tid: thread.tid });
      return;
    }
    // The first thread of a process goes last here.
    if (this.#threads.length < 4 || (thread.tid === thread.pid && siblings.length > 0)) return;
    const fields = { comm: `t${thread.tid}`, tid: thread.tid, prio: 20 };
    this.#emit('sched_process_exit', cpu, fields);
    this.#time += 10;
    thread.state = 'blocked';
    this.#threads.splice(this.#threads.indexOf(thread), 1);
    if (siblings.length === 0) this.#fds.delete(thread.pid);
    this.#switchTo(cpu, thread, 32, null);
    this.#time += 10;
    this.#emit('sched_process_free', cpu, fields);
  }

  #syscall(cpu: number, thread: Thread): void {
    if (thread.call === null) {
      const { name, fields } = this.#beginning(thread);
      thread.call = { name, fields };
      this.#emit(`syscall_entry_${name}`, cpu, fields);
      return;
    }
    const { name } = thread.call;
    this.#emit(`syscall_exit_${name}`, cpu, this.#ending(thread));
    thread.call = null;
  }

  #fd(thread: Thread): number {
    const fds = [...this.#fds.get(thread.pid)!];
    return fds.length === 0 || this.#choose(20) === 0 ? 60 : this.#pick(fds);
  }

  #beginning(thread: Thread): { name: string; fields: PlainEvent['fields'] } {
    const fd = this.#fd(thread);
    const cloexec = this.#choose(2) * O_CLOEXEC;
    switch (this.#choose(10)) {
      case 0:
        return { name: 'openat', fields: { dfd: -100, filename: this.#pick(PATHS), flags: cloexec, mode: 0 } };
      case 1:
        this.#fds.get(thread.pid)!.delete(fd);
        return { name: 'close', fields: { fd } };
      case 2:
        return { name: 'dup2', fields: { oldfd: fd, newfd: this.#choose(8) } };
      case 3:
        return { name: 'fcntl', fields: { fd, cmd: this.#pick([0, 1, 2, 1030]), arg: this.#choose(2) } };
      case 4:
        return { name: 'pipe2', fields: { flags: cloexec } };
      case 5:
        return { name: 'socket', fields: { family: 2, type: 1 | cloexec, protocol: 0 } };
      case 6:
        return { name: 'read', fields: { fd, count: 100 } };
      case 7:
        return {
          name: 'splice',
          fields: { fd_in: fd, off_in: 0, fd_out: this.#fd(thread), off_out: 0, len: 9, flags: 0 },
        };
      case 8:
        return { name: 'nanosleep', fields: { rqtp: 1 } };
      default:
        return { name: 'write', fields: { fd, buf: 0, count: 100 } };
    }
  }

  #ending(thread: Thread): PlainEvent['fields'] {
    const { name, fields } = thread.call!;
    const fds = this.#fds.get(thread.pid)!;
    const fails = this.#choose(6) === 0;
    const fresh = (): number => {
      let fd = 0;
      while (fds.has(fd)) fd++;
      fds.add(fd);
      return fd;
    };
    if (name === 'close' || name === 'nanosleep') return { ret: 0 };
    if (fails) return { ret: this.#pick([-9, -11, -4]) };
    switch (name) {
      case 'openat':
      case 'socket':
        return { ret: fresh() };
      case 'dup2':
        fds.add(Number(fields.newfd));
        return { ret: Number(fields.newfd) };
      case 'fcntl':
        return { ret: fields.cmd === 0 || fields.cmd === 1030 ? fresh() : 0 };
      case 'pipe2':
        return { ret: 0, fildes: [fresh(), fresh()] };
      default:
        return { ret: this.#choose(5000) };
    }
  }

  #block(cpu: number): void {
    if (this.#choose(2) === 0) {
      const request = {
        dev: 8 * 2 ** 20,
        sector: this.#sector,
        sectors: 8 * (1 + this.#choose(3)),
        rwbs: this.#choose(2),
      };
      this.#sector += 32;
      this.#requests.push(request);
      const { sectors, ...rest } = request;
      this.#emit('block_rq_issue', cpu, { ...rest, nr_sector: sectors, bytes: sectors * 512, tid: 1, comm: 'x' });
      return;
    }
    const request = this.#requests.shift();
    if (request === undefined) return;
    const done = this.#choose(3) === 0 ? 8 : request.sectors;
    this.#emit('block_rq_complete', cpu, {
      dev: request.dev,
      sector: request.sector,
      nr_sector: done,
      error: 0,
      rwbs: request.rwbs,
    });
    if (done < request.sectors) {
      this.#requests.push({ ...request, sector: request.sector + done, sectors: request.sectors - done });
    }
  }
}
