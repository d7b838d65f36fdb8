import type { IntColumn, NumberColumn, StampedColumn } from '../columns.ts';
import { NONE, Table } from '../table.ts';

/** CPUs, by number. */
export class CpuTable extends Table {
  readonly cpu: IntColumn = this.int('cpu');
  /** Row of the thread that runs; the idle thread of the CPU counts. NONE: not known. */
  readonly current: StampedColumn = this.stamped('current', 'row', NONE);
  /** Number of the interrupt being handled; NONE: none. */
  readonly irq: StampedColumn = this.stamped('irq', 'number', NONE);
  /** Vector of the softirq being handled; NONE: none. */
  readonly softirq: StampedColumn = this.stamped('softirq', 'number', NONE);
  /** Sleep state of the processor; NONE: awake or not known. */
  readonly idleState: StampedColumn = this.stamped('idle_state', 'number', NONE);
  readonly frequency_khz: NumberColumn = this.number('frequency_khz', 'count', Number.NaN);
  /** Time of threads other than the idle one, up to the last switch. */
  readonly busy_ns: NumberColumn = this.number('busy_ns', 'duration');
  readonly irq_ns: NumberColumn = this.number('irq_ns', 'duration');
  readonly softirq_ns: NumberColumn = this.number('softirq_ns', 'duration');
}
