/**
 * Writes the source of a decoder: one walk over the field classes of an event's scopes, with everything that is known
 * beforehand folded into constants. What is done with values is the emitter's; without emitter the code only finds where
 * the event ends, and notes where fields begin that have no fixed place (`marks`).
 */
import type { ArrayClass, FieldClass, OptionalClass, Range, VariantClass } from '../model.ts';
import { advance, bitsOf, bytesOf, knownAlignment, onByte, type Place } from './place.ts';
import { integersIn } from './references.ts';
import { CHECKED_BITS, isBig, ScalarGenerator, type ScopeTree } from './scalars.ts';
import { fixedBits, minimumBits, mixesOrders, roundUp } from './shape.ts';

/** Where a member of a scope begins: `mark` counts the cursor's marks, -1 is the start of the body. */
export interface FieldPlace {
  readonly type: FieldClass;
  readonly mark: number;
  readonly place: Place;
}

export class Generator extends ScalarGenerator {
  /** Members by name, those of later scopes first to be found. */
  readonly fields: Map<string, FieldPlace> = new Map();
  #marks = 0;
  readonly #markOf = new Map<string, number>();

  /** Walks scopes one after the other. @returns where they end */
  scopes(trees: readonly ScopeTree[], start: Place): Place {
    this.prepareReferences(trees);
    let place = start;
    for (const { scope, root } of trees) {
      this.emit(this.emitter?.beginScope(scope, root));
      this.order = mixesOrders(root) ? this.local('o') : '';
      if (this.order !== '') this.lines.push(`let ${this.order} = 0;`);
      place = this.align(place, root.alignment);
      this.emit(this.emitter?.beginStruct(root, ''));
      for (const member of root.members) {
        place = this.align(place, member.type.alignment);
        if (this.emitter === null) this.#note(member.name, member.type, place, start);
        place = this.walk(member.type, member.name, place);
      }
      this.emit(this.emitter?.endStruct(root));
      this.emit(this.emitter?.endScope(scope));
    }
    return place;
  }

