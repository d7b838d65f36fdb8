/** wakeup: a program that times its own sleeps is the independent clock. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { agrees, needProgram, needRoot, run, sleep, watch } from './lib.mjs';

const skip = needRoot() || needProgram('chrt', 'taskset', 'perl');

/** Sleeps 20 ms again and again, and prints how late each wake-up was, in nanoseconds of CLOCK_MONOTONIC. */
const SLEEPER = `
use Time::HiRes qw(usleep clock_gettime CLOCK_MONOTONIC);
$0 = 'tt-sleeper'; $| = 1;
for (1 .. 40) {
  my $due = clock_gettime(CLOCK_MONOTONIC) + 0.02;
  usleep(20000);
  printf "%d\n", (clock_gettime(CLOCK_MONOTONIC) - $due) * 1e9;
}
`;

/** Keeps a CPU for 30 ms every 100 ms. */
const HOG = `
use Time::HiRes qw(usleep clock_gettime CLOCK_MONOTONIC);
$0 = 'tt-hog';
for (1 .. 8) {
  usleep(100000);
  my $end = clock_gettime(CLOCK_MONOTONIC) + 0.03;
  while (clock_gettime(CLOCK_MONOTONIC) < $end) {}
}
`;

/** Both real-time, so that nothing else on the machine makes the sleeper wait; the hog goes first. */
const onCpu0 = (priority, script) => ['taskset', ['-c', '0', 'chrt', '-f', String(priority), 'perl', '-e', script]];

for (const mode of ['direct', 'hashed']) {
  test(`wakeup: late wake-ups are caught, with the program's own delay (${mode} table)`, { skip }, async (t) => {
    const table = mode === 'hashed' ? ['--slots', '256'] : [];
    const watched = watch('wakeup', '--threshold', '5ms', '-c', 'tt-sleeper', table);
    t.after(() => watched.stop());
    await watched.ready;
    const hog = spawn(...onCpu0(50, HOG), { stdio: 'ignore' });
    t.after(() => hog.kill('SIGKILL'));
    const { stdout } = await run(...onCpu0(10, SLEEPER));
    await sleep(200);

    const late = stdout
      .trim()
      .split('\n')
      .map(Number)
      .filter((ns) => ns > 5.5e6);
    assert.ok(late.length >= 2, `the hog made late wake-ups: ${late.length}`);
    for (const late_ns of late) {
      const found = watched.outliers.find((o) => agrees(o.delay_ns, late_ns));
      assert.ok(found, `a wake-up ${late_ns} ns late; caught: ${watched.outliers.map((o) => o.delay_ns)}`);
    }
    for (const o of watched.outliers) {
      assert.ok(o.delay_ns > 5e6, 'none below the threshold');
      assert.equal(o.comm, 'tt-sleeper');
    }
    const hogged = watched.outliers.find((o) =>
      o.details.ran_meanwhile.some((r) => r.comm === 'tt-hog' && r.ran_ns > 3e6),
    );
    assert.ok(hogged, 'it tells who had the CPU meanwhile');
  });
}
