/** The same trace, printed as TSDL and as CTF 2, gives the same model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { traceOfJson } from '../ctf2/metadata.ts';
import { traceOfTsdl } from '../tsdl/trace.ts';
import { PlanMaker } from './fields.fuzz.ts';
import { comparable } from './model.fuzz.ts';
import { printCtf2 } from './print-ctf2.fuzz.ts';
import { printTsdl } from './print-tsdl.fuzz.ts';

test('a trace in TSDL and in CTF 2 is the same model', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 30 }), (seed, size) => {
      const plan = new PlanMaker(seed, 'both').plan(size);
      const tsdl = comparable(traceOfTsdl(printTsdl(plan), 'metadata'));
      const ctf2 = comparable(traceOfJson(printCtf2(plan), 'metadata'));
      assert.deepEqual(ctf2, tsdl);
    }),
    { seed: 4, numRuns: 200 },
  );
});

test('everything that only CTF 2 can say is accepted', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 30 }), (seed, size) => {
      const plan = new PlanMaker(seed, 'ctf2').plan(size);
      const trace = traceOfJson(printCtf2(plan), 'metadata');
      assert.equal(trace.streamClasses.size, plan.streams.length);
    }),
    { seed: 4, numRuns: 200 },
  );
});
