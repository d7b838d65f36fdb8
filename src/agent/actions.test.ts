import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outlier } from '../base/outlier.ts';
import { Actions, fillIn } from './actions.ts';

const outlier: Outlier = {
  id: 'block-1-1',
  host: 'h',
  tracker: 'block',
  kind: 'threshold',
  key: { device: 'sda' },
  begin_ns: '1',
  end_ns: '2',
  delay_ns: 12_345_678,
  threshold_ns: 1,
  cpu: 0,
  pid: 1,
  tid: 1,
  comm: '$(reboot)',
  cgroup: '/',
  details: {},
  snapshot: null,
};

test('fields of the outlier are filled in; unknown names stay', () => {
  assert.equal(
    fillIn('{tracker} {delay_ms} ms {key} {nothing} [{snapshot}]', outlier),
    'block 12.346 ms {"device":"sda"} {nothing} []',
  );
  assert.equal(fillIn('{__proto__}{constructor}', outlier), '{__proto__}{constructor}');
});

test('a name that looks like a command stays one argument: there is no shell', async () => {
  const lines: string[] = [];
  const actions = new Actions((line) => lines.push(line));
  const check = 'if (process.argv[1] !== "$(reboot)") process.exit(3)';
  actions.run([{ kind: 'exec', command: [process.execPath, '-e', check, '{comm}'], timeout_ns: 10e9 }], outlier);
  await until(() => actions.counters.started === 1);
  await settled(actions);
  assert.deepEqual(lines, []);
});

test('a failing program, a missing program and a slow program are counted and told, not thrown', async () => {
  const lines: string[] = [];
  const actions = new Actions((line) => lines.push(line));
  const run = (command: string[], timeout_ns = 10e9): void =>
    actions.run([{ kind: 'exec', command, timeout_ns }], outlier);
  run([process.execPath, '-e', 'console.error("no"); process.exit(3)']);
  run(['/nonexistent/program']);
  run([process.execPath, '-e', 'setTimeout(() => {}, 60000)'], 300e6);
  await until(() => actions.counters.failed === 3);
  assert.match(lines.join('\n'), /ended with 3: no/);
  assert.match(lines.join('\n'), /ENOENT/);
});

test('an outlier storm starts at most four programs at a time; the rest is counted', async () => {
  const actions = new Actions(() => {});
  const action = {
    kind: 'exec',
    command: [process.execPath, '-e', 'setTimeout(() => {}, 300)'],
    timeout_ns: 10e9,
  } as const;
  for (let i = 0; i < 100; i++) actions.run([action], outlier);
  assert.deepEqual(actions.counters, { started: 4, failed: 0, skipped: 96 });
  await actions.close();
});

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(done());
}

/** Lets running programs end by themselves. */
async function settled(actions: Actions): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal(actions.counters.failed, 0);
}
