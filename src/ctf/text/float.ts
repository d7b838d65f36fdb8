/** Floating-point numbers as C's `%g` prints them: six significant digits, no trailing zeros. */

const bits: DataView = new DataView(new ArrayBuffer(8));

export function formatG(value: number): string {
  if (!Number.isFinite(value)) {
    if (!Number.isNaN(value)) return value < 0 ? '-inf' : 'inf';
    // C shows the sign of a NaN; engines keep it when they pass the number on as it is.
    bits.setFloat64(0, value);
    return bits.getUint8(0) >= 0x80 ? '-nan' : 'nan';
  }
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits, exponent] = sixDigits(value);
  const sign = value < 0 ? '-' : '';
  if (exponent < -4 || exponent >= 6) {
    const mantissa = trimZeros(`${digits[0]}.${digits.slice(1)}`);
    const power = Math.abs(exponent);
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${power < 10 ? '0' : ''}${power}`;
  }
  if (exponent < 0) return sign + trimZeros(`0.${'0'.repeat(-exponent - 1)}${digits}`);
  return sign + trimZeros(`${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`);
}

/** Six significant decimal digits and the exponent of the first, rounded half to even on the exact value. */
function sixDigits(value: number): [digits: string, exponent: number] {
  const size = Math.abs(value);
  let text = size.toExponential(5);
  // JavaScript rounds exact halves up, C to even.
  if (isHalf(size)) {
    const [exact = '', power = '0'] = size.toExponential(6).split('e');
    if (Number(exact.charAt(6)) % 2 === 0) text = `${exact.slice(0, 7)}e${power}`;
  }
  const [mantissa = '', exponent = '0'] = text.split('e');
  return [mantissa.replace('.', ''), Number(exponent)];
}

/** Is the seventh digit a 5 and nothing after it? A number that near to a half and not one needs far more than 53 bits. */
function isHalf(size: number): boolean {
  if (size.toExponential(6).charAt(7) !== '5') return false;
  return /^50+$/.test(size.toExponential(100).slice(7, 102));
}

/** @param text with a point in it */
function trimZeros(text: string): string {
  return text.replace(/\.?0*$/, '');
}
