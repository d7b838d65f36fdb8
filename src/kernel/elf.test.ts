import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { TailtrapError } from '../base/errors.ts';
import { ElfFile, type ElfInput, textAt } from './elf.ts';
import { findFunctions, functionNames, hasSymbols } from './elf-symbols.ts';
import { usdtPlaces } from './track/stapsdt.ts';

const FUNC = 2;
const IFUNC = 10;
const LOCAL = 0;
const GLOBAL = 1;

interface TestSymbol {
  readonly name: string;
  readonly address: number;
  readonly type?: number;
  readonly bind?: number;
  readonly version?: number;
}

/** Bytes of an x86-64 library: code at file offset 0x1000 is loaded at 0x401000, data at 0x2000 at 0x602000. */
function library(symbols: readonly TestSymbol[], notes: Uint8Array = new Uint8Array(0)): Uint8Array<ArrayBuffer> {
  const strings = Buffer.from(`\0${symbols.map(({ name }) => `${name}\0`).join('')}`);
  const names = ['', '.dynsym', '.dynstr', '.gnu.version', '.shstrtab', '.note.stapsdt', '.stapsdt.base'];
  const nameTable = Buffer.from(`${names.join('\0')}\0`);
  const table = Buffer.alloc(24 * symbols.length);
  const versions = Buffer.alloc(2 * symbols.length);
  symbols.forEach(({ name, address, type = FUNC, bind = GLOBAL, version = 2 }, i) => {
    table.writeUInt32LE(strings.indexOf(`\0${name}\0`) + 1, 24 * i);
    table.writeUInt8((bind << 4) | type, 24 * i + 4);
    table.writeUInt16LE(address === 0 ? 0 : 1, 24 * i + 6);
    table.writeBigUInt64LE(BigInt(address), 24 * i + 8);
    table.writeBigUInt64LE(16n, 24 * i + 16);
    versions.writeUInt16LE(version, 2 * i);
  });
  const parts: [number, Uint8Array, number, number][] = [
    [0, new Uint8Array(0), 0, 0],
    [11, table, 2, 0],
    [3, strings, 0, 0],
    [0x6fffffff, versions, 0, 0],
    [3, nameTable, 0, 0],
    [7, notes, 0, 0],
    [1, new Uint8Array(1), 0, 0x402000],
  ];
  const file = Buffer.alloc(0x2000 + 64 * parts.length + 0x2000);
  Buffer.from('7f454c46020101', 'hex').copy(file);
  file.writeUInt16LE(62, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeBigUInt64LE(0x2000n, 40);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(2, 56);
  file.writeUInt16LE(64, 58);
  file.writeUInt16LE(parts.length, 60);
  file.writeUInt16LE(4, 62);
  segment(file, 64, 5, 0x1000, 0x401000, 0x1000);
  segment(file, 120, 6, 0x2000, 0x602000, 0x1000);
  let at = 0x2000 + 64 * parts.length;
  parts.forEach(([type, bytes, link, address], i) => {
    const header = 0x2000 + 64 * i;
    file.writeUInt32LE(nameTable.indexOf(`${names[i]}\0`), header);
    file.writeUInt32LE(type, header + 4);
    file.writeBigUInt64LE(BigInt(address), header + 16);
    file.writeBigUInt64LE(BigInt(at), header + 24);
    file.writeBigUInt64LE(BigInt(bytes.byteLength), header + 32);
    file.writeUInt32LE(link, header + 40);
    file.set(bytes, at);
    at += bytes.byteLength;
  });
  return Uint8Array.from(file);
}

function segment(file: Buffer, at: number, flags: number, offset: number, address: number, bytes: number): void {
  file.writeUInt32LE(1, at);
  file.writeUInt32LE(flags, at + 4);
  file.writeBigUInt64LE(BigInt(offset), at + 8);
  file.writeBigUInt64LE(BigInt(address), at + 16);
  file.writeBigUInt64LE(BigInt(bytes), at + 32);
}

/** Counts what is read, to prove the bound. */
function input(bytes: Uint8Array): ElfInput & { readBytes: number } {
  return {
    path: '/test',
    size: bytes.byteLength,
    readBytes: 0,
    read(offset, length) {
      this.readBytes += length;
      assert.ok(length <= bytes.byteLength, 'more is read than there is');
      return bytes.slice(offset, offset + length);
    },
  };
}

const SYMBOLS: readonly TestSymbol[] = [
  { name: 'begin', address: 0x401010 },
  { name: 'helper', address: 0x401020, bind: LOCAL },
  { name: 'helper', address: 0x401030, bind: LOCAL },
  { name: 'versioned', address: 0x401040, version: 0x8002 },
  { name: 'versioned', address: 0x401050, version: 3 },
  { name: 'memcpy', address: 0x401060, type: IFUNC },
  { name: 'elsewhere', address: 0 },
  { name: 'variable', address: 0x602000, type: 1 },
];

test('functions are found by name, addresses in the file', () => {
  const elf = new ElfFile(input(library(SYMBOLS)));
  const addresses = (name: string): number[] => findFunctions(elf, name).map(({ address }) => address);
  assert.deepEqual(addresses('begin'), [0x401010]);
  assert.deepEqual(addresses('helper'), [0x401020, 0x401030]);
  assert.deepEqual(addresses('versioned'), [0x401050], 'the version that new programs get');
  assert.deepEqual(addresses('elsewhere'), [], 'imported, not defined here');
  assert.deepEqual(addresses('variable'), []);
  assert.deepEqual(addresses('begi'), []);
  assert.deepEqual(addresses(''), []);
  assert.equal(findFunctions(elf, 'memcpy')[0]?.indirect, true);
  assert.ok(hasSymbols(elf));
  assert.deepEqual(
    functionNames(elf, (name) => name.startsWith('b') || name.startsWith('h')),
    ['begin', 'helper'],
  );
  assert.equal(elf.fileOffset(0x401010, true), 0x1010);
  assert.equal(elf.fileOffset(0x602008, false), 0x2008);
  assert.equal(elf.fileOffset(0x602008, true), null, 'data is no code');
  assert.equal(elf.fileOffset(0x700000, false), null);
});

test('what is no ELF file, or one of another kind, is refused in words', () => {
  const bad = (bytes: Uint8Array, why: RegExp): void => {
    assert.throws(
      () => new ElfFile(input(bytes)),
      (error) => error instanceof TailtrapError && why.test(error.message),
    );
  };
  bad(Buffer.from('#!/bin/sh\n'), /no ELF file/);
  bad(Buffer.from(`#!/bin/sh\n${' '.repeat(100)}`), /no ELF file/);
  const narrow = library([]);
  narrow[4] = 1;
  bad(narrow, /32-bit/);
  bad(library([]).slice(0, 0x2010), /cut short/);
});

/** A note of <sys/sdt.h>. */
function note(address: number, base: number, semaphore: number, texts: string): Uint8Array {
  const desc = Buffer.alloc(24 + texts.length);
  desc.writeBigUInt64LE(BigInt(address), 0);
  desc.writeBigUInt64LE(BigInt(base), 8);
  desc.writeBigUInt64LE(BigInt(semaphore), 16);
  desc.write(texts, 24, 'latin1');
  const padded = Buffer.alloc(Math.ceil(desc.length / 4) * 4);
  desc.copy(padded);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(8, 0);
  head.writeUInt32LE(desc.length, 4);
  head.writeUInt32LE(3, 8);
  head.write('stapsdt\0', 12, 'latin1');
  return Buffer.concat([head, padded]);
}

test('USDT notes, also of a program that was moved after linking', () => {
  const notes = Buffer.concat([
    note(0x401100, 0x402000, 0x602010, 'app\0request\x008@%rdi -4@-4(%rsp)\0'),
    note(0x400100, 0x401000, 0, 'app\0done\0\0'),
  ]);
  const places = usdtPlaces(new ElfFile(input(library([], notes))));
  assert.deepEqual(places, [
    { provider: 'app', name: 'request', args: '8@%rdi -4@-4(%rsp)', address: 0x401100, semaphore: 0x602010 },
    { provider: 'app', name: 'done', args: '', address: 0x401100, semaphore: 0 },
  ]);
});

test('a string table is never read past its end', () => {
  const table = Buffer.from('\0abc\0def');
  assert.equal(textAt(table, 1), 'abc');
  assert.equal(textAt(table, 5), 'def');
  assert.equal(textAt(table, 100), '');
});

/** All that a hostile file can reach. Its only ways out are a result and a TailtrapError. */
function readAll(bytes: Uint8Array): number {
  const source = input(bytes);
  try {
    const elf = new ElfFile(source);
    findFunctions(elf, 'begin');
    functionNames(elf, () => true);
    usdtPlaces(elf);
    elf.fileOffset(0x401010, true);
  } catch (error) {
    if (!(error instanceof TailtrapError)) throw error;
  }
  return source.readBytes;
}

test('fuzz: damaged files give errors, not crashes, nor more reading than some times their size', () => {
  const good = library(SYMBOLS, note(0x401100, 0, 0, 'app\0request\x008@%rdi\0'));
  const places = fc.nat(good.byteLength - 1);
  // Most bytes are padding: aim at the headers, the section table and what lies behind it as well.
  const aimed = fc.oneof(places, fc.nat(175), fc.integer({ min: 0x2000, max: 0x2400 }));
  const values = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));
  fc.assert(
    fc.property(fc.array(fc.tuple(aimed, values), { maxLength: 24 }), fc.option(places), (changes, cut) => {
      const bytes = good.slice();
      for (const [at, value] of changes) bytes[at] = value;
      assert.ok(readAll(cut === null ? bytes : bytes.slice(0, cut)) < 40 * good.byteLength);
    }),
    { numRuns: 3000 },
  );
});

test('fuzz: any bytes behind a good magic', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (tail) => {
      readAll(Buffer.concat([Buffer.from('7f454c46020101', 'hex'), tail]));
    }),
    { numRuns: 2000 },
  );
});
