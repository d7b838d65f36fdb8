/** iousagetop: bytes by process, file, disk and network interface. */

import type { EventType } from '../../trace/event.ts';
import { type Handler, NONE, numberOr, stringOr } from '../listener.ts';
import type { BlockRequest, Disk } from '../models/block.ts';
import type { FileKind, OpenFile } from '../models/files.ts';
import type { IoRequest } from '../models/io-request.ts';
import type { Task } from '../models/task.ts';
import { type Cell, type ProcessCell, type ResultTable, type TableClass, table } from '../table.ts';
import * as tables from './io-usage-tables.ts';

export const NET_EVENTS: readonly string[] = ['net_dev_xmit', 'netif_receive_skb', 'net_if_receive_skb'];

/** Files that are remembered by name; of more, those with the fewest bytes are dropped. */
const MAX_NAMES = 65_536;
/** Names that say nothing without the process. */
const GENERIC = /^(?:pipe|socket|anon_inode|unknown)/;

interface ByKind {
  disk: number;
  net: number;
  unknown: number;
}

interface ProcessUse {
  readonly task: Task;
  readonly read: ByKind;
  readonly written: ByKind;
  blockRead: number;
  blockWritten: number;
}

interface FileUse {
  readonly name: string;
  /** The process whose name a generic one is shown with. */
  readonly owner: Task | null;
  read: number;
  written: number;
  readonly owners: Map<number, number>;
}

interface DiskUse {
  readonly disk: Disk;
  sectors: number;
  requests: number;
  duration: number;
}

interface Interface {
  readonly name: string;
  received: number;
  sent: number;
}

/** What a file remembers of where it is counted. */
interface Counted {
  readonly by: object;
  readonly leader: Task;
  readonly name: string;
  readonly use: FileUse;
}

export class IoUsage {
  #counting: object = {};
  readonly #processes = new Map<number, ProcessUse>();
  readonly #files = new Map<string, FileUse>();
  readonly #disks = new Map<number, DiskUse>();
  readonly #interfaces = new Map<string, Interface>();

  /** A process that has a file is shown, if only with zeros. */
  seen(task: Task): ProcessUse {
    let use = this.#processes.get(task.tid);
    if (use === undefined) {
      const none = (): ByKind => ({ disk: 0, net: 0, unknown: 0 });
      use = { task, read: none(), written: none(), blockRead: 0, blockWritten: 0 };
      this.#processes.set(task.tid, use);
    }
    return use;
  }

  request(request: IoRequest, leader: Task): void {
    const use = this.seen(request.task);
    this.seen(leader);
    const { size, file, outFile, call } = request;
    if (Number.isNaN(size)) return;
    if (file !== null && call.operation !== 'write') this.#moved(use.read, file, size, leader, request.fd, 'read');
    const written = call.operation === 'write' ? file : outFile;
    const fd = call.operation === 'write' ? request.fd : request.out;
    if (written !== null) this.#moved(use.written, written, size, leader, fd, 'written');
  }

