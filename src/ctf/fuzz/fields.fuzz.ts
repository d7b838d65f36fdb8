/** Random fields for plans: types, lengths and tags that refer to fields before them, names that are keywords elsewhere. */
import {
  eventHeader,
  type Order,
  PLAN_SCOPES,
  type Plan,
  type PlanInteger,
  type PlanLabel,
  type PlanLength,
  type PlanMember,
  type PlanOption,
  type PlanReference,
  type PlanScope,
  type PlanStream,
  type PlanStruct,
  type PlanType,
  packetContext,
  packetHeader,
  plainInteger,
  randomUuid,
} from './plan.fuzz.ts';
import { Random } from './random.fuzz.ts';

/** What only one of the languages can say is left out of plans that are for both. */
export type Language = 'both' | 'ctf2';

const KEYWORDS = [
  'event',
  'stream',
  'align',
  'string',
  'struct',
  'variant',
  'clock',
  'integer',
  'trace',
  'signed',
  'env',
];
/** Static arrays and the values of lengths; larger ones test memory, not decoding. */
const MAX_LENGTH = 5;
const LENGTH_BITS = 3;

interface Visible {
  readonly reference: PlanReference;
  readonly type: PlanInteger;
}

export class PlanMaker {
  readonly #random: Random;
  readonly #language: Language;
  readonly #order: Order;
  #budget = 0;
  #names = 0;
  #scope: PlanScope = 'payload';
  readonly #path: string[] = [];
  /** Lengths that are decoded before and certain to exist. */
  #visible: Visible[] = [];

  constructor(seed: number, language: Language) {
    this.#random = new Random(seed);
    this.#language = language;
    this.#order = this.#random.pick(['le', 'be']);
  }

