/** Runs plans: the recorder's hot loop. One object for a snapshot; nothing is allocated per record. */
import type { StreamWriter } from '../../ctf/stream.ts';
import type { PageCursor } from './page.ts';
import {
  ADDRESS_TEXT,
  COPY,
  HERE,
  INTEGER,
  type Plan,
  PRIORITY,
  REL_LOC,
  ROW,
  RT_PRIORITIES,
  RWBS,
  SELF,
  SEQUENCE,
  STRING,
  TEXT,
  TGID,
} from './plan.ts';
import { COMM_BYTES, type TaskTable } from './tasks.ts';

const NUL = 0;
const ASCII_0 = 0x30;
const ASCII_a_MINUS_10 = 0x57;

/** lttng-modules, instrumentation/events/block.h: enum of RWBS_FLAG_*. */
const RWBS_FLAG = {
  write: 1 << 0,
  discard: 1 << 1,
  read: 1 << 2,
  rahead: 1 << 3,
  sync: 1 << 5,
  meta: 1 << 6,
  secure: 1 << 7,
  flush: 1 << 8,
  fua: 1 << 9,
  preflush: 1 << 10,
};

/**
 * Flags of the letters that blk_fill_rwbs() writes: `[F] operation [E] [F] [A] [S] [M] [U]` where the operation is one of
 * W D F R N Z; an F before it is a flush before the data, an F behind it is forced unit access.
 */
export function rwbsFlags(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let flags = 0;
  const second = at + 1 < end ? bytes[at + 1]! : NUL;
  // W D F R N Z
  const secondIsOperation =
    second === 0x57 || second === 0x44 || second === 0x46 || second === 0x52 || second === 0x4e || second === 0x5a;
  if (bytes[at] === 0x46 && secondIsOperation) {
    flags |= RWBS_FLAG.preflush;
    at++;
  }
  if (at < end) flags |= operationFlag(bytes[at]!);
  for (at++; at < end && bytes[at] !== NUL; at++) flags |= modifierFlag(bytes[at]!);
  return flags;
}

function operationFlag(letter: number): number {
  if (letter === 0x57) return RWBS_FLAG.write;
  if (letter === 0x52) return RWBS_FLAG.read;
  if (letter === 0x44) return RWBS_FLAG.discard;
  return letter === 0x46 ? RWBS_FLAG.flush : 0;
}

function modifierFlag(letter: number): number {
  if (letter === 0x46) return RWBS_FLAG.fua;
  if (letter === 0x41) return RWBS_FLAG.rahead;
  if (letter === 0x53) return RWBS_FLAG.sync;
  if (letter === 0x4d) return RWBS_FLAG.meta;
  return letter === 0x45 ? RWBS_FLAG.secure : 0;
}

export class PlanRunner {
  /** Locations that point outside their record; the field is then empty. */
  malformed = 0;
  readonly #tasks: TaskTable;
  readonly #cursor: PageCursor;
  #from = 0;
  #to = 0;

  constructor(cursor: PageCursor, tasks: TaskTable) {
    this.#cursor = cursor;
    this.#tasks = tasks;
  }

