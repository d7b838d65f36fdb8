/** Block devices by name. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../base/errors.ts';

/**
 * `sda`, `/dev/sda`, `sda1` or `8:0` as the kernel's internal number, `major << 20 | minor` (12 and 20 bits). A partition stands for its
 * disk: requests know only the disk.
 *
 * @throws UsageError `TT_NO_DEVICE`
 */
export function parseDevice(text: string): number {
  const direct = /^(\d+):(\d+)$/.exec(text);
  if (direct !== null && Number(direct[1]) < 2 ** 12 && Number(direct[2]) < 2 ** 20) {
    return (Number(direct[1]) << 20) | Number(direct[2]);
  }
  const name = text.replace(/^\/dev\//, '');
  const number = /^[\w!.-]+$/.test(name) ? deviceNumber(name) : null;
  if (number === null) {
    throw new UsageError('TT_NO_DEVICE', `there is no block device '${text}'`, { next: 'lsblk lists them' });
  }
  return number;
}

function deviceNumber(name: string): number | null {
  for (const path of [`/sys/class/block/${name}/../dev`, `/sys/class/block/${name}/dev`]) {
    try {
      const match = /^(\d+):(\d+)/.exec(readFileSync(path, 'utf8'));
      if (match !== null) return (Number(match[1]) << 20) | Number(match[2]);
    } catch {
      // not a partition, or no such device
    }
  }
  return null;
}
