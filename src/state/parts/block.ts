/**
 * Block devices and their requests.
 *
 *     getrq .. insert (queued) .. issue (in flight) .. complete (some or all sectors) ..
 *
 * A request is known by device and sector, as the events tell it. A merge at its end makes it longer; one at its front
 * moves its first sector, which is seen when it is issued.
 */
import type { EventType, FieldReader } from '../../trace/event.ts';
import type { Model } from '../model.ts';
import { type Handler, type Part, partOf } from '../part.ts';
import { NONE } from '../table.ts';

/** LTTng's flags, as ours. */
const WRITE = 1;
const FLUSH = 256;
const PREFLUSH = 1024;
/** A flush has no sector; it is told as 0 at its issue and as the highest number at its end. */
const NO_SECTOR = NONE;

/** Told of every request that ended and whose issue was seen. */
export type RequestListener = (
  request: number,
  disk: number,
  begin: number,
  end: number,
  sectors: number,
  error: number,
) => void;

export class Disks {
  readonly listeners: RequestListener[] = [];
  /** Completions of requests that were not seen. */
  unmatched = 0;
  readonly model: Model;
  readonly #disks = new Map<number, number>();
  /** Requests of a disk by their first sector. */
  readonly #pending: Map<number, number>[] = [];

  constructor(model: Model) {
    this.model = model;
    const { requests } = model;
    model.onFree.push((table, row) => {
      // Only those freed for want of room are still in the map; dead ones have left it.
      if (table === requests) this.#remove(row);
    });
  }

  disk(dev: number): number {
    const known = this.#disks.get(dev);
    if (known !== undefined) return known;
    const row = this.model.disks.create();
    if (row === NONE) return NONE;
    this.model.disks.dev.set(row, dev);
    this.#disks.set(dev, row);
    this.#pending[row] = new Map();
    return row;
  }

  find(disk: number, sector: number): number {
    return this.#pending[disk]?.get(sector) ?? NONE;
  }

  add(disk: number, sector: number, sectors: number, operation: number, tid: number): number {
    const { requests } = this.model;
    const row = requests.create();
    if (row === NONE) return NONE;
    requests.disk.set(row, disk);
    requests.sector.set(row, sector);
    requests.sectors.set(row, sectors);
    requests.operation.set(row, operation);
    requests.tid.set(row, tid);
    this.#pending[disk]!.set(sector, row);
    return row;
  }

  /** The request is over, or was lost sight of. */
  end(row: number): void {
    const { requests, disks } = this.model;
    const disk = requests.disk.data[row]!;
    const counter = Number.isNaN(requests.issued.data[row]!) ? disks.queued : disks.inFlight;
    counter.set(disk, Math.max(0, counter.data[disk]! - 1));
    this.#remove(row);
    requests.kill(row);
  }

  /** It was given to the device. */
  issue(row: number): void {
    const { requests, disks, journal } = this.model;
    const disk = requests.disk.data[row]!;
    if (!Number.isNaN(requests.queued.data[row]!)) disks.queued.set(disk, Math.max(0, disks.queued.data[disk]! - 1));
    requests.issued.set(row, journal.now);
    disks.inFlight.set(disk, disks.inFlight.data[disk]! + 1);
  }

  /** Its first sectors are done. */
  advance(row: number, sectors: number): void {
    const { requests } = this.model;
    this.#remove(row);
    requests.sector.set(row, requests.sector.data[row]! + sectors);
    requests.sectors.set(row, requests.sectors.data[row]! - sectors);
    this.#pending[requests.disk.data[row]!]!.set(requests.sector.data[row]!, row);
  }

  #remove(row: number): void {
    const { requests } = this.model;
    const pending = this.#pending[requests.disk.data[row]!];
    const sector = requests.sector.data[row]!;
    if (pending?.get(sector) === row) pending.delete(sector);
  }
}

interface RequestFields {
  readonly dev: FieldReader<number>;
  readonly sector: FieldReader<number>;
  readonly sectors: FieldReader<number>;
  readonly operation: FieldReader<number>;
  readonly tid: FieldReader<number>;
}

function requestFields(type: EventType): RequestFields | null {
  const dev = type.numberField('dev');
  const sector = type.numberField('sector');
  if (dev === null || sector === null) return null;
  const none = (): number => NONE;
  const sectors = type.numberField('nr_sector') ?? ((): number => 0);
  const operation = type.numberField('rwbs') ?? ((): number => 0);
  return {
    dev,
    sector: (event) => {
      const number = sector(event);
      if (number > 0 && number < Number.MAX_SAFE_INTEGER) return number;
      return (operation(event) & (FLUSH | PREFLUSH)) !== 0 && sectors(event) === 0 ? NO_SECTOR : number;
    },
    sectors,
    operation,
    tid: type.numberField('tid') ?? none,
  };
}

