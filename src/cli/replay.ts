import { hostname } from 'node:os';
import { basename, resolve } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { tracesIn } from '../ctf/folder.node.ts';
import { parseMetadata } from '../ctf/open.ts';
import { NODE_CLOCK } from '../lttng/channel/socket.ts';
import { LIVE_PORT } from '../lttng/protocol/live.ts';
import { FedStore } from '../lttng/replay/fed-store.ts';
import { Replay } from '../lttng/replay/replay.ts';
import { serveLive } from '../lttng/replay/serve.ts';
import { type Command, defineCommand } from './command.ts';

/** Between looks at whether the viewers that are waited for have come, or have gone. */
const LOOK_NS = 20e6;
const NS_PER_US = 1000;

export const command: Command = defineCommand({
  name: 'replay',
  summary: 'serve a recorded trace as a live session',
  description:
    'Plays TRACE, a folder as cat takes it, on a port that babeltrace2 -i lttng-live, lttng view and tailtrap watch as they\n' +
    'watch a relay: packets come at the pace at which they were written, or faster. It begins when the first viewer has\n' +
    'attached, and ends with a hang-up when everything was played and every viewer has gone.',
  operands: { text: 'TRACE', min: 1, max: 1 },
  options: {
    live: { type: 'boolean', help: 'as a live session (the only way there is)' },
    speed: { type: 'string', value: 'N|max', default: '1', help: '2: twice as fast as it was; max: all at once' },
    port: { type: 'integer', value: 'P', default: LIVE_PORT, min: 0, max: 65_535, help: 'where to listen; 0: any' },
    address: { type: 'string', value: 'A', default: '127.0.0.1', help: 'address to listen at' },
    session: { type: 'string', value: 'NAME', help: "the session's name; default: that of the folder" },
    'live-timer': { type: 'duration', value: 'D', default: '200ms', help: 'how often quiet streams say so' },
    viewers: { type: 'integer', value: 'N', default: 1, min: 0, help: 'begin when so many watch' },
  },
  examples: [
    { line: 'tailtrap replay --live ~/lttng-traces/my-session', does: 'at its own pace' },
    { line: 'tailtrap replay --live --speed 10 --viewers 2 snapshot/', does: 'ten times as fast, for two viewers' },
    { line: 'tailtrap replay --live --speed max --port 0 trace/', does: 'a test: any port, all at once' },
  ],
  async run({ options, operands: [path = ''], out, log, signal }) {
    if (!options.live) {
      throw new UsageError('TT_USAGE', 'replay needs --live', { next: 'to read a trace at once: tailtrap cat TRACE' });
    }
    const speed = speedOf(options.speed);
    const traces = tracesIn(path);
    const store = new FedStore();
    const replay = new Replay({
      traces,
      root: path,
      store,
      name: options.session ?? basename(resolve(path)),
      hostname: hostOf(traces[0]!.metadata),
      liveTimer_us: Math.max(1, Math.round(options['live-timer'] / NS_PER_US)),
      speed,
      clock: NODE_CLOCK,
      log,
      signal,
    });
    const serving = await serveLive(store, { host: options.address, port: options.port, log });
    const { session } = replay;
    const url = `net://${options.address.includes(':') ? `[${options.address}]` : options.address}:${serving.port}/host/${session.hostname}/${session.name}`;
    out.record({ url, traces: session.traces.length, streams: session.streamCount }, () => url);
    const watching = (): number => serving.server.watching(session);
    try {
      while (watching() < options.viewers && !signal.aborted) await NODE_CLOCK.wait(LOOK_NS, signal);
      if (!signal.aborted) await replay.play();
      while (watching() > 0 && !signal.aborted) await NODE_CLOCK.wait(LOOK_NS, signal);
    } finally {
      serving.close();
    }
    return 0;
  },
});

function speedOf(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (text.trim() !== '' && speed > 0 && Number.isFinite(speed)) return speed;
  throw new UsageError('TT_USAGE', `--speed '${text}' is neither a number above 0 nor max`);
}

/** As the trace says; ours where it does not. */
function hostOf(metadata: Uint8Array): string {
  const host = parseMetadata(metadata, 'metadata').environment.get('hostname');
  return typeof host === 'string' && host !== '' ? host : hostname();
}
