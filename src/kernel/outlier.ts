/** From a record in the ring to an outlier as people and programs see it. */
import type { Outlier } from '../base/outlier.ts';
import type { OutlierRecord } from './abi.ts';
import type { MachineNames } from './names.ts';
import type { TrackerSpec } from './trackers/spec.ts';

/** Outliers of one tracker, numbered: two may begin in the same nanosecond. */
export class OutlierBuilder {
  readonly #spec: TrackerSpec;
  readonly #names: MachineNames;
  #sequence = 0;

  constructor(spec: TrackerSpec, names: MachineNames) {
    this.#spec = spec;
    this.#names = names;
  }

  /** @param epochOffset_ns what to add to CLOCK_MONOTONIC */
  build(record: OutlierRecord, epochOffset_ns: bigint): Outlier {
    const spec = this.#spec;
    const names = this.#names;
    const decoded = spec.decode(record, names);
    const { begin_ns, end_ns, tid } = record;
    const timeout = record.timeout;
    const cls = spec.classes[record.class];
    // A timeout is found by a timer: the pending thread is known by its id only, and is still there to be asked.
    const comm = record.comm || (timeout && tid !== 0 ? names.comm(tid) : '');
    return {
      id: `${spec.name}-${begin_ns}-${++this.#sequence}`,
      host: names.host,
      tracker: spec.name,
      kind: timeout ? 'timeout' : 'threshold',
      key: decoded.key,
      begin_ns: String(begin_ns + epochOffset_ns),
      end_ns: String(end_ns + epochOffset_ns),
      delay_ns: Number(end_ns - begin_ns),
      threshold_ns: record.threshold_ns,
      cpu: record.cpu,
      pid: record.pid || (timeout && tid !== 0 ? names.pidOf(tid) : 0),
      tid,
      comm,
      cgroup: names.cgroup(record.cgroup),
      details: spec.classes.length > 1 && !timeout ? { class: cls, ...decoded.details } : decoded.details,
      snapshot: null,
    };
  }
}
