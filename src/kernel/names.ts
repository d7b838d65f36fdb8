/** Names of what the kernel tells by number, from /proc and /sys: cached, bounded, never throwing. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { dropReasons } from './drop-reasons.ts';
import { KernelSymbols } from './ksyms.ts';
import { syscallName } from './syscalls.ts';
import type { Names } from './trackers/spec.ts';

/** Entries per cache; a full cache is emptied (names change too: pids are reused, devices come and go). */
const MAX_CACHED = 4096;
/** Comms are asked again after this time: a thread may exec. */
const COMM_TTL_MS = 2000;
/** Directories of the cgroup tree visited in one search for an id. */
const MAX_CGROUPS_VISITED = 20_000;
/** An id that is not known yet is searched for at most so often; in between it is shown as `#id`. */
const CGROUP_WALK_EVERY_MS = 1000;

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fallback;
  }
}

export class MachineNames implements Names {
  readonly host: string = hostname();
  readonly #comms = new Map<number, { comm: string; until: number }>();
  readonly #devices = new Map<number, string>();
  readonly #cgroups = new Map<bigint, string>();
  readonly #symbols = new KernelSymbols();
  #netdevs: Map<number, string> | null = null;
  #cgroupRoot: string | null | undefined;
  #nextWalk = 0;
  #dropReasons: ReadonlyMap<number, string> | null = null;

  comm(tid: number): string {
    const now = Date.now();
    const cached = this.#comms.get(tid);
    if (cached !== undefined && cached.until > now) return cached.comm;
    const comm = readOr(`/proc/${tid}/comm`, '').trimEnd() || (cached?.comm ?? '');
    if (this.#comms.size >= MAX_CACHED) this.#comms.clear();
    this.#comms.set(tid, { comm, until: now + COMM_TTL_MS });
    return comm;
  }

  /** Thread group of a thread, 0 when it is gone. */
  pidOf(tid: number): number {
    return Number(/^Tgid:\s*(\d+)/m.exec(readOr(`/proc/${tid}/status`, ''))?.[1] ?? 0);
  }

  symbol(address: bigint): string {
    return this.#symbols.name(address);
  }

  stack(addresses: readonly bigint[]): string[] {
    return addresses.map((address) => this.#symbols.name(address));
  }

  device(major: number, minor: number): string {
    const id = major * 2 ** 20 + minor;
    let name = this.#devices.get(id);
    if (name === undefined) {
      name = /^DEVNAME=(.*)$/m.exec(readOr(`/sys/dev/block/${major}:${minor}/uevent`, ''))?.[1] ?? `${major}:${minor}`;
      if (this.#devices.size >= MAX_CACHED) this.#devices.clear();
      this.#devices.set(id, name);
    }
    return name;
  }

  netdev(ifindex: number): string {
    this.#netdevs ??= readNetdevs();
    let name = this.#netdevs.get(ifindex);
    if (name === undefined) {
      this.#netdevs = readNetdevs(); // a new interface, or one of another network namespace
      name = this.#netdevs.get(ifindex) ?? `if${ifindex}`;
      this.#netdevs.set(ifindex, name);
    }
    return name;
  }

  syscall(nr: number): string {
    return syscallName(nr);
  }

  dropReason(reason: number): string {
    this.#dropReasons ??= dropReasons();
    return this.#dropReasons.get(reason) ?? String(reason);
  }

  stackOf(tid: number): string[] {
    return readOr(`/proc/${tid}/stack`, '')
      .split('\n')
      .map((line) => line.replace(/^\[<[0-9a-f]+>\] /, '').replace(/\/0x[0-9a-f]+.*$/, ''))
      .filter((line) => line !== '');
  }

  /** Path of a v2 cgroup by its id (the inode number of its folder), `#id` when it is gone, `''` for 0. */
  cgroup(id: bigint): string {
    if (id === 0n) return '';
    const cached = this.#cgroups.get(id);
    if (cached !== undefined) return cached;
    if (this.#cgroups.size >= MAX_CACHED) this.#cgroups.clear();
    // Where containers come and go by the second, walking the tree for each new id would be all that we do.
    if (Date.now() < this.#nextWalk) return `#${id}`;
    this.#nextWalk = Date.now() + CGROUP_WALK_EVERY_MS;
    this.#cgroupRoot ??= cgroupRoot();
    this.#fillCgroups();
    const found = this.#cgroups.get(id) ?? `#${id}`;
    this.#cgroups.set(id, found);
    return found;
  }

  /** Id of a v2 cgroup by its path below the mount, or null. */
  cgroupId(path: string): bigint | null {
    this.#cgroupRoot ??= cgroupRoot();
    if (this.#cgroupRoot === null) return null;
    try {
      return statSync(`${this.#cgroupRoot}/${path}`, { bigint: true }).ino;
    } catch {
      return null;
    }
  }

  #fillCgroups(): void {
    const root = this.#cgroupRoot;
    if (root === null || root === undefined) return;
    const queue: string[] = [''];
    for (let visited = 0; queue.length > 0 && visited < MAX_CGROUPS_VISITED; visited++) {
      const path = queue.shift()!;
      try {
        const folder = root + path;
        this.#cgroups.set(statSync(folder, { bigint: true }).ino, path === '' ? '/' : path);
        for (const entry of readdirSync(folder, { withFileTypes: true })) {
          if (entry.isDirectory()) queue.push(`${path}/${entry.name}`);
        }
      } catch {
        // it vanished meanwhile
      }
    }
  }
}

/** Mount point of the cgroup v2 hierarchy, or null. */
export function cgroupRoot(): string | null {
  for (const line of readOr('/proc/self/mounts', '').split('\n')) {
    const [, where, type] = line.split(' ');
    if (type === 'cgroup2' && where !== undefined) return where;
  }
  return null;
}

function readNetdevs(): Map<number, string> {
  const names = new Map<number, string>();
  try {
    for (const name of readdirSync('/sys/class/net')) {
      names.set(Number(readOr(`/sys/class/net/${name}/ifindex`, '0')), name);
    }
  } catch {
    for (const name of Object.keys(networkInterfaces())) names.set(-1, name);
  }
  return names;
}
