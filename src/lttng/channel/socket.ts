/** Node's sockets and clock. */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteChannel, Clock } from './channel.ts';

export const NODE_CLOCK: Clock = {
  now_ns: () => performance.now() * 1e6,
  wait: async (duration_ns, signal) => {
    try {
      await sleep(duration_ns / 1e6, undefined, signal === undefined ? {} : { signal });
    } catch {
      // Aborted: the caller looks.
    }
  },
};

export class SocketChannel implements ByteChannel {
  readonly #socket: Duplex;
  #error: Error | null = null;
  #wake: (() => void) | null = null;
  #onDrain: (() => void) | null = null;

  constructor(socket: Duplex) {
    this.#socket = socket;
    const wake = (): void => {
      this.#wake?.();
      this.#wake = null;
    };
    socket.on('readable', wake);
    socket.on('end', wake);
    const drain = (): void => {
      this.#onDrain?.();
      this.#onDrain = null;
    };
    socket.on('drain', drain);
    socket.on('close', () => {
      wake();
      drain();
    });
    socket.on('error', (error) => {
      this.#error = error;
      wake();
    });
  }

  async read(): Promise<Uint8Array | null> {
    for (;;) {
      const bytes = this.#socket.read() as Buffer | null;
      if (bytes !== null) return bytes;
      if (this.#error !== null) throw this.#error;
      if (this.#socket.readableEnded || this.#socket.destroyed) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  write(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  async drained(): Promise<void> {
    while (this.#socket.writableNeedDrain && !this.#socket.destroyed) {
      await new Promise<void>((resolve) => {
        this.#onDrain = resolve;
      });
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
