/** What a line of text shows: babeltrace2's options of its pretty sink. */

export interface FieldChoice {
  readonly trace: boolean;
  readonly hostname: boolean;
  readonly domain: boolean;
  readonly procname: boolean;
  readonly vpid: boolean;
  readonly loglevel: boolean;
  readonly emf: boolean;
}

export interface NameChoice {
  readonly payload: boolean;
  readonly context: boolean;
  readonly scope: boolean;
  readonly header: boolean;
}

export interface TextOptions {
  readonly clock: {
    /** Raw clock values instead of times. */
    readonly cycles: boolean;
    readonly seconds: boolean;
    readonly date: boolean;
    readonly gmt: boolean;
  };
  readonly delta: boolean;
  readonly fields: FieldChoice;
  readonly names: NameChoice;
}

export const FIELD_NAMES: readonly string[] = [
  'all',
  'none',
  'trace',
  'trace:hostname',
  'trace:domain',
  'trace:procname',
  'trace:vpid',
  'loglevel',
  'emf',
  'callsite',
];
export const NAME_NAMES: readonly string[] = [
  'all',
  'none',
  'payload',
  'context',
  'ctx',
  'scope',
  'header',
  'args',
  'arg',
];

/** `--fields`; an empty list means the default. `all` and `none` set every field, the others add to it. */
export function chooseFields(list: readonly string[]): FieldChoice {
  const has = chosen(list);
  const byDefault = list.length === 0;
  return {
    trace: has('trace'),
    hostname: byDefault || has('trace:hostname'),
    domain: has('trace:domain'),
    procname: byDefault || has('trace:procname'),
    vpid: byDefault || has('trace:vpid'),
    loglevel: has('loglevel'),
    emf: has('emf'),
  };
}

/** `--names`. */
export function chooseNames(list: readonly string[]): NameChoice {
  const has = chosen(list);
  const byDefault = list.length === 0;
  return {
    payload: byDefault || has('payload', 'args', 'arg'),
    context: byDefault || has('context', 'ctx'),
    scope: has('scope'),
    header: has('header'),
  };
}

function chosen(list: readonly string[]): (...names: string[]) => boolean {
  // Of several `all` and `none` the last one counts.
  const all = list.lastIndexOf('all') > list.lastIndexOf('none');
  return (...names) => all || names.some((name) => list.includes(name));
}

export const DEFAULT_TEXT_OPTIONS: TextOptions = {
  clock: { cycles: false, seconds: false, date: false, gmt: false },
  delta: true,
  fields: chooseFields([]),
  names: chooseNames([]),
};
