/** The recorder's thread: takes one snapshot at a time so that the agent's own thread never waits for one. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, TailtrapError } from '../../base/errors.ts';
import { WorkerControl } from './control.ts';
import { type JobRequest, type JobSetup, SnapshotJobs, type SnapshotResult } from './job.ts';

export interface WorkerStart {
  readonly setup: JobSetup;
  readonly control: SharedArrayBuffer;
}

export type WorkerAnswer =
  /** Sent once, when the worker can take a snapshot. */
  | { readonly id: 0 }
  | { readonly id: number; readonly result: SnapshotResult }
  | { readonly id: number; readonly error: { code: string; message: string; where: string; next: string } };

export interface WorkerQuestion {
  readonly id: number;
  readonly request: JobRequest;
}

function answer(jobs: SnapshotJobs, control: WorkerControl, question: WorkerQuestion): WorkerAnswer {
  control.busy(true);
  try {
    return { id: question.id, result: jobs.run(question.request, control) };
  } catch (error) {
    const known = error instanceof TailtrapError;
    return {
      id: question.id,
      error: {
        code: known ? error.code : 'TT_SNAPSHOT_FAILED',
        message: known ? error.message : `the snapshot failed: ${messageOf(error)}`,
        where: known ? error.where : ((error as Error | null)?.stack ?? ''),
        next: known ? error.next : 'this is a bug of tailtrap; please report it with these lines',
      },
    };
  } finally {
    control.busy(false);
  }
}

const port = parentPort;
if (port !== null) {
  const { setup, control } = workerData as WorkerStart;
  const jobs = new SnapshotJobs(setup);
  const workerControl = new WorkerControl(control);
  port.on('message', (question: WorkerQuestion) => port.postMessage(answer(jobs, workerControl, question)));
  const ready: WorkerAnswer = { id: 0 };
  port.postMessage(ready);
}
