/** A producer's control connection: takes requests, answers them in order. What they do is in the files beside. */
import { messageOf } from '../../../base/errors.ts';
import { Command, commandName, genericReply, Ret } from '../../protocol/control.ts';
import { ControlReader } from '../../protocol/control-reader.ts';
import { type Bytes, takeBytes } from '../direct-socket.ts';
import type { Holder } from '../held-memory.ts';
import { ConnectionServer, type Peer } from '../peer.ts';
import type { Relay } from '../relay.ts';
import type { Session } from '../session.ts';
import { COMMANDS } from './commands.ts';
import { Watchdog } from './watchdog.ts';

/** What all control connections read into; taken before another one reads. */
const SHARED: Buffer = Buffer.allocUnsafe(65_536);

/** The answer to nearly everything. */
const OK: Uint8Array = genericReply(Ret.OK);

/** Replies that the producer did not read: then no more of its requests are read. */
const MAX_UNREAD_REPLY_BYTES = 262_144;

/** VERSION has 8 bytes. */
const MAX_FIRST_BYTES = 256;
/** Largest of all but metadata and rotations: two names and a path of 4096 bytes. */
const MAX_REQUEST_BYTES = 65_536;
/** Of each stream in ROTATE_STREAMS. */
const ROTATED_STREAM_BYTES = 16;

export class ControlConnection implements Bytes, Holder {
  readonly relay: Relay;
  readonly peer: Peer;
  readonly address: string;
  /** What both sides speak; null before VERSION. */
  minor: number | null = null;
  session: Session | null = null;
  private readonly reader: ControlReader;
  private readonly watchdog: Watchdog;
  private ended = false;

  constructor(relay: Relay, peer: Peer) {
    this.relay = relay;
    this.peer = peer;
    this.address = peer.address;
    this.reader = new ControlReader(
      ({ command, payload_bytes }) => {
        const limit_bytes = this.requestLimit(command);
        if (payload_bytes <= limit_bytes) return;
        this.fault(`${commandName(command)} of ${payload_bytes} bytes is more than ${limit_bytes}`);
      },
      (command, payload) => this.onRequest(command, payload),
    );
    this.watchdog = new Watchdog(relay.limits, (reason) => this.fault(reason));
    const { socket } = peer;
    takeBytes(socket, this);
    socket.on('drain', () => socket.resume());
    socket.on('error', (error) => this.fault(messageOf(error)));
    socket.on('close', () => this.end(false));
    socket.on('end', () => {
      if (!this.reader.idle && !this.ended) this.peer.note('ended in the middle of a request');
      this.end(false);
    });
  }

  /** Before VERSION, and without a session, nobody has much to say. */
  private requestLimit(command: number): number {
    const { request_bytes, streamsPerSession } = this.relay.limits;
    if (this.minor === null) return MAX_FIRST_BYTES;
    if (this.session === null) return MAX_REQUEST_BYTES;
    if (command === Command.SEND_METADATA) return request_bytes;
    if (command === Command.ROTATE_STREAMS) return MAX_REQUEST_BYTES + streamsPerSession * ROTATED_STREAM_BYTES;
    return MAX_REQUEST_BYTES;
  }

  reply(bytes: Uint8Array): void {
    const { socket } = this.peer;
    socket.write(bytes);
    if (socket.writableLength > MAX_UNREAD_REPLY_BYTES) socket.pause();
  }

  ret(code: Ret | number): void {
    this.reply(code === Ret.OK ? OK : genericReply(code));
  }

  cut(reason: string): void {
    this.fault(reason);
  }

  /** Cuts the producer off; its session is aborted. */
  fault(reason: string): void {
    if (this.ended) return;
    this.peer.fault(reason);
    this.end(true);
  }

  target(): Uint8Array {
    return SHARED;
  }
  took(bytes: number): void {
    this.push(SHARED, bytes);
  }
  push(chunk: Buffer, end: number = chunk.length): void {
    if (this.ended) return;
    try {
      this.reader.push(chunk, end);
    } catch (error) {
      this.fault(messageOf(error));
    }
    if (!this.ended) this.relay.incoming.partial.set(this, this.reader.held_bytes);
    this.watchdog.heard(!this.reader.idle);
  }

  private onRequest(command: number, payload: Buffer): void {
    const run = COMMANDS[command];
    if (run !== undefined) {
      run(this, payload);
      return;
    }
    this.ret(Ret.UNKNOWN);
    this.fault(`${commandName(command)} is unknown`);
  }

  private end(aborted: boolean): void {
    if (this.ended) return;
    this.ended = true;
    this.reader.stop();
    this.relay.incoming.partial.set(this, 0);
    this.watchdog.stop();
    this.session?.end(aborted);
  }
}

export class ControlServer extends ConnectionServer {
  private readonly relay: Relay;

  constructor(relay: Relay) {
    super();
    this.relay = relay;
  }

  protected begin(peer: Peer): void {
    new ControlConnection(this.relay, peer);
  }
}
