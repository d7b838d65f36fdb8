/** How many streams and connections there can be at once. */
import { readFileSync } from 'node:fs';
import type { Limits } from './limits.ts';

/** Where the system does not say: what it has nearly everywhere. */
const USUAL_OPEN_FILES = 1024;
/** A data file and an index file. */
const FILES_PER_STREAM = 2;
/** Of all files; the rest is for those of the next trace chunk while those of the last are open. */
const STREAMS_SHARE = 0.6;
/** Of all files, at each of three ports. */
const CONNECTIONS_SHARE = 0.1;

/** Of this process. */
export function openFilesLimit(): number {
  try {
    const soft = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft ?? USUAL_OPEN_FILES);
  } catch {
    return USUAL_OPEN_FILES;
  }
}

/** Who took all files would break sessions of others, which need the next one of a ring, and keep everybody out. */
export function fittingFiles(limits: Limits, open_files: number, writes: boolean): Limits {
  const streams = writes ? Math.floor((open_files * STREAMS_SHARE) / FILES_PER_STREAM) : limits.streams;
  const connections = Math.floor(open_files * CONNECTIONS_SHARE);
  return {
    ...limits,
    streams: Math.min(limits.streams, streams),
    connections: Math.min(limits.connections, connections),
  };
}
