/** Expressions as functions, and which events they can be true for. */
import type { FieldValue, TraceEvent } from '../../trace/event.ts';
import type { Expression, Operand, Reference } from './expression.ts';
import { globPattern } from './glob.ts';
import { comparable, compares, ReferenceReader, type Value } from './values.ts';

/** Values of a period's first event that later expressions ask for, by the reference's text without its source. */
export interface Kept {
  get(key: string): FieldValue | undefined;
}

/** What an expression is judged by. At the begin of a period `begin` is null: the current event is its first. */
export interface Context {
  readonly event: TraceEvent;
  readonly begin: Kept | null;
  readonly parent: Kept | null;
}

export type Matcher = (context: Context) => boolean;

/** Under which text a value of a first event is kept. */
export function keyOf({ isName, scope, field }: Reference): string {
  return isName ? '$name' : `${scope}.${field}`;
}

/** Reads a reference wherever it points. */
export function resolver(reference: Reference): (context: Context) => FieldValue | undefined {
  const reader = new ReferenceReader(reference);
  const key = keyOf(reference);
  switch (reference.source) {
    case 'current':
      return ({ event }) => reader.read(event);
    case 'begin':
      return ({ event, begin }) => (begin === null ? reader.read(event) : begin.get(key));
    case 'parent':
      return ({ parent }) => parent?.get(key);
  }
}

export function compile(expression: Expression): Matcher {
  switch (expression.kind) {
    case 'and': {
      const operands = expression.operands.map(compile);
      return (context) => {
        for (const operand of operands) if (!operand(context)) return false;
        return true;
      };
    }
    case 'or': {
      const operands = expression.operands.map(compile);
      return (context) => {
        for (const operand of operands) if (operand(context)) return true;
        return false;
      };
    }
    case 'not': {
      const operand = compile(expression.operand);
      return (context) => !operand(context);
    }
    case 'compare': {
      const { operator, right } = expression;
      const left = resolver(expression.left);
      if (operator === '=*') {
        const pattern = globPattern((right as { value: string }).value);
        return (context) => {
          const value = left(context);
          return typeof value === 'string' && pattern.test(value);
        };
      }
      const other = operandOf(right);
      return (context) => compares(operator, comparable(left(context)), other(context));
    }
  }
}

function operandOf(operand: Operand): (context: Context) => Value {
  if (operand.kind !== 'reference') {
    const { value } = operand;
    return () => value;
  }
  const resolve = resolver(operand.reference);
  return (context) => comparable(resolve(context));
}

/** Names of the events for which an expression can be true; null: any. */
export function namesOf(expression: Expression): ((name: string) => boolean) | null {
  switch (expression.kind) {
    case 'and': {
      const known = expression.operands.map(namesOf).filter((names) => names !== null);
      return known.length === 0 ? null : (name) => known.every((names) => names(name));
    }
    case 'or': {
      const known = expression.operands.map(namesOf);
      return known.some((names) => names === null) ? null : (name) => known.some((names) => names!(name));
    }
    case 'not':
      return null;
    case 'compare': {
      const { left, operator, right } = expression;
      if (!left.isName || left.source !== 'current' || right.kind !== 'string') return null;
      if (operator === '==') return (name) => name === right.value;
      if (operator === '!=') return (name) => name !== right.value;
      if (operator !== '=*') return null;
      const pattern = globPattern(right.value);
      return (name) => pattern.test(name);
    }
  }
}
