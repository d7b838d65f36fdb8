/** The tables of `tailtrap state`: what of the state is shown, as rows for people and as records for programs. */
import { formatBytes, formatDuration } from '../../base/units.ts';
import type { Change, FdInfo, ThreadInfo } from '../../state/index.ts';
import { DEVICE_TABLES } from './device-tables.ts';
import { type Asked, type Counter, lasted, left, NO_PROCESS, orDash, right, type StateTable, table } from './table.ts';

function threadsOf({ query, pid, tid, recent }: Asked): ThreadInfo[] {
  if (tid === undefined) return query.threads({ recent, ...(pid === undefined ? {} : { pid }) });
  return query
    .threads({ recent })
    .filter((thread) => thread.tid === tid && (pid === undefined || pid === (thread.pid ?? NO_PROCESS)));
}

/** `disk`, `net 10.0.0.1:80`, `pipe (fd 3)`, `futex 0x7f..`. */
function waitText({ wait }: ThreadInfo): string {
  if (wait === null) return '-';
  const address = wait.address === undefined ? '' : ` 0x${wait.address.toString(16)}`;
  const file = wait.file === undefined || wait.file === '' ? '' : ` ${wait.file}`;
  return `${wait.kind}${file}${address}${wait.fd === undefined ? '' : ` (fd ${wait.fd})`}`;
}

/** Open files of the processes asked for, or with the path. */
function fdsOf({ query, pid, path, recent }: Asked): FdInfo[] {
  if (path !== undefined)
    return query.holders(path, { recent }).filter((fd) => pid === undefined || fd.pids.includes(pid));
  return query.fds({ recent, ...(pid === undefined ? {} : { pid }) });
}

function nameOfFd({ path, socket, ends, type }: FdInfo): string {
  if (socket !== null) {
    const addresses = [socket.local, socket.peer === '' ? '' : `-> ${socket.peer}`].filter((part) => part !== '');
    const kind = [socket.family, socket.type, socket.listening ? 'listening' : ''].filter((part) => part !== '');
    return [path || 'socket', ...kind, ...addresses].join(' ');
  }
  return type === 'pipe' && path === 'pipe' && ends !== null ? `pipe ${-ends}` : path || '?';
}

/** What is born has all its properties at once: one line tells that. */
function withoutBirths(changes: readonly Change[]): Change[] {
  const born = new Map<string, bigint>();
  return changes.filter(({ kind, uid, property, time_ns }) => {
    const key = `${kind} ${uid}`;
    if (property === 'born') born.set(key, time_ns);
    return property === 'born' || born.get(key) !== time_ns;
  });
}

/** Whether a change is of the thread or process that is asked for: names are what changes of other stores have, too. */
function ofAsked(asked: Asked): (change: Change) => boolean {
  const { pid, tid } = asked;
  if (pid === undefined && tid === undefined) return () => true;
  const tids = new Set(threadsOf({ ...asked, recent: true }).map((thread) => thread.tid));
  return ({ what }) => {
    const [, kind, number] = /^(thread|process|fd \d+ of) (\d+)/.exec(what) ?? [];
    return kind === 'thread' ? tids.has(Number(number)) : kind !== undefined && Number(number) === pid;
  };
}

const changeCells = ({ time_ns, what, property, before, after }: Change, { clock }: Asked): readonly string[] => {
  const isLife = property === 'born' || property === 'died';
  return [clock(time_ns), what, property, isLife ? '' : orDash(before), isLife ? '' : orDash(after)];
};

