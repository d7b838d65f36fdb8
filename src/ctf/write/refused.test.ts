/** What no reader would open is refused when it is declared or written, with a code, and leaves the writer as it was. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { TailtrapError } from '../../base/errors.ts';
import { eventWriter } from '../event-writer.ts';
import { type FieldType, string, text, u8, u16 } from '../fields.ts';
import { openFolder } from '../folder.node.ts';
import { CtfFolder } from '../node.ts';
import { CtfWriter, type CtfWriterOptions } from '../writer.ts';
import { CtfWriterError } from './errors.ts';

const place = mkdtempSync(join(tmpdir(), 'tailtrap-refused-'));
after(() => rmSync(place, { recursive: true, force: true }));

function writerOf(options: Partial<CtfWriterOptions> = {}): CtfWriter {
  return new CtfWriter({ uuid: null, clock: { name: 'c' }, environment: [], sink: () => {}, ...options });
}

function refuses(code: string, what: string, work: () => unknown): void {
  assert.throws(work, (error) => error instanceof CtfWriterError && error.code === code, what);
}

const declaring = (what: string, work: () => unknown): void => refuses('TT_CTF_DECLARATION', what, work);

test('sizes of packets', () => {
  for (const packetBytes of [Number.NaN, 1e12, Number.POSITIVE_INFINITY, 0, -1, 4095, 4096.5, 2 ** 26 + 1]) {
    declaring(`${packetBytes}`, () => writerOf({ packetBytes }));
  }
  for (const packetBytes of [4096, 2 ** 26]) writerOf({ packetBytes });
});

test('names and values of environment and clocks', () => {
  for (const name of ['a b', '', '1a', 'a"b', 'a\nb', 'ü']) {
    declaring(name, () => writerOf({ environment: [[name, 1]] }));
    declaring(name, () => writerOf({ clock: { name } }));
    writerOf({ environment: [[name, 1]], version: '2' });
  }
  const twice = [
    ['a', 1],
    ['a', 2],
  ] as const;
  declaring('twice', () => writerOf({ environment: twice }));
  for (const value of [0.5, Number.NaN, 2n ** 63n, 2 ** 60])
    declaring('v', () => writerOf({ environment: [['a', value]] }));
  for (const frequency_hz of [0n, -1n, 2n ** 64n])
    declaring('hz', () => writerOf({ clock: { name: 'c', frequency_hz } }));
  declaring('offset', () => writerOf({ clock: { name: 'c', offset_s: 2n ** 63n } }));
  declaring('two clocks', () => writerOf().addStreamClass({ clock: { name: 'c' } }));
});

test('names of fields, log levels, ids, classes of other writers', () => {
  const writer = writerOf();
  const streamClass = writer.addStreamClass();
  for (const name of ['a b', 'a"b', '../x', 'a\nb', 'ü', '']) {
    const fields = [{ name, type: u8 }];
    declaring(name, () => writer.addEventClass(streamClass, 'e', fields));
    declaring(name, () => writer.addEventClass(streamClass, 'e', [{ name: 's', type: { kind: 'struct', fields } }]));
    declaring(name, () => writer.addEventClass(streamClass, 'e', [], { context: fields }));
    declaring(name, () => writer.addStreamClass({ context: fields }));
    declaring(name, () => writer.addStreamClass({ packetContext: fields }));
  }
  const list: FieldType = { kind: 'sequence', element: u8 };
  for (const [a, b] of [
    ['a', 'a'],
    ['_list_length', 'list'],
  ] as const) {
    declaring(a, () =>
      writer.addEventClass(streamClass, 'e', [
        { name: a, type: u8 },
        { name: b, type: list },
      ]),
    );
  }
  for (const logLevel of [99, -1, 1.5])
    declaring('level', () => writer.addEventClass(streamClass, 'e', [], { logLevel }));
  for (const id of [-1, 2 ** 32, 0.5, Number.NaN]) {
    declaring('id', () => writer.addEventClass(streamClass, 'e', [], { id }));
    declaring('id', () => writer.addStreamClass({ id }));
  }
  for (const bytes of [-1, 0.5, Number.NaN, 1e12]) {
    declaring('length', () => writer.addEventClass(streamClass, 'e', [{ name: 'a', type: text(bytes) }]));
  }
  const foreign = writerOf().addStreamClass();
  declaring('class', () => writer.addEventClass(foreign, 'e', []));
  declaring('class', () => writer.addStream(foreign, { name: 's' }));
  // Nothing of it is left.
  assert.equal(writer.eventClasses.length, 0);
  assert.equal(writer.addStreamClass().id, 1);
  // What a packet says of itself, in CTF 2, where names have no underscore.
  const packetContext = [{ name: 'packet_size', type: u8 }];
  writer.addStreamClass({ packetContext });
  declaring('packet', () => writerOf({ version: '2' }).addStreamClass({ packetContext }));
});

test('names and numbers of streams', () => {
  const writer = writerOf();
  const streamClass = writer.addStreamClass();
  for (const name of ['../esc', 'a/b', '', '.', '..', '.hidden', 'a\0b', 'metadata', 'index', 'x'.repeat(252)]) {
    declaring(name, () => writer.addStream(streamClass, { name }));
  }
  writer.addStream(streamClass, { name: 'a' });
  declaring('name', () => writer.addStream(streamClass, { name: 'a', instance: 1 }));
  declaring('number', () => writer.addStream(streamClass, { name: 'b', instance: 0n }));
  for (const instance of [-1, 0.5, 2n ** 64n])
    declaring('number', () => writer.addStream(streamClass, { name: 'b', instance }));
  writer.addStream(writer.addStreamClass(), { name: 'b' });
  assert.equal(writer.streams.length, 2);
});

test('values, times, counters, order', () => {
  const writer = writerOf();
  const streamClass = writer.addStreamClass();
  const fields = [
    { name: 'pair', type: { kind: 'array', element: u8, length: 2 } as const },
    { name: 'name', type: string },
  ];
  const write = eventWriter(writer.addEventClass(streamClass, 'e', fields));
  const stream = writer.addStream(streamClass, { name: 's' });
  const other = writer.addStream(writer.addStreamClass(), { name: 'other' });
  const value = (what: string, work: () => unknown): void => refuses('TT_CTF_VALUE', what, work);
  const order = (what: string, work: () => unknown): void => refuses('TT_CTF_STATE', what, work);
  order('another class', () => write(other, 1n, [[1, 2], 'a']));
  order('no packet', () => stream.endPacket());
  for (const time of [-1n, 2n ** 64n]) value('time', () => write(stream, time, [[1, 2], 'a']));
  for (const pair of [[1], [1, 2, 3]]) value('array', () => write(stream, 1n, [pair, 'a']));
  value('64 MiB', () => write(stream, 1n, [[1, 2], 'x'.repeat(2 ** 26)]));
  for (const count of [-5, 0.5, Number.NaN]) value('count', () => stream.discard(count, 0, 0));
  value('half', () => stream.discard(1, -1, 0));
  for (const begin of [-1n, 2n ** 64n]) value('begin', () => stream.beginPacket(begin));
  assert.deepEqual([stream.events, stream.packets, other.events], [0, 0, 0]);
  write(stream, 2n ** 64n - 1n, [[1, 2], 'a']);
  for (const end of [
    { end: -1n },
    { discarded: -1n },
    { sequence: 2n ** 64n },
    { size_bytes: Number.NaN },
    { size_bytes: 1e12 },
  ]) {
    value('end', () => stream.endPacket(end));
  }
  stream.endPacket();
  assert.deepEqual([stream.events, stream.packets], [1, 1]);
});

/** A trace whose program stops at any of these times. */
function growing(path: string): { writer: CtfWriter; folder: CtfFolder; add: (name: string) => void } {
  const folder = new CtfFolder(path);
  const writer = writerOf({ sink: folder.sink });
  const streamClass = writer.addStreamClass();
  const stream = writer.addStream(streamClass, { name: 's' });
  const add = (name: string): void => {
    const write = eventWriter(writer.addEventClass(streamClass, name, [{ name: 'n', type: u16 }]));
    write(stream, BigInt(writer.eventClasses.length), [7]);
    stream.flush();
  };
  return { writer, folder, add };
}