  /** Writes the fields of the cursor's record; the stream is inside an event with enough room reserved. */
  run(plan: Plan, stream: StreamWriter, tid: number): void {
    const rows = plan.rows;
    const { bytes, view, start } = this.#cursor;
    for (let row = 0; row < rows.length; row += ROW) {
      const at = start + rows[row + 1]!;
      switch (rows[row]) {
        case COPY:
          copyBytes(bytes, at, stream, rows[row + 2]!);
          break;
        case INTEGER:
          widen(view, at, stream, rows[row + 2]!, rows[row + 3]!);
          break;
        case PRIORITY:
          stream.putInteger32(view.getInt32(at, true) - RT_PRIORITIES);
          break;
        case SELF:
          stream.putInteger32(tid);
          break;
        case TGID:
          stream.putInteger32(this.#tasks.tgidOf(view.getInt32(at, true)));
          break;
        case ADDRESS_TEXT:
          putAddress(stream, view.getUint32(at + 4, true), view.getUint32(at, true));
          break;
        default:
          this.#located(rows[row]!, at, stream, rows[row + 2]!, rows[row + 3]!);
      }
    }
  }

  #located(operation: number, at: number, stream: StreamWriter, a: number, place: number): void {
    if (place === HERE) {
      this.#from = at;
      this.#to = at + a;
    } else this.#locate(at, place);
    const { bytes } = this.#cursor;
    if (operation === STRING) putString(bytes, this.#from, this.#to, stream);
    else if (operation === TEXT) putText(bytes, this.#from, this.#to, stream);
    else if (operation === RWBS) stream.putInteger32(rwbsFlags(bytes, this.#from, this.#to));
    else if (operation === SEQUENCE) {
      const count = Math.floor((this.#to - this.#from) / a);
      stream.putInteger32(count);
      copyBytes(bytes, this.#from, stream, count * a);
    }
  }

  /** length << 16 | offset; never outside the record. */
  #locate(at: number, place: number): void {
    const cursor = this.#cursor;
    const location = cursor.view.getUint32(at, true);
    const base = place === REL_LOC ? at + 4 : cursor.start;
    this.#from = base + (location & 0xffff);
    this.#to = this.#from + (location >>> 16);
    if (this.#to <= cursor.end) return;
    this.malformed++;
    this.#from = this.#to = cursor.start;
  }
}

function copyBytes(bytes: Uint8Array, from: number, stream: StreamWriter, count: number): void {
  const target = stream.bytes;
  let to = stream.pos;
  for (let i = 0; i < count; i++) target[to++] = bytes[from + i]!;
  stream.pos = to;
}

/** Integer of `-source` (signed) or `source` bytes to a wider one. */
function widen(view: DataView, at: number, stream: StreamWriter, source: number, target: number): void {
  let low: number;
  if (source === 4 || source === -4) low = view.getInt32(at, true);
  else if (source === 2) low = view.getUint16(at, true);
  else if (source === -2) low = view.getInt16(at, true);
  else low = source === 1 ? view.getUint8(at) : view.getInt8(at);
  if (target === 8) stream.putInteger64(source < 0 && low < 0 ? -1 : 0, low);
  else if (target === 4) stream.putInteger32(low);
  else stream.putInteger16(low);
}

function putString(bytes: Uint8Array, from: number, to: number, stream: StreamWriter): void {
  const target = stream.bytes;
  let pos = stream.pos;
  for (let i = from; i < to && bytes[i] !== NUL; i++) target[pos++] = bytes[i]!;
  target[pos++] = NUL;
  stream.pos = pos;
}

function putText(bytes: Uint8Array, from: number, to: number, stream: StreamWriter): void {
  const target = stream.bytes;
  let pos = stream.pos;
  const end = pos + COMM_BYTES;
  for (let i = from; i < to && pos < end && bytes[i] !== NUL; i++) target[pos++] = bytes[i]!;
  while (pos < end) target[pos++] = NUL;
  stream.pos = end;
}

/** `0x7ffd5a3c10` and NUL. */
function putAddress(stream: StreamWriter, high: number, low: number): void {
  const target = stream.bytes;
  let pos = stream.pos;
  target[pos++] = ASCII_0;
  target[pos++] = 0x78;
  let leading = true;
  for (let digit = 15; digit >= 0; digit--) {
    const value = ((digit >= 8 ? high : low) >>> ((digit & 7) * 4)) & 15;
    if (leading && value === 0 && digit > 0) continue;
    leading = false;
    target[pos++] = value < 10 ? ASCII_0 + value : ASCII_a_MINUS_10 + value;
  }
  target[pos++] = NUL;
  stream.pos = pos;
}
