import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { timeZoneWarning } from './time-zone.ts';

test('zones that Node reads as GMT are told, and only those', () => {
  for (const zone of [undefined, '', 'UTC', 'Europe/Berlin', ':Europe/Berlin', 'EST5EDT', 'Etc/GMT+5']) {
    assert.equal(timeZoneWarning(zone), '', zone);
  }
  for (const zone of ['XYZ-05:45', 'CET-1CEST', '<+0545>-5:45', 'nonsense']) {
    assert.match(timeZoneWarning(zone), /^warning TT_TIME_ZONE: .*\n {2}next: /, zone);
    const offset = ['-p', 'new Date(0).getTimezoneOffset()'];
    const { stdout } = spawnSync(process.execPath, offset, { env: { ...process.env, TZ: zone }, encoding: 'utf8' });
    assert.equal(stdout.trim(), '0', `Node understands ${zone} after all`);
  }
});
