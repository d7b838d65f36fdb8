/** A viewer of a relay in memory that collects what comes. */
import { setImmediate } from 'node:timers/promises';
import { FAST_CLOCK, TestRelay, TestTrace } from './relay.test.data.ts';
import { parseLiveUrl, type SessionAddress } from './url.ts';
import { LiveViewer, type ViewerOptions } from './viewer.ts';

const ADDRESS = parseLiveUrl('net://relay/host/h/s') as SessionAddress;

export interface Watched {
  readonly viewer: LiveViewer;
  readonly lines: string[];
  /** Times of the events, as they came. */
  readonly times: bigint[];
  /** Until the end. */
  all(): Promise<bigint[]>;
}

export function watch(relay: TestRelay, options: Partial<ViewerOptions> = {}): Watched {
  const lines: string[] = [];
  const times: bigint[] = [];
  const viewer = new LiveViewer(ADDRESS, {
    connect: relay.connect,
    clock: FAST_CLOCK,
    seek: 'beginning',
    log: (line) => lines.push(line),
    ...options,
  });
  const take = (): void => {
    for (let e = viewer.reader.next(); e !== null; e = viewer.reader.next()) times.push(e.bigint('at'));
  };
  const all = async (): Promise<bigint[]> => {
    try {
      while (await viewer.advance()) take();
    } finally {
      take();
    }
    return times;
  };
  return { viewer, lines, times, all };
}

export const range = (from: bigint, count: number, step = 1n): bigint[] =>
  Array.from({ length: count }, (_, i) => from + BigInt(i) * step);
export const sorted = (...lists: bigint[][]): bigint[] => lists.flat().sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** Packets of `fullRelay`. */
export const PACKETS = 20;

/** Two traces of two streams, everything there from the beginning. */
export function fullRelay(minor?: number): { relay: TestRelay; expected: bigint[] } {
  const relay = new TestRelay(minor);
  const session = relay.session();
  const lists: bigint[][] = [];
  for (const uuid of [7, 3]) {
    const trace = new TestTrace(session, 2, uuid, () => relay.reads++);
    trace.sendMetadata();
    for (let packet = 0; packet < 5; packet++) {
      for (const stream of [0, 1]) {
        const times = range(BigInt(1000 + packet * 100 + stream + uuid), 10, 7n);
        trace.packet(stream, times);
        lists.push(times);
      }
    }
  }
  session.publish();
  return { relay, expected: sorted(...lists) };
}

/** Ends the sessions a moment after they were attached: a closed one cannot be. */
export async function endSoon(relay: TestRelay): Promise<void> {
  while (relay.server.viewers === 0) await setImmediate();
  await FAST_CLOCK.wait(500e6);
  for (const session of relay.store.sessions()) (session as unknown as { close(): void }).close();
}
