/** Every construct of the two languages: the data of test/ctf, made by scripts/make-ctf-traces.mjs. */
import { type EncodedTrace, encode } from './encode.fuzz.ts';
import {
  eventHeader,
  type Order,
  type Plan,
  type PlanInteger,
  type PlanMember,
  type PlanReference,
  type PlanStruct,
  type PlanType,
  packetContext,
  packetHeader,
  plainInteger,
} from './plan.fuzz.ts';
import { printCtf2 } from './print-ctf2.fuzz.ts';
import { printTsdl } from './print-tsdl.fuzz.ts';

/** Enough that each class occurs a few times. */
const EVENTS = 48;

type Members = Readonly<Record<string, PlanType>>;

const here = (...path: string[]): PlanReference => ({ scope: 'payload', path });
const struct = (members: Members, align = 1): PlanStruct => ({
  t: 'struct',
  align,
  members: Object.entries(members).map(([name, type]): PlanMember => ({ name, type })),
});
const label = (name: string, low: bigint, high = low): PlanInteger['labels'][number] => ({
  name,
  ranges: [[low, high]],
});
const strings = (encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be'): PlanType => ({
  t: 'string',
  encoding,
});

/** What both languages say. */
const COMMON: Readonly<Record<string, (order: Order) => Members>> = {
  integers: (order) => ({
    u8: plainInteger(8, order),
    i16: plainInteger(16, order, { signed: true }),
    u32: plainInteger(32, order, { base: 16, align: 32 }),
    i64: plainInteger(64, order, { signed: true, align: 64 }),
    u64: plainInteger(64, order),
    other: plainInteger(32, order === 'le' ? 'be' : 'le', { base: 8 }),
  }),
  'bit-fields': (order) => ({
    a: plainInteger(1, order),
    b: plainInteger(3, order, { signed: true }),
    c: plainInteger(29, order),
    d: plainInteger(64, order, { align: 1 }),
    e: plainInteger(63, order, { signed: true }),
    f: plainInteger(5, order, { align: 4, base: 2 }),
    g: plainInteger(17, order, { align: 16 }),
  }),
  floats: (order) => ({
    single: { t: 'float', bits: 32, align: 32, order },
    double: { t: 'float', bits: 64, align: 8, order },
  }),
  enumerations: (order) => ({
    plain: plainInteger(8, order, {
      labels: [label('zero', 0n), label('some', 1n, 100n), label('overlap', 50n, 255n)],
    }),
    negative: plainInteger(16, order, {
      signed: true,
      labels: [label('minus', -32768n, -1n), label('plus', 0n, 32767n)],
    }),
    bits: plainInteger(3, order, { labels: [label('a b', 0n, 3n), label('struct', 4n, 7n)] }),
    wide: plainInteger(64, order, { labels: [label('high', 1n << 63n, (1n << 64n) - 1n), label('low', 0n)] }),
  }),
  texts: (order) => ({
    terminated: strings('utf-8'),
    fixed: { t: 'text', length: 6 },
    none: { t: 'text', length: 0 },
    length: plainInteger(3, order, { align: 8 }),
    counted: { t: 'text', length: here('length') },
  }),
  arrays: (order) => ({
    fixed: { t: 'array', length: 3, element: plainInteger(16, order, { signed: true }) },
    bits: { t: 'array', length: 7, element: plainInteger(3, order) },
    length: plainInteger(3, order),
    counted: { t: 'array', length: here('length'), element: plainInteger(32, order, { align: 32 }) },
    nested: { t: 'array', length: 2, element: { t: 'array', length: here('length'), element: strings('utf-8') } },
    inner: {
      t: 'array',
      length: 2,
      element: struct({
        n: plainInteger(3, order),
        list: { t: 'array', length: here('inner', 'n'), element: plainInteger(8, order) },
      }),
    },
  }),
  structures: (order) => ({
    empty: struct({}),
    aligned: struct({ a: plainInteger(8, order) }, 64),
    deep: struct({ b: struct({ c: struct({ d: plainInteger(12, order), e: strings('utf-8') }) }) }),
    event: plainInteger(8, order),
    stream: struct({ string: plainInteger(8, order), align: plainInteger(4, order) }),
  }),
  variants: (order) => ({
    v_tag: plainInteger(8, order, { labels: [label('o0', 0n, 1n), label('o1', 2n), label('o2', 3n)] }),
    v: {
      t: 'variant',
      tag: here('v_tag'),
      options: [
        { name: 'o0', ranges: [[0n, 1n]], type: plainInteger(32, order, { align: 32 }) },
        { name: 'o1', ranges: [[2n, 2n]], type: strings('utf-8') },
        { name: 'o2', ranges: [[3n, 3n]], type: struct({ x: plainInteger(4, order), y: plainInteger(16, order) }) },
      ],
    },
    after: plainInteger(8, order),
  }),
};

