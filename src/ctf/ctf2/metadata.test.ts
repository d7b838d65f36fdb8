/** Metadata of CTF 2: what is accepted and what it means; refusals are in refusal.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldClass, IntegerClass, StructClass } from '../model.ts';
import { Ctf2Metadata, traceOfJson } from './metadata.ts';
import { event, PREAMBLE, SEPARATOR, STREAM, sequence, u8, uint } from './pieces.test.data.ts';

function payloadOf(...fragments: unknown[]): StructClass {
  return traceOfJson(sequence(PREAMBLE, STREAM, ...fragments), 'metadata')
    .streamClasses.get(0)!
    .eventClasses.get(0)!.payload!;
}

function memberOf(struct: StructClass, name: string): FieldClass {
  return struct.members.find((member) => member.name === name)!.type;
}

/** What the length of an array may be. */
function targets(struct: StructClass, name: string): readonly IntegerClass[] {
  const type = memberOf(struct, name);
  assert(type.kind === 'array' && typeof type.length === 'object');
  return type.length.targets;
}

const variantOf = (path: unknown[], ...types: unknown[]): unknown => ({
  type: 'variant',
  'selector-field-location': { origin: 'event-record-payload', path },
  options: types.map((type, i) => ({ 'field-class': type, 'selector-field-ranges': [[i, i]] })),
});
const arrayOf = (location: unknown): unknown => ({
  type: 'dynamic-length-array',
  'length-field-location': location,
  'element-field-class': u8,
});
const structOf = (members: Record<string, unknown>): unknown => ({
  type: 'structure',
  'member-classes': Object.entries(members).map(([name, type]) => ({ name, 'field-class': type })),
});

test('the sequence: separators side by side, no line feed at the end, white space, a preamble of its own', () => {
  const [first, second, third] = [PREAMBLE, STREAM, event({})].map((fragment) => JSON.stringify(fragment));
  const text = `${SEPARATOR}${SEPARATOR} ${first}\r\n${SEPARATOR}\n${SEPARATOR}\t${second}${SEPARATOR}${third}`;
  assert.equal(traceOfJson(text, 'metadata').streamClasses.get(0)!.eventClasses.size, 1);
});

test('classes of trace, clock, stream and event', () => {
  const trace = traceOfJson(
    sequence(
      { type: 'preamble', version: 2, uuid: Array.from({ length: 16 }, (_, i) => i) },
      { type: 'trace-class', namespace: 'n', name: 'tn', uid: 'u', environment: { a: 'x', b: -3, __proto__x: 1 } },
      {
        type: 'clock-class',
        id: 'c',
        name: 'clock',
        frequency: 10,
        precision: 7,
        origin: { name: 'o', uid: '1' },
        'offset-from-origin': { seconds: -5, cycles: 9 },
      },
      { type: 'clock-class', id: 'd', frequency: 1, origin: 'unix-epoch' },
      { ...STREAM, id: 7, name: 's', 'default-clock-class-id': 'c' },
      event({ x: u8 }, { id: 3, 'data-stream-class-id': 7, name: 'e', namespace: 'en' }),
    ),
    'metadata',
  );
  const { uuid, namespace, name, uid, environment, clocks } = trace;
  assert.deepEqual([uuid?.length, namespace, name, uid], [16, 'n', 'tn', 'u']);
  assert.deepEqual(
    [...environment],
    [
      ['a', 'x'],
      ['b', -3n],
      ['__proto__x', 1n],
    ],
  );
  const [clock, epoch] = clocks;
  assert.deepEqual([clock!.offset_s, clock!.offset_cycles, clock!.precision_cycles], [-5n, 9n, 7n]);
  assert.deepEqual([clock!.origin, epoch!.origin], ['["","o","1"]', 'unix-epoch']);
  const stream = trace.streamClasses.get(7)!;
  assert.equal(stream.defaultClock, clock);
  const { id, streamClass, logLevel } = stream.eventClasses.get(3)!;
  assert.deepEqual([id, streamClass, logLevel], [3, stream, null]);
});

