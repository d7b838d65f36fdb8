/**
 * What is known of a stream class before its data: the header's code, and a table of sizes by event id. Most events of a
 * reader that wants few are skipped by one look-up in that table; classes are compiled when their first event comes.
 */
import { DataFault } from './decode/bits.ts';
import { type BodyCode, compileBody, compileRun, type Run, refuseGiant, type Scan, treesOf } from './decode/compile.ts';
import type { Consumer } from './decode/emit.ts';
import { compileHeader, type HeaderCode } from './decode/header.ts';
import type { ScopeTree } from './decode/scalars.ts';
import { CtfEventType } from './event-type.ts';
import type { DataStreamClass, EventRecordClass, IntegerClass } from './model.ts';

/** Sizes that are no size. */
export const DYNAMIC = -1;
export const UNCOMPILED = -2;

/** Ids above this are looked up in a map: a table for them would be hostile metadata's memory. */
const MAX_TABLE_ID = 1 << 18;

/** Thrown by the first event of a class that refers to its header: the header is then read once more, keeping values. */
export class HeaderChanged extends Error {}

/** Shared by all cursors of a stream class. */
export class StreamPlan {
  readonly streamClass: DataStreamClass;
  readonly generate: boolean;
  header: HeaderCode;
  /** By slot: bits of the body, DYNAMIC or UNCOMPILED. */
  sizes: Int32Array = new Int32Array(0);
  /** By slot: of classes without fixed size, from their first event on. */
  readonly scans: (Scan | undefined)[] = [];
  readonly types: (CtfEventType | undefined)[] = [];
  #slots: Map<number, number> | null = null;
  readonly #runs = new WeakMap<object, unknown[]>();
  readonly #exported = new Set<IntegerClass>();
  #known = 0;

  constructor(streamClass: DataStreamClass, generate: boolean) {
    this.streamClass = streamClass;
    this.generate = generate;
    this.header = compileHeader(streamClass, this.#exported, generate, true);
    this.refresh();
  }

  /** Takes event classes that live metadata has added. Slots stay. */
  refresh(): void {
    const { eventClasses } = this.streamClass;
    if (eventClasses.size === this.#known) return;
    this.#known = eventClasses.size;
    let maxId = 0;
    for (const id of eventClasses.keys()) maxId = Math.max(maxId, id);
    if (maxId > MAX_TABLE_ID && this.#slots === null) {
      this.#slots = new Map(this.types.map((_, i) => [i, i]));
      this.header = compileHeader(this.streamClass, this.#exported, this.generate, false);
    }
    const slots = this.#slots === null ? maxId + 1 : this.#slots.size + eventClasses.size;
    const sizes = new Int32Array(slots).fill(UNCOMPILED);
    sizes.set(this.sizes);
    this.sizes = sizes;
    for (const eventClass of eventClasses.values()) {
      let slot = eventClass.id;
      if (this.#slots !== null) {
        slot = this.#slots.get(eventClass.id) ?? this.#slots.size;
        this.#slots.set(eventClass.id, slot);
      }
      this.types[slot] ??= new CtfEventType(eventClass, this, slot);
    }
    while (this.scans.length < slots) this.scans.push(undefined);
  }

  /** Index into `sizes` and `types`; ids that do not exist give one beyond. */
  slotOf(id: number): number {
    return this.#slots === null ? id : (this.#slots.get(id) ?? -1);
  }

  type(slot: number, id: number): CtfEventType {
    const type = this.types[slot];
    if (type === undefined) throw new DataFault(`there is no event class with id ${id}`);
    return type;
  }

  trees(event: EventRecordClass): ScopeTree[] {
    return treesOf(
      ['common-context', this.streamClass.commonContext],
      ['specific-context', event.specificContext],
      ['payload', event.payload],
    );
  }

  /** Compiles a class; its first event is read again when it needs more of the header than was kept. */
  compile(slot: number, type: CtfEventType): BodyCode {
    const trees = this.trees(type.recordClass);
    refuseGiant(trees, type.name);
    const code = compileBody(trees, this.header.bodyAlignment, this.generate);
    type.code = code;
    this.sizes[slot] = code.fixed_bits >= 0 ? code.fixed_bits : DYNAMIC;
    if (code.fixed_bits < 0) this.scans[slot] = code.scan;
    this.#keep(code.foreign);
    return code;
  }

  /** The class's code when an event of it is being read already, or null: then fields are found by a walk. */
  compileQuietly(type: CtfEventType): BodyCode | null {
    try {
      return this.compile(this.slotOf(type.id), type);
    } catch (error) {
      if (error instanceof HeaderChanged || error instanceof DataFault) return type.code;
      throw error;
    }
  }

  /** What was compiled for a consumer, by slot: it is used again when the same consumer drains again. */
  runsOf<S>(consumer: Consumer<S>): (Run<S> | undefined)[] {
    let runs = this.#runs.get(consumer);
    if (runs === undefined) {
      // Filled at once: an array with one high index would be a dictionary, and looked up for every event.
      runs = new Array(this.sizes.length).fill(undefined);
      this.#runs.set(consumer, runs);
    }
    return runs as (Run<S> | undefined)[];
  }

  run<S>(type: CtfEventType, consumer: Consumer<S>): Run<S> {
    const trees = this.trees(type.recordClass);
    const { bodyAlignment } = this.header;
    const ready = this.generate ? consumer.ready?.(type.recordClass, trees, bodyAlignment) : null;
    if (ready) return ready;
    const { run, foreign } = compileRun(trees, bodyAlignment, this.generate, consumer);
    this.#keep(foreign);
    return run;
  }

  #keep(foreign: ReadonlySet<IntegerClass>): void {
    const before = this.#exported.size;
    for (const integer of foreign) this.#exported.add(integer);
    if (this.#exported.size === before) return;
    this.header = compileHeader(this.streamClass, this.#exported, this.generate, this.#slots === null);
    throw new HeaderChanged('the header is read once more');
  }
}
