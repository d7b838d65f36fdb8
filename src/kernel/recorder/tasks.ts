/**
 * Threads by tid: process (tgid) and name, for the `pid` and `procname` contexts that LTTng's analyses need and ftrace's
 * records lack. Filled from /proc, from `task_newtask` (which knows threads from processes) and from `sched_switch`.
 */

/** A bound for damaged or hostile input: more than any window of a flight recorder sees. */
export const MAX_TRACKED_TASKS = 65536;
/** Name of a thread that nothing named, as in ftrace's own text. */
const UNKNOWN_COMM = '<...>';
/** TASK_COMM_LEN, as four 32-bit words: copied into every event. */
export const COMM_BYTES = 16;
const COMM_WORDS = 4;
const FIRST_TASKS = 1024;

export class TaskTable {
  /** Slot 0 is the unknown thread: process -1. */
  tgid: Int32Array = new Int32Array(FIRST_TASKS);
  /** COMM_WORDS for each slot. */
  comm: Uint32Array = new Uint32Array(FIRST_TASKS * COMM_WORDS);
  /** Threads that found no slot. */
  dropped = 0;
  #remembered: Uint32Array = new Uint32Array(0);
  readonly #slots = new Map<number, number>();
  #used = 1;

  constructor() {
    this.tgid[0] = -1;
    this.#setCommText(0, UNKNOWN_COMM);
  }

  get size(): number {
    return this.#used - 1;
  }

  slotOf(tid: number): number {
    return this.#slots.get(tid) ?? 0;
  }

  /** Forgets all threads: for recorders that run longer than numbers last. */
  clear(): void {
    this.#slots.clear();
    this.#used = 1;
    this.#remembered = new Uint32Array(0);
  }

  /** Process of a thread, -1 when unknown. */
  tgidOf(tid: number): number {
    return this.tgid[this.slotOf(tid)]!;
  }

  /** Adds or updates a thread. */
  set(tid: number, tgid: number, comm: string): void {
    const slot = this.#make(tid);
    if (slot === 0) return;
    this.tgid[slot] = tgid;
    this.#setCommText(slot, comm);
  }

  /** Adds a thread from /proc; a name that the window told is older, and stays. */
  learn(tid: number, tgid: number, comm: string): void {
    const isNew = this.slotOf(tid) === 0;
    const slot = this.#make(tid);
    if (slot === 0) return;
    this.tgid[slot] = tgid;
    if (isNew) this.#setCommText(slot, comm);
  }

  /** Keeps the names as they are now: those at the window's beginning. */
  remember(): void {
    this.#remembered = this.comm.slice(0, this.#used * COMM_WORDS);
  }

  /** Goes back to them: every CPU's events are read from the beginning. */
  restore(): void {
    this.comm.set(this.#remembered);
  }

  /** Sets the process of a thread that has none yet. */
  addTgid(tid: number, tgid: number): void {
    const slot = this.#make(tid);
    if (slot !== 0 && this.tgid[slot] === -1) this.tgid[slot] = tgid;
  }

  /** Names a thread with the 16 bytes at `at`; creates it when it is new. */
  setComm(tid: number, view: DataView, at: number): void {
    const slot = this.#make(tid);
    if (slot === 0) return;
    const word = slot * COMM_WORDS;
    for (let i = 0; i < COMM_WORDS; i++) this.comm[word + i] = view.getUint32(at + i * 4, true);
  }

  /** Names a thread with the last part of a path, as exec does. */
  setCommOfPath(tid: number, bytes: Uint8Array, start: number, end: number): void {
    const slot = this.#make(tid);
    if (slot === 0) return;
    let from = start;
    let to = start;
    for (; to < end && bytes[to] !== 0; to++) if (bytes[to] === 0x2f) from = to + 1;
    const word = slot * COMM_WORDS;
    this.comm.fill(0, word, word + COMM_WORDS);
    const count = Math.min(COMM_BYTES - 1, to - from);
    for (let i = 0; i < count; i++) {
      const at = word + (i >> 2);
      this.comm[at] = this.comm[at]! | (bytes[from + i]! << ((i & 3) * 8));
    }
  }

  #make(tid: number): number {
    const known = this.#slots.get(tid);
    if (known !== undefined) return known;
    if (this.#used > MAX_TRACKED_TASKS) {
      this.dropped++;
      return 0;
    }
    const slot = this.#used++;
    if (slot >= this.tgid.length) this.#grow();
    this.#slots.set(tid, slot);
    this.tgid[slot] = -1;
    this.comm.copyWithin(slot * COMM_WORDS, 0, COMM_WORDS);
    return slot;
  }

  #grow(): void {
    const tgid = new Int32Array(this.tgid.length * 2);
    tgid.set(this.tgid);
    this.tgid = tgid;
    const comm = new Uint32Array(this.comm.length * 2);
    comm.set(this.comm);
    this.comm = comm;
  }

  #setCommText(slot: number, comm: string): void {
    const bytes = new Uint8Array(COMM_BYTES);
    bytes.set(new TextEncoder().encode(comm).subarray(0, COMM_BYTES - 1));
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < COMM_WORDS; i++) this.comm[slot * COMM_WORDS + i] = view.getUint32(i * 4, true);
  }
}
