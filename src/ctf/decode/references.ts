/** Finds what fields refer to: lengths and selectors. */
import type { FieldClass, FieldReference, IntegerClass } from '../model.ts';

/** All references inside a field, in order. */
export function referencesIn(type: FieldClass, out: FieldReference[] = []): FieldReference[] {
  switch (type.kind) {
    case 'string':
    case 'blob':
      if (type.length !== null && typeof type.length !== 'number') out.push(type.length);
      break;
    case 'struct':
      for (const member of type.members) referencesIn(member.type, out);
      break;
    case 'array':
      if (typeof type.length !== 'number') out.push(type.length);
      referencesIn(type.element, out);
      break;
    case 'optional':
      out.push(type.selector);
      referencesIn(type.content, out);
      break;
    case 'variant':
      out.push(type.selector);
      for (const option of type.options) referencesIn(option.type, out);
      break;
  }
  return out;
}

/** Integers that are decoded whenever the field is: not those of an option, of an optional's content, of an empty array. */
export function certainIn(type: FieldClass, out: Set<IntegerClass>): void {
  if (type.kind === 'integer') out.add(type);
  else if (type.kind === 'struct') for (const member of type.members) certainIn(member.type, out);
  else if (type.kind === 'array' && typeof type.length === 'number' && type.length > 0) certainIn(type.element, out);
}

/** All integers inside a field. */
export function integersIn(type: FieldClass, out: Set<IntegerClass> = new Set()): Set<IntegerClass> {
  if (type.kind === 'integer') out.add(type);
  else if (type.kind === 'struct') for (const member of type.members) integersIn(member.type, out);
  else if (type.kind === 'variant') for (const option of type.options) integersIn(option.type, out);
  else if (type.kind === 'array') integersIn(type.element, out);
  else if (type.kind === 'optional') integersIn(type.content, out);
  return out;
}
