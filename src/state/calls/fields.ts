/** Arguments of a system call by name, whatever class of event tells them. */
import type { EventType, FieldReader, FieldValue } from '../../trace/event.ts';

export interface CallFields {
  /** The first of the names that there is; null: none. */
  number(...names: string[]): FieldReader<number> | null;
  text(...names: string[]): FieldReader<string> | null;
  value(name: string): FieldReader<FieldValue> | null;
}

export class TypedFields implements CallFields {
  readonly #type: EventType;

  constructor(type: EventType) {
    this.#type = type;
  }

  number(...names: string[]): FieldReader<number> | null {
    const name = names.find((candidate) => this.#type.fieldNames.includes(candidate));
    return name === undefined ? null : this.#type.numberField(name);
  }

  text(...names: string[]): FieldReader<string> | null {
    const name = names.find((candidate) => this.#type.fieldNames.includes(candidate));
    return name === undefined ? null : this.#type.stringField(name);
  }

  value(name: string): FieldReader<FieldValue> | null {
    return this.#type.fieldNames.includes(name) ? this.#type.valueField(name) : null;
  }
}

/** `args[6]` of LTTng's unknown calls. Texts are in user memory: not told. */
export class NumberedFields implements CallFields {
  readonly #names: readonly string[];

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  number(...names: string[]): FieldReader<number> | null {
    const place = this.#names.findIndex((name) => names.includes(name));
    if (place < 0) return null;
    return (event) => {
      const values = event.value('args');
      const value = Array.isArray(values) ? values[place] : undefined;
      // Arguments are registers: descriptors are the lower half, and signed.
      return typeof value === 'bigint' || typeof value === 'number'
        ? Number(BigInt.asIntN(64, BigInt(value)))
        : Number.NaN;
    };
  }

  text(): null {
    return null;
  }

  value(): null {
    return null;
  }
}
