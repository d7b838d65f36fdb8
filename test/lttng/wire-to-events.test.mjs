/**
 * A kernel session as it was on the wire (../shared/traces/live-kernel), into a relay of this process without disk, out as
 * events: the same as in the folder that lttng-relayd wrote. Skipped where the captures are missing.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { eachEvent, SessionSource, startRelay } from 'tailtrap/lttng';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { ROOT } from '../../scripts/lib/files.mjs';
import { readStreams, replay } from './captures.mjs';

const TRACES = join(ROOT, '../shared/traces');
const KERNEL = join(TRACES, 'live-kernel/T4-live.tar.xz');
const skip = !existsSync(KERNEL) && 'no captures beside the checkout';

/** Of all fields of all events, in order. */
class Sum {
  count = 0;
  #hash = createHash('sha1');
  take = (event) => {
    this.count++;
    const fields = JSON.stringify(event.toObject(), (_, value) => (typeof value === 'bigint' ? `${value}` : value));
    this.#hash.update(`${event.time_ns} ${event.cpu} ${event.name} ${fields}\n`);
  };
  get digest() {
    return this.#hash.digest('hex');
  }
}

test('132,640 events of a kernel, from the wire, without disk and without viewers', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-wire-'));
  const relay = await startRelay({ ports: { control: 0, data: 0, live: 0 } });
  try {
    execFileSync('tar', ['xf', KERNEL, '-C', folder]);
    execFileSync('tar', ['xf', join(TRACES, 'kernel/T4.tar.xz'), '-C', folder]);
    const sessions = [];
    relay.onSession((session) => {
      if (session.name !== 'live1') return;
      const source = new SessionSource(session);
      const sum = new Sum();
      sessions.push({ source, sum, done: eachEvent(source, sum.take) });
    });
    const { control, data } = relay.addresses;
    await replay(readStreams(join(folder, 'streams')), { control: control.port, data: data.port });
    assert.equal(sessions.length, 1);
    const [{ source, sum, done }] = sessions;
    await done;
    assert.deepEqual([source.skipped_packets, source.lost_packets], [0, 0]);
    const expected = new Sum();
    const events = openFolder(join(folder, 'T4/live1-20261123-041615')).events();
    for (let event = events.next(); event !== null; event = events.next()) expected.take(event);
    assert.equal(sum.count, 132_640);
    assert.equal(sum.digest, expected.digest);
  } finally {
    await relay.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
