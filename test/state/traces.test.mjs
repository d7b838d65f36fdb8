/**
 * Real traces of LTTng 2.13.9 (../shared/traces, skipped where they are missing): the state at chosen times, as it was
 * when the time came and as a question to the past, against a slow replay.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { oraclePicture, statePicture } from '../../dist/state/compare.test.data.js';
import { LiveState } from '../../dist/state/index.js';
import { Oracle } from '../../dist/state/oracle.test.data.js';
import { ROOT } from '../../scripts/lib/files.mjs';

const TRACES = join(ROOT, '../shared/traces/kernel');
const folder = mkdtempSync(join(tmpdir(), 'tailtrap-state-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** How far back a picture is asked for again. */
const BACK_NS = 1_500_000_000;

for (const [name, pictures, until_s] of [
  ['A1', 8, 60],
  ['T1', 3, 4],
]) {
  const skip = existsSync(join(TRACES, `${name}.tar.xz`)) ? false : 'the traces are not beside this checkout';
  test(`${name}: the state at ${pictures} times is that of a slow replay, then and later`, { skip }, () => {
    execFileSync('tar', ['xf', join(TRACES, `${name}.tar.xz`), '-C', folder]);
    const source = openFolder(join(folder, name));
    const range = source.timeRange();
    const origin_ns = source.origin_ns;
    const begin = Number(range.begin_ns - origin_ns);
    const length = Math.min(Number(range.end_ns - range.begin_ns), until_s * 1e9);
    // Odd fractions: anywhere between events.
    const times = Array.from({ length: pictures }, (_, i) => begin + Math.floor((length * (i + 0.77)) / pictures));
    const state = new LiveState({ origin_ns });
    const oracle = new Oracle();
    const expected = new Map();
    let compared = 0;
    const askPast = (now) => {
      for (const [time, picture] of expected) {
        if (time + BACK_NS > now) continue;
        expected.delete(time);
        assert.deepEqual(statePicture(state.at(origin_ns + BigInt(time)), origin_ns), picture, `past ${time}`);
        compared++;
      }
    };
    const events = source.events();
    for (let event = events.next(); event !== null; event = events.next()) {
      while (times.length > 0 && event.time > times[0]) {
        const time = times.shift();
        const picture = oraclePicture(oracle, time);
        assert.deepEqual(statePicture(state.at(origin_ns + BigInt(time)), origin_ns), picture, `now ${time}`);
        expected.set(time, picture);
        compared++;
      }
      if (expected.size > 0) askPast(event.time);
      if (times.length === 0 && expected.size === 0) break;
      state.update(event);
      oracle.feed(plain(event));
    }
    events.close();
    askPast(Number.POSITIVE_INFINITY);
    assert.equal(compared, 2 * pictures);
    console.log(`# ${name}: ${state.counters.events} events, ${state.threads.model.tasks.living} threads`);
  });
}

/** What the oracle reads; the tid context only where there is one. */
function plain(event) {
  const hasContext = event.type.numberField('tid') !== null && !event.type.fieldNames.includes('tid');
  const context = hasContext ? { tid: event.number('tid'), procname: event.string('procname') } : undefined;
  const { name, time, cpu } = event;
  return { name, time, cpu, fields: event.toObject(), ...(hasContext ? { context } : {}) };
}
