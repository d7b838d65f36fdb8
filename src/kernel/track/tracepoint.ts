/** A tracepoint by its name: its fields, as its format file in tracefs describes them. */
import { existsSync, readFileSync } from 'node:fs';
import { errnoName, messageOf, TailtrapError, UsageError } from '../../base/errors.ts';
import { nearest } from '../../base/nearest.ts';
import { type EventFormat, parseFormat, type RecordField } from '../recorder/format.ts';
import { findTracefs } from '../recorder/tracefs.ts';
import type { TracepointRef } from './event.ts';
import { COMMON_PID, type EventField, type EventFields, type FieldStyle, PSEUDO_FIELDS, place } from './fields.ts';

/** TRACK_HASHED of bpf/track.bpf.c: what of a text is compared. */
const MAX_TEXT_BYTES = 64;

const COMMON = 'is not given to BPF programs; common_pid and cpu are';

/** @throws UsageError `TT_NO_TRACEPOINT`; TailtrapError when tracefs cannot be read */
export function tracepointFields(ref: TracepointRef, option: string): EventFields {
  const tracefs = findTracefs();
  const folder = `${tracefs}/events/${ref.category}/${ref.name}`;
  const path = `${folder}/format`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoName(error) === 'ENOENT') throw noTracepoint(ref, option, tracefs);
    throw new TailtrapError('TT_TRACEFS_DENIED', `cannot read what ${ref.text} holds: ${messageOf(error)}`, {
      where: path,
      next: 'run as root',
      cause: error,
    });
  }
  // What cannot be enabled is a record that one of ftrace's own tracers writes: it has no probe for others.
  if (!existsSync(`${folder}/enable`)) {
    throw new UsageError('TT_NO_TRACEPOINT', `${ref.text} cannot be traced by BPF programs`, {
      where: option,
      next: `events that only ftrace itself writes (${ref.category}:) have no probe for perf and BPF: name a tracepoint`,
    });
  }
  return fieldsOfFormat(parseFormat(ref.category, text, path));
}

/** The tracepoints of this kernel, `category:name` each; `[]` when the list cannot be read. */
function availableEvents(tracefs: string): string[] {
  try {
    return readFileSync(`${tracefs}/available_events`, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

function noTracepoint(ref: TracepointRef, option: string, tracefs: string): UsageError {
  const all = availableEvents(tracefs);
  const elsewhere = all.filter((event) => event.endsWith(`:${ref.name}`));
  const near = [...new Set([...elsewhere, ...nearest(`${ref.category}:${ref.name}`, all)])].slice(0, 3);
  const list = `all are in ${tracefs}/available_events`;
  return new UsageError('TT_NO_TRACEPOINT', `this kernel has no tracepoint ${ref.category}:${ref.name}`, {
    where: option,
    next: near.length > 0 ? `did you mean ${near.join(' or ')}? ${list}` : list,
  });
}

export function fieldsOfFormat(format: EventFormat): EventFields {
  const refused: Record<string, string> = {};
  const fields: EventField[] = [];
  for (const field of format.fields) {
    // The first 8 bytes of the record hold a pointer while BPF sees it: perf_trace_run_bpf_submit().
    if (field.name === 'common_pid') continue;
    if (field.offset < 8) {
      refused[field.name] = COMMON;
      continue;
    }
    const known = format.system === 'syscalls' ? syscallField(field) : eventField(field);
    if (typeof known === 'string') refused[field.name] = known;
    else fields.push(known);
  }
  const own = new Set(fields.map((field) => field.name));
  const current = [...PSEUDO_FIELDS, COMMON_PID].filter((field) => !own.has(field.name));
  return { event: `${format.system}:${format.name}`, fields: [...fields, ...current], refused };
}

/** A field, or why it is none. */
function eventField(field: RecordField): EventField | string {
  const { name, offset, size, signed } = field;
  const type = field.place !== 'here' || field.count === 0 ? field.type : field.type.replace('[]', `[${field.count}]`);
  const base = { name, type, pseudo: false, style: styleOf(field.type) };
  const text = /^(const )?(unsigned |signed )?char\b/.test(field.type);
  if (field.place !== 'here') {
    if (!text) return 'is an array of varying length';
    return { ...base, class: 'text', place: place(field.place, { offset, size }) };
  }
  if (field.count > 0 && text) {
    return { ...base, class: 'text', place: place('string', { offset, size: Math.min(size, MAX_TEXT_BYTES) }) };
  }
  if (field.count === 0 && [1, 2, 4, 8].includes(size)) {
    return { ...base, class: 'number', place: place('context', { offset, size, signed }) };
  }
  if (size === 0 || size > MAX_TEXT_BYTES) return `is too long for a key (${size} bytes)`;
  return { ...base, class: 'bytes', place: place('bytes', { offset, size }) };
}

function styleOf(type: string): FieldStyle {
  if (type === 'dev_t') return 'device';
  return type.includes('*') ? 'pointer' : 'plain';
}

/**
 * System calls: every argument has 8 bytes in the record, whatever its type, and those above an `int` are what the
 * caller left in the register. Texts that the kernel copies for its own trace (since 6.19) are not given to BPF.
 */
function syscallField(field: RecordField): EventField | string {
  if (field.place !== 'here') return 'is not given to BPF programs';
  const known = eventField(field);
  if (typeof known === 'string' || field.size !== 8) return known;
  const signed = /^(int|pid_t|clockid_t|timer_t|key_serial_t|mqd_t|rwf_t)$/.test(field.type);
  if (!signed && !/^(unsigned|unsigned int|u32|uid_t|gid_t|qid_t)$/.test(field.type)) return known;
  const bigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;
  const offset = field.offset + (bigEndian ? 4 : 0);
  return { ...known, place: place('context', { offset, size: 4, signed }) };
}
