/** Trackers that could not be started, and why: what holds for all of them (no root, no BTF) is told once. */
import { messageOf, TailtrapError, UsageError } from '../base/errors.ts';

export interface LeftOut {
  readonly name: string;
  readonly error: unknown;
}

/** Those of one reason. */
export interface LeftOutGroup {
  readonly names: readonly string[];
  /** Of several: as if it had been told of them together. */
  readonly error: unknown;
}

/** Groups by reason, in the order of the first of each. */
export function groupLeftOut(failures: readonly LeftOut[]): LeftOutGroup[] {
  const groups = new Map<string, LeftOut[]>();
  for (const failure of failures) {
    const key = reasonOf(failure);
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return [...groups.values()].map((group) => ({
    names: group.map(({ name }) => name),
    error: group.length === 1 ? group[0]!.error : together(group),
  }));
}

/** The lines about it. */
export function leftOutText({ names, error }: LeftOutGroup): string {
  if (error instanceof TailtrapError) return error.format();
  return `tracker${names.length > 1 ? 's' : ''} ${names.join(', ')}: ${messageOf(error)}`;
}

/** The error without what names the tracker. */
function reasonOf({ name, error }: LeftOut): string {
  if (!(error instanceof TailtrapError)) return messageOf(error);
  return JSON.stringify([error.code, error.message.replace(`tracker ${name}`, 'tracker'), error.next]);
}

function together(group: readonly LeftOut[]): unknown {
  const [{ name, error }] = group as [LeftOut];
  if (!(error instanceof TailtrapError)) return error;
  const all = `trackers ${group.map((one) => one.name).join(', ')}`;
  const message = error.message.includes(`tracker ${name}`)
    ? error.message.replace(`tracker ${name}`, all)
    : `${all}: ${error.message}`;
  const Kind = error instanceof UsageError ? UsageError : TailtrapError;
  return new Kind(error.code, message, { next: error.next, cause: error });
}
