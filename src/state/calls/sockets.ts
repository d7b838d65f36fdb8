/** Sockets: family, kind and addresses, as far as events tell them (LTTng tells no addresses of bind, nor unix paths). */
import type { FieldReader, FieldValue, TraceEvent } from '../../trace/event.ts';
import type { Descriptors } from '../descriptors.ts';
import { NONE } from '../table.ts';
import { FILE_SOCKET } from '../tables/files.ts';
import type { Calls, Effect } from './calls.ts';
import type { CallFields } from './fields.ts';

const SOCK_CLOEXEC = 0o2000000;
/** SOCK_CLOEXEC and SOCK_NONBLOCK are or'ed to the type. */
const SOCK_TYPE = 0xf;
const AF_INET = 2;
const AF_INET6 = 10;
const EINPROGRESS = -115;
/** Addresses in the text column: what `ss` prints. */
const IPV4_BYTES = 4;
const IPV6_WORDS = 8;

export function socketEffects(calls: Calls, descriptors: Descriptors): Record<string, Effect> {
  const { pending } = calls;
  const { fds, files, texts } = descriptors.model;
  const fileOf = (task: number, fd: number): number => {
    const row = descriptors.ensure(task, fd);
    return row === NONE ? NONE : fds.file.data[row]!;
  };
  const accept: Effect = {
    enter: (fields) => {
      const fd = fields.number('fd');
      const flags = fields.number('flags');
      if (fd === null) return null;
      return (event, task) => {
        pending.subject[task] = fd(event);
        pending.extra[task] = flags === null ? 0 : flags(event);
      };
    },
    leave: (fields) => {
      const peer = addressReader(fields, 'sport');
      return (event, task, ret) => {
        if (!(ret >= 0)) return;
        const listening = fileOf(task, pending.subject[task]!);
        const file = descriptors.newFile(FILE_SOCKET, 'socket');
        if (file === NONE) return;
        if (listening !== NONE) {
          learnSocket(descriptors, listening, files.family.data[listening]!, files.socketType.data[listening]!);
          files.listening.set(listening, 1);
          files.family.set(file, files.family.data[listening]!);
          files.socketType.set(file, files.socketType.data[listening]!);
          files.local.set(file, files.local.data[listening]!);
        }
        const told = peer?.(event) ?? null;
        if (told !== null) {
          if (told.text !== '') files.peer.set(file, texts.number(told.text));
          if (told.family > 0) files.family.set(file, told.family);
        }
        const row = descriptors.open(task, ret, file, (pending.extra[task]! & SOCK_CLOEXEC) !== 0);
        if ((told === null || told.text === '') && row !== NONE) descriptors.onNameless?.(row);
      };
    },
  };
  return {
    socket: {
      enter: keepSocket(calls),
      leave: () => (_event, task, ret) => {
        if (!(ret >= 0)) return;
        const file = descriptors.newFile(FILE_SOCKET, 'socket');
        if (file === NONE) return;
        learnSocket(descriptors, file, pending.subject[task]!, pending.extra[task]!);
        const row = descriptors.open(task, ret, file, (pending.extra[task]! & SOCK_CLOEXEC) !== 0);
        if (row !== NONE) descriptors.onNameless?.(row);
        pending.subject[task] = Number.NaN;
      },
    },
    socketpair: pairEffect(calls, descriptors),
    accept,
    accept4: accept,
    connect: connectEffect(calls, descriptors, fileOf),
    bind: onFile(
      calls,
      fileOf,
      (file, row) => {
        if (files.local.data[file] === 0) descriptors.onNameless?.(row);
      },
      descriptors,
    ),
    listen: onFile(calls, fileOf, (file) => files.listening.set(file, 1), descriptors),
  };
}

function keepSocket(calls: Calls): NonNullable<Effect['enter']> {
  return (fields) => {
    const family = fields.number('family');
    const type = fields.number('type');
    if (family === null || type === null) return null;
    return (event, task) => {
      calls.pending.subject[task] = family(event);
      calls.pending.extra[task] = type(event);
    };
  };
}

function learnSocket(descriptors: Descriptors, file: number, family: number, type: number): void {
  const { files } = descriptors.model;
  files.type.set(file, FILE_SOCKET);
  if (family >= 0) files.family.set(file, family);
  if (type >= 0) files.socketType.set(file, type & SOCK_TYPE);
}

