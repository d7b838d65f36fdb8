#!/usr/bin/env node
/**
 * Writes test/ctf/data: small traces with every construct of CTF 1.8 and CTF 2, in both byte orders, and what a reader
 * must make of them. Run it after `npm run build` when src/ctf/fuzz/constructs.fuzz.ts has changed; the
 * same source gives the same bytes.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeTraces } from '../dist/ctf/fuzz/constructs.fuzz.js';
import { eventText } from '../test/ctf/event-text.mjs';
import { ROOT } from './lib/files.mjs';
import { say } from './lib/say.mjs';

const DATA = join(ROOT, 'test/ctf/data');

rmSync(DATA, { recursive: true, force: true });
let bytes = 0;
for (const { name, metadata, trace } of madeTraces()) {
  const folder = join(DATA, name);
  mkdirSync(folder, { recursive: true });
  const write = (file, content) => {
    writeFileSync(join(folder, file), content);
    bytes += content.length;
  };
  write('metadata', metadata);
  trace.files.forEach((file, i) => {
    write(`stream_${i}`, file);
  });
  writeFileSync(join(DATA, `${name}.expected.jsonl`), trace.events.map((event) => `${eventText(event)}\n`).join(''));
}
say(`${bytes} bytes of traces in ${DATA}`);
