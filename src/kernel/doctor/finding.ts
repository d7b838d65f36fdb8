/** What the doctor says about one thing. */
export interface Finding {
  readonly name: string;
  /**
   * ok: nothing to do. degraded: tailtrap works, with less (or not known without root). missing: what needs it does not
   * work.
   */
  readonly status: 'ok' | 'degraded' | 'missing';
  /** True when tailtrap can watch nothing in the kernel without it. */
  readonly needed: boolean;
  /** What was found. */
  readonly detail: string;
  /** What to type or to change; '' when all is well. */
  readonly remedy: string;
}

type Rest = Pick<Finding, 'name' | 'detail'> & { needed?: boolean };

export function ok({ name, detail, needed = false }: Rest): Finding {
  return { name, status: 'ok', needed, detail, remedy: '' };
}

export function degraded({ name, detail, needed = false }: Rest, remedy: string): Finding {
  return { name, status: 'degraded', needed, detail, remedy };
}

export function missing({ name, detail, needed = false }: Rest, remedy: string): Finding {
  return { name, status: 'missing', needed, detail, remedy };
}