/** What only CTF 2 says. */
const CTF2: Readonly<Record<string, (order: Order) => Members>> = {
  'variable-length': (order) => ({
    a: plainInteger(64, order, { form: 'variable' }),
    bit: plainInteger(3, order),
    b: plainInteger(64, order, { form: 'variable', signed: true, base: 16 }),
    c: plainInteger(64, order, { form: 'variable', labels: [label('small', 0n, 9n)] }),
  }),
  'bit-order': (order) => ({
    a: plainInteger(8, order, { reversed: true }),
    b: plainInteger(11, order, { reversed: true, signed: true }),
    c: plainInteger(64, order, { reversed: true }),
    d: plainInteger(33, order, { reversed: true }),
  }),
  bits: (order) => ({
    array: plainInteger(13, order, { form: 'bit-array', base: 16 }),
    map: plainInteger(16, order, { form: 'bit-map', base: 16, labels: [label('low', 0n, 2n), label('high', 9n)] }),
    flag: plainInteger(1, order, { form: 'boolean' }),
    wide: plainInteger(40, order, { form: 'boolean' }),
  }),
  encodings: () => ({
    a: strings('utf-16le'),
    b: strings('utf-16be'),
    c: strings('utf-32le'),
    d: strings('utf-32be'),
  }),
  blobs: (order) => ({
    fixed: { t: 'blob', length: 4 },
    length: plainInteger(3, order),
    counted: { t: 'blob', length: here('length') },
  }),
  optionals: (order) => ({
    a_selector: plainInteger(8, order, { form: 'boolean' }),
    a: { t: 'optional', selector: here('a_selector'), ranges: null, content: plainInteger(32, order, { align: 32 }) },
    b_selector: plainInteger(8, order),
    b: { t: 'optional', selector: here('b_selector'), ranges: [[1n, 3n]], content: struct({ text: strings('utf-8') }) },
    after: plainInteger(8, order),
  }),
};

export interface MadeTrace {
  /** `ctf-1.8-be`. */
  readonly name: string;
  readonly metadata: string;
  readonly trace: EncodedTrace;
}

/** Every construct is an event class; one trace for each language and byte order. */
export function madeTraces(): MadeTrace[] {
  return (['le', 'be'] as const).flatMap((order) => {
    const plain = planOf(order, COMMON);
    const rich = planOf(order, { ...COMMON, ...CTF2 });
    return [
      { name: `ctf-1.8-${order}`, metadata: printTsdl(plain), trace: encode(plain, 18, EVENTS) },
      { name: `ctf-2-${order}`, metadata: printCtf2(rich, null), trace: encode(rich, 20, EVENTS) },
    ];
  });
}

/** In the first stream, headers are compact and events have a common context; in the second neither, but specific ones. */
function planOf(order: Order, payloads: Readonly<Record<string, (order: Order) => Members>>): Plan {
  const streams = [true, false].map((compact, id): Plan['streams'][number] => ({
    id,
    packetContext: packetContext(order, []),
    eventHeader: eventHeader(order, compact),
    commonContext: compact ? struct({ vpid: plainInteger(32, order, { signed: true }) }) : null,
    events: Object.entries(payloads)
      .filter((_, i) => (i % 2 === 0) === compact)
      .map(([name, members], eventId) => ({
        id: eventId,
        name,
        logLevel: 13,
        emfUri: '',
        context: compact ? null : struct({ procname: { t: 'text', length: 4 } }),
        payload: struct(members(order)),
      })),
  }));
  return {
    order,
    uuid: Array.from({ length: 16 }, (_, i) => i * 16 + i),
    environment: [
      ['domain', 'test'],
      ['number', -5n],
    ],
    clock: { name: 'monotonic', frequency: 1_000_000_000n, seconds: 1_600_000_000n, cycles: 500n },
    packetHeader: packetHeader(order),
    streams,
  };
}
