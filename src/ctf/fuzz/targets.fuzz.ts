/** What is fuzzed: each target makes an input of a seed, runs, and lets nothing out but a `TailtrapError`. */
import { TailtrapError } from '../../base/errors.ts';
import type { Selection, TraceEvent, TraceSource } from '../../trace/event.ts';
import { traceOfJson } from '../ctf2/metadata.ts';
import { ValueVisitor } from '../decode/values.ts';
import type { TraceClass } from '../model.ts';
import { parseMetadata } from '../open.ts';
import { newTable, scanPackets } from '../packet-table.ts';
import { PushReader } from '../push.ts';
import type { StreamFile } from '../reader.ts';
import { openCtf } from '../source.ts';
import { traceOfTsdl } from '../tsdl/trace.ts';
import { encode } from './encode.fuzz.ts';
import { PlanMaker } from './fields.fuzz.ts';
import { traceInMemory } from './memory.fuzz.ts';
import { mutateBytes, mutateText } from './mutate.fuzz.ts';
import { printCtf2 } from './print-ctf2.fuzz.ts';
import { printTsdl } from './print-tsdl.fuzz.ts';
import { Random } from './random.fuzz.ts';

/** A trace to damage. */
export interface Sample {
  readonly metadata: Uint8Array;
  readonly files: readonly Uint8Array[];
}

/** Returns the bytes of input, for the memory that is allowed. */
export type Target = (seed: number, samples: readonly Sample[]) => number;

const utf8 = new TextEncoder();
/** Small events in a large file: more would only repeat. */
const MAX_EVENTS = 200_000;

function refusedOrRead(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof TailtrapError)) throw error;
    if (!error.code.startsWith('TT_CTF_')) throw new Error(`a code of another room: ${error.code}`, { cause: error });
    if (error.message === '' || error.where === '')
      throw new Error('an error without place or reason', { cause: error });
  }
}

/** Classes may be built when they are first asked for. */
function touch(trace: TraceClass): void {
  for (const stream of trace.streamClasses.values()) {
    for (const event of stream.eventClasses.values()) void (event.payload ?? event.specificContext);
  }
}

export function madeSample(seed: number): Sample {
  const random = new Random(seed);
  const language = random.pick(['both', 'ctf2'] as const);
  const plan = new PlanMaker(seed, language).plan(random.below(40));
  const text = language === 'both' ? printTsdl(plan) : printCtf2(plan);
  return { metadata: utf8.encode(text), files: encode(plan, seed).files };
}

function sampleOf(seed: number, samples: readonly Sample[], random: Random): Sample {
  return samples.length > 0 && random.once(2) ? random.pick(samples) : madeSample(seed);
}

function sizeOf({ metadata, files }: Sample): number {
  return files.reduce((sum, file) => sum + file.length, metadata.length);
}

/** All events or some, with their fields or without, by generated code or by interpretation, from the front or not. */
function readAll(sample: Sample, random: Random): void {
  const source = openCtf([traceInMemory(sample.metadata, sample.files)], { generate: random.once(2) });
  const range = source.timeRange();
  const events = source.events({ onNotice: () => {}, ...selection(random, range) });
  const fields = random.once(2);
  try {
    if (random.once(3)) {
      let left = MAX_EVENTS;
      const visitor = new ValueVisitor();
      events.drain({ visitor: () => visitor }, null, () => left-- > 0);
      return;
    }
    for (let count = 0; count < MAX_EVENTS; count++) {
      const event = events.next();
      if (event === null) break;
      if (fields) touchFields(event);
      if (count === 3 && range !== null && random.once(8)) events.seek(range.begin_ns);
    }
  } finally {
    events.close();
  }
}

function selection(random: Random, range: ReturnType<TraceSource['timeRange']>): Selection {
  if (random.once(2)) return {};
  if (range === null || random.once(2)) return { events: [random.pick(['*', '*0', '*1_?', 'none'])] };
  const length = range.end_ns - range.begin_ns;
  return { begin_ns: range.begin_ns + length / 4n, end_ns: range.end_ns - length / 4n };
}

function touchFields(event: TraceEvent): void {
  event.toObject();
  for (const name of event.type.fieldNames.slice(0, 8)) {
    event.number(name);
    event.bigint(name);
    event.string(name);
    event.value(name);
  }
}

/** Metadata and packets as they come over a network, some of them wrong. */
function push(sample: Sample, random: Random): void {
  const live = new PushReader({ name: 'fuzz', generate: random.once(2), onNotice: () => {} });
  live.metadata(sample.metadata);
  let events = 0;
  const take = (): void => {
    while (events++ < MAX_EVENTS) {
      const event = live.next();
      if (event === null) return;
      event.toObject();
    }
  };
  sample.files.forEach((file, id) => {
    if (random.once(2)) live.stream(id);
    const cut = random.below(file.length + 1);
    for (const part of [file.subarray(0, cut), file.subarray(cut)]) {
      if (part.length === 0) continue;
      live.packet(id, random.once(3) ? mutateBytes(part, random) : part);
      if (random.once(4)) live.inactive(id, random.bits64() >> 1n);
      take();
    }
  });
  if (random.once(4)) live.metadata(sample.metadata);
  sample.files.forEach((_, id) => {
    live.end(id);
    take();
  });
}

