/** Finding members by name, for both languages. */
import type { FieldClass, StructClass } from './model.ts';

/** Kept, since thousands of fields may look into the same structure. */
const maps = new WeakMap<StructClass, ReadonlyMap<string, FieldClass>>();

/** Members by the names that were written. */
export function membersOf(type: StructClass): ReadonlyMap<string, FieldClass> {
  let map = maps.get(type);
  if (map === undefined) {
    map = new Map(type.members.map((member) => [member.sourceName, member.type]));
    maps.set(type, map);
  }
  return map;
}

/** What a field may be: variants and optionals are transparent. */
export function insides(type: FieldClass): FieldClass[] {
  if (type.kind === 'variant') return type.options.flatMap((option) => insides(option.type));
  if (type.kind === 'optional') return insides(type.content);
  return [type];
}
