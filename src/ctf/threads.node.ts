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
import { TailtrapError, UsageError } from '../base/errors.ts';
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
  /** From 1; more than 16 count as 16. Default: one for each processor. */
  readonly threads?: number;
}

export interface SliceResult<R> {
  readonly slice: TimeSlice;
  readonly value: R;
}

/** What a slice gives. Buffers named in `transfer` are moved, not copied; later slices get them back for use again. */
export interface SliceAnswer<R> {
  /** A promise is awaited in the thread. */
  readonly value: R | Promise<R>;
  readonly transfer?: readonly ArrayBuffer[];
}

interface Question {
  readonly index: number;
  readonly slice: TimeSlice;
  readonly buffers: readonly ArrayBuffer[];
}

interface Answer<R> {
  readonly index: number;
  readonly value: R;
  readonly transfer: readonly ArrayBuffer[];
  /** What is wrong with it; '': nothing. */
  readonly fault: string;
}

type ReadSlice<R> = (slice: TimeSlice, buffers: readonly ArrayBuffer[]) => SliceAnswer<R> | Promise<SliceAnswer<R>>;

/** In a worker's module: `open` is called once with the job's data, what it returns for each slice. */
export function serveSlices<D, R>(open: (data: D) => ReadSlice<R>): void {
  const read = open(workerData as D);
  // The next question comes after the answer: there is never more than one on the way.
  parentPort!.on('message', async ({ index, slice, buffers }: Question) => {
    const answer: unknown = await read(slice, buffers);
    const isAnswer = typeof answer === 'object' && answer !== null && 'value' in answer;
    const fault = isAnswer ? '' : 'the function that serveSlices was given returned no { value }';
    const { value, transfer = [] } = isAnswer ? (answer as SliceAnswer<R>) : { value: undefined };
    parentPort!.postMessage({ index, value: await value, transfer, fault }, [...transfer]);
  });
}

function threadsOf({ threads = availableParallelism(), slices }: SliceJob): number {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UsageError('TT_CTF_THREADS', `'threads' is ${threads}, and must be a whole number from 1`, {
      next: 'leave it out for one thread on each processor',
    });
  }
  return Math.min(threads, MAX_THREADS, slices.length);
}

/** Errors lose their class on the way from a thread, not what they say. */
function ofThread(error: unknown): unknown {
  const { code, message, where = '', next = '' } = error as Partial<TailtrapError>;
  if (!(error instanceof Error) || code?.startsWith?.('TT_') !== true) return error;
  const Class = error.name === 'UsageError' ? UsageError : TailtrapError;
  return new Class(code, message!, { where, next, cause: error });
}

function broken(module: URL, message: string): TailtrapError {
  const next = 'the module must call serveSlices(), give { value } for each slice, and not end by itself';
  return new TailtrapError('TT_CTF_THREAD', message, { where: module.href, next });
}

/**
 * Runs a job. Leaving the loop early ends the threads. What a thread throws is thrown here.
 *
 * @throws UsageError `TT_CTF_THREADS`: a bad number of them; TailtrapError `TT_CTF_THREAD`: one ended, or gave no answer
 */
export async function* mapSlices<R>(job: SliceJob): AsyncGenerator<SliceResult<R>> {
  const { module, slices } = job;
  const threads = threadsOf(job);
  const workers = Array.from({ length: threads }, () => new Worker(module, { workerData: job.data }));
  const answers = new Map<number, { readonly answer: Answer<R>; readonly worker: Worker }>();
  const idle = new Set(workers);
  /** Each gets back its own: none makes more than it has on the way. */
  const spare = new Map(workers.map((worker) => [worker, [] as ArrayBuffer[]]));
  let next = 0;
  let given = 0;
  let answered = 0;
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
  const fail = (error: unknown): void => {
    failure ??= { error };
    wake();
  };
  for (const worker of workers) {
    worker.on('message', (answer: Answer<R>) => {
      if (answer.fault !== '') {
        fail(broken(module, answer.fault));
        return;
      }
      answered++;
      answers.set(answer.index, { answer, worker });
      idle.add(worker);
      ask();
      wake();
    });
    worker.on('error', (error) => fail(ofThread(error)));
    worker.on('messageerror', () => fail(broken(module, 'an answer of a thread could not be read')));
    worker.on('exit', (status) => {
      if (answered < slices.length)
        fail(broken(module, `a thread ended before its work was done, with status ${status}`));
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
      spare.get(worker)!.push(...answer.transfer);
      given++;
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
