/** Runs test files with node:test, each in a process of its own, and tells what happened in a few lines. */
import { relative } from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';
import { ROOT } from './files.mjs';
import { bold, green, red, say, seconds, tail } from './say.mjs';

/** What is kept of the output of a test file, in characters. */
const MAX_PRINTED = 20_000;

/** What a set of test files came to. */
export function newTally() {
  return { passed: 0, failed: 0, skipped: [] };
}

/**
 * @param {string[]} files
 * @param {{parallel: number, fileLimitMs: number}} how see test-files.mjs
 * @param {ReturnType<typeof newTally>} tally is added to
 */
export async function runTests(files, how, tally) {
  if (files.length === 0) return;
  const events = run({ files, concurrency: how.parallel, timeout: how.fileLimitMs });
  // Events come file by file, in the order of `files`, however many run at once.
  let current = null;
  const printed = new Map();
  for await (const { type, data } of events) {
    if (type === 'test:stderr' || type === 'test:stdout') {
      printed.set(data.file, ((printed.get(data.file) ?? '') + data.message).slice(-MAX_PRINTED));
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details.type === 'suite' && type === 'test:pass') continue;
    const file = relative(ROOT, data.file ?? data.name);
    if (current?.file !== file) {
      closeFile(current);
      current = { file, passed: 0, failed: 0, skipped: 0, ms: 0 };
    }
    record(current, type, data, tally);
    // The file itself failed (it crashed, or was stopped): what it printed last is all there is to know.
    if (type === 'test:fail' && data.name === data.file && !isEcho(data)) say(tail(printed.get(data.file) ?? '', 30));
  }
  closeFile(current);
}

function record(current, type, data, tally) {
  if (data.nesting === 0) current.ms += data.details.duration_ms;
  if (data.skip !== undefined || data.todo !== undefined) {
    const reason = data.skip ?? `to do: ${data.todo}`;
    tally.skipped.push({ file: current.file, name: data.name, reason: typeof reason === 'string' ? reason : '' });
    current.skipped++;
  } else if (type === 'test:pass') {
    tally.passed++;
    current.passed++;
  } else if (!isEcho(data)) {
    tally.failed++;
    current.failed++;
    say(`${red('FAILED')} ${bold(current.file)}: ${data.name}`);
    say(indent(describe(data.details.error)));
  }
}

/** A parent that failed only because a child did: the child has told it already. */
function isEcho(data) {
  return data.details.error?.failureType === 'subtestsFailed';
}

function describe(error) {
  const cause = error?.cause ?? error;
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return typeof cause === 'string' ? cause : inspect(cause);
}

const indent = (text) =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

function closeFile(current) {
  if (current === null) return;
  const counts = [`${current.passed} passed`];
  if (current.failed > 0) counts.push(red(`${current.failed} failed`));
  if (current.skipped > 0) counts.push(`${current.skipped} skipped`);
  say(
    `${current.failed > 0 ? red('  not ok') : green('  ok    ')} ${current.file}: ${counts.join(', ')} (${seconds(current.ms)})`,
  );
}

/** The list of what was skipped and why, grouped by reason. */
export function listSkipped(tally) {
  if (tally.skipped.length === 0) return;
  say(bold('\nSkipped:'));
  for (const { file, name, reason } of tally.skipped) say(`  ${file}: ${name}: ${reason || 'no reason given'}`);
}
