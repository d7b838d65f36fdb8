import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KernelSymbols } from './ksyms.ts';

const symbols = (text: string): KernelSymbols => new KernelSymbols(() => Buffer.from(text));

test('the function that an address is in, with the offset', () => {
  const s = symbols(
    '00000000000003e8 T b_func\n0000000000000100 t a_func\n0000000000000200 D data\n00000000000007d0 W m_func\t[mod]\n',
  );
  assert.equal(s.name(0x100n), 'a_func');
  assert.equal(s.name(0x210n), 'a_func+0x110');
  assert.equal(s.name(0x3e9n), 'b_func+0x1');
  assert.equal(s.name(0x7d0n), 'm_func');
  assert.equal(s.name(0x50n), '0x50');
  assert.equal(s.name(0xffff_ffff_0000_0000n), '0xffffffff00000000');
});

test('hidden symbols, an empty and a cut file give addresses', () => {
  assert.equal(symbols('0000000000000000 T hidden\n').name(0x10n), '0x10');
  assert.equal(symbols('').name(0x10n), '0x10');
  assert.equal(symbols('0000000000000010 T cut').name(0x12n), 'cut+0x2');
});
