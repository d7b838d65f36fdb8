/** How babeltrace2 writes bytes of strings that are not themselves: C's escapes, `\xNN` for other control characters. */

/** What a byte becomes: 0 itself; 255 `\xNN`; else a backslash and this character. */
export const ESCAPES: Uint8Array = new Uint8Array(256);
ESCAPES.fill(255, 0, 32);
ESCAPES[127] = 255;
for (const pair of ['\\\\', "''", '""', '??', '\x000', '\x07a', '\bb', '\x1be', '\ff', '\nn', '\rr', '\tt', '\vv']) {
  ESCAPES[pair.charCodeAt(0)] = pair.charCodeAt(1);
}

const HEX = '0123456789abcdef';

/** The two hexadecimal digits of a byte, first in the low half. */
export function hexDigits(byte: number): number {
  return HEX.charCodeAt(byte >> 4) | (HEX.charCodeAt(byte & 15) << 8);
}

/** A text in quotes. */
export function quotedText(text: string): string {
  let out = '"';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const letter = code < 128 ? ESCAPES[code]! : 0;
    if (letter === 0) out += character;
    else out += letter === 255 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\${String.fromCharCode(letter)}`;
  }
  return `${out}"`;
}