  #moved(kinds: ByKind, file: OpenFile, size: number, leader: Task, fd: number, way: 'read' | 'written'): void {
    const kind: FileKind = file.kind;
    kinds[kind] += size;
    // Nearly always the file was read or written by the same process before: no name is looked at.
    const known = file.counted as Counted | null;
    if (known?.by === this.#counting && known.leader === leader && known.name === file.name) known.use[way] += size;
    else {
      const use = this.#use(file, leader, fd);
      use[way] += size;
      file.counted = { by: this.#counting, leader, name: file.name, use } satisfies Counted;
    }
  }

  #use(file: OpenFile, leader: Task, fd: number): FileUse {
    const owner = GENERIC.test(file.name) ? leader : null;
    const key = owner === null ? file.name : `${file.name}\0${owner.tid}`;
    let use = this.#files.get(key);
    if (use === undefined) {
      if (this.#files.size >= MAX_NAMES) this.#dropSmall();
      use = { name: file.name, owner, read: 0, written: 0, owners: new Map() };
      this.#files.set(key, use);
    }
    const pid = leader.pid === NONE ? leader.tid : leader.pid;
    if (!use.owners.has(pid)) use.owners.set(pid, fd);
    return use;
  }

  #dropSmall(): void {
    // What files remember may be dropped.
    this.#counting = {};
    const sizes = [...this.#files.values()].map(({ read, written }) => Math.max(read, written)).sort((a, b) => a - b);
    const half = sizes[sizes.length >> 1]!;
    for (const [key, { read, written }] of this.#files) if (Math.max(read, written) <= half) this.#files.delete(key);
  }

  block({ disk, sectors, bytes, begin, end, writes }: BlockRequest, task: Task | undefined): void {
    let use = this.#disks.get(disk.device);
    if (use === undefined) {
      use = { disk, sectors: 0, requests: 0, duration: 0 };
      this.#disks.set(disk.device, use);
    }
    use.sectors += sectors;
    use.requests++;
    use.duration += end - begin;
    if (task === undefined) return;
    const process = this.seen(task);
    if (writes) process.blockWritten += bytes;
    else process.blockRead += bytes;
  }

  #interface(name: string): Interface {
    let found = this.#interfaces.get(name);
    if (found === undefined) {
      found = { name, received: 0, sent: 0 };
      this.#interfaces.set(name, found);
    }
    return found;
  }

  /** Counts packets of an event of NET_EVENTS in all that are open. */
  static packets(type: EventType, open: readonly { readonly usage: IoUsage }[]): Handler {
    const name = stringOr(type, 'name');
    const bytes = numberOr(type, 'len', 0);
    const sends = type.name === 'net_dev_xmit';
    return (event) => {
      for (const { usage } of open) {
        const found = usage.#interface(name(event));
        if (sends) found.sent += bytes(event);
        else found.received += bytes(event);
      }
    };
  }

  /** @param limit rows of each table @param disks all that are known, in the order of their discovery */
  tables(limit: number, disks: Iterable<Disk>): tables.UsageTables {
    const processes = [...this.#processes.values()];
    const files = this.#named();
    const known = [...disks].flatMap(({ device }) => this.#disks.get(device) ?? []);
    const interfaces = [...this.#interfaces.values()];
    const sum = ({ disk, net, unknown }: ByKind): number => disk + net + unknown;
    const moved = (subtitle: string, kinds: (use: ProcessUse) => ByKind): ResultTable =>
      top(
        tables.PER_PROCESS,
        subtitle,
        processes,
        limit,
        (use) => sum(kinds(use)),
        (use) => {
          const { disk, net, unknown } = kinds(use);
          return [processCell(use.task), sum(kinds(use)), disk, net, unknown];
        },
      );
    const onFiles = (subtitle: string, way: 'read' | 'written'): ResultTable =>
      top(
        tables.PER_FILE,
        subtitle,
        files.filter((file) => file[way] > 0),
        limit,
        (file) => file[way],
        (file) => [
          file.name,
          file[way],
          [...file.owners].map(([pid, fd]) => `fd ${fd} in ${this.#nameOf(pid)} (${pid})`).join(' '),
        ],
      );
    const block = (subtitle: string, way: 'blockRead' | 'blockWritten'): ResultTable => {
      const some = processes.filter((use) => use[way] > 0);
      return top(
        tables.PER_PROCESS_BLOCK,
        subtitle,
        some,
        limit,
        (use) => use[way],
        (use) => [processCell(use.task), use[way]],
      );
    };
    const network = (subtitle: string, way: 'received' | 'sent'): ResultTable =>
      top(
        tables.PER_NETIF,
        subtitle,
        interfaces,
        limit,
        (found) => found[way],
        (found) => [found.name, found[way]],
      );
    const onDisks = (
      tableClass: TableClass,
      key: (use: DiskUse) => number,
      cell: (use: DiskUse) => number,
    ): ResultTable => top(tableClass, null, known, limit, key, (use) => [use.disk.name, cell(use)]);
    return {
      read: moved('read', ({ read }) => read),
      written: moved('written', ({ written }) => written),
      filesRead: onFiles('read', 'read'),
      filesWritten: onFiles('written', 'written'),
      blockRead: block('read', 'blockRead'),
      blockWritten: block('written', 'blockWritten'),
      sectors: onDisks(
        tables.DISK_SECTORS,
        ({ sectors }) => sectors,
        ({ sectors }) => sectors,
      ),
      requests: onDisks(
        tables.DISK_REQUESTS,
        ({ requests }) => requests,
        ({ requests }) => requests,
      ),
      latency: onDisks(
        tables.DISK_LATENCY,
        () => 0,
        ({ duration, requests }) => duration / requests,
      ),
      received: network('received', 'received'),
      sent: network('sent', 'sent'),
    };
  }

  /** Files with the names that are shown: generic ones of one process name together. */
  #named(): FileUse[] {
    const named = new Map<string, FileUse>();
    for (const use of this.#files.values()) {
      const name = use.owner === null ? use.name : `${use.name} (${use.owner.comm})`;
      const known = named.get(name);
      if (known === undefined) named.set(name, { ...use, name });
      else {
        known.read += use.read;
        known.written += use.written;
        for (const [pid, fd] of use.owners) if (!known.owners.has(pid)) known.owners.set(pid, fd);
      }
    }
    return [...named.values()];
  }

  #nameOf(pid: number): string {
    return this.#processes.get(pid)?.task.comm ?? 'unknown';
  }
}

/** The `limit` largest, in their order where they are equal. */
function top<T>(
  tableClass: TableClass,
  subtitle: string | null,
  items: readonly T[],
  limit: number,
  key: (item: T) => number,
  cells: (item: T) => Cell[],
): ResultTable {
  const result = table(tableClass, subtitle);
  const sorted = items.toSorted((a, b) => key(b) - key(a));
  for (const item of sorted.slice(0, limit)) result.rows.push(cells(item));
  return result;
}

function processCell({ comm, pid, tid }: Task): ProcessCell {
  return pid === NONE ? { name: comm, tid } : { name: comm, pid, tid };
}
