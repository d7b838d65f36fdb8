/** A short run of every fuzz target, always the same; `npm run fuzz` runs longer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TARGETS } from './targets.fuzz.ts';

/** No single case may take longer; typical ones take a millisecond or two. */
const CASE_LIMIT_MS = 5000;

for (const [name, target] of Object.entries(TARGETS)) {
  test(`fuzz ${name}`, () => {
    for (let seed = 0; seed < 400; seed++) {
      const begin = performance.now();
      try {
        target(seed, []);
      } catch (error) {
        throw new Error(`target ${name}, seed ${seed}`, { cause: error });
      }
      assert(performance.now() - begin < CASE_LIMIT_MS, `seed ${seed} took too long`);
    }
  });
}