export const STATE_TABLES: Readonly<Record<string, StateTable>> = {
  cpus: table(
    'what each CPU runs',
    [right('CPU'), right('TID'), left('NAME'), right('FOR'), left('IRQ'), left('SOFTIRQ'), right('BUSY')],
    ({ query }) => query.cpus(),
    (cpu, asked) => [
      String(cpu.cpu),
      orDash(cpu.tid),
      orDash(cpu.name),
      lasted(cpu.since_ns, asked),
      orDash(cpu.irq),
      orDash(cpu.softirq),
      formatDuration(cpu.busy_time_ns),
    ],
  ),
  processes: table(
    'processes, with bytes read and written',
    [
      right('PID'),
      right('PARENT'),
      left('NAME'),
      right('THREADS'),
      right('READ'),
      right('WRITTEN'),
      right('NET IN'),
      right('NET OUT'),
      left('EXECUTABLE'),
    ],
    ({ query, pid, recent }) =>
      query.processes({ recent }).filter((process) => pid === undefined || process.pid === pid),
    (process) => [
      String(process.pid),
      orDash(process.parent),
      process.kernel ? `[${process.name}]` : orDash(process.name),
      String(process.threads),
      formatBytes(process.file_read_bytes + process.other_read_bytes),
      formatBytes(process.file_written_bytes + process.other_written_bytes),
      formatBytes(process.net_read_bytes),
      formatBytes(process.net_written_bytes),
      orDash(process.executable),
    ],
  ),
  threads: table(
    'threads: state, system call, what they wait for',
    [
      right('PID'),
      right('TID'),
      left('NAME'),
      left('STATE'),
      right('FOR'),
      right('CPU'),
      right('PRIO'),
      left('CALL'),
      left('WAITS FOR'),
      right('CPU TIME'),
      right('WAITED'),
    ],
    threadsOf,
    (thread, asked) => [
      orDash(thread.pid),
      String(thread.tid),
      orDash(thread.name),
      thread.died_ns === null ? thread.state : `ended ${asked.clock(thread.died_ns)}`,
      lasted(thread.since_ns, asked),
      orDash(thread.cpu),
      orDash(thread.prio),
      orDash(thread.syscall),
      waitText(thread),
      formatDuration(thread.cpu_time_ns),
      formatDuration(thread.wait_time_ns),
    ],
  ),
  waiters: table(
    'threads that wait, the longest first',
    [right('TID'), left('NAME'), right('FOR'), left('WAITS FOR'), left('CALL'), left('STATE')],
    ({ query, pid, tid }) =>
      query
        .waiters()
        .filter(({ thread }) => (pid === undefined || thread.pid === pid) && (tid === undefined || thread.tid === tid)),
    ({ thread, waited_ns }) => [
      String(thread.tid),
      orDash(thread.name),
      waited_ns === null ? '-' : formatDuration(waited_ns),
      waitText(thread),
      orDash(thread.syscall),
      thread.state,
    ],
  ),
  fds: table(
    'file descriptors, with bytes and time in calls',
    [
      right('PID'),
      right('FD'),
      left('TYPE'),
      left('OPENED'),
      left('CLOSED'),
      right('READ'),
      right('WRITTEN'),
      right('IN CALLS'),
      left('FILE'),
    ],
    fdsOf,
    (fd, asked) => [
      fd.pids.join(','),
      String(fd.fd),
      fd.type,
      asked.clock(fd.opened_ns),
      asked.clock(fd.closed_ns),
      formatBytes(fd.read_bytes),
      formatBytes(fd.written_bytes),
      formatDuration(fd.io_time_ns),
      nameOfFd(fd),
    ],
  ),
  ...DEVICE_TABLES,
  changes: table<Change>(
    'what changed in the window, or since --since',
    [left('TIME'), left('WHAT'), left('PROPERTY'), left('BEFORE'), left('AFTER')],
    (asked) => withoutBirths(asked.changes(asked.since_ns, asked.query.time_ns ?? undefined)).filter(ofAsked(asked)),
    changeCells,
  ),
  counters: table<Counter>(
    'what the state has seen, lost, and holds',
    [left('COUNTER'), right('VALUE')],
    ({ counters }) => counters(),
    ({ counter, value }) => [counter, String(value)],
  ),
};
