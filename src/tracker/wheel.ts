/**
 * A hierarchical timer wheel: start, stop and expire a timer in constant time.
 *
 * Varghese & Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987, scheme 7; the level of a timer follows from
 * how far away it is, as in Linux before 4.8. Five levels of 64 buckets reach 2^30 ticks; what is further away sits at
 * the horizon and is handed out there: the owner looks at the true time and starts it again.
 *
 *     level 0   |0|1|2| ... |63|     1 tick per bucket        now = 130: bucket 2
 *     level 1   |0|1|2| ... |63|    64 ticks per bucket       every 64 ticks one bucket falls into level 0
 *     ...                                                     every 64^2 ticks one of level 2 falls ...
 *     level 4   |0|1|2| ... |63|  64^4 ticks per bucket
 *
 * A bucket is a circular doubly linked list through one Int32Array; its sentinel is a node after the timers' nodes:
 *
 *     node * 4    next | prev | due (tick modulo 2^32) | -        next = 0: not in the wheel
 *     nodes       1 .. capacity: timers    then LEVELS * 64 sentinels    then two: `falling`, `expiring`
 *
 * To advance is first to move all that is due to the list `expiring`, with nobody watching, and then to tell of it: what
 * somebody starts when told is later than all of it, so an advance ends however often a timer is started again.
 *
 * `now` is a whole number of ticks (exact to 2^53); buckets need only its low 32 bits.
 */
const LEVEL_BITS = 6;
const BUCKETS_PER_LEVEL = 64;
const LEVELS = 5;
/** Ticks that the wheel can look ahead. */
export const HORIZON_TICKS: number = 2 ** (LEVELS * LEVEL_BITS) - 1;

export class TimerWheel {
  /** The last tick that was expired. */
  now = 0;
  /** Timers that run. */
  size = 0;
  private low = 0;
  /** Expired timers are being told of: a further `advance` does nothing. */
  advancing = false;
  private readonly links: Int32Array;
  private readonly sentinel: number;
  /** Sentinels: of a bucket that falls to lower levels, and of all that is due. */
  private readonly falling: number;
  private readonly expiring: number;
  /** Two words per level, a bit per bucket. May be set for a bucket that is empty by now, never the reverse. */
  private readonly occupied: Int32Array = new Int32Array(LEVELS * 2);
  private readonly expire: (node: number) => void;

  /**
   * @param capacity timers are numbered 1 .. capacity
   * @param expire called for each timer that is due, in the order of their ticks; it may start and stop any timer, itself
   *   included; what it starts is due after the target of the `advance` that is under way
   */
  constructor(capacity: number, expire: (node: number) => void) {
    this.sentinel = capacity + 1;
    this.falling = this.sentinel + LEVELS * BUCKETS_PER_LEVEL;
    this.expiring = this.falling + 1;
    this.links = new Int32Array((this.expiring + 1) * 4);
    this.expire = expire;
    this.reset(0);
  }

  /** Stops all timers and sets the time, even while `advance` is under way (which then ends). */
  reset(now: number): void {
    this.links.fill(0);
    for (let node = this.sentinel; node <= this.expiring; node++) {
      this.links[node * 4] = node;
      this.links[node * 4 + 1] = node;
    }
    this.occupied.fill(0);
    this.size = 0;
    this.now = now;
    this.low = now | 0;
  }

  running(node: number): boolean {
    return this.links[node * 4] !== 0;
  }

  /**
   * Starts a timer that does not run.
   *
   * @param delta_ticks 1 .. HORIZON_TICKS from `now`, whole
   */
  start(node: number, delta_ticks: number): void {
    this.links[node * 4 + 2] = (this.low + delta_ticks) | 0;
    this.size++;
    this.place(node, delta_ticks);
  }

  /** Stops a timer; nothing happens when it does not run. */
  stop(node: number): void {
    const links = this.links;
    const next = links[node * 4]!;
    if (next === 0) return;
    const prev = links[node * 4 + 1]!;
    links[prev * 4] = next;
    links[next * 4 + 1] = prev;
    links[node * 4] = 0;
    this.size--;
  }

