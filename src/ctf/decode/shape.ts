/** Sizes and alignments that are known before any data: what lets events be skipped by a look-up. */
import type { FieldClass } from '../model.ts';

/** The fewest bits that a field can take, without its leading padding. */
export function minimumBits(type: FieldClass): number {
  switch (type.kind) {
    case 'integer':
      return type.encoding === 'leb128' ? 8 : type.bits;
    case 'float':
      return type.bits;
    case 'string':
      if (typeof type.length === 'number') return type.length * 8;
      return type.length !== null ? 0 : unitBytes(type.encoding) * 8;
    case 'blob':
      return typeof type.length === 'number' ? type.length * 8 : 0;
    case 'struct':
      return type.members.reduce((sum, member) => sum + minimumBits(member.type), 0);
    case 'array':
      return typeof type.length === 'number' ? type.length * minimumBits(type.element) : 0;
    case 'optional':
      return 0;
    case 'variant':
      return type.options.length === 0 ? 0 : Math.min(...type.options.map((option) => minimumBits(option.type)));
  }
}

/** Bytes of a code unit. */
export function unitBytes(encoding: string): 1 | 2 | 4 {
  if (encoding.startsWith('utf-16')) return 2;
  return encoding.startsWith('utf-32') ? 4 : 1;
}

/**
 * Whether the byte order may change within a byte somewhere in the field, which no reader can decode (CTF 1.8.3, section
 * 4.1.5; CTF 2, 6.4.2): it has both orders, and something that is not of whole bytes. Nearly nothing has.
 */
export function mixesOrders(type: FieldClass): boolean {
  const orders = new Set<string>();
  let bits = false;
  const look = (field: FieldClass): void => {
    if (field.kind === 'struct') for (const member of field.members) look(member.type);
    else if (field.kind === 'variant') for (const option of field.options) look(option.type);
    else if (field.kind === 'array') look(field.element);
    else if (field.kind === 'optional') look(field.content);
    else if (field.kind === 'float' || (field.kind === 'integer' && field.encoding === 'fixed')) {
      orders.add(field.byteOrder);
      bits ||= field.bits % 8 !== 0;
    }
  };
  look(type);
  return bits && orders.size > 1;
}

/** Whether a field that begins at a whole byte ends at one, whatever its values. */
export function endsOnByte(type: FieldClass): boolean {
  switch (type.kind) {
    case 'integer':
      return type.encoding === 'leb128' || type.bits % 8 === 0;
    case 'float':
      return type.bits % 8 === 0;
    case 'string':
    case 'blob':
      return true;
    case 'struct':
      return type.members.every((member) => endsOnByte(member.type));
    case 'array':
      return endsOnByte(type.element);
    case 'optional':
      return endsOnByte(type.content);
    case 'variant':
      return type.options.every((option) => endsOnByte(option.type));
  }
}

/** Bits of a field that starts at a multiple of its alignment, when they never differ; else -1. */
export function fixedBits(type: FieldClass): number {
  switch (type.kind) {
    case 'integer':
      return type.encoding === 'leb128' ? -1 : type.bits;
    case 'float':
      return type.bits;
    case 'string':
    case 'blob':
      return typeof type.length === 'number' ? type.length * 8 : -1;
    case 'struct': {
      let at = 0;
      for (const member of type.members) {
        const size = fixedBits(member.type);
        if (size < 0) return -1;
        at = roundUp(at, member.type.alignment) + size;
      }
      return at;
    }
    case 'array': {
      if (typeof type.length !== 'number') return -1;
      const size = fixedBits(type.element);
      if (size < 0 || type.length === 0) return size < 0 ? -1 : 0;
      return (type.length - 1) * roundUp(size, type.element.alignment) + size;
    }
    default:
      return -1;
  }
}

/** `alignment` is a power of two; exact beyond 32 bits. */
export function roundUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
