/**
 * On a real kernel: an instance is made, frozen, compared with its own `trace` text, and its snapshot read by babeltrace2.
 * Needs root and tracefs; skipped, and said, without.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { messageOf, TailtrapError } from '../../base/errors.ts';
import type { Outlier } from '../../base/outlier.ts';
import {
  babeltrace,
  compareSwitches,
  countBy,
  lttngName,
  nameOf,
  traceLines,
} from './fixtures/read-traces.test.data.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';
import { findTracefs } from './tracefs.ts';

function whyNot(): string | false {
  try {
    if (process.getuid?.() !== 0) return 'needs root';
    findTracefs();
    return false;
  } catch (error) {
    return messageOf(error);
  }
}

const skip = whyNot();
const withoutReader = spawnSync('babeltrace2', ['--version']).error !== undefined;

/** A small ring would overwrite while we look; 16 MiB hold some seconds of a busy test machine. */
const BUFFER_BYTES = 16 * 2 ** 20;

async function withRecorder(
  options: RecorderOptions,
  run: (recorder: Recorder, outDir: string) => Promise<void>,
): Promise<void> {
  const outDir = mkdtempSync(join(tmpdir(), 'tailtrap-test-'));
  const recorder = Recorder.start({ bufferBytes: BUFFER_BYTES, ...options });
  try {
    await run(recorder, outDir);
  } finally {
    recorder.close();
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** Some of everything: processes, files, a packet, timers. */
function work(): void {
  execFileSync('sh', ['-c', 'for i in 1 2 3; do /bin/true; done; ls /proc/self > /dev/null; sleep 0.02']);
}

function outlier(end_ns: bigint, id = 'test-1'): Outlier {
  return {
    id,
    host: 'h',
    tracker: 'test',
    kind: 'threshold',
    key: { tid: 1 },
    begin_ns: String(end_ns - 1000n),
    end_ns: String(end_ns),
    delay_ns: 1000,
    threshold_ns: 10,
    cpu: 0,
    pid: 1,
    tid: 1,
    comm: 'a "b" \\',
    cgroup: '/x',
    details: { n: [1, 'ü'] },
    snapshot: null,
  };
}

const now_ns = (): bigint => BigInt(Date.now()) * 1_000_000n;

test('a frozen instance, its own text, and the snapshot agree', { skip }, async (t) => {
  await withRecorder({}, async (recorder, outDir) => {
    work();
    recorder.freeze();
    const kernel = traceLines(recorder.instancePath);
    const result = await recorder.snapshot({ outliers: [outlier(now_ns())], outDir });
    const expected = countBy(kernel.map(({ name, rest }) => lttngName(name, rest)));
    const mine = Object.entries(result.counts).filter(([name]) => !/^(lttng_statedump|tailtrap)_/.test(name));
    assert.deepEqual(Object.fromEntries(mine.sort()), Object.fromEntries(Object.entries(expected).sort()));
    assert.deepEqual([result.lost, result.malformed], [0, 0]);
    if (withoutReader) {
      t.diagnostic('babeltrace2 is not installed: the trace was not read back');
      return;
    }
    const lines = babeltrace(result.path);
    assert.equal(lines.length, result.events);
    assert.deepEqual(countBy(lines.map(nameOf)), result.counts);
    compareSwitches(kernel, lines);
  });
});

test('state dump first, outlier at its own time, fields whole', {
  skip: skip || (withoutReader && 'needs babeltrace2'),
}, async () => {
  await withRecorder({}, async (recorder, outDir) => {
    work();
    const middle = now_ns() - 5_000_000n;
    const result = await recorder.snapshot({
      outliers: [outlier(middle + 2000n, 'b'), outlier(middle, 'a')],
      outDir,
      clockOffset_ns: 0n,
    });
    const lines = babeltrace(result.path);
    assert.equal(nameOf(lines[0]!), 'lttng_statedump_start');
    const self = lines.find(
      (l) => nameOf(l) === 'lttng_statedump_process_state' && l.includes(` { tid = ${process.pid}, `),
    )!;
    assert.match(self, new RegExp(`tid = ${process.pid}, pid = ${process.pid}, ppid = ${process.ppid}, .*type = 0`));
    const outliers = lines.filter((l) => nameOf(l) === 'tailtrap_outlier');
    assert.deepEqual(
      outliers.map((l) => /id = "(\w+)"/.exec(l)![1]),
      ['a', 'b'],
    );
    assert.match(outliers[0]!, new RegExp(`^\\[${String(middle).padStart(20, '0')}\\]`));
    assert.match(
      outliers[0]!,
      /delay_ns = 1000, threshold_ns = 10, cpu = 0, pid = 1, tid = 1, comm = "a \\"b\\" \\\\"/,
    );
    const file = JSON.parse(readFileSync(join(result.path, 'outlier.json'), 'utf8')) as { outliers: Outlier[] };
    assert.equal(file.outliers[0]!.snapshot, result.path);
  });
});

test('recording goes on after a snapshot, and nothing is told twice', { skip }, async () => {
  await withRecorder({ events: ['sched'] }, async (recorder, outDir) => {
    work();
    const first = await recorder.snapshot({ outliers: [], outDir });
    work();
    const second = await recorder.snapshot({ outliers: [], outDir });
    assert.ok(first.events > 10 && second.events > 10);
    assert.ok(BigInt(second.begin_ns) > BigInt(first.end_ns));
    assert.equal(readdirSync(outDir).length, 2);
  });
});

test('a ring that overwrote: what was lost before the window is told apart from holes', { skip }, async () => {
  await withRecorder({ bufferBytes: 1, events: ['sched', 'syscalls'] }, async (recorder, outDir) => {
    for (let i = 0; i < 20; i++) work();
    const result = await recorder.snapshot({ outliers: [], outDir });
    assert.ok(result.overwritten > 0, String(result.overwritten));
    assert.equal(result.lost, 0);
    for (let i = 0; i < 20; i++) work();
    // The first events after a snapshot survive in the reader page while the ring overwrites what followed them.
    const second = await recorder.snapshot({ outliers: [], outDir });
    assert.ok(second.overwritten > 0);
    assert.equal(second.lost, 0);
    if (withoutReader) return;
    for (const { path, events } of [result, second]) assert.equal(babeltrace(path).length, events);
  });
});

test('unknown events degrade the recorder, an empty set fails it and leaves nothing', { skip }, async () => {
  await withRecorder({ events: ['softirq', 'nosuch/event', 'nosuch/*'] }, async (recorder) => {
    assert.deepEqual(
      recorder.degraded.map((d) => d.event),
      ['nosuch/event', 'nosuch/*'],
    );
    assert.ok(recorder.eventCount >= 2);
  });
  const instances = join(findTracefs(), 'instances');
  const before = readdirSync(instances).sort();
  assert.throws(
    () => Recorder.start({ events: ['nosuch/event'] }),
    (e) => e instanceof TailtrapError && e.code === 'TT_RECORDER_NO_EVENTS',
  );
  assert.throws(
    () => Recorder.start({ bufferBytes: 2 ** 50 }),
    (e) => e instanceof TailtrapError && e.next !== '',
  );
  assert.deepEqual(readdirSync(instances).sort(), before);
});

test('instances of dead processes are removed at start', { skip }, async () => {
  const dead = spawnSync('true').pid;
  const leftover = join(findTracefs(), 'instances', `tailtrap-${dead}`);
  mkdirSync(leftover);
  await withRecorder({ events: ['softirq'] }, async () => {
    assert.equal(existsSync(leftover), false);
  });
});

test('close at any moment of a snapshot: no instance and no half folder stays', { skip }, async () => {
  for (const delay_ms of [0, 5, 15, 30, 60]) {
    await withRecorder({}, async (recorder, outDir) => {
      work();
      // Either it was complete, or it fails with the reason.
      const snapshot = recorder.snapshot({ outliers: [], outDir }).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, delay_ms));
      recorder.close();
      recorder.close();
      const end = await snapshot;
      if (end instanceof Error) assert.ok(end instanceof TailtrapError && end.code === 'TT_RECORDER_CLOSED', end.stack);
      assert.equal(existsSync(recorder.instancePath), false);
      const halves = readdirSync(outDir).filter((name) => name.startsWith('.tmp-'));
      assert.deepEqual(halves, []);
      assert.throws(
        () => recorder.freeze(),
        (e) => e instanceof TailtrapError && e.code === 'TT_RECORDER_CLOSED',
      );
    });
  }
});

