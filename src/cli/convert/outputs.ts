/** What `convert` can write: every format takes events one by one, and is complete or not there. */
import type { Consumer } from '../../ctf/decode/emit.ts';
import { ValueVisitor } from '../../ctf/decode/values.ts';
import type { CtfEvent, CtfEvents, CtfPacket, CtfSource } from '../../ctf/reader.ts';
import { EventLines } from '../../ctf/text/lines.ts';
import { JSON_STYLE } from '../../ctf/text/style.ts';
import type { CtfVersion } from '../../ctf/writer.ts';
import type { FieldObject } from '../../trace/event.ts';
import { ChromeDrawing } from './chrome.ts';
import { CopyFolder } from './copy-folder.ts';
import { type Output, OutputFile } from './output-file.ts';
import { PerfettoDrawing } from './perfetto.ts';
import { type Drawing, Timeline } from './timeline.ts';

export interface EventOutput extends Output {
  /** Where packets count. */
  readonly onPacket?: (packet: CtfPacket) => void;
  /** The event that `next` gave. */
  add(events: CtfEvents, event: CtfEvent): void;
}

export interface OutputOptions {
  readonly format: string;
  readonly path: string;
  readonly version: CtfVersion;
  /** Told once for each way in which a copy differs from its original. */
  readonly note: (text: string) => void;
}

export function openOutput(source: CtfSource, { format, path, version, note }: OutputOptions): EventOutput {
  switch (format) {
    case 'ctf':
      return new CopyFolder(path, source, { version, note: (text) => note(`CTF ${version}: ${text}`) });
    case 'json':
      return new JsonLines(source, path);
    default:
      return new DrawingFile(source, path, format);
  }
}

class JsonLines extends OutputFile implements EventOutput {
  readonly #lines: EventLines;

  constructor(source: CtfSource, path: string) {
    super(path);
    this.#lines = new EventLines(source, JSON_STYLE, (bytes) => this.write(bytes));
  }

  add(events: CtfEvents, event: CtfEvent): void {
    this.#lines.each(event);
    events.visit(this.#lines.consumer, this.#lines.out);
  }

  override finish(): void {
    this.#lines.end();
    super.finish();
  }
}

class DrawingFile extends OutputFile implements EventOutput {
  readonly #drawing: Drawing;
  readonly #timeline: Timeline;
  readonly #values = new ValueVisitor();
  readonly #consumer: Consumer<ValueVisitor> = { visitor: (values) => values };
  #events: CtfEvents | null = null;

  constructor(source: CtfSource, path: string, format: string) {
    super(path);
    const begin_ns = source.timeRange()?.begin_ns ?? 0n;
    this.#drawing =
      format === 'perfetto'
        ? new PerfettoDrawing(begin_ns, kernelOf(source), (bytes) => this.write(bytes))
        : new ChromeDrawing(begin_ns, (text) => this.write(text));
    this.#timeline = new Timeline(this.#drawing);
  }

  add(events: CtfEvents, event: CtfEvent): void {
    this.#events = events;
    this.#timeline.add(event, this.#fields);
  }

  /** As `event.toObject()`, by generated code. */
  readonly #fields = (): FieldObject => {
    const { scopes } = this.#values;
    delete scopes.payload;
    this.#events?.visit(this.#consumer, this.#values);
    return scopes.payload ?? {};
  };

  override finish(): void {
    this.#drawing.end();
    super.finish();
  }
}

/** Of the kernel's own trace; programs' traces do not say it. */
function kernelOf({ traces }: CtfSource): string {
  const release = traces.map(({ trace }) => trace.environment.get('kernel_release')).find((text) => text !== undefined);
  return typeof release === 'string' ? release : '';
}
