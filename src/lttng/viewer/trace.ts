/** Metadata of one live trace: collected as it comes, given to the reader when it can be parsed. */

import { TailtrapError } from '../../base/errors.ts';
import type { PushReader } from '../../ctf/push.ts';
import type { Clock } from '../channel/channel.ts';
import { LIVE_LIMITS } from '../protocol/live.ts';
import type { SessionPort } from './session.ts';

/** Metadata may end within a declaration for as long as the rest needs to arrive; longer is damage. */
const PATIENCE_NS = 10e9;

export class LiveMetadata {
  /** In the reader. */
  readonly number: number;
  /** Folder within the session. */
  readonly path: string;
  /** null until the relay announced it. */
  streamId: bigint | null = null;
  /** The reader can read packets of it. */
  ready = false;
  /** The relay has more than was asked for. */
  stale = true;
  /** The relay has forgotten it: it will not grow any more. */
  closed = false;
  /** Data streams that did not end. */
  streams = 0;
  readonly #name: string;
  #fetching: Promise<void> | null = null;
  #bytes: Uint8Array = new Uint8Array(0);
  #firstPacket = '';
  /** Since when what there is cannot be parsed. */
  #unfit: { readonly since_ns: number; readonly error: unknown } | null = null;

  constructor(number: number, path: string, name: string) {
    this.number = number;
    this.path = path;
    this.#name = name;
  }

  /** A new connection: the relay sends everything again. */
  restart(streamId: bigint): void {
    this.streamId = streamId;
    this.stale = true;
    this.closed = false;
    this.#bytes = new Uint8Array(0);
    this.#firstPacket = this.#head;
  }

  /** After `restart`: another trace came in place of the one before. */
  get replaced(): boolean {
    return this.#firstPacket !== '' && this.#head !== '' && this.#firstPacket !== this.#head;
  }

  /** Magic and UUID of packetised metadata. */
  get #head(): string {
    return Buffer.from(this.#bytes.subarray(0, 20)).toString('hex');
  }

  /** Fetches what there is, once for all who ask meanwhile. @throws what the parser throws, when it stays so */
  async fetch(connection: Pick<SessionPort, 'metadata'>, reader: PushReader, clock: Clock): Promise<void> {
    this.#fetching ??= this.#fetch(connection, reader, clock).finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #fetch(connection: Pick<SessionPort, 'metadata'>, reader: PushReader, clock: Clock): Promise<void> {
    if (this.streamId === null) return;
    const pieces: Uint8Array[] = [];
    let size = this.#bytes.length;
    for (;;) {
      const { status, bytes } = await connection.metadata(this.streamId);
      if (status === 'error') this.closed = true;
      if (status !== 'ok' || bytes.length === 0) break;
      size += bytes.length;
      if (size > LIVE_LIMITS.metadata_bytes) throw this.#tooLarge();
      pieces.push(bytes);
    }
    this.stale = false;
    if (pieces.length > 0) this.#bytes = Buffer.concat([this.#bytes, ...pieces]);
    if (pieces.length > 0 || this.#unfit !== null) this.#parse(reader, clock);
    // Streams are announced before their metadata; until then nothing is asked of them that could tell.
    if (!this.ready && !this.closed) this.stale = true;
  }

  #parse(reader: PushReader, clock: Clock): void {
    try {
      reader.metadata(this.#bytes, this.number, this.#name);
      this.ready = true;
      this.#unfit = null;
    } catch (error) {
      this.#unfit ??= { since_ns: clock.now_ns(), error };
      if (clock.now_ns() - this.#unfit.since_ns > PATIENCE_NS) throw error;
      // The rest is on its way; packets that need it wait with it.
      this.ready = false;
      this.stale = true;
    }
  }

  #tooLarge(): TailtrapError {
    return new TailtrapError('TT_LIVE_METADATA', `more than ${LIVE_LIMITS.metadata_bytes} bytes of metadata`, {
      where: `${this.#name}/${this.path}`,
    });
  }
}
