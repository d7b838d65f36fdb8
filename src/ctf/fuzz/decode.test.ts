/** Random traces in both languages, decoded by generated code and by interpretation: what was written is read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TraceFiles } from '../reader.ts';
import { openCtf } from '../source.ts';
import { type ExpectedEvent, encode } from './encode.fuzz.ts';
import { PlanMaker } from './fields.fuzz.ts';
import { traceInMemory } from './memory.fuzz.ts';
import { printCtf2 } from './print-ctf2.fuzz.ts';
import { printTsdl } from './print-tsdl.fuzz.ts';

function readAll(files: TraceFiles, generate: boolean): ExpectedEvent[] {
  const events = openCtf([files], { generate }).events({ onNotice: (notice) => assert.fail(notice.message) });
  const read: ExpectedEvent[] = [];
  for (let event = events.next(); event !== null; event = events.next()) {
    read.push({ cycles: event.cycles, name: event.name, payload: event.toObject() });
  }
  return read;
}

const LANGUAGES = { both: printTsdl, ctf2: printCtf2 } as const;

for (const [language, print] of Object.entries(LANGUAGES) as ['both' | 'ctf2', typeof printTsdl][]) {
  for (const generate of [true, false]) {
    test(`${language === 'both' ? 'CTF 1.8' : 'CTF 2'}, ${generate ? 'generated' : 'interpreted'}`, () => {
      fc.assert(
        fc.property(fc.integer(), fc.integer({ min: 0, max: 25 }), (seed, size) => {
          const plan = new PlanMaker(seed, language).plan(size);
          const { files, events } = encode(plan, seed);
          assert.deepEqual(readAll(traceInMemory(print(plan), files), generate), events);
        }),
        { seed: 4, numRuns: 150 },
      );
    });
  }
}
