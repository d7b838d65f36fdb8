/** What a stream is told when it is made, and when a packet of it ends. */
import type { PacketInfo } from '../index-file.ts';
import type { StreamWriter } from '../stream.ts';
import type { CtfWriter, StreamClass } from '../writer.ts';
import type { PacketLayout } from './layout.ts';

/** What `endPacket` may be told; otherwise it is what the events say. */
export interface PacketEnd {
  /** Cycles; not before the last event. */
  readonly end?: bigint;
  /** Events discarded in this stream so far, this packet's included. */
  readonly discarded?: bigint;
  readonly sequence?: bigint;
  /** At least so large, with zeros behind the content. */
  readonly size_bytes?: number;
}

/**
 * Takes a closed packet; the bytes are valid only during the call. The metadata of `trace` describes it: a reader needs
 * that first.
 */
export type PacketSink = (stream: StreamWriter, packet: Uint8Array, trace: CtfWriter) => void;

export interface StreamOptions {
  readonly streamClass: StreamClass;
  readonly name: string;
  readonly instance: number | bigint;
  readonly cpu: number;
  readonly uuid: Uint8Array | null;
  readonly layout: PacketLayout;
  /** The context's own fields of packets that are opened by themselves. */
  readonly context: Uint8Array;
  readonly packetBytes: number;
  /** Keep times that are before those of the event before. */
  readonly keepTimes: boolean;
  readonly sink: (stream: StreamWriter, packet: Uint8Array) => void;
  readonly index: PacketInfo[] | null;
}
