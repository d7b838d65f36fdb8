/** Disks and softirqs, for the oracle (oracle.test.data.ts). */
import type { FieldObject } from '../trace/event.ts';
import type { PlainEvent } from './events.test.data.ts';

interface Request {
  since: number;
  sectors: number;
  write: boolean;
}

interface Disk {
  reads: number;
  writes: number;
  sectors: number;
  service_ns: number;
}

export class DeviceOracle {
  /** `dev:sector` to when it was issued. */
  readonly requests: Map<string, Request> = new Map();
  readonly disks: Map<number, Disk> = new Map();
  readonly softirqs: Map<number, { count: number; total_ns: number }> = new Map();
  readonly #softirqOfCpu = new Map<number, { vec: number; since: number }>();

  feed(event: PlainEvent): void {
    const f = event.fields;
    const now = event.time;
    const n = (name: string): number => Number(f[name]);
    switch (event.name) {
      case 'block_rq_issue':
        this.#disk(n('dev'));
        this.requests.set(`${n('dev')}:${sectorOf(f)}`, {
          since: now,
          sectors: n('nr_sector'),
          write: (n('rwbs') & 1) === 1,
        });
        return;
      case 'block_rq_complete':
        this.#complete(f, now);
        return;
      case 'irq_softirq_entry':
        this.#softirqOfCpu.set(event.cpu, { vec: n('vec'), since: now });
        return;
      case 'irq_softirq_exit': {
        const begun = this.#softirqOfCpu.get(event.cpu);
        this.#softirqOfCpu.delete(event.cpu);
        if (begun?.vec !== n('vec')) return;
        const counts = this.softirqs.get(begun.vec) ?? { count: 0, total_ns: 0 };
        this.softirqs.set(begun.vec, { count: counts.count + 1, total_ns: counts.total_ns + now - begun.since });
        return;
      }
    }
  }

  #complete(f: FieldObject, now: number): void {
    const disk = this.#disk(Number(f.dev));
    const key = `${f.dev}:${sectorOf(f)}`;
    const request = this.requests.get(key);
    if (request === undefined) return;
    disk.sectors += Number(f.nr_sector);
    this.requests.delete(key);
    if (request.sectors > Number(f.nr_sector) && Number(f.error) === 0) {
      const rest = request.sectors - Number(f.nr_sector);
      this.requests.set(`${f.dev}:${Number(sectorOf(f)) + Number(f.nr_sector)}`, { ...request, sectors: rest });
      return;
    }
    if (request.write) disk.writes++;
    else disk.reads++;
    disk.service_ns += now - request.since;
  }

  #disk(dev: number): Disk {
    const disk = this.disks.get(dev) ?? { reads: 0, writes: 0, sectors: 0, service_ns: 0 };
    this.disks.set(dev, disk);
    return disk;
  }
}

function sectorOf(f: FieldObject): string {
  return Number(f.nr_sector) === 0 && (Number(f.rwbs) & (256 | 1024)) !== 0 ? 'flush' : String(Number(f.sector));
}
