/**
 * Events as lines of text: the layout of babeltrace2's pretty sink, byte for byte, or JSON.
 *
 *     const lines = new EventLines(source, textStyle(options), (bytes) => writeSync(1, bytes));
 *     source.events().drain(lines.consumer, lines.out, lines.each);
 *     lines.end();
 *
 * Times, names and packet context of a line are written by `each`, before the generated code (emitter.ts) writes the
 * fields. What ends a line is written when the next one begins: `each` is not called behind an event.
 */
import type { EventType, FieldObject, StreamInfo } from '../../trace/event.ts';
import type { Consumer } from '../decode/emit.ts';
import type { CtfEvent, CtfSource } from '../reader.ts';
import { TextBuffer, type TextSink, UNCHECKED_BYTES } from './buffer.ts';
import { TextEmitter } from './emitter.ts';
import { Layout } from './layout.ts';
import { Literal } from './literal.ts';
import { PacketTexts } from './packet.ts';
import type { Style } from './style.ts';
import { EventTimes } from './time.ts';
import { TextVisitor } from './visitor.ts';

/** What is the same for all events of a class in packets of one context. */
interface Head {
  readonly type: EventType;
  readonly text: Literal;
  /** Instead of `text` when that is too long to be written in one go. */
  readonly long: Uint8Array | null;
  readonly hasTime: boolean;
}

/** Heads of a stream's events; new ones when the context of its packets changes. */
interface StreamHeads {
  context: FieldObject;
  contextText: string;
  byId: Map<number, Head>;
}

export class EventLines {
  readonly out: TextBuffer;
  readonly consumer: Consumer<TextBuffer>;
  readonly #style: Style;
  readonly #lineEnd: Literal;
  readonly #packets: PacketTexts;
  readonly #times: EventTimes;
  readonly #streams = new Map<StreamInfo, StreamHeads>();
  #lines = 0;

  constructor(source: CtfSource, style: Style, sink: TextSink) {
    this.#style = style;
    this.#lineEnd = new Literal(`${style.end}\n`);
    this.out = new TextBuffer(sink);
    const layout = new Layout(() => source.traces.map(({ trace }) => trace), style);
    this.#packets = new PacketTexts(layout);
    this.#times = new EventTimes(source.origin_ns, style.time);
    this.consumer = {
      emitter: (constant) => new TextEmitter(layout, constant),
      visitor: (out) => new TextVisitor(layout, out),
    };
  }

  /** Lines begun so far. */
  get count(): number {
    return this.#lines;
  }

  /** Begins the line of an event. */
  readonly each = (event: CtfEvent): true => {
    const { out } = this;
    const { view } = out;
    let p = out.at > out.limit ? out.flush(out.at) : out.at;
    if (this.#lines++ > 0) p = this.#lineEnd.write(view, p);
    let stream = this.#streams.get(event.stream);
    if (stream === undefined || stream.context !== event.packetContext) stream = this.#enterPacket(event);
    let head = stream.byId.get(event.type.id);
    if (head === undefined || head.type !== event.type) head = this.#addHead(event, stream);
    if (head.hasTime) p = this.#times.write(out, p, event);
    out.at = head.long === null ? head.text.write(view, p) : out.raw(p, head.long);
    return true;
  };

  /** `TraceEvent.time` of the last line. */
  get time(): number {
    return this.#times.last;
  }

  /** Gives what is there to the sink. */
  flush(): void {
    this.out.at = this.out.flush(this.out.at);
  }

  /** The last line's end. */
  end(): void {
    if (this.#lines > 0) this.out.at = this.#lineEnd.write(this.out.view, this.out.at);
    this.flush();
  }

  #enterPacket(event: CtfEvent): StreamHeads {
    const context = event.packetContext;
    const contextText = this.#packets.of(event.recordClass.streamClass.packetContext, context);
    const known = this.#streams.get(event.stream);
    if (known !== undefined) {
      known.context = context;
      if (known.contextText !== contextText) known.byId = new Map();
      known.contextText = contextText;
      return known;
    }
    const added: StreamHeads = { context, contextText, byId: new Map() };
    this.#streams.set(event.stream, added);
    return added;
  }

  #addHead(event: CtfEvent, stream: StreamHeads): Head {
    const { recordClass, trace, type } = event;
    const bytes = new TextEncoder().encode(this.#style.head(trace, recordClass) + stream.contextText);
    const head: Head = {
      type,
      text: new Literal(bytes),
      long: bytes.length > UNCHECKED_BYTES / 4 ? bytes : null,
      hasTime: recordClass.streamClass.defaultClock !== null,
    };
    stream.byId.set(type.id, head);
    return head;
  }
}
