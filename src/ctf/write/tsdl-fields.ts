/** Field classes as TSDL declarations (CTF 1.8.3, section 4 and appendix C). */
import type { BlobType, Field, FieldPath, FieldType, IntegerType, VariantType } from '../fields.ts';
import type { IntegerClass, Scope } from '../model.ts';
import { badDeclaration } from './errors.ts';

/** How a scope is called from another. */
const PREFIXES: Readonly<Record<Scope, string>> = {
  'packet-header': 'trace.packet.header',
  'packet-context': 'stream.packet.context',
  'event-header': 'stream.event.header',
  'common-context': 'stream.event.context',
  'specific-context': 'event.context',
  payload: 'event.fields',
};

/** A TSDL string literal: C escapes, everything outside printable ASCII byte-wise in octal. */
export function quote(value: string): string {
  let out = '"';
  for (const byte of new TextEncoder().encode(value)) {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === '\\') out += `\\${char}`;
    else if (byte >= 0x20 && byte < 0x7f) out += char;
    else out += `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `${out}"`;
}

/** A structure with the fields of a scope. @param lead lines that stand before them */
export function structText(fields: readonly Field[], scope: Scope, lead: readonly string[] = []): string {
  const own = fields.map(({ name, type }) => declaration(type, name, { scope, path: [name] }));
  return `struct {\n${[...lead, ...own].map((text) => `\t\t${text};\n`).join('')}\t}`;
}

function integerText(type: IntegerType, encoding = 'none'): string {
  const signed = type.signed ? 1 : 0;
  return `integer { size = ${type.bits}; align = 8; signed = ${signed}; encoding = ${encoding}; base = ${type.base}; }`;
}

const character = (base: 10 | 16, encoding: string): string =>
  `integer { size = 8; align = 8; signed = false; encoding = ${encoding}; base = ${base}; }`;

/** `TYPE NAME[LENGTH]`; LTTng's leading underscore keeps names apart from reserved words. */
function declaration(type: FieldType, name: string, here: FieldPath, own = `_${name}`): string {
  let element = type;
  let brackets = '';
  let lead = '';
  for (;;) {
    if (element.kind === 'array') brackets += lengthText(element.length, here);
    else if (element.kind === 'sequence') {
      if (brackets !== '') throw badDeclaration(`'${name}': sequences in arrays stand in a structure each`);
      lead = `uint32_t __${name}_length; `;
      brackets += `[ __${name}_length ]`;
    } else break;
    element = element.element;
  }
  if (element.kind === 'text' || element.kind === 'blob') {
    brackets += lengthText(element.bytes, here);
    return `${lead}${bytesText(element)} ${own}${brackets}`;
  }
  return `${lead}${typeText(element, here)} ${own}${brackets}`;
}

function bytesText(type: BlobType | Extract<FieldType, { kind: 'text' }>): string {
  return type.kind === 'text' ? character(10, 'UTF8') : character(16, 'none');
}

function lengthText(length: number | FieldPath, here: FieldPath): string {
  return `[${typeof length === 'number' ? length : referenceText(length, here)}]`;
}

function typeText(type: FieldType, here: FieldPath): string {
  switch (type.kind) {
    case 'integer':
      return integerText(type);
    case 'copied':
      return copiedText(type.integer);
    case 'float':
      return `floating_point { ${type.bits === 32 ? 'exp_dig = 8; mant_dig = 24;' : 'exp_dig = 11; mant_dig = 53;'} align = 8; }`;
    case 'string':
      return 'string';
    case 'enum': {
      const labels = type.labels.map(([value, label]) => `${quote(label)} = ${value}`).join(', ');
      if (type.labels.length === 0) return integerText(type.container);
      return `enum : ${integerText(type.container)} { ${labels} }`;
    }
    case 'struct': {
      const texts = type.fields.map((field) => {
        const inner = declaration(field.type, field.name, { scope: here.scope, path: [...here.path, field.name] });
        return `${inner}; `;
      });
      return `struct { ${texts.join('')}}`;
    }
    case 'variant':
      return variantText(type, here);
    default:
      throw badDeclaration(`CTF 1.8 has no ${type.kind} here`);
  }
}

function variantText({ selector, options }: VariantType, here: FieldPath): string {
  // Labels choose options, so these keep the name as it was written.
  const texts = options.map(({ name, type }) => `${declaration(type, name, here, name)}; `);
  return `variant <${referenceText(selector, here)}> { ${texts.join('')}}`;
}

/** From the innermost structure that both stand in, else from the root of the other's scope. */
function referenceText({ scope, path }: FieldPath, here: FieldPath): string {
  const names = path.map((name) => `_${name}`);
  if (scope !== here.scope) return [PREFIXES[scope], ...names].join('.');
  let common = 0;
  while (common < path.length - 1 && common < here.path.length - 1 && path[common] === here.path[common]) common++;
  return names.slice(common).join('.');
}

function copiedText(type: IntegerClass): string {
  const text = `integer { size = ${type.bits}; align = 8; signed = ${type.signed}; base = ${type.base}; }`;
  if (type.form !== 'enum') return text;
  const labels = type.mappings.flatMap(({ name, ranges }) =>
    ranges.map(({ low, high }) => `${quote(name)} = ${low === high ? low : `${low} ... ${high}`}`),
  );
  return labels.length === 0 ? text : `enum : ${text} { ${labels.join(', ')} }`;
}
