/**
 * Per-PID buffers: the streams of a new process are announced some time after its first packet begins. A viewer that was
 * given everything of other streams at once may be past that moment by then, and babeltrace2 ends with an error. So in
 * sessions with such buffers packets and beacons are told a little later, when all that began before was announced.
 */

/** Session and consumer daemons need 10 to 20 ms to announce a process; many times that on a loaded machine. */
const HOLD_BACK_MS = 250;

export class HoldBack {
  /** Packets of the stream that may be told, counted from its first. */
  packets: number;
  /** The beacon that may be told. */
  beacon: bigint | null;
  private next: { readonly since_ms: number; readonly packets: number; readonly beacon: bigint | null } | null = null;

  /** What is there already is old enough. */
  constructor(packets: number, beacon: bigint | null) {
    this.packets = packets;
    this.beacon = beacon;
  }

  /** @param now_ms of a clock that only goes forward */
  update(now_ms: number, packets: number, beacon: bigint | null): void {
    if (this.next !== null && now_ms - this.next.since_ms >= HOLD_BACK_MS) {
      this.packets = this.next.packets;
      this.beacon = this.next.beacon;
      this.next = null;
    }
    const isNews = packets > this.packets || beacon !== this.beacon;
    if (this.next === null && isNews) this.next = { since_ms: now_ms, packets, beacon };
  }
}