function namesIn(path: string): string[] {
  const events = openFolder(path).events();
  const names: string[] = [];
  for (let event = events.next(); event !== null; event = events.next()) names.push(event.name);
  events.close();
  return names;
}

test('what is in the folder can be read at any time', () => {
  const path = join(place, 'growing');
  const { writer, folder, add } = growing(path);
  for (const names of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
    add(names.at(-1)!);
    assert.deepEqual(namesIn(path), names);
  }
  const before = readFileSync(join(path, 'metadata'), 'utf8');
  folder.finish(writer);
  assert.equal(readFileSync(join(path, 'metadata'), 'utf8'), before);
  assert.deepEqual(readdirSync(path).sort(), ['metadata', 's']);
  assert.equal(folder.bytes, before.length + readFileSync(join(path, 's')).length);
  // It is finished.
  refuses('TT_CTF_STATE', 'written after its end', () => add('d'));
  refuses('TT_CTF_STATE', 'finished twice', () => folder.finish(writer));
  assert.deepEqual(namesIn(path), ['a', 'b', 'c']);
});

test('a folder with a trace, or with a file of a stream, stays as it is', () => {
  const exists = (error: unknown): boolean => error instanceof TailtrapError && error.code === 'TT_EXISTS';
  const path = join(place, 'others');
  mkdirSync(path);
  writeFileSync(join(path, 's'), 'theirs');
  const { add } = growing(path);
  assert.throws(() => add('a'), exists);
  assert.equal(readFileSync(join(path, 's'), 'utf8'), 'theirs');
  assert.ok(existsSync(join(path, 'metadata')));
  assert.throws(() => new CtfFolder(path), exists);
});

test('text is cut before the character that does not fit, and at a NUL', () => {
  const path = join(place, 'cut');
  const folder = new CtfFolder(path);
  const writer = writerOf({ sink: folder.sink });
  const streamClass = writer.addStreamClass();
  const fields = [
    { name: 'four', type: text(4) },
    { name: 'name', type: string },
  ];
  const write = eventWriter(writer.addEventClass(streamClass, 'e', fields));
  const stream = writer.addStream(streamClass, { name: 's' });
  for (const value of ['abcü', 'ab\u{1f600}', 'üü', '\u{1f600}']) write(stream, 1n, [value, 'a\0b']);
  folder.finish(writer);
  const events = openFolder(path).events();
  const read: string[] = [];
  for (let event = events.next(); event !== null; event = events.next())
    read.push(event.string('four') + event.string('name'));
  events.close();
  assert.deepEqual(read, ['abca', 'aba', 'üüa', '\u{1f600}a']);
});
