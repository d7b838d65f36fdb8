/** Reads tailtrap.yaml from the disk: a regular file and a bounded one, so that neither a pipe nor a device holds us up. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { messageOf, UsageError } from '../base/errors.ts';
import { MAX_CONFIG_BYTES } from './yaml-reader.ts';

/** @throws UsageError `TT_CONFIG` when it cannot be read */
export function readConfigFile(path: string): string {
  try {
    if (statSync(path).isFile()) return readRegular(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw fault(path, messageOf(error));
  }
  throw fault(path, 'it is not a regular file');
}

function readRegular(path: string): string {
  // Not blocking, should it be another file by now (or one of /proc that waits).
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) throw fault(path, 'it is not a regular file');
    const bytes = Buffer.alloc(MAX_CONFIG_BYTES + 1);
    let length = 0;
    for (let n = 1; n > 0 && length < bytes.length; length += n)
      n = readSync(fd, bytes, length, bytes.length - length, null);
    if (length > MAX_CONFIG_BYTES) throw fault(path, `it is larger than ${MAX_CONFIG_BYTES} bytes`);
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(fd);
  }
}

function fault(path: string, why: string): UsageError {
  return new UsageError('TT_CONFIG', `cannot read the configuration: ${why}`, {
    where: path,
    next: 'tailtrap run --example prints a complete one',
  });
}
