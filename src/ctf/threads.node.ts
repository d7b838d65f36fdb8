/**
 * Reading a trace on several threads: each reads slices of its time, the results come in the order of time.
 *
 *     // main.js
 *     const slices = openFolder(path).slices(4 * 1024 * 1024) ?? [{}];
 *     for await (const { value } of mapSlices({ module: new URL('./counter.js', import.meta.url), data: path, slices }))
 *       total += value;
 *     // counter.js
 *     serveSlices((path) => {
 *       const source = openFolder(path);
 *       return (slice) => ({ value: source.events(slice).drain(consumer, state) });
 *     });
 *
 * A slice begins in the middle of packets, whose events before it are skipped by their sizes: slices of less than some
 * packets of all streams cost more than they bring. Losses between two packets are told by every slice that reads the later.
 */
import { availableParallelism } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { TimeSlice } from './reader.ts';

/** More threads than this wait for the disk and for the one that takes the results. */
const MAX_THREADS = 16;
/** Results that may wait for an earlier one, for each thread: what they hold is memory. */
const AHEAD = 2;

export interface SliceJob {
  /** The worker's module; calls `serveSlices`. */
  readonly module: URL;
  /** For the function that the module gave to `serveSlices`; copied as `postMessage` does. */
  readonly data: unknown;
  readonly slices: readonly TimeSlice[];
  /** 1 to 16; default: one for each processor. */
  readonly threads?: number;
}

export interface SliceResult<R> {
  readonly slice: TimeSlice;
  readonly value: R;
}

/** What a slice gives. Buffers named in `transfer` are moved, not copied; later slices get them back for use again. */
export interface SliceAnswer<R> {
  readonly value: R;
  readonly transfer?: readonly ArrayBuffer[];
}

interface Question {
  readonly index: number;
  readonly slice: TimeSlice;
  readonly buffers: readonly ArrayBuffer[];
}

interface Answer<R> extends SliceAnswer<R> {
  readonly index: number;
}

/** In a worker's module: `open` is called once with the job's data, what it returns for each slice. */
export function serveSlices<D, R>(
  open: (data: D) => (slice: TimeSlice, buffers: readonly ArrayBuffer[]) => SliceAnswer<R>,
): void {
  const read = open(workerData as D);
  parentPort!.on('message', ({ index, slice, buffers }: Question) => {
    const { value, transfer = [] } = read(slice, buffers);
    parentPort!.postMessage({ index, value, transfer }, [...transfer]);
  });
}

/** Runs a job. Leaving the loop early ends the threads. What a thread throws is thrown here. */
export async function* mapSlices<R>(job: SliceJob): AsyncGenerator<SliceResult<R>> {
  const { slices } = job;
  const threads = Math.min(job.threads ?? availableParallelism(), MAX_THREADS, slices.length);
  const workers = Array.from({ length: threads }, () => new Worker(job.module, { workerData: job.data }));
  const answers = new Map<number, { readonly answer: Answer<R>; readonly worker: Worker }>();
  const idle = new Set(workers);
  /** Each gets back its own: none makes more than it has on the way. */
  const spare = new Map(workers.map((worker) => [worker, [] as ArrayBuffer[]]));
  let next = 0;
  let given = 0;
  let failure: { readonly error: unknown } | null = null;
  let wake = (): void => {};
  const ask = (): void => {
    for (const worker of idle) {
      if (next === slices.length || next >= given + AHEAD * threads) return;
      idle.delete(worker);
      const buffers = spare.get(worker)!.splice(0);
      worker.postMessage({ index: next, slice: slices[next++]!, buffers }, buffers);
    }
  };
  for (const worker of workers) {
    worker.on('message', (answer: Answer<R>) => {
      answers.set(answer.index, { answer, worker });
      idle.add(worker);
      ask();
      wake();
    });
    worker.on('error', (error) => {
      failure ??= { error };
      wake();
    });
  }
  try {
    ask();
    for (; given < slices.length; ask()) {
      while (!answers.has(given) && failure === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure !== null) throw (failure as { error: unknown }).error;
      const { answer, worker } = answers.get(given)!;
      answers.delete(given);
      yield { slice: slices[given]!, value: answer.value };
      spare.get(worker)!.push(...(answer.transfer ?? []));
      given++;
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
