/**
 * Errors that a person can act on: a stable code, what went wrong where, and the next step.
 *
 * Every error that may reach a user is a `TailtrapError`; anything else that escapes is a bug and is shown with its stack.
 */
export class TailtrapError extends Error {
  /** Stable, greppable: `TT_` and upper-case words. */
  readonly code: string;
  /** File, line, offset, map, program ...: where it was read or done. Empty when there is no place. */
  readonly where: string;
  /** One sentence that says what to do next. Empty when nothing can be done. */
  readonly next: string;

  constructor(code: string, message: string, detail: { where?: string; next?: string; cause?: unknown } = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'TailtrapError';
    this.code = code;
    this.where = detail.where ?? '';
    this.next = detail.next ?? '';
  }

  /** The lines a terminal shows: `error TT_X: message`, then the place, then the next step. */
  format(): string {
    const lines = [`error ${this.code}: ${this.message}`];
    if (this.where !== '') lines.push(`  at ${this.where}`);
    if (this.next !== '') lines.push(`  next: ${this.next}`);
    return lines.join('\n');
  }
}

/** Wrong use of the command line or of an API: exit status 2. */
export class UsageError extends TailtrapError {}

/** The `errno` name of a Node system error (`ENOSPC`, `EPERM` ...), or `''`. */
export function errnoName(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
