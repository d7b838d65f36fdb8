/** The traces of a session: those that are recorded, and the newest of those that ended. */
import type { Trace } from './trace.ts';

/** Ended processes (per-PID buffers) whose traces a viewer may still want; older ones are forgotten. */
const MAX_ENDED_TRACES = 256;

export class Traces {
  private readonly byPath: Map<string, Trace> = new Map();
  /** In the order of their ends. */
  private readonly ended: Set<Trace> = new Set();
  private readonly onForgotten: (trace: Trace) => void;

  constructor(onForgotten: (trace: Trace) => void) {
    this.onForgotten = onForgotten;
  }

  get(path: string): Trace | undefined {
    return this.byPath.get(path);
  }

  /** A stream is added to it. */
  add(trace: Trace): void {
    this.ended.delete(trace);
    this.byPath.set(trace.path, trace);
  }

  get published(): readonly Trace[] {
    const isPublished = ({ metadata, streams }: Trace): boolean => metadata?.published === true || streams.length > 0;
    return [...this.byPath.values()].filter(isPublished);
  }

  [Symbol.iterator](): Iterator<Trace> {
    return this.byPath.values();
  }

  /** A stream of it was closed. */
  onClosed(trace: Trace): void {
    if (trace.openStreams > 0) return;
    this.ended.add(trace);
    const [oldest] = this.ended;
    if (this.ended.size <= MAX_ENDED_TRACES || oldest === undefined) return;
    this.ended.delete(oldest);
    this.byPath.delete(oldest.path);
    this.forget(oldest);
  }

  forgetAll(): void {
    for (const trace of this.byPath.values()) this.forget(trace);
  }

  private forget(trace: Trace): void {
    trace.forget();
    this.onForgotten(trace);
  }
}
