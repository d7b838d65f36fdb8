/** What the writer refuses: a `RangeError` with a code, thrown before anything of it is written. */

/**
 * `TT_CTF_DECLARATION`: no reader would open, or understand, a trace with this class, stream or option.
 * `TT_CTF_VALUE`: a field, a time or a counter does not take this value.
 * `TT_CTF_STATE`: not in this order, or not with this stream.
 */
export type CtfWriterCode = 'TT_CTF_DECLARATION' | 'TT_CTF_VALUE' | 'TT_CTF_STATE';

export class CtfWriterError extends RangeError {
  readonly code: CtfWriterCode;

  constructor(code: CtfWriterCode, message: string) {
    super(message);
    this.name = 'CtfWriterError';
    this.code = code;
  }
}

/** For what is declared. */
export function badDeclaration(message: string): CtfWriterError {
  return new CtfWriterError('TT_CTF_DECLARATION', message);
}

/** Whether a number fits into unsigned bits. */
export function fits(value: number | bigint, bits: number): boolean {
  if (typeof value === 'bigint') return value >= 0n && value === BigInt.asUintN(bits, value);
  return Number.isSafeInteger(value) && value >= 0 && value < 2 ** bits;
}

export function refused(message: string): CtfWriterError {
  return new CtfWriterError('TT_CTF_VALUE', message);
}
