/** Tokens of TSDL (CTF 1.8.3, appendix C.1), read on demand; lines and columns are counted only for errors. */
import { TailtrapError } from '../../base/errors.ts';
import { LIMITS, type MetadataWarning } from '../model.ts';
import { placeInText, shortened } from '../place-in-text.ts';

export type TokenKind = 'word' | 'number' | 'string' | 'sign' | 'end';

/** The lexer's current token; overwritten by `advance`. */
export interface Token {
  kind: TokenKind;
  /** Word, sign, or the decoded string. */
  text: string;
  /** Value of a number. */
  value: bigint;
  /** Index of its first character. */
  at: number;
}

const SIGNS = new Set('{}[]()<>;:,=.*+-');
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};
const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export class Lexer {
  readonly text: string;
  readonly name: string;
  readonly token: Token = { kind: 'end', text: '', value: 0n, at: 0 };
  /** Kind and text of the token after it: enough look-ahead for all of TSDL. */
  readonly following: Token = { kind: 'end', text: '', value: 0n, at: 0 };
  readonly #warnings: MetadataWarning[] = [];
  #warned = 0;
  #at = 0;

  /** @param start index of the first character to read */
  constructor(text: string, name: string, start = 0) {
    this.text = text;
    this.name = name;
    this.#at = start;
    this.#read(this.token);
    this.#read(this.following);
  }

  advance(): void {
    const { token, following } = this;
    token.kind = following.kind;
    token.text = following.text;
    token.value = following.value;
    token.at = following.at;
    this.#read(following);
  }

  /** Goes on at a character that is known to begin a token. */
  moveTo(at: number): void {
    this.#at = at;
    this.#read(this.token);
    this.#read(this.following);
  }

  /** An error at a character, with its line and column (both from 1). */
  error(message: string, at: number = this.token.at): TailtrapError {
    const { line, column } = placeInText(this.text, at);
    return new TailtrapError('TT_CTF_METADATA', shortened(message), { where: `${this.name}:${line}:${column}` });
  }

  /** Tells what is left out of account, with its place. */
  warn(message: string, at: number): void {
    if (++this.#warned > LIMITS.warnings) return;
    const { message: short, where } = this.error(message, at);
    this.#warnings.push({ message: short, where });
  }

  get warnings(): readonly MetadataWarning[] {
    const more = this.#warned - this.#warnings.length;
    return more > 0 ? [...this.#warnings, { message: `${more} more warnings`, where: this.name }] : this.#warnings;
  }

  #read(token: Token): void {
    this.#skipSpace();
    const { text } = this;
    const at = this.#at;
    token.at = at;
    token.value = 0n;
    if (at >= text.length) {
      token.kind = 'end';
      token.text = 'the end of the text';
      return;
    }
    const code = text.charCodeAt(at);
    if (isWordStart(code)) {
      if (code === 76 && text.charCodeAt(at + 1) === 34) this.#string(token, at + 1);
      else this.#word(token);
    } else if (isDigit(code)) this.#number(token);
    else if (code === 34) this.#string(token, at);
    else if (code === 39) this.#character(token);
    else this.#sign(token);
  }

  /** Spaces, line ends of any kind, comments of both forms. */
  #skipSpace(): void {
    const { text } = this;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code === 32 || (code >= 9 && code <= 13)) this.#at++;
      else if (code === 47 && text[this.#at + 1] === '*') {
        const end = text.indexOf('*/', this.#at + 2);
        if (end < 0) throw this.error('a comment begins here and does not end', this.#at);
        this.#at = end + 2;
      } else if (code === 47 && text[this.#at + 1] === '/') {
        while (this.#at < text.length && text[this.#at] !== '\n' && text[this.#at] !== '\r') this.#at++;
      } else return;
    }
  }

  #word(token: Token): void {
    let end = this.#at + 1;
    for (let code = this.text.charCodeAt(end); isWordStart(code) || isDigit(code); ) code = this.text.charCodeAt(++end);
    token.kind = 'word';
    token.text = this.text.slice(this.#at, end);
    this.#at = end;
  }

  #number(token: Token): void {
    // Nearly all are short decimals: no expression, no match object.
    let end = this.#at;
    let small = 0;
    for (let code = this.text.charCodeAt(end); isDigit(code); code = this.text.charCodeAt(++end)) {
      small = small * 10 + code - 48;
    }
    const first = this.text.charCodeAt(this.#at);
    if (end - this.#at <= 15 && !isWordStart(this.text.charCodeAt(end)) && (first !== 48 || end === this.#at + 1)) {
      token.kind = 'number';
      token.text = this.text.slice(this.#at, end);
      token.value = BigInt(small);
      this.#at = end;
      return;
    }
    const match = /(?:0[xX]([0-9a-fA-F]+)|([0-9]+))[uUlL]{0,3}/y;
    match.lastIndex = this.#at;
    const found = match.exec(this.text)!;
    const digits = found[2] ?? '';
    const after = this.text.charCodeAt(match.lastIndex);
    const octal = digits.length > 1 && digits[0] === '0';
    // 2^64 has 20 digits (22 in octal, 16 in hexadecimal): longer ones are refused before BigInt has to multiply them.
    if (isWordStart(after) || isDigit(after) || found[0].length > 40 || (octal && /[89]/.test(digits))) {
      throw this.error('this is not a number', this.#at);
    }
    token.kind = 'number';
    token.text = found[0];
    token.value = found[1] !== undefined ? BigInt(`0x${found[1]}`) : BigInt(octal ? `0o${digits}` : digits);
    if (token.value >= 1n << 64n) throw this.error('this number does not fit 64 bits', this.#at);
    this.#at = match.lastIndex;
  }

  /** Escapes are bytes, so that `\303\251` is é. */
  #string(token: Token, quote: number): void {
    let end = quote + 1;
    for (; this.text[end] !== '"'; end++) {
      if (end >= this.text.length) throw this.error('a text begins here and does not end', quote);
      if (this.text[end] === '\\') end++;
    }
    const raw = this.text.slice(quote + 1, end);
    token.kind = 'string';
    token.text = raw.includes('\\') ? this.#unescape(raw, quote + 1) : raw;
    this.#at = end + 1;
  }

  #character(token: Token): void {
    const match = /'((?:[^'\\\n]|\\.[0-9a-fA-F]{0,3})+)'/y;
    match.lastIndex = this.#at;
    const found = match.exec(this.text);
    if (found === null) throw this.error('this is not a character', this.#at);
    token.kind = 'string';
    token.text = this.#unescape(found[1]!, this.#at + 1);
    this.#at = match.lastIndex;
  }

  #unescape(raw: string, at: number): string {
    const bytes: number[] = [];
    let last = 0;
    const pattern = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S]))/g;
    const literal = (to: number): void => {
      for (const byte of utf8.encode(raw.slice(last, to))) bytes.push(byte);
    };
    for (const found of raw.matchAll(pattern)) {
      literal(found.index);
      last = found.index + found[0].length;
      if (found[3] === undefined) {
        bytes.push(Number.parseInt(found[1] ?? found[2]!, found[1] === undefined ? 16 : 8) & 0xff);
        continue;
      }
      const plain = ESCAPES[found[3]];
      if (plain === undefined) throw this.error(`there is no escape \\${found[3]}`, at + found.index);
      bytes.push(plain.charCodeAt(0));
    }
    literal(raw.length);
    return fromUtf8.decode(Uint8Array.from(bytes));
  }

  #sign(token: Token): void {
    const { text } = this;
    const at = this.#at;
    const first = text[at]!;
    token.kind = 'sign';
    if (text.startsWith('...', at)) token.text = '...';
    else if (first === ':' && text[at + 1] === '=') token.text = ':=';
    else if (first === '-' && text[at + 1] === '>') token.text = '->';
    else if (SIGNS.has(first)) token.text = first;
    else throw this.error(`unexpected character ${JSON.stringify(first)}`, at);
    this.#at += token.text.length;
  }
}