/** LTTng's index of a file, as its packets say. */
function indexBytes(file: StreamFile, metadata: Uint8Array): Uint8Array {
  const table = scanPackets(file, parseMetadata(metadata, 'metadata')) ?? newTable(0);
  const view = new DataView(new ArrayBuffer(16 + table.count * 72));
  for (const [i, value] of [0xc1f1dcc1, 1, 1, 72].entries()) view.setUint32(i * 4, value);
  for (let row = 0; row < table.count; row++) {
    const bits = BigInt(table.sizes_bytes[row]!) * 8n;
    const entry = [BigInt(table.offsets_bytes[row]!), bits, bits, table.begins[row]!, table.ends[row]!];
    for (const [i, value] of entry.entries()) view.setBigUint64(16 + row * 72 + i * 8, value);
    view.setBigUint64(16 + row * 72 + 64, table.sequences[row]!);
  }
  return new Uint8Array(view.buffer);
}

/** Each file once more with an index, in parts as a ring has them, from a time on. @returns how many events it has */
function readIndexed(sample: Sample, random: Random, damage: boolean): number {
  const trace = traceInMemory(sample.metadata, sample.files);
  const streams = trace.streams.map((file) => {
    const right = indexBytes(file, sample.metadata);
    const index = damage && random.once(2) ? mutateBytes(right, random) : right;
    return { ...file, index: () => (random.once(8) ? null : index) };
  });
  // Doubled files are overlapping snapshots.
  const source = openCtf([{ ...trace, streams: random.once(3) ? [...streams, ...streams] : streams }]);
  const range = source.timeRange();
  const begin_ns =
    range === null ? 0n : range.begin_ns + (range.end_ns - range.begin_ns) / BigInt(random.between(1, 9));
  const events = source.events({ begin_ns, onNotice: () => {} });
  let count = 0;
  while (count < MAX_EVENTS && events.next() !== null) count++;
  return count;
}

export const TARGETS: Readonly<Record<string, Target>> = {
  /** Texts of both languages, a few tokens wrong. */
  metadata: (seed) => {
    const random = new Random(seed);
    const json = random.once(2);
    const plan = new PlanMaker(seed, json ? 'ctf2' : 'both').plan(random.below(30));
    const text = mutateText(json ? printCtf2(plan) : printTsdl(plan), random);
    refusedOrRead(() => touch(json ? traceOfJson(text, 'metadata') : traceOfTsdl(text, 'metadata')));
    return text.length;
  },

  /** Metadata files, their packets too, with bytes wrong. */
  'metadata-bytes': (seed, samples) => {
    const random = new Random(seed);
    const bytes = mutateBytes(sampleOf(seed, samples, random).metadata, random);
    refusedOrRead(() => touch(parseMetadata(bytes, 'metadata')));
    return bytes.length;
  },

  /** Whole metadata, damaged data. */
  data: (seed, samples) => {
    const random = new Random(seed);
    const whole = sampleOf(seed, samples, random);
    const files = whole.files.map((file) => (random.once(2) ? mutateBytes(file, random) : file));
    const sample = { metadata: whole.metadata, files };
    refusedOrRead(() => readAll(sample, random));
    return sizeOf(sample);
  },

  /** Metadata that is well formed but says something else than the data. */
  mismatch: (seed, samples) => {
    const random = new Random(seed);
    const one = sampleOf(seed, samples, random);
    const text = mutateText(new TextDecoder().decode(one.metadata), random);
    const packed = one.metadata[0] !== 0x2f && one.metadata[0] !== 0x1e;
    const sample = { metadata: packed ? mutateBytes(one.metadata, random) : utf8.encode(text), files: one.files };
    refusedOrRead(() => readAll(sample, random));
    return sizeOf(sample);
  },

  /** Indexes that are right, wrong, or of other data. */
  index: (seed, samples) => {
    const random = new Random(seed);
    const whole = sampleOf(seed, samples, random);
    const files = whole.files.map((file) => (random.once(3) ? mutateBytes(file, random) : file));
    const sample = { metadata: whole.metadata, files };
    refusedOrRead(() => void readIndexed(sample, random, random.once(4)));
    return 2 * sizeOf(sample);
  },

  live: (seed, samples) => {
    const random = new Random(seed);
    const sample = sampleOf(seed, samples, random);
    refusedOrRead(() => push(sample, random));
    return sizeOf(sample);
  },
};
