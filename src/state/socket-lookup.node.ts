/**
 * Addresses of sockets from the kernel's tables below /proc/net. The kernel walks all of its hash table to write one: of TCP
 * that takes milliseconds where no socket is. So only the tables of the families that are asked for are read, and no more
 * often than a share of the processor allows.
 */
import { readFileSync } from 'node:fs';
import type { LiveState } from './live-state.ts';
import { type KnownSocket, parseSockets, SOCKET_FILES } from './sockets.ts';
import { NONE } from './table.ts';
import { FILE_SOCKET } from './tables/files.ts';

/** Between two looks: people see no difference to more. */
const SHORTEST_PAUSE_MS = 1000;
/** Of the time that is spent with them: a fifth of what all of the live state may cost on an idle machine. */
const SHARE = 0.002;

export interface SocketLookupOptions {
  /** `/proc`. */
  readonly root: string;
  /** Milliseconds on a clock that only goes forward. */
  readonly clock_ms: () => number;
}

export class SocketLookup {
  /** Tables that were read. */
  tables = 0;
  readonly #state: LiveState;
  readonly #root: string;
  readonly #clock_ms: () => number;
  /** Places in SOCKET_FILES. */
  readonly #wanted = new Set<number>();
  #next_ms = Number.NEGATIVE_INFINITY;

  constructor(state: LiveState, { root, clock_ms }: SocketLookupOptions) {
    this.#state = state;
    this.#root = root;
    this.#clock_ms = clock_ms;
  }

  /** The next look is also for this open file, when it is a socket. */
  want(file: number): void {
    const { files } = this.#state.model;
    if (file === NONE || files.type.data[file] !== FILE_SOCKET) return;
    const family = files.family.data[file]!;
    const type = files.socketType.data[file]!;
    for (const [place, [, itsFamily, itsType]] of SOCKET_FILES.entries()) {
      if (family !== NONE && family !== itsFamily) continue;
      if (type === NONE || itsType === 0 || type === itsType) this.#wanted.add(place);
    }
  }

  /** Reads all tables now, whatever it costs: once, when the state begins. */
  lookAtAll(): void {
    for (const place of SOCKET_FILES.keys()) this.#wanted.add(place);
    this.#read();
    this.#next_ms = this.#clock_ms() + SHORTEST_PAUSE_MS;
  }

  /** Reads what is wanted, when it is time to. */
  look(): void {
    const began_ms = this.#clock_ms();
    if (this.#wanted.size === 0 || began_ms < this.#next_ms) return;
    this.#read();
    const end_ms = this.#clock_ms();
    this.#next_ms = end_ms + Math.max(SHORTEST_PAUSE_MS, (end_ms - began_ms) / SHARE);
  }

  #read(): void {
    const sockets = new Map<number, KnownSocket>();
    for (const place of this.#wanted) {
      const [file, family, type] = SOCKET_FILES[place]!;
      parseSockets(read(`${this.#root}/net/${file}`), family, type, sockets);
      this.tables++;
    }
    this.#wanted.clear();
    if (sockets.size > 0) this.#learn(sockets);
  }

  #learn(sockets: ReadonlyMap<number, KnownSocket>): void {
    const { files, texts } = this.#state.model;
    for (let row = 0; row < files.used; row++) {
      if (files.type.data[row] !== FILE_SOCKET || !files.isAlive(row)) continue;
      const socket = sockets.get(files.inode.data[row]!);
      if (socket === undefined) continue;
      files.family.set(row, socket.family);
      if (socket.type !== 0) files.socketType.set(row, socket.type);
      if (socket.local !== '') files.local.set(row, texts.number(socket.local));
      if (socket.peer !== '') files.peer.set(row, texts.number(socket.peer));
      if (socket.listening) files.listening.set(row, 1);
    }
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // this kernel does not have it
  }
}
