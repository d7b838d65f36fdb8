/** A live session of a relay as an input of commands that follow events. */
import type { PushReader } from '../ctf/push.ts';
import { watchSession } from '../lttng/viewer/index.ts';
import type { Notice } from '../trace/event.ts';

/** What brings events: a relay, or the recorder. `advance` waits for some, or a moment. */
export interface EventInput {
  readonly reader: PushReader;
  /** @returns false when nothing more will come */
  advance(): Promise<boolean>;
  close(): Promise<void>;
}

export interface SessionWatch {
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  readonly onNotice: (notice: Notice) => void;
  /** Names of those that are needed, with `*` and `?`; default all. */
  readonly events?: readonly string[];
}

/** All of the session, from its beginning. @param url `net://HOST[:PORT]/host/NAME/SESSION` */
export function sessionInput(url: string, { log, signal, onNotice, events }: SessionWatch): EventInput {
  const stop = new AbortController();
  const viewer = watchSession(url, {
    seek: 'beginning',
    log: (line) => log(`tailtrap: ${line}`),
    signal: AbortSignal.any([signal, stop.signal]),
    onNotice,
    ...(events === undefined ? {} : { events }),
  });
  return {
    reader: viewer.reader,
    advance: () => viewer.advance(),
    close: async () => {
      // Lets the relay know.
      stop.abort();
      await viewer.advance();
    },
  };
}
