/** The same picture of a moment from the state and from the oracle, so that tests can compare them. */
import type { Oracle } from './oracle.test.data.ts';
import type { Query } from './query.ts';

export interface Picture {
  readonly cpus: Record<string, unknown>;
  readonly threads: Record<string, unknown>;
  readonly files: Record<string, unknown>;
  readonly parents: Record<string, number>;
  readonly disks: Record<string, unknown>;
  readonly requests: string[];
  readonly softirqs: Record<string, unknown>;
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/** @param now nanoseconds since the origin */
export function oraclePicture(oracle: Oracle, now: number): Picture {
  const threads: Record<string, unknown> = {};
  const all = [...oracle.threads.values(), ...[...oracle.idle].map(([cpu, idle]) => ({ ...idle, tid: -cpu - 1 }))];
  for (const thread of all) {
    const lasted = thread.since === null ? 0 : now - thread.since;
    threads[thread.tid] = {
      name: thread.name,
      pid: thread.tid < 0 ? null : thread.pid,
      state: thread.state,
      since: thread.since,
      prio: thread.prio,
      syscall: thread.syscall?.name ?? null,
      syscall_since: thread.syscall?.since ?? null,
      cpu_ns: thread.cpu_ns + (thread.state === 'running' ? lasted : 0),
      wait_ns: thread.wait_ns + (thread.state === 'runnable' ? lasted : 0),
      switches: thread.switches,
      migrations: thread.migrations,
      exited: thread.exited,
    };
  }
  const files: Record<string, unknown> = {};
  for (const [pid, descriptors] of oracle.files) {
    for (const [fd, { file, read, written, cloexec }] of descriptors) {
      files[`${pid}/${fd}`] = { path: file.path, read, written, cloexec };
    }
  }
  return {
    cpus: sorted(Object.fromEntries([...oracle.cpus].map(([cpu, { tid }]) => [cpu, tid]))),
    threads: sorted(threads),
    files: sorted(files),
    parents: sorted(
      Object.fromEntries(
        [...oracle.parents].filter(([pid]) => [...oracle.threads.values()].some((thread) => thread.pid === pid)),
      ),
    ),
    disks: sorted(
      Object.fromEntries(
        [...oracle.devices.disks].map(([dev, { reads, writes, sectors, service_ns }]) => [
          dev,
          { reads, writes, bytes: sectors * 512, service_ns },
        ]),
      ),
    ),
    requests: [...oracle.devices.requests]
      .map(([key, { since, sectors }]) => `${key} ${since} ${sectors * 512}`)
      .sort(),
    softirqs: sorted(Object.fromEntries(oracle.devices.softirqs)),
  };
}

export function statePicture(query: Query, origin_ns: bigint): Picture {
  const relative = (time_ns: bigint | null): number | null => (time_ns === null ? null : Number(time_ns - origin_ns));
  const threads: Record<string, unknown> = {};
  for (const thread of query.threads()) {
    const key = thread.tid === 0 ? -Number(thread.name.split('/')[1]) - 1 : thread.tid;
    threads[key] = {
      name: thread.name,
      pid: thread.pid,
      state: thread.state,
      since: relative(thread.since_ns),
      prio: thread.prio,
      syscall: thread.syscall,
      syscall_since: relative(thread.syscall_since_ns),
      cpu_ns: thread.cpu_time_ns,
      wait_ns: thread.wait_time_ns,
      switches: thread.switches,
      migrations: thread.migrations,
      exited: thread.exited,
    };
  }
  const files: Record<string, unknown> = {};
  for (const fd of query.fds()) {
    const { path, read_bytes, written_bytes, cloexec } = fd;
    for (const pid of fd.pids) files[`${pid}/${fd.fd}`] = { path, read: read_bytes, written: written_bytes, cloexec };
  }
  const flush = (bytes: number, sector: number): string => (bytes === 0 && sector === -1 ? 'flush' : String(sector));
  return {
    cpus: sorted(
      Object.fromEntries(
        query
          .cpus()
          .filter(({ tid }) => tid !== null)
          .map(({ cpu, tid }) => [cpu, tid!]),
      ),
    ),
    threads: sorted(threads),
    files: sorted(files),
    parents: sorted(
      Object.fromEntries(query.processes().flatMap(({ pid, parent }) => (parent === null ? [] : [[pid, parent]]))),
    ),
    disks: sorted(
      Object.fromEntries(
        query
          .disks()
          .filter((disk) => disk.in_flight + disk.reads + disk.writes > 0)
          .map((disk) => [
            disk.dev,
            {
              reads: disk.reads,
              writes: disk.writes,
              bytes: disk.read_bytes + disk.written_bytes,
              service_ns: disk.service_time_ns,
            },
          ]),
      ),
    ),
    requests: query
      .requests()
      .filter(({ issued_ns }) => issued_ns !== null)
      .map(({ dev, sector, issued_ns, bytes }) => `${dev}:${flush(bytes, sector)} ${relative(issued_ns)} ${bytes}`)
      .sort(),
    softirqs: sorted(
      Object.fromEntries(
        query
          .interrupts()
          .filter(({ soft, count }) => soft && count > 0)
          .map(({ nr, count, time_ns }) => [nr, { count, total_ns: time_ns }]),
      ),
    ),
  };
}
