/** Requests of disks, from issue to completion. */
import type { EventType, FieldReader } from '../../trace/event.ts';
import { type Handler, type Listener, numberOr, stringOr } from '../listener.ts';

/**
 * Requests in flight, and remapped ones, that are remembered. Queues of a disk hold some thousand; what is older never
 * completes (its completion was lost).
 */
const MAX_PENDING = 65_536;
const SECTOR_BYTES = 512;
const MINOR_BITS = 20;

interface Pending {
  readonly begin: number;
  readonly tid: number;
  readonly sectors: number;
  readonly writes: boolean;
}

/** What completed; reused. */
export interface BlockRequest {
  disk: Disk;
  tid: number;
  begin: number;
  end: number;
  sectors: number;
  bytes: number;
  writes: boolean;
}

export class Disk {
  readonly device: number;
  /** `vda`; (major,minor) while it is not known. */
  name: string;

  constructor(device: number) {
    this.device = device;
    // include/linux/kdev_t.h
    this.name = `(${Math.floor(device / 2 ** MINOR_BITS)},${device % 2 ** MINOR_BITS})`;
  }
}

export class Block implements Listener {
  readonly events: readonly string[] = [
    'block_rq_issue',
    'block_rq_complete',
    'block_bio_remap',
    'block_bio_backmerge',
    'lttng_statedump_block_device',
  ];
  /** The request that the event which was handled last completed; null: none. */
  ended: BlockRequest | null = null;
  /** Every disk that was met, in that order. */
  readonly disks: Map<number, Disk> = new Map();
  readonly #pending = new Places<Pending>();
  /** Where remapped requests come from: the place on the lower disk to that on the upper one. */
  readonly #remaps = new Places<{ readonly device: number; readonly sector: number }>();
  readonly #ended: BlockRequest = {
    disk: new Disk(0),
    tid: 0,
    begin: 0,
    end: 0,
    sectors: 0,
    bytes: 0,
    writes: false,
  };

  handler(type: EventType): Handler | null {
    switch (type.name) {
      case 'block_rq_issue':
        return this.#issue(type);
      case 'block_rq_complete':
        return this.#complete(type);
      case 'block_bio_remap':
        return this.#remap(type);
      case 'block_bio_backmerge':
        return this.#backmerge(type);
      default:
        return this.#named(type);
    }
  }

  disk(device: number): Disk {
    let disk = this.disks.get(device);
    if (disk === undefined) {
      disk = new Disk(device);
      this.disks.set(device, disk);
    }
    return disk;
  }

  /** Requests that had to be forgotten. */
  get forgotten(): number {
    return this.#pending.forgotten + this.#remaps.forgotten;
  }

  #issue(type: EventType): Handler {
    const { device, sector, sectors } = fieldsOf(type);
    const flags = numberOr(type, 'rwbs', 0);
    const tid = numberOr(type, 'tid');
    return (event) => {
      this.ended = null;
      const count = sectors(event);
      if (count === 0) return;
      // rwbs of a write is odd.
      const pending = { begin: event.time, tid: tid(event), sectors: count, writes: flags(event) % 2 === 1 };
      this.#pending.set(device(event), sector(event), pending);
    };
  }

  #complete(type: EventType): Handler {
    const { device, sector, sectors } = fieldsOf(type);
    return (event) => {
      this.ended = null;
      const dev = device(event);
      const at = sector(event);
      const upper = this.#remaps.take(dev, at);
      const pending = this.#pending.get(dev, at);
      if (pending === undefined || pending.sectors !== sectors(event)) return;
      this.#pending.take(dev, at);
      const ended = this.#ended;
      ended.disk = this.disk(upper?.device ?? dev);
      ended.tid = pending.tid;
      ended.begin = pending.begin;
      ended.end = event.time;
      ended.sectors = pending.sectors;
      ended.bytes = pending.sectors * SECTOR_BYTES;
      ended.writes = pending.writes;
      this.ended = ended;
    };
  }

  #remap(type: EventType): Handler {
    const { device, sector } = fieldsOf(type);
    const oldDevice = numberOr(type, 'old_dev');
    const oldSector = numberOr(type, 'old_sector');
    return (event) => {
      this.ended = null;
      const from = { device: oldDevice(event), sector: oldSector(event) };
      // A disk over a disk over a disk: the uppermost counts.
      this.#remaps.set(device(event), sector(event), this.#remaps.take(from.device, from.sector) ?? from);
    };
  }

  #backmerge(type: EventType): Handler {
    const { device, sector } = fieldsOf(type);
    return (event) => {
      this.ended = null;
      this.#remaps.take(device(event), sector(event));
    };
  }

  #named(type: EventType): Handler {
    const device = numberOr(type, 'dev');
    const name = stringOr(type, 'diskname');
    return (event) => {
      this.ended = null;
      this.disk(device(event)).name = name(event);
    };
  }
}

interface Fields {
  readonly device: FieldReader<number>;
  readonly sector: FieldReader<number>;
  readonly sectors: FieldReader<number>;
}

function fieldsOf(type: EventType): Fields {
  return { device: numberOr(type, 'dev'), sector: numberOr(type, 'sector'), sectors: numberOr(type, 'nr_sector', 0) };
}

/** Something by device and sector, of bounded number. */
class Places<T> {
  forgotten = 0;
  #count = 0;
  readonly #devices = new Map<number, Map<number, T>>();

  get(device: number, sector: number): T | undefined {
    return this.#devices.get(device)?.get(sector);
  }

  set(device: number, sector: number, value: T): void {
    let sectors = this.#devices.get(device);
    if (sectors === undefined) {
      sectors = new Map();
      this.#devices.set(device, sectors);
    }
    const before = sectors.size;
    sectors.set(sector, value);
    this.#count += sectors.size - before;
    if (this.#count <= MAX_PENDING) return;
    const [oldest] = sectors.keys();
    this.take(device, oldest!);
    this.forgotten++;
  }

  take(device: number, sector: number): T | undefined {
    const sectors = this.#devices.get(device);
    const value = sectors?.get(sector);
    if (value !== undefined && sectors!.delete(sector)) this.#count--;
    return value;
  }
}
