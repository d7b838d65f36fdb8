/** One metadata stream and its data streams: what a producer puts into one folder. */
import type { MetadataStream } from './metadata.ts';
import type { Session } from './session.ts';
import type { StoredTrace } from './store.ts';
import type { DataStream } from './stream.ts';

export class Trace implements StoredTrace {
  readonly id: number;
  readonly session: Session;
  readonly path: string;
  metadata: MetadataStream | null = null;
  readonly streams: DataStream[] = [];
  /** Also those that are not published. */
  openStreams = 0;

  constructor(id: number, session: Session, path: string) {
    this.id = id;
    this.session = session;
    this.path = path;
  }

  /** Nobody new will read it. */
  forget(): void {
    for (const stream of this.streams) stream.forget();
  }
}
