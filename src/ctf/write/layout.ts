/**
 * Where the parts of a packet's header and context stand: LTTng's layout, without what a trace does not have.
 *
 *     packet   | magic u32 | uuid 16 | stream_id u32 | stream_instance_id u64 |                            header
 *              | timestamp_begin | timestamp_end | content_size | packet_size | packet_seq_num |
 *              | events_discarded (u64 each) | cpu_id u32 or other fields |                                context
 */

export interface PacketParts {
  readonly uuid: boolean;
  readonly instance: boolean;
  /** `timestamp_begin`. */
  readonly begin: boolean;
  /** `timestamp_end`. */
  readonly end: boolean;
  readonly sequence: boolean;
  readonly discarded: boolean;
}

/** Byte offsets in a packet; -1: not there. */
export interface PacketLayout {
  readonly uuid: number;
  readonly streamId: number;
  readonly instance: number;
  readonly begin: number;
  readonly end: number;
  readonly content: number;
  readonly size: number;
  readonly sequence: number;
  readonly discarded: number;
  /** The fields of the context that are the user's. */
  readonly fields: number;
}

export function packetLayout(parts: PacketParts): PacketLayout {
  let at = 4;
  const take = (there: boolean, bytes: number): number => {
    const place = there ? at : -1;
    if (there) at += bytes;
    return place;
  };
  return {
    uuid: take(parts.uuid, 16),
    streamId: take(true, 4),
    instance: take(parts.instance, 8),
    begin: take(parts.begin, 8),
    end: take(parts.end, 8),
    content: take(true, 8),
    size: take(true, 8),
    sequence: take(parts.sequence, 8),
    discarded: take(parts.discarded, 8),
    fields: at,
  };
}
