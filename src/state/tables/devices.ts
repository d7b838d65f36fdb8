import type { IntColumn, NumberColumn, StampedColumn } from '../columns.ts';
import { NONE, Table } from '../table.ts';

/** Block devices, by number. */
export class DiskTable extends Table {
  /** major << 20 | minor. */
  readonly dev: NumberColumn = this.number('dev', 'number', Number.NaN);
  readonly name: IntColumn = this.text('name');
  /** dev of the device that its requests were last passed on to (a partition's disk, a mapper's target). */
  readonly remappedTo: NumberColumn = this.number('remapped_to', 'number', Number.NaN);
  /** Requests that wait to be given to the device, and those that the device has. */
  readonly queued: IntColumn = this.int('queued', 'count', 0);
  readonly inFlight: IntColumn = this.int('in_flight', 'count', 0);
  readonly reads: NumberColumn = this.number('reads');
  readonly writes: NumberColumn = this.number('writes');
  readonly read_sectors: NumberColumn = this.number('read_sectors');
  readonly written_sectors: NumberColumn = this.number('written_sectors');
  readonly errors: NumberColumn = this.number('errors');
  readonly merges: NumberColumn = this.number('merges');
  readonly remaps: NumberColumn = this.number('remaps');
  /** Sum and longest of the times from issue to completion. */
  readonly service_ns: NumberColumn = this.number('service_ns', 'duration');
  readonly longest_ns: NumberColumn = this.number('longest_ns', 'duration');
}

/** Requests on their way to or through a block device. */
export class RequestTable extends Table {
  readonly disk: IntColumn = this.int('disk', 'row');
  readonly sector: NumberColumn = this.number('sector', 'number', NONE);
  readonly sectors: NumberColumn = this.number('sectors');
  /** LTTng's flags: 1 write, 2 discard, 4 read, 8 sync ... */
  readonly operation: IntColumn = this.int('operation', 'number', 0);
  /** Who issued it, often a kernel thread. */
  readonly tid: IntColumn = this.int('tid');
  /** NaN: it did not wait, or nobody saw it. */
  readonly queued: NumberColumn = this.number('queued_at', 'time', Number.NaN);
  readonly issued: NumberColumn = this.number('issued_at', 'time', Number.NaN);
}

/** Network interfaces, by name. */
export class InterfaceTable extends Table {
  readonly name: IntColumn = this.text('name');
  readonly address: IntColumn = this.text('address');
  readonly received_packets: NumberColumn = this.number('received_packets');
  readonly received_bytes: NumberColumn = this.number('received_bytes', 'bytes');
  readonly sent_packets: NumberColumn = this.number('sent_packets');
  readonly sent_bytes: NumberColumn = this.number('sent_bytes', 'bytes');
  readonly sendErrors: NumberColumn = this.number('send_errors');
}

/** Interrupts by number, and softirqs by vector. */
export class InterruptTable extends Table {
  readonly nr: IntColumn = this.int('nr');
  readonly isSoft: IntColumn = this.int('is_soft', 'flag', 0);
  /** Handlers, with commas between. */
  readonly name: IntColumn = this.text('name');
  readonly count: NumberColumn = this.number('count');
  readonly total_ns: NumberColumn = this.number('total_ns', 'duration');
  readonly longest_ns: NumberColumn = this.number('longest_ns', 'duration');
  /** CPU that handles it now; NONE: no one. */
  readonly cpu: StampedColumn = this.stamped('cpu', 'number', NONE);
}

/** The machine: one row. */
export class MachineTable extends Table {
  readonly pagesAllocated: NumberColumn = this.number('pages_allocated');
  readonly pagesFreed: NumberColumn = this.number('pages_freed');
  readonly pagesWritten: NumberColumn = this.number('pages_written');
  readonly reclaimed: NumberColumn = this.number('kswapd_wakeups');
}
