/** A machine's idle life at a steady pace: reads a file a hundred times a second, until it is ended. */
import { closeSync, openSync, readSync } from 'node:fs';

const BEAT_MS = 10;
const bytes = new Uint8Array(4096);
setInterval(() => {
  const file = openSync('/proc/loadavg');
  readSync(file, bytes);
  closeSync(file);
}, BEAT_MS);