test('a snapshot that cannot be written fails alone', { skip }, async () => {
  await withRecorder({ events: ['sched'] }, async (recorder, outDir) => {
    const file = join(outDir, 'file');
    writeFileSync(file, '');
    await assert.rejects(
      recorder.snapshot({ outliers: [], outDir: file }),
      (e) => e instanceof TailtrapError && e.code === 'TT_SNAPSHOT_WRITE',
    );
    work();
    const result = await recorder.snapshot({ outliers: [], outDir });
    assert.ok(result.events > 10);
  });
});

test('a full disk costs the snapshot, not the recorder', { skip }, async (t) => {
  await withRecorder({}, async (recorder, outDir) => {
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', outDir]);
    if (mount.status !== 0) {
      t.diagnostic('a small tmpfs cannot be mounted here');
      return;
    }
    try {
      for (let i = 0; i < 10; i++) work();
      await assert.rejects(
        recorder.snapshot({ outliers: [], outDir }),
        (e) => e instanceof TailtrapError && e.code === 'TT_SNAPSHOT_DISK_FULL',
      );
      assert.deepEqual(readdirSync(outDir), []);
    } finally {
      spawnSync('umount', [outDir]);
    }
    work();
    assert.ok((await recorder.snapshot({ outliers: [], outDir })).events > 10);
  });
});
