/** Random traces of every construct: copies print what their originals print. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TailtrapError } from '../../base/errors.ts';
import { traceInMemory } from '../fuzz/memory.fuzz.ts';
import { madeSample } from '../fuzz/targets.fuzz.ts';
import type { CtfSource } from '../reader.ts';
import { openCtf } from '../source.ts';
import { EventLines } from '../text/lines.ts';
import { DEFAULT_TEXT_OPTIONS } from '../text/options.ts';
import { textStyle } from '../text/style.ts';
import type { CtfVersion } from '../writer.ts';
import { TraceCopy } from './copy.ts';

/** A second's worth; TAILTRAP_SEEDS for more. */
const SEEDS = Number(process.env.TAILTRAP_SEEDS ?? 60);

function print(source: CtfSource): string {
  const parts: string[] = [];
  const clock = { cycles: true, seconds: false, date: false, gmt: true };
  const style = textStyle({ ...DEFAULT_TEXT_OPTIONS, clock });
  const lines = new EventLines(source, style, (bytes) => parts.push(new TextDecoder().decode(bytes)));
  source.events({ onNotice: ({ message }) => parts.push(message) }).drain(lines.consumer, lines.out, lines.each);
  lines.end();
  return parts.join('');
}

/** @returns null where the version cannot say what the trace has */
function copyOf(source: CtfSource, version: CtfVersion): CtfSource | null {
  const files = new Map<string, Uint8Array[]>();
  let copy: TraceCopy;
  let noted = false;
  try {
    copy = new TraceCopy(source.traces[0]!.trace, {
      name: 'random',
      version,
      note: () => {
        noted = true;
      },
      sink: ({ name }, packet) => files.set(name, [...(files.get(name) ?? []), packet.slice()]),
    });
  } catch (error) {
    if (error instanceof TailtrapError && error.code === 'TT_CONVERT') return null;
    throw error;
  }
  // Said in another way: the text differs, and the user is told.
  if (noted) return null;
  source.events({ onPacket: copy.packet }).drain(copy.consumer, copy.encoder, copy.each);
  copy.end();
  const metadata = new TextEncoder().encode(copy.writer.metadata());
  const streams = [...files.values()].map((packets) => Buffer.concat(packets));
  return openCtf([traceInMemory(metadata, streams)]);
}

for (const version of ['1.8', '2'] as const) {
  test(`random traces and their copies in CTF ${version}`, (t) => {
    let refused = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const sample = madeSample(seed);
      const source = openCtf([traceInMemory(sample.metadata, sample.files)]);
      const copied = copyOf(source, version);
      if (copied === null) refused++;
      else assert.equal(print(copied), print(source), `seed ${seed}`);
    }
    t.diagnostic(`${SEEDS} traces, ${refused} of which CTF ${version} cannot say`);
    assert.ok(refused < (version === '2' ? SEEDS / 4 : (3 * SEEDS) / 4));
  });
}