  /** Expires what is due up to `target` (a whole number of ticks). An earlier target does nothing. */
  advance(target: number): void {
    if (this.advancing || !(target > this.now)) return;
    this.advancing = true;
    try {
      this.collect(target);
      const { links } = this;
      const head = this.expiring * 4;
      // From its head each time: whoever is told may stop others, or reset all.
      for (let node = links[head]!; node !== this.expiring; node = links[head]!) {
        this.stop(node);
        this.expire(node);
      }
    } finally {
      this.advancing = false;
    }
  }

  /** Moves what is due to the expiring list, and the time to the target. */
  private collect(target: number): void {
    for (let waiting = this.size; this.now < target && waiting > 0; ) {
      const step = this.stride(target - this.now);
      this.now += step;
      this.low = (this.low + step) | 0;
      if ((this.low & (BUCKETS_PER_LEVEL - 1)) === 0) this.cascade();
      waiting -= this.take(0, this.low & (BUCKETS_PER_LEVEL - 1), this.expiring);
    }
    if (this.now < target) {
      this.now = target; // nothing runs: any time will do
      this.low = target | 0;
    }
  }

  private place(node: number, delta_ticks: number): void {
    const links = this.links;
    const due = links[node * 4 + 2]!;
    const level = delta_ticks < BUCKETS_PER_LEVEL ? 0 : ((31 - Math.clz32(delta_ticks)) / LEVEL_BITS) | 0;
    const index = (due >>> (level * LEVEL_BITS)) & (BUCKETS_PER_LEVEL - 1);
    const head = this.sentinel + level * BUCKETS_PER_LEVEL + index;
    const tail = links[head * 4 + 1]!;
    links[tail * 4] = node;
    links[node * 4 + 1] = tail;
    links[node * 4] = head;
    links[head * 4 + 1] = node;
    const word = level * 2 + (index >>> 5);
    this.occupied[word] = this.occupied[word]! | (1 << (index & 31));
  }

  /** Ticks to go in one step: over levels without timers at once, so that a clock that leaps costs little. */
  private stride(remaining: number): number {
    let span = 1;
    for (let level = 0; level < LEVELS; level++) {
      if (this.occupied[level * 2] !== 0 || this.occupied[level * 2 + 1] !== 0) break;
      span *= BUCKETS_PER_LEVEL;
    }
    return Math.min(remaining, span - (this.low & (span - 1)));
  }

  /** At a multiple of 64 ticks: the bucket of level 1 that begins now falls down; at 64^2 that of level 2 too; ... */
  private cascade(): void {
    for (let level = 1; level < LEVELS; level++) {
      const index = (this.low >>> (level * LEVEL_BITS)) & (BUCKETS_PER_LEVEL - 1);
      this.take(level, index, this.falling);
      const head = this.falling;
      let node = this.links[head * 4]!;
      while (node !== head) {
        const next = this.links[node * 4]!;
        this.place(node, (this.links[node * 4 + 2]! - this.low) | 0);
        node = next;
      }
      this.links[head * 4] = head;
      this.links[head * 4 + 1] = head;
      if (index !== 0) break;
    }
  }

  /** Moves a bucket to the end of a list. Returns how many timers it held. */
  private take(level: number, index: number, list: number): number {
    const { links, occupied } = this;
    const word = level * 2 + (index >>> 5);
    occupied[word] = occupied[word]! & ~(1 << (index & 31));
    const head = this.sentinel + level * BUCKETS_PER_LEVEL + index;
    const first = links[head * 4]!;
    if (first === head) return 0;
    let count = 0;
    for (let node = first; node !== head; node = links[node * 4]!) count++;
    const last = links[head * 4 + 1]!;
    const tail = links[list * 4 + 1]!;
    links[tail * 4] = first;
    links[first * 4 + 1] = tail;
    links[last * 4] = list;
    links[list * 4 + 1] = last;
    links[head * 4] = head;
    links[head * 4 + 1] = head;
    return count;
  }
}
