/**
 * Events as lines of text: the layout of babeltrace2's pretty sink, byte for byte, or JSON.
 *
 *     const lines = new EventLines(source, textStyle(options), (bytes) => writeSync(1, bytes));
 *     source.events().drain(lines.consumer, lines.out, lines.line);
 *     lines.end();
 *
 * Most lines are written by `line` as a whole (rows.ts). Of the others it writes times, names and packet context, before
 * the generated code (emitter.ts) writes the fields. What ends a line is written when the next one begins.
 */
import type { EventType, FieldObject, StreamInfo } from '../../trace/event.ts';
import type { Consumer } from '../decode/emit.ts';
import type { HeaderWindow } from '../decode/header.ts';
import type { EventRecordClass } from '../model.ts';
import type { CtfEvent, CtfSource } from '../reader.ts';
import { LITERAL_BYTES, TextBuffer, type TextSink } from './buffer.ts';
import { TextEmitter } from './emitter.ts';
import { Layout } from './layout.ts';
import type { Literal } from './literal.ts';
import { PacketTexts } from './packet.ts';
import { type Rows, RowWriter } from './rows.ts';
import type { Style } from './style.ts';
import { EventTimes } from './time.ts';
import { TextVisitor } from './visitor.ts';

/** What is the same for all events of a class in packets of one context. */
interface Head {
  readonly type: EventType;
  readonly text: Literal;
  /** Instead of `text` when that is too long to be a literal. */
  readonly long: Uint8Array | null;
  readonly hasTime: boolean;
  /** Everything behind the times, if it can be written at once. */
  readonly rows: Rows | null;
  readonly stream: StreamHeads;
}

/** Heads of a stream's events; new ones when the context of its packets changes. */
interface StreamHeads {
  readonly stream: StreamInfo;
  context: FieldObject;
  contextText: string;
  /** How often that was another text; above a limit it is no part of the heads any more, but stands here. */
  changes: number;
  separate: Uint8Array | null;
  byId: (Head | undefined)[];
}

/** Heads of ids above this are not kept: a table for them would be hostile metadata's memory. */
const MAX_ID = 65536;
const MAX_CPUS = 4096;
/** Packet contexts of a stream that heads are made for. More often than CPUs it is a number that counts. */
const MAX_CHANGES = 16;

export class EventLines {
  readonly out: TextBuffer;
  readonly consumer: Consumer<TextBuffer>;
  readonly #style: Style;
  readonly #lineEnd: string;
  readonly #packets: PacketTexts;
  readonly #times: EventTimes;
  readonly #writer: RowWriter;
  /** Of classes whose first event has come. */
  readonly #rows = new Map<EventRecordClass, Rows>();
  readonly #streams = new Map<StreamInfo, StreamHeads>();
  /** The stream that an event of this CPU came from last: mostly it is the same again. */
  readonly #byCpu: (StreamHeads | undefined)[] = [];
  #lines = 0;
  /** Bytes at the beginning of the buffer that are not given to the sink. */
  #skip: number;
  #ended = 0;

  constructor(source: Pick<CtfSource, 'traces' | 'origin_ns'>, style: Style, sink: TextSink) {
    this.#style = style;
    this.#lineEnd = `${style.end}\n`;
    // The end of the line before stands before every line; there is none before the first.
    this.#skip = this.#lineEnd.length;
    this.out = new TextBuffer((bytes) => {
      const from = this.#skip;
      this.#skip = 0;
      sink(from === 0 ? bytes : bytes.subarray(from));
    });
    const layout = new Layout(() => source.traces.map(({ trace }) => trace), style);
    this.#packets = new PacketTexts(layout);
    const time = { ...style.time, before: this.#lineEnd + style.time.before };
    this.#times = new EventTimes(source.origin_ns, time, this.out);
    this.#writer = new RowWriter(layout, this.out);
    this.consumer = {
      ready: (event, trees, alignment) => {
        const rows = this.#writer.rowsOf(trees, alignment);
        if (rows === null) return null;
        this.#rows.set(event, rows);
        return (c, body, out) => {
          out.at = this.#writer.write(out.at, rows, c, body);
          return body;
        };
      },
      emitter: (constant) => new TextEmitter(layout, constant, this.out),
      visitor: (out) => new TextVisitor(layout, out),
    };
  }

  /** Lines begun so far. */
  get count(): number {
    return this.#lines;
  }

  /**
   * For `drain`, of nothing but selected events' cursors: writes the line of an event.
   *
   * @returns whether the fields are still to be written by the consumer
   */
  readonly line = (event: CtfEvent): boolean => {
    const head = this.#headOf(event);
    if (head.rows === null) {
      this.#begin(event, head);
      return true;
    }
    const { out } = this;
    this.#lines++;
    const p = head.hasTime ? this.#times.write(out.at, event) : out.at;
    // What drain gives is the cursor.
    const cursor = event as unknown as HeaderWindow;
    out.at = this.#writer.write(p, head.rows, cursor, cursor.body);
    return false;
  };

  /** Begins the line of any event; `visit` of the consumer writes its fields. */
  readonly each = (event: CtfEvent): true => {
    this.#begin(event, this.#headOf(event));
    return true;
  };

  #headOf(event: CtfEvent): Head {
    let heads = this.#byCpu[event.cpu + 1];
    if (heads === undefined || heads.stream !== event.stream || heads.context !== event.packetContext) {
      heads = this.#enterPacket(event);
    }
    const { type } = event;
    const head = heads.byId[type.id];
    return head === undefined || head.type !== type ? this.#addHead(event, heads) : head;
  }

