/** Names from the network, and the folders that lttng-relayd makes of them. */
import { TailtrapError } from '../../base/errors.ts';
import type { CreateSession } from '../protocol/control-session.ts';

/** How sessions are sorted into folders. */
export type Grouping = 'host' | 'session';

/** Longest name that file systems take. */
const MAX_NAME_BYTES = 255;

/** A name that may become one folder or file: not empty, no separator, not hidden, not `..`. */
export function checkName(name: string, what: string): string {
  const reason =
    name === ''
      ? 'is empty'
      : name.startsWith('.')
        ? 'begins with a dot'
        : /[/\0]/.test(name)
          ? 'has a separator in it'
          : Buffer.byteLength(name) > MAX_NAME_BYTES
            ? 'is too long'
            : null;
  if (reason !== null) throw badName(what, name, reason);
  return name;
}

/** A relative path that stays below where it begins; empty parts are dropped. */
export function checkPath(path: string, what: string): string {
  if (path.includes('\0')) throw badName(what, path, 'has a NUL in it');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw badName(what, path, 'leads upwards');
  if (parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES)) throw badName(what, path, 'has a part too long');
  return parts.join('/');
}

function badName(what: string, name: string, reason: string): TailtrapError {
  return new TailtrapError('TT_RELAY_NAME', `${what} '${name}' ${reason}`, {
    next: 'the producer is no LTTng, or its session has a name that cannot be a folder',
  });
}

/** Where a session's traces go, relative to the output folder. */
export function sessionFolder(session: CreateSession, grouping: Grouping): string {
  const { chunked } = session;
  const name = checkName(session.name, 'session name');
  const host = checkName(session.hostname, 'host name');
  if (session.basePath.startsWith('/')) throw badName('base path', session.basePath, 'is absolute');
  const base = checkPath(session.basePath, 'base path');
  if (chunked === null) return '';
  const time = dateTime(chunked.created_s);
  if (grouping === 'session') return [name, `${host}-${time}`, base].filter((part) => part !== '').join('/');
  if (base !== '') return `${host}/${base}`;
  return `${host}/${chunked.nameHasTime ? name : `${name}-${time}`}`;
}

/**
 * Producers before 2.11 send `HOST/SESSION-TIME/...` as path of each stream; grouped by session that becomes
 * `SESSION/HOST-TIME/...`. A path of another form (one given by the user) stays.
 */
export function regroupOldPath(path: string, session: CreateSession, grouping: Grouping): string {
  if (grouping === 'host') return path;
  const [host, folder, ...rest] = path.split('/');
  const match = /^(.*)-(\d{8}-\d{6})$/.exec(folder ?? '');
  if (host !== session.hostname || match === null) return path;
  return [match[1], `${host}-${match[2]}`, ...rest].join('/');
}

const two = (value: number): string => String(value).padStart(2, '0');

function localDate(time_s: bigint): Date {
  const date = new Date(Number(time_s) * 1000);
  if (Number.isNaN(date.getTime())) {
    throw new TailtrapError('TT_RELAY_NAME', `${time_s} s since the epoch is no time`, { next: 'set its clock' });
  }
  return date;
}

/** `20261123-040942`, local time. */
export function dateTime(time_s: bigint): string {
  const date = localDate(time_s);
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

/** `20261123T041221+0000`, local time with its offset. */
function isoTime(time_s: bigint): string {
  const date = localDate(time_s);
  const offset = -date.getTimezoneOffset();
  const [sign, minutes] = [offset < 0 ? '-' : '+', Math.abs(offset)];
  return `${dateTime(time_s).replace('-', 'T')}${sign}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

/** Folder of a trace chunk: `BEGIN-ID`, once closed `BEGIN-END-ID`. */
export function chunkName(id: bigint, created_s: bigint, closed_s: bigint | null): string {
  const end = closed_s === null ? '' : `${isoTime(closed_s)}-`;
  return `${isoTime(created_s)}-${end}${id}`;
}
