/** What system calls do to descriptors, call by call: fields as LTTng 2.13 and as our ftrace recorder write them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FieldObject } from '../trace/event.ts';
import type { FdInfo } from './describe-files.ts';
import { traceEvent } from './events.test.data.ts';
import { LiveState } from './live-state.ts';

const CLOEXEC = 0o2000000;

/** A machine with one process, pid 10, whose thread runs on CPU 0. */
class Machine {
  readonly state = new LiveState();
  #time = 0;

  event(name: string, fields: FieldObject, tid = 10): void {
    this.#time += 10;
    const context = { tid, pid: tid, procname: `p${tid}` };
    this.state.update(traceEvent({ name, time: this.#time, cpu: 0, fields, context }));
  }

  call(name: string, entry: FieldObject, exit: FieldObject, tid = 10): void {
    this.event(`syscall_entry_${name}`, entry, tid);
    this.event(`syscall_exit_${name}`, exit, tid);
  }

  open(fd: number, path: string, flags = 0, tid = 10): void {
    this.call('openat', { dfd: -100, filename: path, flags, mode: 0 }, { ret: fd }, tid);
  }

  fork(child: number, flags: number, parent = 10): void {
    this.event('syscall_entry_clone', { flags, newsp: 0, parent_tid: 0, child_tid: 0 }, parent);
    const fields = { parent_comm: '', parent_tid: parent, parent_pid: parent, child_comm: '', child_tid: child };
    this.event('sched_process_fork', { ...fields, child_pid: child }, parent);
    this.event('syscall_exit_clone', { ret: child }, parent);
  }

  /** `3 /tmp/x`, with `+` behind a number that exec closes. */
  fds(pid = 10): string[] {
    return this.state
      .at()
      .fds({ pid })
      .map(({ fd, path, cloexec }) => `${fd}${cloexec ? '+' : ''} ${path}`);
  }

  fd(fd: number, pid = 10): FdInfo {
    return this.state.at().fd(pid, fd)!;
  }
}

const CASES: Record<string, (m: Machine) => void> = {
  'open, and what a failure leaves': (m) => {
    m.open(3, '/tmp/a', CLOEXEC);
    m.call('openat', { dfd: -100, filename: '/none', flags: 0, mode: 0 }, { ret: -2 });
    assert.deepEqual(m.fds(), ['3+ /tmp/a']);
  },
  'paths from a folder that is open, or that the process is in': (m) => {
    m.open(3, '/var/log', 0o200000);
    m.call('openat', { dfd: 3, filename: './../lib/x', flags: 0, mode: 0 }, { ret: 4 });
    m.call('chdir', { filename: '/srv' }, { ret: 0 });
    m.open(5, 'sub/file');
    m.call('fchdir', { fd: 3 }, { ret: 0 });
    m.open(6, 'syslog');
    assert.deepEqual(m.fds(), ['3 /var/log', '4 /var/lib/x', '5 /srv/sub/file', '6 /var/log/syslog']);
    assert.equal(m.fd(3).type, 'folder');
  },
  'dup, dup2 over an open one, dup3, fcntl': (m) => {
    m.open(3, '/a');
    m.open(4, '/b');
    m.call('dup', { fildes: 3 }, { ret: 5 });
    m.call('dup2', { oldfd: 3, newfd: 4 }, { ret: 4 });
    m.call('dup2', { oldfd: 3, newfd: 3 }, { ret: 3 });
    m.call('dup3', { oldfd: 3, newfd: 6, flags: CLOEXEC }, { ret: 6 });
    m.call('fcntl', { fd: 3, cmd: 1030, arg: 7 }, { ret: 7, arg: 7 });
    m.call('fcntl', { fd: 5, cmd: 2, arg: 1 }, { ret: 0, arg: 1 });
    assert.deepEqual(m.fds(), ['3 /a', '4 /a', '5+ /a', '6+ /a', '7+ /a']);
    assert.equal(m.fd(3).shared_by, 5);
  },
  'exec closes what is to be closed': (m) => {
    m.open(3, '/a', CLOEXEC);
    m.open(4, '/b');
    m.event('sched_process_exec', { filename: '/bin/true', tid: 10, old_tid: 10 });
    assert.deepEqual(m.fds(), ['4 /b']);
    assert.equal(m.state.at().process(10)?.executable, '/bin/true');
  },
  'fork copies, CLONE_FILES shares until one of them has exec': (m) => {
    m.open(3, '/a');
    m.fork(20, 0);
    m.fork(30, 0x400);
    m.open(4, '/b', CLOEXEC);
    assert.deepEqual([m.fds(20), m.fds(30)], [['3 /a'], ['3 /a', '4+ /b']]);
    assert.deepEqual(m.fd(4).pids, [10, 30]);
    m.event('sched_process_exec', { filename: '/bin/true', tid: 30, old_tid: 30 }, 30);
    assert.deepEqual([m.fds(), m.fds(30)], [['3 /a', '4+ /b'], ['3 /a']]);
  },
  'the last one to exit closes': (m) => {
    m.open(3, '/a');
    m.fork(20, 0x400);
    m.event('sched_process_exit', { comm: '', tid: 10, prio: 20 });
    assert.deepEqual(m.fds(20), ['3 /a']);
    m.event('sched_process_exit', { comm: '', tid: 20, prio: 20 }, 20);
    assert.deepEqual(m.state.at().fds(), []);
  },
  'close_range, and its flags': (m) => {
    for (const fd of [3, 4, 5, 6]) m.open(fd, `/${fd}`);
    m.call('close_range', { fd: 4, max_fd: 5, flags: 0 }, { ret: 0 });
    m.call('close_range', { fd: 6, max_fd: 0xffffffff, flags: 4 }, { ret: 0 });
    assert.deepEqual(m.fds(), ['3 /3', '6+ /6']);
    m.fork(20, 0x400);
    m.call('close_range', { fd: 3, max_fd: 3, flags: 2 }, { ret: 0 });
    assert.deepEqual([m.fds(), m.fds(20)], [['6+ /6'], ['3 /3', '6+ /6']]);
  },
  'calls that LTTng knows by number only': (m) => {
    const args = (...values: (number | bigint)[]): FieldObject => ({
      id: 0,
      args: [...values, 0, 0, 0, 0, 0, 0].slice(0, 6),
    });
    const numbered = (id: number, values: (number | bigint)[], ret: number): void => {
      m.call('unknown', { ...args(...values), id }, { id, ret, args: [] });
    };
    m.open(3, '/3');
    numbered(437, [2n ** 64n - 100n, 0x7fff0000, 0x7fff1000, 24], 5);
    numbered(327, [3, 0x7fff0000, 1], 400);
    numbered(425, [8, 0x7fff0000], 6);
    numbered(434, [77, 0], 7);
    numbered(436, [3, 3, 0], 0);
    assert.deepEqual(m.fds(), ['5 ', '6+ anon_inode:[io_uring]', '7+ anon_inode:[pidfd] of 77']);
    assert.equal(m.state.at().thread(10)?.syscall, null);
    m.event('syscall_entry_unknown', { ...args(5), id: 426 });
    assert.equal(m.state.at().thread(10)?.syscall, 'io_uring_enter');
  },
  'pidfd_getfd is the file of the other process': (m) => {
    m.open(3, '/theirs', 0, 20);
    m.call('pidfd_open', { pid: 20, flags: 0 }, { ret: 4 });
    m.call('pidfd_getfd', { pidfd: 4, fd: 3, flags: 0 }, { ret: 5 });
    assert.equal(m.fd(5).path, '/theirs');
    assert.equal(m.fd(5).shared_by, 2);
  },
  'pipes and pairs of sockets have two ends': (m) => {
    m.call('pipe2', { flags: CLOEXEC }, { ret: 0, fildes: [3, 4] });
    m.call('socketpair', { family: 1, type: 1, protocol: 0 }, { ret: 0, socket: [5, 6] });
    assert.deepEqual(m.fds(), ['3+ pipe', '4+ pipe', '5 socket', '6 socket']);
    const ends = [3, 4, 5, 6].map((fd) => m.fd(fd).ends);
    assert.ok(ends[0] === ends[1] && ends[2] === ends[3] && ends[0] !== ends[2]);
    assert.deepEqual(m.fd(5).socket, { family: 'unix', type: 'stream', local: '', peer: '', listening: false });
  },
  'addresses of connect and accept': (m) => {
    m.call('socket', { family: 2, type: 1 | CLOEXEC, protocol: 0 }, { ret: 3 });
    m.call('connect', { fd: 3, family: 2, dport: 80, v4addr: [10, 0, 0, 1], v6addr: [] }, { ret: -115 });
    m.call('socket', { family: 10, type: 1, protocol: 0 }, { ret: 4 });
    m.call('listen', { fd: 4, backlog: 5 }, { ret: 0 });
    const v6addr = [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1];
    m.call('accept4', { fd: 4, flags: CLOEXEC }, { ret: 5, family: 10, sport: 443, v4addr: [], v6addr });
    assert.equal(m.fd(3).socket?.peer, '10.0.0.1:80');
    assert.equal(m.fd(4).socket?.listening, true);
    assert.deepEqual([m.fd(5).socket?.peer, m.fd(5).socket?.family], ['[2001:db8::1]:443', 'inet6']);
    assert.deepEqual(m.fds(), ['3+ socket', '4 socket', '5+ socket']);
    assert.equal(m.state.at().holders('10.0.0.1:80').length, 1);
  },
  'bytes, calls, errors and time; also from one to another': (m) => {
    m.open(3, '/a');
    m.open(4, '/b');
    m.call('read', { fd: 3, count: 100 }, { ret: 100 });
    m.call('read', { fd: 3, count: 100 }, { ret: 0 });
    m.call('read', { fd: 3, count: 100 }, { ret: -11 });
    m.call('sendfile64', { out_fd: 4, in_fd: 3, offset: 0, count: 50 }, { ret: 50, offset: 0 });
    m.call('fsync', { fd: 4 }, { ret: 0 });
    m.call('recvmmsg', { fd: 3, vlen: 8, flags: 0, timeout: 0 }, { ret: 3 });
    const [a, b] = [m.fd(3), m.fd(4)];
    assert.deepEqual([a.read_bytes, a.reads, a.errors, a.io_time_ns, a.longest_ns], [150, 4, 1, 50, 10]);
    assert.deepEqual([b.written_bytes, b.writes, b.io_time_ns], [50, 1, 20]);
    const process = m.state.at().process(10)!;
    assert.deepEqual([process.file_read_bytes, process.file_written_bytes], [150, 50]);
  },
  'addresses of texts are no names': (m) => {
    m.open(3, '0x7ffe12345678');
    assert.deepEqual(m.fds(), ['3 ']);
  },
  'a state dump tells what was there, and changes nothing that was seen': (m) => {
    m.open(3, '/seen');
    const process = { tid: 10, pid: 10, ppid: 1, name: 'p10', type: 0, mode: 5, submode: 0, status: 5, cpu: 0 };
    m.event('lttng_statedump_process_state', { ...process, file_table_address: 2n ** 63n }, 1);
    const file = { file_table_address: 2n ** 63n, fmode: 1 };
    m.event('lttng_statedump_file_descriptor', { ...file, fd: 3, flags: 0, filename: '/seen' }, 1);
    m.event('lttng_statedump_file_descriptor', { ...file, fd: 4, flags: CLOEXEC, filename: 'socket:[99]' }, 1);
    assert.deepEqual(m.fds(), ['3 /seen', '4+ socket:[99]']);
    assert.deepEqual([m.fd(3).opened_ns, m.fd(4).opened_ns, m.fd(4).inode], [20n, null, 99]);
    assert.equal(m.state.at().process(10)?.parent, 1);
  },
};

for (const [name, run] of Object.entries(CASES)) test(name, () => run(new Machine()));

test('what a thread waits for', () => {
  const wait = (call: string, entry: FieldObject, bits: number, before: (m: Machine) => void = () => {}): unknown => {
    const m = new Machine();
    before(m);
    m.event(`syscall_entry_${call}`, entry);
    const fields = {
      prev_comm: 'p10',
      prev_tid: 10,
      prev_prio: 20,
      prev_state: bits,
      next_comm: 's',
      next_tid: 0,
      next_prio: 20,
    };
    m.event('sched_switch', fields);
    return m.state.at().thread(10)?.wait;
  };
  assert.deepEqual(wait('futex', { uaddr: 0x1000, op: 0 }, 1), { kind: 'futex', address: 0x1000 });
  assert.deepEqual(wait('clock_nanosleep', { rqtp: 1 }, 1), { kind: 'timer' });
  assert.deepEqual(wait('wait4', { upid: -1 }, 1), { kind: 'child' });
  assert.deepEqual(
    wait('read', { fd: 3, count: 1 }, 2, (m) => m.open(3, '/data')),
    { kind: 'disk', file: '/data', fd: 3 },
  );
  assert.deepEqual(
    wait('read', { fd: 3, count: 1 }, 1, (m) => m.call('pipe2', { flags: 0 }, { ret: 0, fildes: [3, 4] })),
    { kind: 'pipe', file: 'pipe', fd: 3 },
  );
  const connected = (m: Machine): void => {
    m.call('socket', { family: 2, type: 1, protocol: 0 }, { ret: 3 });
    m.call('connect', { fd: 3, family: 2, dport: 80, v4addr: [10, 0, 0, 1], v6addr: [] }, { ret: 0 });
  };
  assert.deepEqual(wait('recvfrom', { fd: 3, size: 1 }, 1, connected), { kind: 'net', file: '10.0.0.1:80', fd: 3 });
  assert.deepEqual(wait('poll', { timeout_msecs: 1 }, 1), { kind: 'poll' });
  assert.deepEqual(wait('getpid', {}, 0), { kind: 'cpu' });
});