export function blockPart(disks: Disks): Part {
  return partOf('block', {
    block_rq_insert: (type) => insertHandler(disks, type),
    block_rq_issue: (type) => issueHandler(disks, type),
    block_rq_complete: (type) => completeHandler(disks, type),
    block_rq_requeue: (type) => requeueHandler(disks, type),
    block_bio_backmerge: (type) => mergeHandler(disks, type),
    block_bio_frontmerge: (type) => mergeHandler(disks, type),
    block_bio_remap: (type) => remapHandler(disks, type),
    block_rq_remap: (type) => remapHandler(disks, type),
    lttng_statedump_block_device: (type) => {
      const dev = type.numberField('dev');
      const name = type.stringField('diskname');
      if (dev === null || name === null) return null;
      return (event) => {
        const row = disks.disk(dev(event));
        if (row !== NONE) disks.model.disks.name.set(row, disks.model.texts.number(name(event)));
      };
    },
  });
}

function insertHandler(disks: Disks, type: EventType): Handler | null {
  const fields = requestFields(type);
  if (fields === null) return null;
  const { requests, disks: table, journal } = disks.model;
  return (event) => {
    const disk = disks.disk(fields.dev(event));
    if (disk === NONE) return;
    const sector = fields.sector(event);
    const lost = disks.find(disk, sector);
    if (lost !== NONE) disks.end(lost);
    const row = disks.add(disk, sector, fields.sectors(event), fields.operation(event), fields.tid(event));
    if (row === NONE) return;
    requests.queued.set(row, journal.now);
    table.queued.set(disk, table.queued.data[disk]! + 1);
  };
}

function issueHandler(disks: Disks, type: EventType): Handler | null {
  const fields = requestFields(type);
  if (fields === null) return null;
  const { requests } = disks.model;
  return (event) => {
    const disk = disks.disk(fields.dev(event));
    if (disk === NONE) return;
    const sector = fields.sector(event);
    let row = disks.find(disk, sector);
    // Issued already: its completion was lost.
    if (row !== NONE && !Number.isNaN(requests.issued.data[row]!)) {
      disks.end(row);
      row = NONE;
    }
    if (row === NONE) row = disks.add(disk, sector, 0, fields.operation(event), fields.tid(event));
    if (row === NONE) return;
    requests.sectors.set(row, fields.sectors(event));
    disks.issue(row);
  };
}

function completeHandler(disks: Disks, type: EventType): Handler | null {
  const fields = requestFields(type);
  const error = type.numberField('error') ?? type.numberField('errors');
  if (fields === null) return null;
  const { requests, disks: table, journal } = disks.model;
  return (event) => {
    const disk = disks.disk(fields.dev(event));
    if (disk === NONE) return;
    const row = disks.find(disk, fields.sector(event));
    const sectors = fields.sectors(event);
    if (row === NONE) {
      // A write with a flush behind it ends twice: with its data, and with nothing when the flush is done.
      if (sectors > 0) disks.unmatched++;
      return;
    }
    const code = error === null ? 0 : error(event);
    const begin = requests.issued.data[row]!;
    const write = (requests.operation.data[row]! & WRITE) !== 0;
    (write ? table.written_sectors : table.read_sectors).add(disk, sectors);
    if (code !== 0) table.errors.add(disk, 1);
    const left = requests.sectors.data[row]! - sectors;
    if (left > 0 && code === 0) {
      // A part of it: the rest is told with the sector that it begins at.
      disks.advance(row, sectors);
      return;
    }
    (write ? table.writes : table.reads).add(disk, 1);
    if (begin <= journal.now) {
      const took_ns = journal.now - begin;
      table.service_ns.add(disk, took_ns);
      if (took_ns > table.longest_ns.data[disk]!) table.longest_ns.set(disk, took_ns);
      for (const listener of disks.listeners) listener(row, disk, begin, journal.now, sectors, code);
    }
    disks.end(row);
  };
}

function requeueHandler(disks: Disks, type: EventType): Handler | null {
  const fields = requestFields(type);
  if (fields === null) return null;
  const { requests, disks: table, journal } = disks.model;
  return (event) => {
    const disk = disks.disk(fields.dev(event));
    const row = disk === NONE ? NONE : disks.find(disk, fields.sector(event));
    if (row === NONE || Number.isNaN(requests.issued.data[row]!)) return;
    requests.issued.set(row, Number.NaN);
    requests.queued.set(row, journal.now);
    table.inFlight.set(disk, Math.max(0, table.inFlight.data[disk]! - 1));
    table.queued.set(disk, table.queued.data[disk]! + 1);
  };
}

/** A bio was added to a request that waits. The event tells the bio, not the request. */
function mergeHandler(disks: Disks, type: EventType): Handler | null {
  const fields = requestFields(type);
  if (fields === null) return null;
  return (event) => {
    const disk = disks.disk(fields.dev(event));
    if (disk !== NONE) disks.model.disks.merges.add(disk, 1);
  };
}

function remapHandler(disks: Disks, type: EventType): Handler | null {
  const to = type.numberField('dev');
  const from = type.numberField('old_dev');
  if (to === null || from === null) return null;
  return (event) => {
    const disk = disks.disk(from(event));
    if (disk === NONE) return;
    disks.model.disks.remaps.add(disk, 1);
    disks.model.disks.remappedTo.set(disk, to(event));
  };
}
