/**
 * JSON (RFC 8259) with the place of every value, for errors that point. `JSON.parse` would lose the places, the digits of
 * integers beyond 2^53 and the second of two equal keys.
 */

/** Nesting of arrays and objects: three levels for each of the 64 levels of field classes, and some. */
const MAX_NESTING = 256;
/** Values of one text. Each costs more memory than the two characters it can be written in; real fragments have hundreds. */
const MAX_VALUES = 1_000_000;
/** No 64-bit integer has more digits; longer ones are reals, since making a bigint of a million digits takes minutes. */
const MAX_DIGITS = 20;

interface Place {
  /** Index of its first character. */
  readonly at: number;
}
export interface JsonObject extends Place {
  readonly kind: 'object';
  readonly entries: ReadonlyMap<string, JsonEntry>;
}
export interface JsonEntry extends Place {
  readonly value: Json;
}
export interface JsonArray extends Place {
  readonly kind: 'array';
  readonly elements: readonly Json[];
}
export interface JsonText extends Place {
  readonly kind: 'string';
  readonly value: string;
}
export interface JsonInteger extends Place {
  readonly kind: 'integer';
  readonly value: bigint;
}
export interface JsonOther extends Place {
  readonly kind: 'real' | 'boolean' | 'null';
  readonly value: number | boolean | null;
}
export type Json = JsonObject | JsonArray | JsonText | JsonInteger | JsonOther;

/** Makes the error of a place. */
export type Fail = (message: string, at: number) => Error;

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\x00-\x1f]*/y;
const WORDS = { true: true, false: false, null: null } as const;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Parses one JSON text; anything but white space after it is an error. */
export function parseJson(text: string, fail: Fail): Json {
  return new JsonReader(text, fail).whole();
}

class JsonReader {
  readonly #text: string;
  readonly #fail: Fail;
  #at = 0;
  #nesting = 0;
  #values = 0;

  constructor(text: string, fail: Fail) {
    this.#text = text;
    this.#fail = fail;
  }

  whole(): Json {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#fail('the fragment should end here', this.#at);
    return value;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#at++;
    }
  }

  /** What stands here, for messages. */
  #shown(): string {
    const character = this.#text.codePointAt(this.#at);
    return character === undefined ? 'the end' : JSON.stringify(String.fromCodePoint(character));
  }

  #accept(sign: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#accept(sign)) throw this.#fail(`expected '${sign}' here, not ${this.#shown()}`, this.#at);
  }

  #value(): Json {
    this.#space();
    const at = this.#at;
    if (++this.#values > MAX_VALUES) throw this.#fail(`more than ${MAX_VALUES} JSON values in one fragment`, at);
    const first = this.#text[at];
    if (first === '{') return this.#nested(() => this.#object(at));
    if (first === '[') return this.#nested(() => this.#array(at));
    if (first === '"') return { kind: 'string', value: this.#string(), at };
    return this.#number(at) ?? this.#word(at);
  }

  #nested<T>(read: () => T): T {
    if (++this.#nesting > MAX_NESTING) throw this.#fail(`JSON nested deeper than ${MAX_NESTING}`, this.#at);
    this.#at++;
    const value = read();
    this.#nesting--;
    return value;
  }

  #object(at: number): JsonObject {
    const entries = new Map<string, JsonEntry>();
    if (this.#accept('}')) return { kind: 'object', entries, at };
    do {
      this.#space();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') throw this.#fail(`expected a property's name here, not ${this.#shown()}`, keyAt);
      const key = this.#string();
      if (entries.has(key)) throw this.#fail(`the property '${key}' is here twice`, keyAt);
      this.#expect(':');
      entries.set(key, { value: this.#value(), at: keyAt });
    } while (this.#accept(','));
    this.#expect('}');
    return { kind: 'object', entries, at };
  }

  #array(at: number): JsonArray {
    const elements: Json[] = [];
    if (this.#accept(']')) return { kind: 'array', elements, at };
    do elements.push(this.#value());
    while (this.#accept(','));
    this.#expect(']');
    return { kind: 'array', elements, at };
  }

  #string(): string {
    const begin = this.#at++;
    let value = '';
    for (;;) {
      PLAIN.lastIndex = this.#at;
      PLAIN.test(this.#text);
      value += this.#text.slice(this.#at, PLAIN.lastIndex);
      this.#at = PLAIN.lastIndex;
      const sign = this.#text[this.#at];
      if (sign === undefined) throw this.#fail('this string does not end', begin);
      if (sign !== '"' && sign !== '\\') throw this.#fail('a control character in a string', this.#at);
      this.#at++;
      if (sign === '"') return value;
      value += this.#escape();
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at++] ?? '';
    const plain = ESCAPES[letter];
    if (plain !== undefined) return plain;
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#fail('not an escape of JSON', this.#at - 2);
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #number(at: number): JsonInteger | JsonOther | null {
    NUMBER.lastIndex = at;
    const found = NUMBER.exec(this.#text);
    if (found === null) return null;
    this.#at = NUMBER.lastIndex;
    const [digits, fraction, exponent] = found;
    if (fraction !== undefined || exponent !== undefined || digits.length > MAX_DIGITS + 1) {
      return { kind: 'real', value: Number(digits), at };
    }
    return { kind: 'integer', value: BigInt(digits), at };
  }

  #word(at: number): JsonOther {
    for (const [word, value] of Object.entries(WORDS)) {
      if (!this.#text.startsWith(word, at)) continue;
      this.#at += word.length;
      return { kind: value === null ? 'null' : 'boolean', value, at };
    }
    throw this.#fail(`expected a JSON value here, not ${this.#shown()}`, at);
  }
}

/** The plain JavaScript value; integers beyond 2^53 stay bigint. Objects have no prototype: a key may be `__proto__`. */
export function plainValue(json: Json): unknown {
  switch (json.kind) {
    case 'integer':
      return Number.isSafeInteger(Number(json.value)) ? Number(json.value) : json.value;
    case 'array':
      return json.elements.map(plainValue);
    case 'object': {
      const object: Record<string, unknown> = Object.create(null);
      for (const [key, { value }] of json.entries) object[key] = plainValue(value);
      return object;
    }
    default:
      return json.value;
  }
}
