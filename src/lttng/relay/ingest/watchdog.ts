/** Time limits of a connection: for the rest of a message that was begun, and for silence. */
import type { Limits } from '../limits.ts';

export class Watchdog {
  private readonly limits: Limits;
  private readonly onLate: (reason: string) => void;
  private readonly timer: NodeJS.Timeout;
  private heardAt_ms: number = performance.now();
  private begunAt_ms: number | null = null;

  constructor(limits: Limits, onLate: (reason: string) => void) {
    this.limits = limits;
    this.onLate = onLate;
    const shortest = limits.idle_ms > 0 ? Math.min(limits.idle_ms, limits.stall_ms) : limits.stall_ms;
    // One timer that looks now and then costs less than one that is set at every message.
    this.timer = setInterval(() => this.look(), Math.max(10, shortest / 4)).unref();
  }

  /** Something came. @param inMessage a message was begun and is not whole */
  heard(inMessage: boolean): void {
    this.heardAt_ms = performance.now();
    this.begunAt_ms = inMessage ? (this.begunAt_ms ?? this.heardAt_ms) : null;
  }

  /** The connection is not read for a while, by our own will. */
  pause(): void {
    this.begunAt_ms = null;
    this.heardAt_ms = Number.POSITIVE_INFINITY;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now_ms = performance.now();
    const { idle_ms, stall_ms } = this.limits;
    if (this.begunAt_ms !== null && now_ms - this.begunAt_ms > stall_ms) {
      this.onLate(`a message was begun ${Math.round((now_ms - this.begunAt_ms) / 1000)} s ago and is not whole`);
    } else if (idle_ms > 0 && now_ms - this.heardAt_ms > idle_ms) {
      this.onLate(`silent for ${Math.round((now_ms - this.heardAt_ms) / 1000)} s`);
    }
  }
}
