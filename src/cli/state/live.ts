/** The state of this machine, or of a live LTTng session, as it goes on. */
import { TailtrapError, UsageError } from '../../base/errors.ts';
import type { PushReader } from '../../ctf/push.ts';
import type { LiveState } from '../../state/index.ts';
import type { Notice } from '../../trace/event.ts';
import type { Output } from '../output.ts';
import type { EventInput } from '../session-input.ts';
import { dumpEvents } from './dump.ts';
import { KeptPackets } from './kept-packets.ts';
import { newState, type StateOptions } from './new-state.ts';
import { showState, type Wanted } from './show.ts';

/** How long to look when nothing is said: what sleeps shorter than that is seen. */
const DEFAULT_FOR_NS = 2e9;

export interface LiveContext {
  readonly options: StateOptions & {
    readonly at: string | undefined;
    readonly dump: string | undefined;
    readonly gmt: boolean;
    readonly for: number | undefined;
    readonly redis: string | undefined;
    readonly host: string | undefined;
    readonly watch: number | undefined;
  };
  readonly out: Output;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  readonly wanted: (first: () => bigint) => Wanted;
}

/** Who wants to be told by an input. */
interface Told {
  readonly onNotice: (notice: Notice) => void;
  /** Called with the reader before it is given anything. */
  readonly onReader: (reader: PushReader) => void;
}

/** Events that arrive, and what the input does with the state that they make. */
export interface LiveInput extends EventInput {
  /** Told once, when the state is made. */
  attach?(state: LiveState): void;
  /** Told when the events that there were are applied. */
  applied?(isFirst: boolean): void;
}

export async function liveState(url: string | undefined, context: LiveContext): Promise<number> {
  const { options, out, signal, log } = context;
  if (options.at !== undefined) {
    throw new UsageError('TT_USAGE', '--at needs a recorded trace', {
      next: 'write --ago 2s, or take a snapshot (tailtrap snapshot) and give its folder',
    });
  }
  let state: LiveState | null = null;
  const onNotice = (notice: Notice): void => {
    state?.notice(notice);
    log(`warning: ${notice.message}`);
  };
  const kept = options.dump === undefined ? null : new KeptPackets();
  const told: Told = { onNotice, onReader: (reader) => kept?.follow(reader) };
  const redis = options.redis === undefined ? null : await import('./redis-provider.ts');
  const provider =
    redis === null ? null : new redis.RedisProvider(options.redis!, options.host ?? redis.hostOf(url), log);
  // After everything that may be refused: it is to be closed again.
  const input = url === undefined ? await machineInput(context, told) : await watchedInput(url, context, told);
  const began = performance.now();
  const isShort = options.watch === undefined && provider === null;
  const end_ms = options.for ?? (isShort ? DEFAULT_FOR_NS : Number.POSITIVE_INFINITY);
  let next_ms = options.watch === undefined ? Number.POSITIVE_INFINITY : began + options.watch / 1e6;
  const wanted = context.wanted(() => BigInt(Date.now()) * 1_000_000n);
  let isTold = true;
  try {
    for (let more = true; more && !signal.aborted && performance.now() - began < end_ms / 1e6; ) {
      more = await input.advance();
      if (!input.reader.begun) continue;
      const isFirst = state === null;
      if (state === null) {
        state = newState(options, input.reader.origin_ns);
        input.attach?.(state);
      }
      for (let event = input.reader.next(); event !== null; event = input.reader.next()) state.update(event);
      input.applied?.(isFirst);
      kept?.applied(state);
      provider?.tick(state);
      if (performance.now() < next_ms) continue;
      next_ms = performance.now() + options.watch! / 1e6;
      showState(state, wanted, out, log);
    }
  } finally {
    await input.close();
    isTold = (await provider?.close(out)) ?? true;
  }
  if (state === null) {
    throw new TailtrapError('TT_STATE_NOTHING', 'no event came', { next: 'look longer, with --for 10s' });
  }
  if (kept !== null) {
    const { dump = '-', gmt } = options;
    const count = dumpEvents(kept.source(), state, { to: dump, json: out.json, gmt, log });
    if (dump !== '-') out.record({ path: dump, events: count }, () => dump);
    log(`${count} of ${state.counters.events} events are kept`);
  } else if (options.watch === undefined && provider === null) showState(state, wanted, out, log);
  return isTold ? 0 : 1;
}

async function watchedInput(
  url: string,
  { signal, log }: LiveContext,
  { onNotice, onReader }: Told,
): Promise<LiveInput> {
  const { sessionInput } = await import('../session-input.ts');
  const input = sessionInput(url, { log, signal, onNotice });
  onReader(input.reader);
  return input;
}

async function machineInput({ options, log }: LiveContext, told: Told): Promise<LiveInput> {
  const { MachineInput } = await import('./machine.ts');
  return MachineInput.start(options.parts, { log, ...told });
}
