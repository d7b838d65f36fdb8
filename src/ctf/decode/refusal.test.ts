/** Data that contradicts its metadata, by generated code and by interpretation, fully decoded and skipped. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { TailtrapError } from '../../base/errors.ts';
import { traceInMemory } from '../fuzz/memory.fuzz.ts';
import type { CtfSource } from '../reader.ts';
import { openCtf } from '../source.ts';
import { ValueVisitor } from './values.ts';

function metadata(fields: string, header = ''): string {
  return `/* CTF 1.8 */
typealias integer { size = 8; align = 8; } := uint8_t;
trace { major = 1; minor = 8; byte_order = le; };
stream { ${header} };
event { name = "e"; fields := struct { ${fields} }; };`;
}

/** How events can be gone through: each must meet the same damage. */
const WAYS: Readonly<Record<string, (source: CtfSource) => unknown[]>> = {
  next(source) {
    const out: unknown[] = [];
    const events = source.events();
    for (let e = events.next(); e !== null; e = events.next()) out.push(e.toObject());
    return out;
  },
  drain(source) {
    const out: unknown[] = [];
    const visitor = new ValueVisitor();
    source.events().drain({ visitor: () => visitor }, null, () => out.push(null) > 0);
    return out;
  },
  skip(source) {
    assert.equal(source.events({ events: ['other'] }).next(), null);
    return [];
  },
};

function refuses(text: string, bytes: readonly number[], complaint: RegExp, bit: number): void {
  for (const generate of [true, false]) {
    for (const [name, way] of Object.entries(WAYS)) {
      const source = openCtf([traceInMemory(text, [Uint8Array.from(bytes)])], { generate });
      assert.throws(
        () => way(source),
        (error: TailtrapError) => {
          assert.ok(error instanceof TailtrapError, String(error));
          assert.match(error.message, complaint);
          assert.match(error.where, new RegExp(`stream_0, packet 0 at byte 0, bit ${bit}$`));
          return true;
        },
        `${name}, generated: ${generate}`,
      );
    }
  }
}

function reads(text: string, bytes: readonly number[], expected: readonly object[]): void {
  for (const generate of [true, false]) {
    const open = (): CtfSource => openCtf([traceInMemory(text, [Uint8Array.from(bytes)])], { generate });
    assert.deepEqual(JSON.parse(JSON.stringify(WAYS.next!(open()))), expected);
    assert.equal(WAYS.drain!(open()).length, expected.length);
    WAYS.skip!(open());
  }
}

const half = (order: string): string => `integer { size = 4; align = 1; byte_order = ${order}; }`;

test('the byte order may change between bytes, not within one', () => {
  reads(
    metadata(`${half('le')} a; ${half('le')} b; ${half('be')} c; ${half('be')} d;`),
    [0x21, 0x34],
    [{ a: 1, b: 2, c: 3, d: 4 }],
  );
  const complaint = /the byte order changes within a byte before 'b'/;
  refuses(metadata(`${half('le')} a; ${half('be')} b;`), [0x21], complaint, 0);
  // The second event is the first that cannot be read.
  const tagged = `enum : uint8_t { x, y } t; variant <t> { uint8_t x; struct { ${half('le')} a; ${half('be')} b; } y; } v;`;
  refuses(metadata(tagged), [0, 7, 1, 0x21], complaint, 16);
});

test('the byte order does not change within a byte from one element to the next', () => {
  const pair = `struct { integer { size = 8; align = 1; byte_order = le; } a; ${half('be')} b; }`;
  reads(metadata(`${pair} s[1]; string end;`), [5, 0x60, 0], [{ s: [{ a: 5, b: 6 }], end: '' }]);
  refuses(metadata(`${pair} s[2]; string end;`), [5, 0x60, 0, 0], /within a byte before 'a'/, 0);
  refuses(metadata(`uint8_t n; ${pair} s[n];`), [1, 5, 0x60, 2, 5, 0x60, 0], /within a byte before 'a'/, 20);
});

test('a length of an earlier element or event does not count', () => {
  const variant = 'enum : uint8_t { x, y } t; variant <t> { uint8_t x; string y; } v;';
  const elements = `struct { ${variant} uint8_t a[v]; } s[2];`;
  const text = metadata(elements.replace('a[v]', 'a[v.x]'));
  reads(
    text,
    [0, 1, 9, 0, 0],
    [
      {
        s: [
          { t: 0, v: 1, a: [9] },
          { t: 0, v: 0, a: [] },
        ],
      },
    ],
  );
  refuses(text, [0, 1, 9, 1, 0x61, 0], /'v.x' was not decoded/, 0);
});

test('a length in an array that is empty now does not count', () => {
  const text = metadata('uint8_t n; struct { uint8_t m; } s[n]; uint8_t a[s.m];');
  reads(text, [2, 8, 1, 7], [{ n: 2, s: [{ m: 8 }, { m: 1 }], a: [7] }]);
  refuses(text, [1, 1, 7, 0, 5], /'s.m' was not decoded/, 24);
});

test('a length in a header that is another way now does not count', () => {
  const header =
    'event.header := struct { enum : uint8_t { x, y } t; variant <t> { struct { uint8_t n; } x; struct { } y; } v; };';
  const text = metadata('uint8_t a[stream.event.header.v.x.n];', header);
  reads(text, [0, 2, 5, 6, 0, 0], [{ a: [5, 6] }, { a: [] }]);
  refuses(text, [0, 1, 5, 1, 6], /'stream.event.header.v.x.n' was not decoded/, 24);
});
