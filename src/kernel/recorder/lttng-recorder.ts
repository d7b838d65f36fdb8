/**
 * The second recorder: an LTTng session in snapshot mode that someone set up (`lttng create --snapshot`). It keeps the
 * trace, we tell it when: `lttng snapshot record`.
 */
import { execFile } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errnoName, messageOf, TailtrapError } from '../../base/errors.ts';
import { makeFolders } from '../../base/node.ts';
import { outlierFile } from './outlier-event.ts';
import type { SnapshotOptions, SnapshotSource } from './recorder.ts';
import {
  DEFAULT_BUDGET,
  enforceBudget,
  OUTLIER_FILE,
  removeQuietly,
  snapshotName,
  writeError,
} from './snapshot-folder.ts';

/** Writing a large session to a slow disk takes seconds. */
const RECORD_TIMEOUT_MS = 60_000;
const LIST_TIMEOUT_MS = 10_000;
/** A session name is a folder name in LTTng; options are kept out. */
const SESSION_NAME = /^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,254}$/;

/** Runs a program without a shell; rejects with the error of `execFile`, which has `stderr`. */
export type Run = (file: string, args: readonly string[], timeout_ms: number) => Promise<string>;

const run: Run = (file, args, timeout_ms) => {
  return new Promise((resolve, reject) => {
    execFile(file, [...args], { timeout: timeout_ms, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(Object.assign(error, { stderr }));
    });
  });
};

export interface LttngSnapshotResult {
  readonly path: string;
  readonly total_ns: number;
}

export class LttngRecorder implements SnapshotSource<LttngSnapshotResult> {
  readonly session: string;
  readonly #run: Run;
  #sequence = 0;
  #closed = false;

  private constructor(session: string, runner: Run) {
    this.session = session;
    this.#run = runner;
  }

  /**
   * @throws TailtrapError when LTTng is not installed, or the session is absent or not in snapshot mode
   */
  static async start(options: { session: string; run?: Run }): Promise<LttngRecorder> {
    const runner = options.run ?? run;
    if (!SESSION_NAME.test(options.session)) {
      throw new TailtrapError('TT_LTTNG_SESSION', `'${options.session}' is not a session name`, {
        next: 'give the name that lttng list shows',
      });
    }
    const recorder = new LttngRecorder(options.session, runner);
    await recorder.#call(['list', options.session], LIST_TIMEOUT_MS);
    // Refused with "Snapshots not supported" unless the session is in snapshot mode.
    await recorder.#call(['snapshot', 'list-output', '--session', options.session], LIST_TIMEOUT_MS);
    return recorder;
  }

  /** Records the session's buffers under a folder of `outDir` and adds `outlier.json`. */
  async snapshot(options: SnapshotOptions): Promise<LttngSnapshotResult> {
    if (this.#closed) throw new TailtrapError('TT_RECORDER_CLOSED', 'the recorder is closed');
    const start_ns = process.hrtime.bigint();
    const name = snapshotName(BigInt(Date.now()) * 1_000_000n, process.pid, ++this.#sequence);
    const path = join(options.outDir, name);
    const temporary = join(options.outDir, `.tmp-${name}`);
    try {
      makeFolders(temporary);
      await this.#call(
        ['snapshot', 'record', '--session', this.session, '--name', 'lttng', `file://${temporary}`],
        RECORD_TIMEOUT_MS,
      );
      const snapshot = { recorder: 'lttng', session: this.session, host: hostname() };
      writeFileSync(join(temporary, OUTLIER_FILE), outlierFile(snapshot, options.outliers, path));
      renameSync(temporary, path);
    } catch (error) {
      removeQuietly(temporary);
      throw writeError(path, error);
    }
    enforceBudget(options.outDir, options.budget ?? DEFAULT_BUDGET);
    return { path, total_ns: Number(process.hrtime.bigint() - start_ns) };
  }

  /** The session is not ours: it stays. */
  close(): void {
    this.#closed = true;
  }

  async #call(args: readonly string[], timeout_ms: number): Promise<string> {
    try {
      return await this.#run('lttng', ['--no-sessiond', ...args], timeout_ms);
    } catch (error) {
      throw lttngError(this.session, args, error);
    }
  }
}

function lttngError(session: string, args: readonly string[], error: unknown): TailtrapError {
  const where = `lttng ${args.join(' ')}`;
  if (errnoName(error) === 'ENOENT') {
    return new TailtrapError('TT_LTTNG_ABSENT', 'the command lttng is not installed', {
      where,
      next: 'install lttng-tools, or use the built-in recorder (recorder: ftrace)',
      cause: error,
    });
  }
  const detail = String((error as { stderr?: string }).stderr ?? '').trim() || messageOf(error);
  if ((error as { killed?: boolean }).killed === true) {
    return new TailtrapError('TT_LTTNG_TIMEOUT', 'lttng did not answer in time', {
      where,
      next: 'see whether lttng-sessiond hangs: lttng list',
      cause: error,
    });
  }
  return new TailtrapError('TT_LTTNG_SESSION', `lttng refused: ${detail}`, {
    where,
    next: `make the session: lttng create ${session} --snapshot, enable its events, lttng start (and run lttng-sessiond as the same user)`,
    cause: error,
  });
}
