/** What the call that a thread is in was given, by the thread's row. Not journaled: its traces in the state are. */

const FIRST_ROWS = 1024;

export class Pending {
  /** Descriptor, address or identifier that the call is about; NaN: none. */
  subject: Float64Array = new Float64Array(FIRST_ROWS).fill(Number.NaN);
  /** Whatever else the call needs at its end. */
  extra: Float64Array = new Float64Array(FIRST_ROWS);
  readonly text: string[] = [];
  /** When the call that is ending began. */
  began: number = Number.NaN;

  /** Makes room for a thread. */
  reach(task: number): void {
    if (task < this.subject.length) return;
    const rows = Math.max(task + 1, this.subject.length * 2);
    const subject = new Float64Array(rows).fill(Number.NaN);
    subject.set(this.subject);
    this.subject = subject;
    const extra = new Float64Array(rows);
    extra.set(this.extra);
    this.extra = extra;
  }

  get bytes(): number {
    return this.subject.length * 16 + this.text.length * 8;
  }
}
