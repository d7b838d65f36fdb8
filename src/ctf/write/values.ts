/** Values of fields to bytes, checked. */
import type { Field, FieldType, IntegerType } from '../fields.ts';
import { CtfWriterError } from './errors.ts';
import type { FieldBytes } from './field-bytes.ts';

/**
 * What a field takes: integers (of more bits than the field has, the low ones count), floats, text (a `string` ends at a
 * NUL, a `text` before the character that does not fit); bytes for blobs; arrays, of their whole length; for structures an array with a value for each field; for variants `[name of the option, value]`; for optionals
 * the value or null.
 */
export type FieldValue = number | bigint | boolean | string | null | Uint8Array | readonly FieldValue[];

type Put = (bytes: FieldBytes, value: FieldValue) => void;

const utf8 = new TextEncoder();

/** Writes values one after the other; throws `CtfWriterError` where they are not what the fields take. @param what for errors */
export function fieldsEncoder(
  fields: readonly Field[],
  what: string,
): (bytes: FieldBytes, values: readonly FieldValue[]) => void {
  const puts = fields.map((field) => putOf(field));
  return (bytes, values) => {
    if (values.length !== fields.length) {
      throw new CtfWriterError('TT_CTF_VALUE', `${what} takes ${fields.length} values, not ${values.length}`);
    }
    for (let i = 0; i < puts.length; i++) puts[i]!(bytes, values[i]!);
  };
}

function refused(name: string, wanted: string, value: FieldValue): CtfWriterError {
  const shown = typeof value === 'bigint' ? `${value}` : (JSON.stringify(value) ?? String(value));
  return new CtfWriterError('TT_CTF_VALUE', `field ${name} takes ${wanted}, not ${shown.slice(0, 60)}`);
}

function integerPut(name: string, bits: number, leb128: boolean, signed: boolean): Put {
  return (bytes, value) => {
    if (typeof value === 'boolean') bytes.integer(bits, value ? 1 : 0, 0);
    else if (typeof value === 'number' && bits <= 32 && Number.isInteger(value)) bytes.integer(bits, value, 0);
    else if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) {
      const wide = BigInt.asUintN(64, BigInt(value));
      if (leb128) bytes.leb128(signed ? BigInt.asIntN(64, wide) : wide, signed);
      else bytes.integer(bits, Number(wide & 0xffffffffn), Number(wide >> 32n));
    } else throw refused(name, 'an integer', value);
  };
}

const plain = (name: string, { bits, signed }: IntegerType): Put => integerPut(name, bits, false, signed);

function listPut(name: string, element: FieldType, length: number | null): Put {
  const put = putOf({ name, type: element });
  return (bytes, value) => {
    if (!Array.isArray(value) || (length !== null && value.length !== length)) {
      throw refused(name, length === null ? 'an array' : `an array of ${length}`, value);
    }
    for (const item of value) put(bytes, item);
  };
}

/** So many of at most `length` bytes of UTF-8 as end with a whole character. */
function wholeCharacters(data: Uint8Array, length: number): number {
  if (data.length <= length) return data.length;
  let end = length;
  while (end > 0 && (data[end]! & 0xc0) === 0x80) end--;
  return end;
}

function bytesPut(name: string, length: number | null, text: boolean): Put {
  return (bytes, value) => {
    const data = text && typeof value === 'string' ? utf8.encode(value) : value;
    if (!(data instanceof Uint8Array)) throw refused(name, text ? 'text' : 'bytes', value);
    bytes.padded(data, 0, text && length !== null ? wholeCharacters(data, length) : data.length, length ?? data.length);
  };
}

function putOf({ name, type }: Field): Put {
  switch (type.kind) {
    case 'integer':
      return plain(name, type);
    case 'enum':
      return plain(name, type.container);
    case 'copied':
      return integerPut(name, type.integer.bits, type.integer.encoding === 'leb128', type.integer.signed);
    case 'float':
      return (bytes, value) => {
        if (typeof value !== 'number') throw refused(name, 'a number', value);
        bytes.float(type.bits, value);
      };
    case 'string':
      return (bytes, value) => {
        if (typeof value !== 'string') throw refused(name, 'text', value);
        const text = utf8.encode(value);
        // It would end there for every reader.
        const nul = text.indexOf(0);
        const length = nul < 0 ? text.length : nul;
        bytes.padded(text, 0, length, length + 1);
      };
    case 'text':
    case 'blob':
      return bytesPut(name, typeof type.bytes === 'number' ? type.bytes : null, type.kind === 'text');
    case 'array':
      return listPut(name, type.element, typeof type.length === 'number' ? type.length : null);
    case 'sequence': {
      const put = listPut(name, type.element, null);
      return (bytes, value) => {
        if (!Array.isArray(value)) throw refused(name, 'an array', value);
        bytes.integer(32, value.length, 0);
        put(bytes, value);
      };
    }
    case 'struct': {
      const put = fieldsEncoder(type.fields, `structure ${name}`);
      return (bytes, value) => {
        if (!Array.isArray(value)) throw refused(name, 'an array with a value for each field', value);
        put(bytes, value);
      };
    }
    case 'variant': {
      const puts = new Map(type.options.map((option) => [option.name, putOf({ name, type: option.type })]));
      return (bytes, value) => {
        const [option = '', inner = null] = Array.isArray(value) ? (value as readonly FieldValue[]) : [];
        const put = puts.get(String(option));
        if (put === undefined) throw refused(name, '[name of an option, value]', value);
        put(bytes, inner);
      };
    }
    case 'optional': {
      const put = putOf({ name, type: type.content });
      return (bytes, value) => {
        if (value !== null) put(bytes, value);
      };
    }
  }
}
