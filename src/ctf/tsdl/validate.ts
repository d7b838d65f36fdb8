/** Rules on the fields that mean something: those of babeltrace2, so that what one refuses the other does not misread. */
import type { DataStreamClass, FieldClass, StructClass } from '../model.ts';

type Complain = (message: string) => Error;

const CONTEXT_INTEGERS: readonly string[] = [
  'timestamp_begin',
  'timestamp_end',
  'events_discarded',
  'packet_seq_num',
  'packet_size',
  'content_size',
];

function member(root: StructClass | null, name: string): FieldClass | undefined {
  return root?.members.find((candidate) => candidate.sourceName === name)?.type;
}

function unsignedInteger(root: StructClass | null, name: string, error: Complain): void {
  const type = member(root, name);
  if (type !== undefined && (type.kind !== 'integer' || type.signed)) {
    throw error(`'${name}' must be an unsigned integer`);
  }
}

export function checkPacketHeader(root: StructClass | null, error: Complain): void {
  const magic = member(root, 'magic');
  if (magic !== undefined) {
    unsignedInteger(root, 'magic', error);
    if (magic.kind === 'integer' && magic.bits !== 32) throw error("'magic' must have 32 bits");
    if (root!.members[0]!.type !== magic) throw error("'magic' must be the first field");
  }
  unsignedInteger(root, 'stream_id', error);
  unsignedInteger(root, 'stream_instance_id', error);
  const uuid = member(root, 'uuid');
  if (uuid !== undefined && !isUuid(uuid)) throw error("'uuid' must be an array of 16 unsigned bytes");
}

function isUuid(type: FieldClass): boolean {
  // Bytes with a text encoding are a text to us.
  if (type.kind === 'string') return type.length === 16 && type.alignment === 8;
  if (type.kind !== 'array' || type.length !== 16 || type.element.kind !== 'integer') return false;
  const { bits, signed, alignment } = type.element;
  return bits === 8 && !signed && alignment === 8;
}

export function checkPacketContext(root: StructClass | null, error: Complain): void {
  for (const name of CONTEXT_INTEGERS) unsignedInteger(root, name, error);
}

export function checkEventHeader(root: StructClass | null, error: Complain): void {
  unsignedInteger(root, 'id', error);
}

/** Without id in the header all events are of one class. */
export function checkEventIds(stream: DataStreamClass, error: Complain): void {
  if (stream.eventClasses.size > 1 && member(stream.eventHeader, 'id') === undefined) {
    throw error(`stream ${stream.id} has several events, and no field 'id' in its event header tells which`);
  }
}