  #begin(event: CtfEvent, head: Head): void {
    const { out } = this;
    this.#lines++;
    const p = head.hasTime ? this.#times.write(out.at, event) : out.at;
    out.at = head.long === null ? out.longLiteral(p, head.text.word, head.text.length) : out.raw(p, head.long);
    const { separate } = head.stream;
    if (separate !== null) out.at = out.raw(out.at, separate);
  }

  /** `TraceEvent.time` of the last line; NaN where times are not known. */
  get time(): number {
    return this.#times.last;
  }

  /** The same of the first line. */
  get firstTime(): number {
    return this.#times.first;
  }

  /** Begins a new text, after `end`. @param last time of the line before its first, when there is one elsewhere */
  restart(last?: number): void {
    this.#lines = 0;
    this.#ended = 0;
    this.#skip = this.#lineEnd.length;
    this.#times.restart(last);
  }

  /** Gives what is there to the sink. */
  flush(): void {
    this.out.at = this.out.flush(this.out.at);
  }

  /** Ends the last line and gives everything to the sink; more lines may follow, when live events come. */
  end(): void {
    if (this.#lines > this.#ended) {
      this.out.at = this.out.ascii(this.out.at, this.#lineEnd);
      this.flush();
      this.#skip = this.#lineEnd.length;
    }
    this.#ended = this.#lines;
    this.flush();
  }

  #enterPacket(event: CtfEvent): StreamHeads {
    const { stream, packetContext: context } = event;
    let heads = this.#streams.get(stream);
    if (heads === undefined) {
      heads = { stream, context: {}, contextText: '', changes: 0, separate: null, byId: [] };
      this.#streams.set(stream, heads);
    }
    if (heads.context !== context) {
      heads.context = context;
      this.#changeContext(heads, this.#packets.of(event.recordClass.streamClass.packetContext, context));
    }
    if (event.cpu < MAX_CPUS) this.#byCpu[event.cpu + 1] = heads;
    return heads;
  }

  #changeContext(heads: StreamHeads, text: string): void {
    if (heads.contextText === text) return;
    heads.changes++;
    if (heads.changes <= MAX_CHANGES) {
      heads.contextText = text;
      heads.byId = [];
      return;
    }
    if (heads.separate === null) heads.byId = [];
    heads.contextText = '';
    heads.separate = new TextEncoder().encode(text);
  }

  #addHead(event: CtfEvent, heads: StreamHeads): Head {
    const { recordClass, trace, type } = event;
    const hasTime = recordClass.streamClass.defaultClock !== null;
    const before = hasTime ? this.#style.afterTimes : this.#lineEnd;
    const text = before + this.#style.head(trace, recordClass) + heads.contextText;
    const isLong = text.length > LITERAL_BYTES / 4;
    const { literals } = this.out;
    const rows = isLong || heads.separate !== null ? undefined : this.#rows.get(recordClass);
    const head: Head = {
      type,
      text: literals.add(isLong ? '' : text),
      long: isLong ? new TextEncoder().encode(text) : null,
      hasTime,
      rows: rows === undefined ? null : this.#writer.after(text, rows),
      stream: heads,
    };
    if (type.id < MAX_ID) heads.byId[type.id] = head;
    return head;
  }
}
