/** Replies as answers. What a server says is checked: it may be another version, or none of ours. */
import { messageOf, TailtrapError, UsageError } from '../../base/errors.ts';
import type { Entity, Value } from '../entity.ts';
import type { HostInfo, StoredChange } from '../store.ts';
import type { Reply } from './port.ts';

/** What an answer says before its rows. */
export interface Header {
  readonly origin_ns: bigint;
  /** The time that was asked for; of changes, the end. */
  readonly at_ns: bigint;
  /** The host has told nothing for some seconds. */
  readonly stale: boolean;
}

export interface HostAnswer extends HostInfo {
  readonly origin_ns: bigint;
  readonly window_ns: number;
  /** Properties of each kind. */
  readonly kinds: Readonly<Record<string, readonly string[]>>;
  readonly counters: Readonly<Record<string, number>>;
  /** Entities that found no room, and batches folded before their time. */
  readonly refused: number;
  readonly shortened: number;
}

function badAnswer(what: string): TailtrapError {
  return new TailtrapError('TT_REDIS_ANSWER', `the answer of Redis cannot be read: ${what}`, {
    next: 'load the functions again: tailtrap state --redis-functions | redis-cli -x FUNCTION LOAD REPLACE',
  });
}

function record(text: Reply): Record<string, unknown> {
  if (typeof text !== 'string') throw badAnswer(`${typeof text} instead of text`);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw badAnswer(text.slice(0, 80));
}

const number = (value: unknown): number => {
  if (typeof value !== 'number') throw badAnswer(`${String(value).slice(0, 80)} is no number`);
  return value;
};
const nanoseconds = (value: unknown): bigint => {
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) throw badAnswer(`${String(value).slice(0, 80)} is no time`);
  return BigInt(value);
};

export function hostAnswer(host: string, reply: Reply): HostAnswer {
  const info = record(reply);
  return {
    host,
    origin_ns: nanoseconds(info.origin_ns),
    now_ns: nanoseconds(info.now_ns),
    begin_ns: nanoseconds(info.begin_ns),
    window_ns: number(info.window_ns),
    sequence: number(info.sequence),
    stale: info.stale === true,
    entities: number(info.entities),
    bytes: number(info.base_bytes) + number(info.log_bytes),
    refused: number(info.refused),
    shortened: number(info.shortened),
    kinds: info.kinds as HostAnswer['kinds'],
    counters: info.counters as HostAnswer['counters'],
  };
}

function rows(reply: Reply): { header: Record<string, unknown>; rows: Record<string, unknown>[] } {
  if (!Array.isArray(reply) || reply.length === 0) throw badAnswer('no list');
  const [header, ...others] = reply.map(record);
  return { header: header!, rows: others };
}

export function entitiesAnswer(reply: Reply): { header: Header; entities: Entity[] } {
  const { header, rows: found } = rows(reply);
  return {
    header: {
      origin_ns: nanoseconds(header.origin_ns),
      at_ns: nanoseconds(header.at_ns),
      stale: header.stale === true,
    },
    entities: found as unknown as Entity[],
  };
}

export function changesAnswer(reply: Reply): StoredChange[] {
  return rows(reply).rows.map(({ time_ns, uid, kind, property, before, after }) => ({
    time_ns: nanoseconds(time_ns),
    kind: String(kind),
    uid: number(uid),
    property: String(property),
    before: before as Value,
    after: after as Value,
  }));
}

/** Codes that the functions give, which are faults of who asks. */
const USAGE = ['TT_STATE_NO_HOST', 'TT_STATE_OUTSIDE_WINDOW', 'TT_STATE_TIME', 'TT_STATE_WHERE', 'TT_STATE_HOSTS'];

/** What the server or the connection said, with a code. */
export function toError(error: unknown): TailtrapError {
  if (error instanceof TailtrapError) return error;
  const message = messageOf(error);
  const own = /^(TT_\w+) ([\s\S]*)/.exec(message);
  if (own !== null) {
    const [, code = '', text = ''] = own;
    return USAGE.includes(code) ? new UsageError(code, text) : new TailtrapError(code, text, { cause: error });
  }
  if (/function not found/i.test(message)) {
    return new TailtrapError('TT_REDIS_FUNCTIONS', 'the functions of tailtrap are not loaded', {
      next: 'providers load them, and so does: tailtrap state --redis-functions | redis-cli -x FUNCTION LOAD REPLACE',
      cause: error,
    });
  }
  if (/^OOM /.test(message)) {
    return new TailtrapError('TT_REDIS_FULL', 'Redis has reached its maxmemory', {
      next: 'give it more, or let fewer hosts report',
      cause: error,
    });
  }
  if (/^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH)|user executing the script/.test(message)) {
    return new TailtrapError('TT_REDIS_DENIED', `Redis refuses: ${message}`, {
      next: 'give user and password in the URL: redis://USER:PASSWORD@HOST; what they must be allowed is in docs/state-redis.md',
      cause: error,
    });
  }
  if (/^WRONGTYPE/.test(message)) {
    return new TailtrapError('TT_REDIS_ANSWER', `another program wrote under a key of tailtrap: ${message}`, {
      next: 'providers mend it with their next collection; let nobody else write tailtrap:*',
      cause: error,
    });
  }
  const next = 'see whether it runs: redis-cli PING';
  return new TailtrapError('TT_REDIS', `Redis cannot be asked: ${message}`, { next, cause: error });
}
