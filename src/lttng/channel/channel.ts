/** What LTTng's protocols need of the world: a connection and a clock. `socket.ts` has those of Node. */

/** Bytes in both directions. */
export interface ByteChannel {
  /** The next bytes, or null when the peer has ended. Rejects when the connection broke. One call at a time. */
  read(): Promise<Uint8Array | null>;
  write(bytes: Uint8Array): void;
  /** Resolves when the peer has taken most of what was written, or is gone. */
  drained(): Promise<void>;
  /** Idempotent. A pending `read` ends. */
  close(): void;
}

export interface Clock {
  /** Monotonic. */
  now_ns(): number;
  /** Returns early when the signal is aborted. */
  wait(duration_ns: number, signal?: AbortSignal): Promise<void>;
}

/** Takes so many bytes at a time out of pieces of any size. */
export class Inbox {
  readonly #channel: ByteChannel;
  readonly #onBytes: () => void;
  #pieces: Uint8Array[] = [];
  #size = 0;

  /** @param onBytes called whenever something came */
  constructor(channel: ByteChannel, onBytes: () => void) {
    this.#channel = channel;
    this.#onBytes = onBytes;
  }

  /** Something of the next message is there. */
  get begun(): boolean {
    return this.#size > 0;
  }

  /** So many bytes are there already. */
  has(size: number): boolean {
    return this.#size >= size;
  }

  /** Exactly so many bytes, which are the caller's; null when the peer ended before. */
  async take(size: number): Promise<Uint8Array | null> {
    while (this.#size < size) {
      const piece = await this.#channel.read();
      if (piece === null) return null;
      this.#onBytes();
      this.#pieces.push(piece);
      this.#size += piece.length;
    }
    const out = new Uint8Array(size);
    let at = 0;
    let used = 0;
    while (at < size) {
      const piece = this.#pieces[used]!;
      const part = piece.length <= size - at ? piece : piece.subarray(0, size - at);
      out.set(part, at);
      at += part.length;
      if (part.length === piece.length) used++;
      else this.#pieces[used] = piece.subarray(part.length);
    }
    this.#pieces.splice(0, used);
    this.#size -= size;
    return out;
  }
}
