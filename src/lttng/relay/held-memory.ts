/**
 * Memory that peers make the relay hold. When it is too much, the one who holds most is cut off, at the address that
 * holds most: a peer cannot push out others by opening many connections.
 */

/** A connection, or a session. */
export interface Holder {
  readonly address: string;
  cut(reason: string): void;
}

export class HeldMemory {
  /** Of all. */
  held_bytes = 0;
  /** Holders cut off because of this. */
  cuts = 0;
  private readonly max_bytes: number;
  private readonly what: string;
  private readonly holders: Map<Holder, number> = new Map();

  /** @param what is held, for the log */
  constructor(max_bytes: number, what: string) {
    this.max_bytes = max_bytes;
    this.what = what;
  }

  /** @param bytes that it holds now; 0: none, or it is over */
  set(of: Holder, bytes: number): void {
    const before = this.holders.get(of) ?? 0;
    if (before === bytes) return;
    this.held_bytes += bytes - before;
    if (bytes === 0) this.holders.delete(of);
    else this.holders.set(of, bytes);
    while (this.held_bytes > this.max_bytes) this.cutLargest();
  }

  private cutLargest(): void {
    const byAddress: Map<string, number> = new Map();
    for (const [{ address }, bytes] of this.holders) byAddress.set(address, (byAddress.get(address) ?? 0) + bytes);
    const [most] = [...byAddress].reduce((one, other) => (other[1] > one[1] ? other : one));
    const [largest, bytes] = [...this.holders]
      .filter(([{ address }]) => address === most)
      .reduce((one, other) => (other[1] > one[1] ? other : one));
    this.cuts++;
    this.set(largest, 0);
    largest.cut(`holds ${bytes} bytes of ${this.what}, the most of all, and all may hold ${this.max_bytes}`);
  }
}
