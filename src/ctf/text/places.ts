/**
 * What stands before and after each shown field: names, commas, brackets. All of it follows from the classes alone, so it
 * is made once for each class, and the text of an event is these pieces with the values between them.
 *
 *     { prev_comm = "bash", prev_prio = 20, list = [ [0] = 1, [1] = 2 ], choice = { 5 } }
 *      ^^^^^^^^^^^^^      ^^^^^^^^^^^^^^^  ^^^^^^^^^^ counted     ^^^^^^^ ^^ ^^^^^^^^^^^^^ ^^
 */
import type { FieldClass, Scope, StructClass } from '../model.ts';
import type { ShownFields } from './shown.ts';
import type { Syntax } from './style.ts';

export interface Place {
  /** Text before the value. */
  readonly before: string;
  /** Text behind it: closes the variants and optionals that it is the content of. */
  readonly after: string;
  /** Element of an array: how many arrays it stands in, and so which counter is its index. 0: no element. */
  readonly depth: number;
}

/** Places of the shown fields of one scope, by field. */
export type Places = Map<FieldClass, Place>;

export function placesOf(scope: Scope, root: StructClass, shown: ShownFields, syntax: Syntax): Places {
  const places: Places = new Map();
  const [open, close] = syntax.wrap;
  const put = (field: FieldClass, place: Place, depth: number): void => {
    places.set(field, place);
    const wrapped = { ...place, before: place.before + open, after: close + place.after };
    switch (field.kind) {
      case 'struct': {
        let { first: before } = syntax;
        for (const { name, type } of field.members) {
          if (!shown.has(type)) continue;
          put(type, { before: before + syntax.member(name, scope), after: '', depth: 0 }, depth);
          before = syntax.next;
        }
        break;
      }
      case 'array':
        put(field.element, { before: '', after: '', depth: depth + 1 }, depth + 1);
        break;
      case 'variant':
        for (const option of field.options) put(option.type, wrapped, depth);
        break;
      case 'optional':
        put(field.content, wrapped, depth);
        break;
    }
  };
  put(root, { before: '', after: '', depth: 0 }, 0);
  return places;
}
