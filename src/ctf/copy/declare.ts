/**
 * Field classes of any trace as TSDL for a copy of it: the same names, values and looks, but everything little-endian and
 * on whole bytes, and without the fields that only served decoding. What CTF 1.8 cannot say is refused.
 */
import { TailtrapError } from '../../base/errors.ts';
import type { Field } from '../fields.ts';
import { quote } from '../metadata.ts';
import type { FieldClass, FieldReference, IntegerClass, Scope, StructClass } from '../model.ts';
import type { ShownFields } from '../text/shown.ts';

const PREFIXES: Partial<Record<Scope, string>> = {
  'common-context': 'stream.event.context',
  'specific-context': 'event.context',
  payload: 'event.fields',
};

/** Structures on the way to a field, outermost first, with the member that leads on. */
type Way = readonly { readonly struct: StructClass; readonly name: string }[];

/** Declares the scopes of the events of one stream class, the common context first. */
export class Declarations {
  readonly shown: ShownFields;
  readonly #ways = new Map<IntegerClass, { scope: Scope; way: Way }>();
  readonly #trace: string;

  /** @param trace name for errors */
  constructor(shown: ShownFields, trace: string) {
    this.shown = shown;
    this.#trace = trace;
  }

  scope(scope: Scope, root: StructClass): Field[] {
    const members = root.members.filter(({ type }) => this.shown.has(type));
    return members.map(({ name, type }) => {
      const way: Way = [{ struct: root, name }];
      return { name, type: { kind: 'declared', declaration: this.#declaration(type, name, scope, way) } };
    });
  }

  /** `TYPE NAME[LENGTH]` */
  #declaration(type: FieldClass, name: string, scope: Scope, way: Way, own = `_${name}`): string {
    let element = type;
    let brackets = '';
    for (; element.kind === 'array'; element = element.element) brackets += this.#length(element.length, scope, way);
    if (element.kind === 'string' && element.length !== null && element.encoding === 'utf-8') {
      brackets += this.#length(element.length, scope, way);
      return `integer { size = 8; align = 8; signed = false; encoding = UTF8; } ${own}${brackets}`;
    }
    if (element.kind === 'blob') {
      brackets += this.#length(element.length, scope, way);
      return `integer { size = 8; align = 8; signed = false; base = 16; } ${own}${brackets}`;
    }
    return `${this.#type(element, name, scope, way)} ${own}${brackets}`;
  }

  #length(length: number | FieldReference, scope: Scope, way: Way): string {
    return `[${typeof length === 'number' ? length : this.#reference(length, scope, way)}]`;
  }

  #type(type: FieldClass, name: string, scope: Scope, way: Way): string {
    switch (type.kind) {
      case 'integer':
        this.#ways.set(type, { scope, way });
        return integerText(type);
      case 'float':
        return `floating_point { ${type.bits === 32 ? 'exp_dig = 8; mant_dig = 24;' : 'exp_dig = 11; mant_dig = 53;'} align = 8; }`;
      case 'string':
        return 'string { encoding = UTF8; }';
      case 'struct': {
        const members = type.members.filter((member) => this.shown.has(member.type));
        const texts = members.map((member) =>
          this.#declaration(member.type, member.name, scope, [...way, { struct: type, name: member.name }]),
        );
        return `struct { ${texts.map((text) => `${text}; `).join('')}}`;
      }
      case 'variant': {
        const options = type.options.map(
          // Labels choose options, so these keep the name as it was written.
          (option) => `${this.#declaration(option.type, option.name, scope, way, option.sourceName)}; `,
        );
        return `variant <${this.#reference(type.selector, scope, way)}> { ${options.join('')}}`;
      }
      default:
        throw this.#refusal(`the field '${name}' may be absent`);
    }
  }

  /** The name of a field that came before, as seen from here. */
  #reference({ path, targets }: FieldReference, scope: Scope, from: Way): string {
    const known = targets.map((target) => this.#ways.get(target)).find((found) => found !== undefined);
    if (known === undefined) throw this.#refusal(`'${path}' stands in a header, which a copy writes anew`);
    const { way } = known;
    // From the innermost structure that both stand in.
    let common = -1;
    for (let i = 0; i < way.length && way[i]!.struct === from[i]?.struct; i++) common = i;
    const names = way.slice(Math.max(0, common)).map(({ name }) => `_${name}`);
    if (common >= 0 && known.scope === scope) return names.join('.');
    return [PREFIXES[known.scope], ...names].join('.');
  }

  #refusal(message: string): TailtrapError {
    return new TailtrapError('TT_CONVERT', `CTF 1.8 cannot say this: ${message}`, {
      where: this.#trace,
      next: 'convert to json, perfetto or chrome',
    });
  }
}

function integerText(type: IntegerClass): string {
  const text = `integer { size = ${type.bits}; align = 8; signed = ${type.signed}; base = ${type.base}; }`;
  if (type.form !== 'enum') return text;
  const labels = type.mappings.flatMap(({ name, ranges }) =>
    ranges.map(({ low, high }) => `${quote(name)} = ${low === high ? low : `${low} ... ${high}`}`),
  );
  return labels.length === 0 ? text : `enum : ${text} { ${labels.join(', ')} }`;
}