test('attributes: kept where they stand, log level and EMF URI of tracers understood, nothing else', () => {
  const attributes = { 'lttng.org,2009': { 'log-level': 'debug:line', 'emf-uri': 'http://e' }, other: [1, null] };
  const read = (value: unknown): [number | null, string, unknown] => {
    const text = sequence(PREAMBLE, STREAM, event({}, { attributes: value }));
    const found = traceOfJson(text, 'metadata').streamClasses.get(0)!.eventClasses.get(0)!;
    return [found.logLevel, found.emfUri, found.attributes];
  };
  const [level, uri, kept] = read(attributes);
  assert.deepEqual([level, uri], [13, 'http://e']);
  assert.deepEqual(JSON.parse(JSON.stringify(kept)), attributes);
  assert.deepEqual(read({ 'lttng.org,2009': { 'log-level': 3 } }).slice(0, 2), [null, '']);
  assert.deepEqual(read({ x: 2n ** 63n })[2], Object.assign(Object.create(null), { x: 2n ** 63n }));
});

test('integers: forms, orders, bases, mappings of 64 bits', () => {
  const big = { '18446744073709551615': [[2n ** 64n - 1n, 2n ** 64n - 1n]] };
  const payload = payloadOf(
    event({
      plain: uint(12, { 'byte-order': 'big-endian', alignment: 4, 'preferred-display-base': 16 }),
      reversed: uint(8, { 'bit-order': 'last-to-first' }),
      natural: uint(8, { 'byte-order': 'big-endian', 'bit-order': 'last-to-first' }),
      big: uint(64, { mappings: big }),
      empty: uint(8, { mappings: {} }),
      leb: { type: 'variable-length-signed-integer' },
      flag: { ...uint(1), type: 'fixed-length-boolean' },
      map: {
        ...uint(8),
        type: 'fixed-length-bit-map',
        flags: {
          a: [
            [0, 2],
            [5, 5],
          ],
        },
      },
    }),
  );
  const shown = payload.members.map(({ name, type }) => {
    assert(type.kind === 'integer');
    return [name, type.form, type.byteOrder, type.reversed, type.bits, type.base, type.encoding, type.alignment];
  });
  assert.deepEqual(shown, [
    ['plain', 'integer', 'be', false, 12, 16, 'fixed', 4],
    ['reversed', 'integer', 'le', true, 8, 10, 'fixed', 1],
    ['natural', 'integer', 'be', false, 8, 10, 'fixed', 1],
    ['big', 'enum', 'le', false, 64, 10, 'fixed', 1],
    ['empty', 'integer', 'le', false, 8, 10, 'fixed', 1],
    ['leb', 'integer', 'le', false, 64, 10, 'leb128', 8],
    ['flag', 'boolean', 'le', false, 1, 10, 'fixed', 1],
    ['map', 'bit-map', 'le', false, 8, 16, 'fixed', 1],
  ]);
  const labelled = memberOf(payload, 'big');
  assert(labelled.kind === 'integer');
  assert.equal(labelled.mappings[0]!.ranges[0]!.high, 2n ** 64n - 1n);
});

test('each use of an alias has objects of its own; aliases of aliases; a root may be an alias', () => {
  const payload = payloadOf(
    { type: 'field-class-alias', name: 'byte', 'field-class': u8 },
    { type: 'field-class-alias', name: 'octet', 'field-class': 'byte' },
    { type: 'field-class-alias', name: 'root', 'field-class': structOf({ a: 'octet', b: 'octet' }) },
    { type: 'event-record-class', 'payload-field-class': 'root' },
  );
  const [a, b] = payload.members.map((member) => member.type);
  assert.deepEqual(a, b);
  assert.notEqual(a, b);
});

