/** Memory of packets, used again: fresh memory costs page faults, which are dearer than the packet's system calls. */
import type { PacketMemory } from '../protocol/data.ts';

const SMALLEST_BYTES = 4096;
const LARGEST_BYTES = 4 * 2 ** 20;
/** Kept for later; more is left to the garbage collector. */
const MAX_KEPT_BYTES = 64 * 2 ** 20;

export class PacketPool implements PacketMemory {
  private readonly free: Map<number, Buffer[]> = new Map();
  private kept_bytes = 0;

  take(bytes: number): Buffer {
    if (bytes > LARGEST_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const size = bytes <= SMALLEST_BYTES ? SMALLEST_BYTES : 2 ** (32 - Math.clz32(bytes - 1));
    const memory = this.free.get(size)?.pop();
    if (memory === undefined) return Buffer.allocUnsafeSlow(size);
    this.kept_bytes -= size;
    return memory;
  }

  /** @param memory what `take` gave, or the beginning of it; not to be used afterwards */
  give(memory: Buffer): void {
    const size = memory.buffer.byteLength;
    if (size > LARGEST_BYTES || this.kept_bytes + size > MAX_KEPT_BYTES) return;
    let list = this.free.get(size);
    if (list === undefined) {
      list = [];
      this.free.set(size, list);
    }
    list.push(memory.length === size ? memory : Buffer.from(memory.buffer));
    this.kept_bytes += size;
  }
}
