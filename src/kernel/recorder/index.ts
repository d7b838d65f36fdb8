/** The flight recorder. */
export { type ClockOffset, sampleClockOffset } from './clock.ts';
export { DEFAULT_EVENT_SET, EVENT_GROUPS, expandEventSet } from './event-set.ts';
export { type Degraded, removeLeftovers } from './instance.ts';
export type { SnapshotResult } from './job.ts';
export { LiveRecorder, type LiveRecorderOptions } from './live.ts';
export { LttngRecorder, type LttngSnapshotResult } from './lttng-recorder.ts';
export {
  type Decision,
  type PolicyCounters,
  SnapshotPolicy,
  type SnapshotPolicyOptions,
  type Timer,
} from './policy.ts';
export {
  DEFAULT_BUFFER_BYTES,
  Recorder,
  type RecorderOptions,
  type SnapshotOptions,
  type SnapshotSource,
} from './recorder.ts';
export {
  DEFAULT_BUDGET,
  type DiskBudget,
  enforceBudget,
  listSnapshots,
  OUTLIER_FILE,
  TRACE_FOLDER,
} from './snapshot-folder.ts';
export { STATE_DUMP_LIMITS, type StateDumpLimits } from './state-dump.ts';
export { findTracefs } from './tracefs.ts';