test('locations: from the structure around, by null, by origin, through what is being decoded', () => {
  const inner = structOf({ m: u8, own: arrayOf({ path: ['m'] }), up: arrayOf({ path: [null, 'n'] }) });
  const payload = payloadOf(
    event({
      n: u8,
      list: { type: 'static-length-array', length: 2, 'element-field-class': inner },
      s: structOf({
        k: u8,
        deep: structOf({ d: arrayOf({ path: [null, null, 'n'] }), e: arrayOf({ path: [null, 'k'] }) }),
        whole: arrayOf({ origin: 'event-record-payload', path: ['s', 'k'] }),
        back: arrayOf({ path: ['deep', null, 'k'] }),
      }),
    }),
  );
  const element = (memberOf(payload, 'list') as { element: StructClass }).element;
  assert.deepEqual(targets(element, 'own'), [memberOf(element, 'm')]);
  assert.equal(targets(element, 'own')[0], memberOf(element, 'm'));
  assert.equal(targets(element, 'up')[0], memberOf(payload, 'n'));
  const s = memberOf(payload, 's') as StructClass;
  const deep = memberOf(s, 'deep') as StructClass;
  assert.equal(targets(deep, 'd')[0], memberOf(payload, 'n'));
  for (const [struct, name] of [
    [deep, 'e'],
    [s, 'whole'],
    [s, 'back'],
  ] as const) {
    assert.equal(targets(struct, name)[0], memberOf(s, 'k'));
  }
});

test('locations through variants: every option that may hold the length (examples 89 to 91)', () => {
  const u32 = uint(32);
  const payload = payloadOf(
    event({
      sel: u8,
      glass: variantOf(['sel'], u8, u32),
      margin: arrayOf({ path: ['glass'] }),
      bowl: variantOf(['sel'], structOf({ eagle: u8 }), structOf({ other: u8 }), structOf({ eagle: u32 })),
      rim: arrayOf({ origin: 'event-record-payload', path: ['bowl', 'eagle'] }),
      clinic: variantOf(
        ['sel'],
        u8,
        structOf({ lemon: u8, joy: arrayOf({ origin: 'event-record-payload', path: ['clinic', 'lemon'] }) }),
      ),
    }),
  );
  const bits = (name: string): unknown => targets(payload, name).map((target) => target.bits);
  assert.deepEqual(
    [bits('margin'), bits('rim')],
    [
      [8, 32],
      [8, 32],
    ],
  );
});

test('alignment: of structures and arrays the largest of what is inside', () => {
  const aligned = uint(8, { alignment: 32 });
  const payload = payloadOf(
    event({
      a: structOf({ x: u8, y: aligned }),
      b: { type: 'static-length-array', length: 0, 'element-field-class': aligned },
      c: { type: 'static-length-array', length: 0, 'element-field-class': u8, 'minimum-alignment': 64 },
      d: { type: 'structure', 'minimum-alignment': 16 },
      e: variantOf(['a', 'x'], aligned),
    }),
  );
  assert.deepEqual(
    payload.members.map((member) => member.type.alignment),
    [32, 32, 64, 16, 1],
  );
  assert.equal(payload.alignment, 64);
});

test('metadata grows; a refused fragment changes nothing', () => {
  const metadata = new Ctf2Metadata('live');
  metadata.append(sequence(PREAMBLE, STREAM));
  const { trace } = metadata;
  assert.equal(trace.streamClasses.get(0)!.eventClasses.size, 0);
  const broken = event({ x: arrayOf({ path: ['nothing'] }) }, { id: 1 });
  assert.throws(() => metadata.append(sequence(broken)), { code: 'TT_CTF_METADATA' });
  metadata.append(sequence(event({}, { id: 1 })));
  assert.equal(metadata.trace, trace);
  assert.deepEqual([...trace.streamClasses.get(0)!.eventClasses.keys()], [1]);
});
