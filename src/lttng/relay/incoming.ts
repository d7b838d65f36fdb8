/**
 * Memory of what is arriving, over all producers: requests and packets that are not whole, and packets that wait for
 * the disk. Those that wait stop their connection from being read; of those that are not whole the largest is cut off,
 * at the address that holds most: a peer cannot push out others by opening many connections.
 */

/** One connection. */
export interface Arriving {
  readonly address: string;
  cut(reason: string): void;
}

export class IncomingMemory {
  /** Packets that wait for the disk. */
  unwritten_bytes = 0;
  /** Messages that are not whole. */
  partial_bytes = 0;
  /** Connections cut off because of this. */
  cuts = 0;
  private readonly max_bytes: number;
  private readonly held: Map<Arriving, number> = new Map();

  constructor(max_bytes: number) {
    this.max_bytes = max_bytes;
  }

  /** Who gave a packet to the disk does not read on until that is written: half of the memory is for this. */
  get full(): boolean {
    return this.unwritten_bytes >= this.max_bytes / 2;
  }

  /** @param bytes that the connection has of a message which is not whole; 0: none, or it is over */
  set(of: Arriving, bytes: number): void {
    const before = this.held.get(of) ?? 0;
    if (before === bytes) return;
    this.partial_bytes += bytes - before;
    if (bytes === 0) this.held.delete(of);
    else this.held.set(of, bytes);
    while (this.partial_bytes > this.max_bytes / 2) this.cutLargest();
  }

  private cutLargest(): void {
    const byAddress: Map<string, number> = new Map();
    for (const [{ address }, bytes] of this.held) byAddress.set(address, (byAddress.get(address) ?? 0) + bytes);
    const [most] = [...byAddress].reduce((one, other) => (other[1] > one[1] ? other : one));
    const [largest, bytes] = [...this.held]
      .filter(([{ address }]) => address === most)
      .reduce((one, other) => (other[1] > one[1] ? other : one));
    this.cuts++;
    this.set(largest, 0);
    largest.cut(
      `holds ${bytes} bytes of a message that is not whole, the most of all, and all may hold ${this.max_bytes / 2}`,
    );
  }
}
