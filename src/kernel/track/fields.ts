/** What of an event may be (part of) a key, whatever kind of event it is. */

/** `enum track_kind` of bpf/track.bpf.c. */
export const FIELD_KIND = {
  context: 1,
  user: 2,
  constant: 3,
  bytes: 4,
  string: 5,
  data_loc: 6,
  rel_loc: 7,
  tid: 8,
  pid: 9,
  cpu: 10,
} as const;

/** `struct track_field`: where the value is. */
export interface FieldPlace {
  readonly kind: keyof typeof FIELD_KIND;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
  /** The value itself, or what is added to an address. */
  readonly constant: bigint;
}

/** Fields are compared only with fields of their class: a number never is a text. */
export type FieldClass = 'number' | 'text' | 'bytes';

/** How a number is shown: `device` for a dev_t, `pointer` in hexadecimal. */
export type FieldStyle = 'plain' | 'pointer' | 'device';

export interface EventField {
  readonly name: string;
  readonly class: FieldClass;
  readonly style: FieldStyle;
  readonly place: FieldPlace;
  /** Not in the event itself but of the task that runs then. */
  readonly pseudo: boolean;
  /** As the error messages call it: `unsigned int`, `char[16]`. */
  readonly type: string;
}

/** The fields of one side of a tracker. */
export interface EventFields {
  readonly event: string;
  readonly fields: readonly EventField[];
  /** Why a name that one may expect is no key here: `common_type`, `ret` of a function's entry. */
  readonly refused: Readonly<Record<string, string>>;
}

const NOWHERE: FieldPlace = { kind: 'constant', offset: 0, size: 8, signed: false, constant: 0n };

export function place(kind: FieldPlace['kind'], part: Partial<FieldPlace> = {}): FieldPlace {
  return { ...NOWHERE, ...part, kind };
}

function pseudo(name: string, kind: 'tid' | 'pid' | 'cpu'): EventField {
  return { name, class: 'number', style: 'plain', place: place(kind), pseudo: true, type: 'the current task' };
}

/** Known at every event. A field of the event's own with such a name goes first. */
export const PSEUDO_FIELDS: readonly EventField[] = [pseudo('tid', 'tid'), pseudo('pid', 'pid'), pseudo('cpu', 'cpu')];

/** The thread id under the name that tracepoints' format files give it. */
export const COMMON_PID: EventField = pseudo('common_pid', 'tid');