  #note(name: string, type: FieldClass, place: Place, start: Place): void {
    let mark = -1;
    if (place.base !== start.base) {
      mark = this.#markOf.get(place.base) ?? -1;
      if (mark < 0) {
        mark = this.#marks++;
        this.#markOf.set(place.base, mark);
        this.lines.push(`m[${mark}] = ${place.base};`);
      }
    }
    this.fields.set(name, { type, mark, place });
  }

  get marks(): number {
    return this.#marks;
  }

  walk(type: FieldClass, name: string, at: Place): Place {
    const place = this.align(at, type.alignment);
    switch (type.kind) {
      case 'integer':
        return this.integer(type, name, place);
      case 'float':
        return this.float(type, name, place);
      case 'string':
        return this.string(type, name, place);
      case 'blob': {
        const end = this.bytes(type.length, place);
        this.emit(this.emitter?.blob(type, name, bytesOf(place), bytesOf(end)));
        return end;
      }
      case 'struct': {
        this.emit(this.emitter?.beginStruct(type, name));
        let next = place;
        for (const member of type.members) next = this.walk(member.type, member.name, next);
        this.emit(this.emitter?.endStruct(type));
        return next;
      }
      case 'array':
        return this.#array(type, name, place);
      case 'optional':
        return this.#optional(type, name, place);
      case 'variant':
        return this.#variant(type, name, place);
    }
  }

  #array(type: ArrayClass, name: string, place: Place): Place {
    const length = typeof type.length === 'number' ? String(type.length) : this.length(type.length);
    const least = minimumBits(type.element);
    if (typeof type.length !== 'number' || least === 0 || type.length * least >= CHECKED_BITS) {
      this.lines.push(`checkLength(${length}, ${least}, ${bitsOf(place)}, c.windowBits);`);
    }
    if (typeof type.length !== 'number') this.forget(type.element);
    this.emit(this.emitter?.beginArray(type, name, length));
    const needed = this.emitter !== null || this.order !== '' || this.#decodes(type.element);
    const size = fixedBits(type.element);
    const end =
      size < 0 || needed ? this.#loop(type, name, place, length, size) : this.#skip(type, place, length, size);
    this.emit(this.emitter?.endArray(type));
    return end;
  }

  /** Whether something inside must be read even when nobody looks: it is referred to. */
  #decodes(type: FieldClass): boolean {
    for (const integer of integersIn(type)) if (this.targets.has(integer) || this.exported.has(integer)) return true;
    return false;
  }

  /** Elements of one size are stepped over by a multiplication. */
  #skip(type: ArrayClass, place: Place, length: string, size: number): Place {
    const stride = roundUp(size, type.element.alignment);
    if (typeof type.length === 'number')
      return advance(place, type.length === 0 ? 0 : (type.length - 1) * stride + size);
    const bits =
      stride === size ? `${length} * ${size}` : `(${length} === 0 ? 0 : (${length} - 1) * ${stride} + ${size})`;
    if (onByte(place) && size % 8 === 0 && stride % 8 === 0) {
      const base = this.local('b');
      const bytes = stride === size ? `${length} * ${size / 8}` : `(${bits}) / 8`;
      this.lines.push(`const ${base} = ${bytesOf(place)} + ${bytes};`);
      return { base, unit: 'byte', offset: 0, align: 8 };
    }
    const base = this.local('p');
    this.lines.push(`const ${base} = ${bitsOf(place)} + ${bits};`);
    return { base, unit: 'bit', offset: 0, align: 1 };
  }

  /** Bits are the loop's currency unless every element begins and ends at a whole byte. */
  #loop(type: ArrayClass, name: string, place: Place, length: string, size: number): Place {
    const outer = this.lines;
    const byte = this.#buildLoop(type, name, length, outer, place, onByte(place), size);
    return byte;
  }

  #buildLoop(
    type: ArrayClass,
    name: string,
    length: string,
    outer: string[],
    place: Place,
    tryBytes: boolean,
    size: number,
  ): Place {
    const base = this.local(tryBytes ? 'b' : 'p');
    const index = this.local('i');
    // Fixed sizes keep the element's alignment from one to the next; others only what every end is known to have.
    const kept = size >= 0 && size % type.element.alignment === 0 ? Math.min(type.alignment, knownAlignment(place)) : 8;
    const start: Place = tryBytes
      ? { base, unit: 'byte', offset: 0, align: Math.max(8, kept) }
      : { base, unit: 'bit', offset: 0, align: size >= 0 && kept < 8 ? Math.min(kept, type.element.alignment) : 1 };
    this.lines = [];
    const end = this.walk(type.element, name, start);
    const body = this.lines;
    this.lines = outer;
    if (tryBytes && !onByte(end)) return this.#buildLoop(type, name, length, outer, place, false, size);
    outer.push(`let ${base} = ${tryBytes ? bytesOf(place) : bitsOf(place)};`);
    outer.push(`for (let ${index} = 0; ${index} < ${length}; ${index}++) {`, ...body);
    outer.push(`${base} = ${tryBytes ? bytesOf(end) : bitsOf(end)};`, '}');
    return tryBytes ? { base, unit: 'byte', offset: 0, align: 8 } : { base, unit: 'bit', offset: 0, align: 1 };
  }

  #optional(type: OptionalClass, name: string, place: Place): Place {
    const value = this.referred(type.selector);
    const big = isBig(type.selector);
    this.forget(type.content);
    const condition = type.ranges === null ? `${value} !== ${big ? '0n' : '0'}` : inRanges(value, type.ranges, big);
    return this.#branches([
      [condition, () => this.walk(type.content, name, place)],
      [
        'true',
        () => {
          this.emit(this.emitter?.absent(type, name));
          return place;
        },
      ],
    ]);
  }

  #variant(type: VariantClass, name: string, place: Place): Place {
    const value = this.referred(type.selector);
    const big = isBig(type.selector);
    this.forget(type);
    const branches = type.options.map((option, index): [string, () => Place] => [
      inRanges(value, option.ranges, big),
      () => {
        this.emit(this.emitter?.option(type, name, index));
        return this.walk(option.type, option.name, place);
      },
    ]);
    const fault = `noOption(${JSON.stringify(name)}, ${value}, ${JSON.stringify(type.selector.path)})`;
    branches.push([
      'true',
      () => {
        this.lines.push(`${fault};`);
        return place;
      },
    ]);
    return this.#branches(branches);
  }

  /** `if ... else if ... else`; all come together in one variable. */
  #branches(branches: readonly (readonly [condition: string, () => Place])[]): Place {
    const outer = this.lines;
    const built = branches.map(([condition, build]) => {
      this.lines = [];
      const end = build();
      return { condition, body: this.lines, end };
    });
    this.lines = outer;
    // The last of a variant only throws; its place must not spoil what is known of the others.
    const ends = built.filter(({ body }) => !body.at(-1)?.startsWith('noOption(')).map(({ end }) => end);
    const byte = ends.every(onByte);
    const base = this.local(byte ? 'b' : 'p');
    outer.push(`let ${base} = 0;`);
    built.forEach(({ condition, body, end }, i) => {
      const head = i === 0 ? `if (${condition}) {` : condition === 'true' ? '} else {' : `} else if (${condition}) {`;
      outer.push(head, ...body, `${base} = ${byte && onByte(end) ? bytesOf(end) : bitsOf(end)};`);
    });
    outer.push('}');
    return { base, unit: byte ? 'byte' : 'bit', offset: 0, align: byte ? 8 : 1 };
  }
}

function inRanges(value: string, ranges: readonly Range[], big: boolean): string {
  if (ranges.length === 0) return 'false';
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  const literal = (bound: bigint): string => {
    if (big) return `${bound}n`;
    return String(bound > limit ? 'Infinity' : bound < -limit ? '-Infinity' : bound);
  };
  const one = ({ low, high }: Range): string =>
    low === high ? `${value} === ${literal(low)}` : `(${value} >= ${literal(low)} && ${value} <= ${literal(high)})`;
  return ranges.map(one).join(' || ');
}
