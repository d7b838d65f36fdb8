/**
 * Fixed text as 64-bit words: eight bytes with one store, in generated code as a number literal. Read as doubles, because
 * a store of a bigint would allocate; UTF-8 never has the bit pattern of a NaN (a byte 0xFF, or 0x7F after 0xF0), so the
 * bits arrive as they are. The last word may reach up to 7 bytes beyond the text.
 */

const encoder = new TextEncoder();

export class Literal {
  readonly words: Float64Array;
  readonly length: number;

  constructor(text: string | Uint8Array) {
    const bytes = typeof text === 'string' ? encoder.encode(text) : text;
    this.length = bytes.length;
    const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
    padded.set(bytes);
    const view = new DataView(padded.buffer);
    this.words = new Float64Array(padded.length / 8);
    for (let i = 0; i < this.words.length; i++) this.words[i] = view.getFloat64(8 * i, true);
  }

  write(view: DataView, at: number): number {
    const { words } = this;
    for (let i = 0, p = at; i < words.length; i++, p += 8) view.setFloat64(p, words[i]!, true);
    return at + this.length;
  }
}

/**
 * JavaScript that writes a text.
 *
 * @param view name of the DataView
 * @param at name of the variable that holds the position, which is moved on
 */
export function literalCode(text: string, view: string, at: string): string {
  const { words, length } = new Literal(text);
  if (length === 0) return '';
  const stores = Array.from(words, (word, i) => {
    const where = i === 0 ? at : `${at}+${8 * i}`;
    return `${view}.setFloat64(${where},${Object.is(word, -0) ? '-0' : String(word)},true);`;
  });
  return `${stores.join('')}${at}+=${length};`;
}
