/**
 * The live port: what viewers (babeltrace2, lttng view, our own) get of the store. Unlike the original it lets any number
 * of viewers watch a session, answers in one write, and says that a stream has ended only after its last packet was read.
 */
import { LIVE_MINOR } from '../../protocol/live.ts';
import type { Limits } from '../limits.ts';
import { ConnectionServer, type Peer } from '../peer.ts';
import type { RelayStore, StoredSession } from '../store.ts';
import { type LiveHub, ViewerConnection } from './connection.ts';

export class LiveServer extends ConnectionServer implements LiveHub {
  readonly limits: Limits;
  readonly minor: number;
  readonly #store: RelayStore;
  readonly #watching = new Map<StoredSession, number>();
  #viewerIds = 0n;

  /** @param minor of the version that it announces: 2.4 to 2.15 */
  constructor(store: RelayStore, limits: Limits, minor: number = LIVE_MINOR) {
    super();
    this.#store = store;
    this.limits = limits;
    this.minor = minor;
  }

  /** Viewers that are connected. */
  get viewers(): number {
    return this.count;
  }

  protected begin(peer: Peer): void {
    void new ViewerConnection(this, peer).run();
  }

  sessions(): readonly StoredSession[] {
    return this.#store.sessions();
  }

  session(id: number): StoredSession | undefined {
    return this.#store.session(id);
  }

  nextViewerId(): bigint {
    return ++this.#viewerIds;
  }

  watching(session: StoredSession): number {
    return this.#watching.get(session) ?? 0;
  }

  watch(session: StoredSession, change: 1 | -1): void {
    const count = this.watching(session) + change;
    if (count === 0) this.#watching.delete(session);
    else this.#watching.set(session, count);
  }
}
