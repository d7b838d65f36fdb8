/** One side of a tracker over events: reads the key of an event of one kind, and whose event it is. */
import { TailtrapError } from '../../base/errors.ts';
import { didYouMean } from '../../base/nearest.ts';
import type { EventType, FieldValue, TraceEvent } from '../../trace/event.ts';
import { compoundKey, type Key, packKey } from '../../tracker/key.ts';
import { cpuOf, NONE } from '../listener.ts';
import type { Task } from '../models/task.ts';
import type { Tasks } from '../models/tasks.ts';

type KeyPart = Key | null;
type PartReader = (event: TraceEvent) => KeyPart;

/** Of the thread that has the CPU, where an event has no field of that name. */
const OF_THE_TASK = ['tid', 'pid', 'cpu'];

export class Side {
  readonly cpu: (event: TraceEvent) => number;
  readonly #parts: readonly PartReader[];
  readonly #tasks: Tasks;
  readonly #contextTid: ((event: TraceEvent) => number) | null;

  /** @throws TailtrapError `TT_NO_FIELD` */
  constructor(type: EventType, fields: readonly string[], tasks: Tasks) {
    this.cpu = cpuOf(type);
    this.#tasks = tasks;
    // A payload's `tid` is that of another thread than the one that had the CPU.
    this.#contextTid = type.fieldNames.includes('tid') ? null : type.numberField('tid');
    this.#parts = fields.map((field) => this.#part(type, field));
  }

  /** Whose event it is; null when that is not known. */
  task(event: TraceEvent): Task | null {
    const task = this.#tasks.current[this.cpu(event)];
    if (task !== undefined) return task ?? this.#tasks.table.of(0);
    return this.#contextTid === null ? null : this.#tasks.table.of(this.#contextTid(event));
  }

  /** `null`: one of the fields has no value that could be equal to another (its thread is not known yet). */
  key(event: TraceEvent): KeyPart {
    const first = this.#parts[0]!(event);
    if (this.#parts.length === 1 || first === null) return first;
    const values = [first];
    for (let i = 1; i < this.#parts.length; i++) {
      const value = this.#parts[i]!(event);
      if (value === null) return null;
      values.push(value);
    }
    const [, second] = values;
    const packed = values.length === 2 ? packKey(first as number, second as number) : Number.NaN;
    return Number.isNaN(packed) ? compoundKey(...values) : packed;
  }

  /** The fields one by one, for a reader. */
  values(event: TraceEvent): KeyPart[] {
    return this.#parts.map((part) => part(event));
  }

  #part(type: EventType, field: string): PartReader {
    const number = type.numberField(field);
    if (number !== null) return wholeNumber(number, type.bigintField(field));
    const text = type.stringField(field);
    if (text !== null) return text;
    const value = type.valueField(field);
    if (value !== null) return (event) => keyOf(value(event));
    if (field === 'cpu') return (event) => this.cpu(event);
    if (field === 'tid') return (event) => this.#known(this.task(event)?.tid);
    if (field === 'pid') return (event) => this.#known(this.task(event)?.pid);
    const names = [...type.fieldNames, ...OF_THE_TASK];
    const hint = didYouMean(field, names);
    throw new TailtrapError('TT_NO_FIELD', `${type.name} has no field '${field}'`, {
      where: '--key',
      next: `${hint === '' ? '' : `${hint} `}it has ${names.join(', ')}`,
    });
  }

  #known(id: number | undefined): number | null {
    return id === undefined || id === NONE ? null : id;
  }
}

/** Addresses in the kernel are above 2^53, where numbers of JavaScript skip some. */
function wholeNumber(number: (event: TraceEvent) => number, exact: ((event: TraceEvent) => bigint) | null): PartReader {
  if (exact === null) return number;
  return (event) => {
    const value = number(event);
    return Number.isSafeInteger(value) ? value : exact(event);
  };
}

function keyOf(value: FieldValue): KeyPart {
  if (value === null) return null;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));
}