/** A call that returned 0 did something to its socket. */
function onFile(
  calls: Calls,
  fileOf: (task: number, fd: number) => number,
  change: (file: number, fdRow: number) => void,
  descriptors: Descriptors,
): Effect {
  return {
    enter: (fields) => {
      const fd = fields.number('fd');
      return fd === null
        ? null
        : (event, task) => {
            calls.pending.subject[task] = fd(event);
          };
    },
    leave: () => (_event, task, ret) => {
      if (ret !== 0) return;
      const fd = calls.pending.subject[task]!;
      const file = fileOf(task, fd);
      if (file === NONE) return;
      learnSocket(descriptors, file, NONE, NONE);
      change(file, descriptors.ensure(task, fd));
    },
  };
}

function connectEffect(calls: Calls, descriptors: Descriptors, fileOf: (task: number, fd: number) => number): Effect {
  const { pending } = calls;
  const { files, texts } = descriptors.model;
  return {
    enter: (fields) => {
      const fd = fields.number('fd');
      const address = addressReader(fields, 'dport');
      if (fd === null) return null;
      return (event, task) => {
        pending.subject[task] = fd(event);
        const told = address?.(event) ?? null;
        pending.text[task] = told?.text ?? '';
        pending.extra[task] = told?.family ?? NONE;
      };
    },
    leave: () => (_event, task, ret) => {
      if (ret !== 0 && ret !== EINPROGRESS) return;
      const file = fileOf(task, pending.subject[task]!);
      if (file === NONE) return;
      learnSocket(descriptors, file, pending.extra[task]!, NONE);
      const text = pending.text[task] ?? '';
      if (text !== '') files.peer.set(file, texts.number(text));
      else descriptors.onNameless?.(descriptors.ensure(task, pending.subject[task]!));
    },
  };
}

function pairEffect(calls: Calls, descriptors: Descriptors): Effect {
  const { files } = descriptors.model;
  const { pending } = calls;
  let pairs = 0;
  return {
    enter: keepSocket(calls),
    leave: (fields) => {
      const numbers = fields.value('socket');
      return (event, task, ret) => {
        const family = pending.subject[task]!;
        pending.subject[task] = Number.NaN;
        if (ret !== 0) return;
        const pair = numbers === null ? null : numbers(event);
        if (!Array.isArray(pair) || pair.length !== 2) {
          descriptors.onUnseen?.(descriptors.threads.processOf(task));
          return;
        }
        pairs++;
        for (const fd of pair) {
          const file = descriptors.newFile(FILE_SOCKET, 'socket');
          if (file === NONE) return;
          learnSocket(descriptors, file, family, pending.extra[task]!);
          // Apart from pipes (whole negative numbers) and inodes (positive).
          files.ends.set(file, -pairs - 0.5);
          descriptors.open(task, Number(fd), file, (pending.extra[task]! & SOCK_CLOEXEC) !== 0);
        }
      };
    },
  };
}

interface Address {
  readonly family: number;
  /** '' for families whose addresses are not told. */
  readonly text: string;
}

/** LTTng's `family`, port, `v4addr` and `v6addr`; null where the event has none. */
function addressReader(fields: CallFields, port: string): ((event: TraceEvent) => Address) | null {
  const family = fields.number('family');
  const number = fields.number(port);
  const v4 = fields.value('v4addr');
  const v6 = fields.value('v6addr');
  if (family === null || number === null) return null;
  return (event) => {
    const kind = family(event);
    return { family: kind, text: addressText(kind, number(event), partsOf(v4, event), partsOf(v6, event)) };
  };
}

function partsOf(read: FieldReader<FieldValue> | null, event: TraceEvent): readonly number[] {
  const value = read?.(event);
  if (value instanceof Uint8Array) return [...value];
  return Array.isArray(value) ? value.map(Number) : [];
}

export function addressText(family: number, port: number, v4: readonly number[], v6: readonly number[]): string {
  if (family === AF_INET && v4.length === IPV4_BYTES) return `${v4.join('.')}:${port}`;
  if (family === AF_INET6 && v6.length === IPV6_WORDS) return `[${ipv6Text(v6)}]:${port}`;
  return '';
}

/** RFC 5952: the longest run of zeros is left out; IPv4 in IPv6 keeps its points. */
export function ipv6Text(words: readonly number[]): string {
  const mapped = words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff;
  if (mapped) return `::ffff:${words[6]! >> 8}.${words[6]! & 255}.${words[7]! >> 8}.${words[7]! & 255}`;
  let best = { start: -1, length: 1 };
  for (let start = 0; start < words.length; start++) {
    let length = 0;
    while (words[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = (part: readonly number[]): string => part.map((word) => word.toString(16)).join(':');
  if (best.start < 0) return hex(words);
  return `${hex(words.slice(0, best.start))}::${hex(words.slice(best.start + best.length))}`;
}
