import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { plainNode, plainStruct } from './plain.ts';
import { TypeParser } from './types.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const integer = fc
  .record({
    size: pick(8, 16, 32, 64),
    align: pick(8, 16, 32, 64),
    signed: pick(0, 1),
    encoding: pick('none', 'UTF8', 'ASCII'),
    base: pick(2, 8, 10, 16),
    order: pick('', ' byte_order = be;', ' byte_order = le;', ' byte_order = native;'),
  })
  .map(
    ({ size, align, signed, encoding, base, order }) =>
      `integer { size = ${size}; align = ${align}; signed = ${signed}; encoding = ${encoding}; base = ${base};${order} }`,
  );
const LENGTH = 'integer { size = 32; align = 8; signed = 0; encoding = none; base = 10; }';
const field = fc.tuple(fc.oneof(integer, fc.constant('string')), pick('', '[0]', '[16]', '[n]', '[ _n_1 ]'));
const fields = fc.array(field, { maxLength: 8 });

test('a plain struct is what the parser makes of it', () => {
  let plain = 0;
  fc.assert(
    fc.property(fields, pick(' ', '\n\t\t', '\r\n'), pick(' } y', '\n\t};'), (list, space, close) => {
      const members = list.map(([type, length], i) => `${space}${type} f${i}${length};`);
      const text = `x struct {${space}${LENGTH} n; ${LENGTH} _n_1;${members.join('')}${close}`;
      const at = text.indexOf('{') + 1;
      const end = plainStruct(text, at);
      // Of another struct with the same text it is known already.
      const again = `another text { ${text}`;
      assert.equal(plainStruct(again, again.indexOf(text) + at), end < 0 ? -1 : again.indexOf(text) + end);
      if (end < 0) return;
      plain++;
      assert.equal(end, text.lastIndexOf('}') + 1);
      assert.deepEqual(plainNode(text, at), new TypeParser(text, 'test', 2).type('abstract'));
    }),
    { numRuns: 300, seed: 4 },
  );
  assert.ok(plain > 100, `only ${plain} were plain`);
});
