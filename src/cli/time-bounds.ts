/** `--begin`, `--end` and `--timerange`, read as babeltrace2 reads them. */
import { UsageError } from '../base/errors.ts';

export interface TimeBounds {
  readonly begin_ns?: bigint;
  readonly end_ns?: bigint;
}

/** What differs between commands. */
export interface TimeRules {
  readonly gmt: boolean;
  /** What a bare number counts: seconds as in babeltrace2, nanoseconds as in lttng-analyses. */
  readonly bare: 's' | 'ns';
  /** The trace's begin: gives the date to a time without one. */
  readonly firstTime: () => bigint;
  /** The trace's end: a time without date is refused where the trace lasts over midnight. Absent: it is not. */
  readonly lastTime?: () => bigint;
}

export interface BoundTexts {
  readonly begin: string | undefined;
  readonly end: string | undefined;
  readonly timerange: string | undefined;
}

/** What the times of a trace can be: signed 64 bits of nanoseconds. A bound beyond is a slip, not "nothing". */
const MAX_NS = 2n ** 63n - 1n;
const NS = '(?:\\.(\\d{1,9}))?';
const DATE_TIME = new RegExp(`^(?:(\\d{4})-(\\d{2})-(\\d{2})[ T])?(\\d{2}):(\\d{2})(?::(\\d{2})${NS})?$`);
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const SECONDS = new RegExp(`^(-?)(\\d+)${NS}$`);

/** @param firstTime nanoseconds since the epoch of the trace's begin: gives the date to a time without one */
export function timeBounds(texts: BoundTexts, gmt: boolean, firstTime: () => bigint): TimeBounds {
  return boundsBy(texts, { gmt, bare: 's', firstTime });
}

export function boundsBy(texts: BoundTexts, rules: TimeRules): TimeBounds {
  const { begin, end } = texts.timerange === undefined ? texts : splitRange(texts.timerange, texts);
  const bounds = {
    ...(begin === undefined ? {} : { begin_ns: parseBound('--begin', begin, rules) }),
    ...(end === undefined ? {} : { end_ns: parseBound('--end', end, rules) }),
  };
  if (bounds.begin_ns !== undefined && bounds.end_ns !== undefined && bounds.begin_ns > bounds.end_ns) {
    throw new UsageError('TT_USAGE', `the begin '${begin}' is after the end '${end}'`, { next: 'swap them' });
  }
  return bounds;
}

function splitRange(text: string, others: BoundTexts): { begin: string; end: string } {
  if (others.begin !== undefined || others.end !== undefined) {
    throw new UsageError('TT_USAGE', '--timerange stands for --begin and --end', { next: 'give one or the other' });
  }
  const inner = text.trim();
  const [begin = '', end = '', ...rest] = inner
    .replace(/^\[/, '')
    .replace(/\]$/, '')
    .split(',')
    .map((part) => part.trim());
  if (begin !== '' && end !== '' && rest.length === 0 && inner.startsWith('[') === inner.endsWith(']'))
    return { begin, end };
  throw new UsageError('TT_USAGE', `--timerange '${text}' is not BEGIN,END`, { next: 'see tailtrap cat --help' });
}

/** @returns nanoseconds since the epoch */
function parseBound(name: string, text: string, rules: TimeRules): bigint {
  const { gmt, bare } = rules;
  const number = SECONDS.exec(text);
  if (number !== null && (bare === 's' || number[3] === undefined)) {
    const ns = bare === 'ns' ? BigInt(number[2]!) : BigInt(number[2]!) * 1_000_000_000n + fraction(number[3]);
    if (ns > MAX_NS) {
      const most = bare === 's' ? '9223372036 seconds' : `${MAX_NS} nanoseconds`;
      throw new UsageError('TT_USAGE', `${name} '${text}' is beyond every trace`, { next: `give at most ${most}` });
    }
    return number[1] === '-' ? -ns : ns;
  }
  const date = DATE.exec(text);
  if (date !== null) return instant(date.slice(1).map(Number), gmt);
  const time = DATE_TIME.exec(text);
  if (time === null) {
    const unit = bare === 's' ? 'seconds' : 'nanoseconds';
    throw new UsageError('TT_USAGE', `${name} '${text}' is not a time`, {
      next: `write 'YYYY-MM-DD HH:MM:SS.NANO', HH:MM:SS.NANO or ${unit} since the epoch`,
    });
  }
  refuseNoTime(name, text, time);
  const day = time[1] === undefined ? theDay(name, text, rules) : time.slice(1, 4).map(Number);
  return instant([...day, ...time.slice(4, 7).map((part) => Number(part ?? 0))], gmt) + fraction(time[7]);
}

/** `25:00:00` is not the next day's first hour: it is a slip of the hand. */
function refuseNoTime(name: string, text: string, [, year, month, day, hour, minute, second]: readonly string[]): void {
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second ?? 0) <= 60;
  const days = year === undefined ? 31 : new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const isDay =
    year === undefined || (Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= days);
  if (isTime && isDay) return;
  throw new UsageError('TT_USAGE', `${name} '${text}' is not a time: no clock shows it`, {
    next: 'hours go to 23, minutes and seconds to 59, days to the last of the month',
  });
}

/** The day of the trace, if there is but one. */
function theDay(name: string, text: string, { gmt, firstTime, lastTime }: TimeRules): number[] {
  const day = dayOf(firstTime(), gmt);
  if (lastTime === undefined || dayOf(lastTime(), gmt).every((part, i) => part === day[i])) return day;
  throw new UsageError('TT_USAGE', `${name} '${text}' has no date, and the trace lasts for more than one day`, {
    next: "write 'YYYY-MM-DD HH:MM:SS.NANO'",
  });
}

/** `5` after the point is half a second. */
function fraction(digits: string | undefined): bigint {
  return BigInt((digits ?? '').padEnd(9, '0'));
}

function dayOf(time_ns: bigint, gmt: boolean): number[] {
  const date = new Date(Number(time_ns / 1_000_000n));
  return gmt
    ? [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
    : [date.getFullYear(), date.getMonth() + 1, date.getDate()];
}

function instant(
  [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: readonly number[],
  gmt: boolean,
): bigint {
  const date = new Date(0);
  if (gmt) {
    date.setUTCFullYear(year, month - 1, day);
    date.setUTCHours(hour, minute, second, 0);
  } else {
    date.setFullYear(year, month - 1, day);
    date.setHours(hour, minute, second, 0);
  }
  return BigInt(date.getTime()) * 1_000_000n;
}
