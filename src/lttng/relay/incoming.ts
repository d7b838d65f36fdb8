/**
 * Memory of what is arriving, over all producers: half for what is not whole (messages, packets without their indexes,
 * indexes without their packets), half for packets that wait for the disk. Those that wait stop their connection from
 * being read.
 */
import { HeldMemory } from './held-memory.ts';

export class IncomingMemory {
  readonly partial: HeldMemory;
  /** Packets that wait for the disk. */
  unwritten_bytes = 0;
  private readonly max_bytes: number;

  constructor(max_bytes: number) {
    this.max_bytes = max_bytes;
    this.partial = new HeldMemory(max_bytes / 2, 'what is not whole');
  }

  /** Who gave a packet to the disk does not read on until that is written: half of the memory is for this. */
  get full(): boolean {
    return this.unwritten_bytes >= this.max_bytes / 2;
  }
}
