/**
 * System calls: which one a thread is in, since when, and what calls do to the rest of the state.
 *
 * Known by the events' names, `syscall_entry_NAME` and `syscall_exit_NAME` (with `compat_` before, for 32-bit programs).
 * An end without its beginning tells nothing but that the thread is in no call.
 */
import type { EventType, FieldReader, TraceEvent } from '../../trace/event.ts';
import type { Handler, Part } from '../part.ts';
import { NONE } from '../table.ts';
import { type Threads, tidContext } from '../threads.ts';
import { type CallFields, NumberedFields, TypedFields } from './fields.ts';
import { type CallNames, numberedCall } from './numbers.ts';
import { Pending } from './pending.ts';

/** At a call's beginning: keeps what is needed at its end. */
export type Enter = (event: TraceEvent, task: number) => void;
/** At a call's end. @param ret negative: an error; @param took_ns since its beginning */
export type Leave = (event: TraceEvent, task: number, ret: number, took_ns: number) => void;

/** What a call does to the state. */
export interface Effect {
  enter?(fields: CallFields): Enter | null;
  leave?(fields: CallFields): Leave | null;
}

/** Told of every call that ended and whose beginning was seen. */
export type CallListener = (task: number, call: number, begin: number, end: number, ret: number) => void;

const ENTRY = /^(?:compat_)?syscall_entry_(.+)$/;
const EXIT = /^(?:compat_)?syscall_exit_(.+)$/;

/** Back from a signal's handler to where the thread was: nothing tells the end. */
const NEVER_RETURN = new Set(['rt_sigreturn', 'sigreturn']);

export class Calls implements Part {
  readonly name = 'syscalls';
  readonly events: readonly string[] = ['syscall_*', 'compat_syscall_*'];
  readonly names: CallNames;
  readonly pending: Pending = new Pending();
  readonly listeners: CallListener[] = [];
  /** Ends whose beginning was not seen. */
  unmatched = 0;
  /** Calls of a CPU of which it is not known which thread it runs. */
  unattributed = 0;
  readonly #threads: Threads;
  readonly #effects = new Map<string, Effect>();

  constructor(threads: Threads) {
    this.#threads = threads;
    this.names = threads.model.calls;
  }

  /** Adds what calls do; several parts may follow one call only if the later one wraps the earlier. */
  add(effects: Readonly<Record<string, Effect>>): void {
    for (const [name, effect] of Object.entries(effects)) this.#effects.set(name, effect);
  }

  handler(type: EventType): Handler | null {
    const entry = ENTRY.exec(type.name)?.[1];
    if (entry !== undefined) {
      return entry === 'unknown'
        ? this.#unknown(type, this.#enterNumbered)
        : this.#enter(type, entry, new TypedFields(type));
    }
    const exit = EXIT.exec(type.name)?.[1];
    if (exit === undefined) return null;
    return exit === 'unknown'
      ? this.#unknown(type, this.#leaveNumbered)
      : this.#leave(type, exit, new TypedFields(type));
  }

  /** The subject of the call that a thread is in. */
  readonly subject = (task: number): number => {
    return task < this.pending.subject.length ? this.pending.subject[task]! : Number.NaN;
  };

  #unknown(type: EventType, make: (type: EventType, number: number) => Handler): Handler | null {
    const id = type.numberField('id');
    if (id === null) return null;
    // As many as there are system calls: a number beyond is damage, and gets a shared one.
    const handlers = new Map<number, Handler>();
    return (event) => {
      const number = Math.min(Math.max(id(event), -1), 1024);
      let handler = handlers.get(number);
      if (handler === undefined) {
        handler = make(type, number);
        handlers.set(number, handler);
      }
      handler(event);
    };
  }

  readonly #enterNumbered = (type: EventType, number: number): Handler => {
    const { name, arguments: names } = numberedCall(number);
    return this.#enter(type, name, new NumberedFields(names));
  };

  readonly #leaveNumbered = (type: EventType, number: number): Handler => {
    return this.#leave(type, numberedCall(number).name, new TypedFields(type));
  };

  #enter(type: EventType, name: string, fields: CallFields): Handler {
    const threads = this.#threads;
    const { tasks } = threads.model;
    const { pending } = this;
    const call = this.names.number(name);
    const context = tidContext(type);
    const enter = this.#effects.get(name)?.enter?.(fields) ?? null;
    const returns = !NEVER_RETURN.has(name);
    return (event) => {
      const task = threads.current(event, context);
      if (task === NONE) {
        this.unattributed++;
        return;
      }
      if (task >= pending.subject.length) pending.reach(task);
      pending.subject[task] = Number.NaN;
      // A call of which the end was lost: this one began now, even if it is the same.
      if (tasks.syscall.data[task] === call || !returns) tasks.syscall.set(task, NONE);
      if (returns) tasks.syscall.set(task, call);
      if (enter !== null) enter(event, task);
    };
  }

  #leave(type: EventType, name: string, fields: CallFields): Handler {
    const threads = this.#threads;
    const { tasks, journal } = threads.model;
    const { listeners, pending } = this;
    const call = this.names.number(name);
    const context = tidContext(type);
    const returned: FieldReader<number> = type.numberField('ret') ?? ((): number => Number.NaN);
    const leave = this.#effects.get(name)?.leave?.(fields) ?? null;
    return (event) => {
      const task = threads.current(event, context);
      if (task === NONE) {
        this.unattributed++;
        return;
      }
      const was = tasks.syscall.data[task]!;
      const begin = tasks.syscall.stamps[task]!;
      tasks.syscall.set(task, NONE);
      if (was !== call) {
        this.unmatched++;
        return;
      }
      if (leave === null && listeners.length === 0) return;
      const ret = returned(event);
      pending.began = begin;
      if (leave !== null) leave(event, task, ret, journal.now - begin);
      for (const listener of listeners) listener(task, call, begin, journal.now, ret);
    };
  }
}
