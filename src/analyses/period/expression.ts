/** The language of periods: what an expression is made of. */

/** Where a field is looked up; `auto`: payload, contexts, packet. */
export type Scope = 'auto' | 'payload' | 'ctx' | 'header' | 'stream_ctx' | 'pkt_ctx' | 'pkt_header';

/** Which event a reference means: the current one, the one that began the period, the one that began its parent. */
export type Source = 'current' | 'begin' | 'parent';

export interface Reference {
  readonly source: Source;
  /** `$name` */
  readonly isName: boolean;
  readonly scope: Scope;
  /** Of the field; '' for `$name`. */
  readonly field: string;
  /** As it was written, without spaces. */
  readonly text: string;
}

export type Operand =
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | '=*';

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Reference; readonly right: Operand };

export interface Capture {
  readonly name: string;
  readonly reference: Reference;
}

export interface PeriodDefinition {
  /** '' when it has none. */
  readonly name: string;
  readonly parent: PeriodDefinition | null;
  readonly children: PeriodDefinition[];
  readonly begin: Expression;
  readonly end: Expression;
  readonly beginCaptures: readonly Capture[];
  readonly endCaptures: readonly Capture[];
}

/** `switch/irq` */
export function pathOf({ name, parent }: { readonly name: string; readonly parent: { name: string } | null }): string {
  return parent === null ? name : `${pathOf(parent as PeriodDefinition)}/${name}`;
}
