/** Fields of an event as Perfetto shows them beside a slice: TrackEvent.debug_annotations. */
import type { FieldValue } from '../../trace/event.ts';
import type { ProtoWriter } from './protobuf.ts';

const DEBUG_ANNOTATIONS = 4;
const LIMIT = 2n ** 63n;

/** DebugAnnotation of TrackEvent. Arrays and structures are JSON text. */
export function annotate(out: ProtoWriter, name: string, value: FieldValue): void {
  const annotation = out.open(DEBUG_ANNOTATIONS);
  out.text(10, name);
  if (typeof value === 'boolean') out.uint(2, value ? 1 : 0);
  else if (typeof value === 'bigint') out.bigint(value >= LIMIT ? 3 : 4, value);
  else if (typeof value === 'number' && Number.isSafeInteger(value)) out.int(4, value);
  else if (typeof value === 'number') out.double(5, value);
  else if (typeof value === 'string') out.text(6, value);
  else
    out.text(
      6,
      JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? item.toString() : item)),
    );
  out.close(annotation);
}