  /** @param size about how many fields an event has */
  plan(size: number): Plan {
    const random = this.#random;
    const header = packetHeader(this.#order);
    const count = random.between(1, 2);
    const streams = Array.from({ length: count }, (_, id) => this.#stream(id, size));
    return {
      order: this.#order,
      uuid: randomUuid(random),
      environment: [
        ['hostname', random.text(5)],
        ['number', random.integer(40, true)],
      ],
      clock: {
        name: 'monotonic',
        frequency: random.pick([1_000_000_000n, 1_000_000n, 2_400_000_000n]),
        seconds: BigInt(random.between(0, 1_700_000_000)),
        cycles: BigInt(random.below(1_000_000)),
      },
      packetHeader: header,
      streams,
    };
  }

  #stream(id: number, size: number): PlanStream {
    const random = this.#random;
    this.#visible = [];
    const extra = this.#root('packet-context', size >> 2).members;
    const base = { id, packetContext: packetContext(this.#order, extra) };
    const header = eventHeader(this.#order, random.once(2));
    const commonContext = random.once(2) ? this.#root('common-context', size >> 1) : null;
    const before = this.#visible;
    const events = Array.from({ length: random.between(1, 3) }, (_, eventId) => {
      this.#visible = [...before];
      return {
        id: eventId,
        name: `event_${id}_${eventId}`,
        logLevel: random.once(2) ? random.below(15) : null,
        emfUri: random.once(4) ? 'http://example.com/a' : '',
        context: random.once(3) ? this.#root('specific-context', size >> 1) : null,
        payload: this.#root('payload', size),
      };
    });
    return { ...base, eventHeader: header, commonContext, events };
  }

  #root(scope: PlanScope, size: number): PlanStruct {
    this.#scope = scope;
    this.#budget = size;
    const root = this.#struct(0);
    // babeltrace2 ignores the alignment of an empty root, against the specification: nobody writes one.
    return root.members.length === 0 ? { ...root, align: 1 } : root;
  }

  #name(): string {
    const unique = `f${this.#names++}`;
    return this.#random.once(6) ? `${this.#random.pick(KEYWORDS)}_${unique}` : unique;
  }

  #struct(depth: number): PlanStruct {
    const random = this.#random;
    const members: PlanMember[] = [];
    const keep = this.#visible.length;
    for (let count = random.between(0, 5); count > 0 && this.#budget > 0; count--) this.#member(members, depth);
    // Outside, only what is in the root's own members surely exists and is not inside an array.
    if (depth > 0) this.#visible.length = keep;
    return { t: 'struct', align: random.pick([1, 1, 1, 8, 32]), members };
  }

  #member(members: PlanMember[], depth: number): void {
    this.#budget--;
    const name = this.#name();
    const kind = this.#random.below(this.#language === 'ctf2' ? 15 : 12);
    this.#path.push(name);
    const type = this.#type(kind, members, name, depth);
    this.#path.pop();
    members.push({ name, type });
  }

  #type(kind: number, before: PlanMember[], name: string, depth: number): PlanType {
    const random = this.#random;
    if (depth < 4) {
      if (kind === 0) return this.#struct(depth + 1);
      if (kind === 1) return this.#variant(before, name, depth);
      if (kind === 2) return { t: 'array', length: random.below(MAX_LENGTH), element: this.#element(depth) };
      if (kind === 3) {
        const length = this.#length(before, name);
        return { t: 'array', length, element: this.#element(depth) };
      }
      if (kind === 12) return this.#optional(before, name, depth);
    }
    if (kind === 4) return { t: 'text', length: random.below(MAX_LENGTH) };
    if (kind === 5) return { t: 'text', length: this.#length(before, name) };
    if (kind === 6)
      return { t: 'float', bits: random.pick([32, 64]), align: random.pick([8, 32, 64]), order: this.#byteOrder() };
    if (kind === 7) return { t: 'string', encoding: 'utf-8' };
    if (kind === 13) return { t: 'string', encoding: random.pick(['utf-16le', 'utf-16be', 'utf-32le', 'utf-32be']) };
    if (kind === 14)
      return { t: 'blob', length: random.once(2) ? random.below(MAX_LENGTH) : this.#length(before, name) };
    return this.#integer();
  }

  /** Lengths inside are of the element itself, or of what was before the array. */
  #element(depth: number): PlanType {
    const random = this.#random;
    if (random.once(2)) return this.#struct(depth + 1);
    return random.once(3) ? { t: 'string', encoding: 'utf-8' } : this.#integer();
  }

  /** A byte must not mix orders: fields that share bytes have the trace's. */
  #byteOrder(): Order {
    return this.#random.pick(['le', 'be']);
  }

  #integer(): PlanInteger {
    const random = this.#random;
    if (random.once(3)) return this.#small();
    const bits = random.pick([8, 16, 32, 64]);
    const signed = random.once(2);
    const more = { signed, base: random.pick([2, 8, 10, 16] as const), align: random.pick([8, 8, bits]) };
    const integer = plainInteger(bits, this.#byteOrder(), more);
    if (this.#language === 'both') return integer;
    if (random.once(4)) return { ...integer, form: 'variable', order: 'le', bits: 64, align: 8 };
    return { ...integer, reversed: random.once(4) };
  }

  /** Any size at any bit; always in the trace's order. */
  #small(): PlanInteger {
    const random = this.#random;
    const integer = plainInteger(random.between(1, 64), this.#order, {
      signed: random.once(2),
      align: random.pick([1, 1, 2, 8]),
    });
    if (this.#language === 'both' || random.once(2)) return random.once(3) ? this.#labelled(integer) : integer;
    const form = random.pick(['boolean', 'bit-array', 'bit-map'] as const);
    const labels = form === 'bit-map' ? [{ name: 'flag', ranges: [[0n, 0n]] as const }] : [];
    return { ...integer, signed: false, base: form === 'boolean' ? 10 : 16, form, labels, reversed: random.once(4) };
  }

  #labelled(integer: PlanInteger): PlanInteger {
    const labels = Array.from({ length: this.#random.between(1, 4) }, (_, i): PlanLabel => {
      const [one, two] = [0, 1].map(() => this.#random.integer(integer.bits, integer.signed));
      return { name: `label ${i}`, ranges: [one! < two! ? [one!, two!] : [two!, one!]] };
    });
    return { ...integer, labels };
  }

  #reference(name: string): PlanReference {
    return { scope: this.#scope, path: [...this.#path.slice(0, -1), name] };
  }

  /** A length field of its own just before, or one that was there. */
  #length(before: PlanMember[], name: string): PlanLength {
    const random = this.#random;
    const reachable = this.#visible.filter(({ reference }) => this.#precedes(reference));
    if (reachable.length > 0 && random.once(2)) return random.pick(reachable).reference;
    const type = plainInteger(LENGTH_BITS, this.#order, { align: random.pick([1, 8]) });
    const reference = this.#reference(`${name}_length`);
    before.push({ name: `${name}_length`, type });
    this.#visible.push({ reference, type });
    return reference;
  }

  #precedes(reference: PlanReference): boolean {
    return PLAN_SCOPES.indexOf(reference.scope) <= PLAN_SCOPES.indexOf(this.#scope);
  }

  #variant(before: PlanMember[], name: string, depth: number): PlanType {
    const random = this.#random;
    const labels: PlanLabel[] = [];
    for (let i = 0, low = 0n; i < random.between(1, 3); i++) {
      const high = low + BigInt(random.below(3));
      labels.push({ name: `o${i}`, ranges: [[low, high]] });
      low = high + 1n;
    }
    before.push({ name: `${name}_tag`, type: plainInteger(8, this.#order, { labels }) });
    const tag = this.#reference(`${name}_tag`);
    const options = labels.map((label): PlanOption => {
      // In no location: it is told from members by its angle brackets.
      this.#path.push(`<${label.name}>`);
      const type = random.once(2) ? this.#struct(depth + 1) : this.#integer();
      this.#path.pop();
      return { name: label.name, ranges: label.ranges, type };
    });
    return { t: 'variant', tag, options };
  }

  #optional(before: PlanMember[], name: string, depth: number): PlanType {
    const boolean = this.#random.once(2);
    const selectorName = `${name}_selector`;
    before.push({ name: selectorName, type: plainInteger(8, this.#order, { form: boolean ? 'boolean' : 'integer' }) });
    const selector = this.#reference(selectorName);
    const content = this.#random.once(2) ? this.#struct(depth + 1) : this.#integer();
    return { t: 'optional', selector, ranges: boolean ? null : [[1n, 3n]], content };
  }
}
