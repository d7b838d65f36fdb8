/** `tailtrap/state`: the live state of a machine. */
export type * from '../trace/event.ts';
export type { CallListener } from './calls/calls.ts';
export type { Change, ChangeFilter, Subscriber } from './changes.ts';
export { type Cell, type Delta, type DeltaOptions, DeltaWriter, type EntityDelta } from './delta.ts';
export type { CpuInfo, ProcessInfo, ThreadInfo } from './describe.ts';
export type { DiskInfo, FdInfo, InterfaceInfo, InterruptInfo, RequestInfo, SocketInfo } from './describe-files.ts';
export { type Entity, entities, entityOf, type Value } from './entity.ts';
export { explainingTimes } from './explain.ts';
export { LiveState, type LiveStateOptions, PARTS, type PartName, type StateCounters } from './live-state.ts';
export { MemoryStore, type MemoryStoreOptions } from './memory-store.ts';
export { DEFAULT_LIMITS, type ModelLimits } from './model.ts';
export { type PublisherCounters, type PublisherOptions, StatePublisher } from './publisher.ts';
export { type FdFilter, Query, type ThreadFilter, type Waiter } from './query.ts';
export { nameOfEntity, rebuildState, type Told } from './rebuild.ts';
export type { Applied, ChangeQuery, EntityQuery, HostInfo, StateStore, StoredChange } from './store.ts';
export { TASK_STATES, type TaskState } from './tables/tasks.ts';
export { View } from './view.ts';
export type { Wait, WaitKind } from './waits.ts';
