/**
 * From files to streams: metadata is parsed, traces with one UUID become one (rotated and chunked sessions), and files
 * that are pieces of one stream are put in their order in time.
 */
import type { StreamInfo } from '../trace/event.ts';
import { clockBase_ns, nsOfCycles } from './clock.ts';
import { traceOfJson } from './ctf2/metadata.ts';
import { DataFault } from './decode/bits.ts';
import { metadataText } from './metadata-file.ts';
import type { DataStreamClass, TraceClass } from './model.ts';
import { readPacketStart } from './packet.ts';
import { StreamPlan } from './plan.ts';
import type { StreamFile, TraceFiles } from './reader.ts';
import type { ProbedFile } from './stream-files.ts';
import { traceName } from './text/head.ts';
import { traceOfTsdl } from './tsdl/trace.ts';

const START_BYTES = 64 * 1024;

export interface OpenTrace {
  readonly name: string;
  /** babeltrace2's name. */
  readonly label: string;
  readonly trace: TraceClass;
  readonly plans: Map<DataStreamClass, StreamPlan>;
}

export interface OpenStream {
  readonly owner: OpenTrace;
  readonly info: StreamInfo;
  /** In the order of their first packets. */
  readonly files: readonly ProbedFile[];
  readonly begin_ns: bigint | null;
  readonly classId: number;
  readonly streamId: bigint;
  /** Equal for streams that only their events can tell apart. */
  rank: number;
}

/** Makes the model of a metadata file, of either language. */
export function parseMetadata(bytes: Uint8Array, name: string): TraceClass {
  const metadata = metadataText(bytes, name);
  if (metadata.language === 'json') return traceOfJson(metadata.text, name);
  const trace = traceOfTsdl(metadata.text, name);
  if (metadata.warning === '') return trace;
  return { ...trace, warnings: [{ message: metadata.warning, where: `${name}:1:1` }, ...(trace.warnings ?? [])] };
}

interface Probe extends ProbedFile {
  readonly owner: OpenTrace;
  readonly begin_ns: bigint | null;
}

export function openTraces(
  folders: readonly TraceFiles[],
  generate: boolean,
): { traces: OpenTrace[]; streams: OpenStream[] } {
  const traces: OpenTrace[] = [];
  const probes: Probe[] = [];
  for (const group of sameTrace(folders)) {
    // Metadata of one session only grows: the piece with the most event classes describes all.
    const owner = group.reduce((best, next) => (eventClasses(next.trace) > eventClasses(best.trace) ? next : best));
    // Chunks of one session have no place of their own.
    const label = traceName(owner.trace, group.length > 1 ? '' : owner.folder.place);
    const open: OpenTrace = { name: owner.folder.name, label, trace: owner.trace, plans: new Map() };
    for (const streamClass of owner.trace.streamClasses.values()) {
      open.plans.set(streamClass, new StreamPlan(streamClass, generate));
    }
    traces.push(open);
    for (const { folder } of group) {
      for (const file of folder.streams) {
        const probe = probeFile(file, folder.name, open);
        if (probe !== null) probes.push(probe);
      }
    }
  }
  const streams = groupFiles(probes);
  rank(streams);
  return { traces, streams };
}

function eventClasses(trace: TraceClass): number {
  let count = 0;
  for (const stream of trace.streamClasses.values()) count += stream.eventClasses.size;
  return count;
}

/** Folders by UUID; those without are traces of their own. */
function sameTrace(folders: readonly TraceFiles[]): { folder: TraceFiles; trace: TraceClass }[][] {
  const groups = new Map<string, { folder: TraceFiles; trace: TraceClass }[]>();
  folders.forEach((folder, i) => {
    const trace = parseMetadata(folder.metadata, `${folder.name}/metadata`);
    const key = trace.uuid === null ? `folder ${i}` : String(trace.uuid);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ folder, trace }]);
    else group.push({ folder, trace });
  });
  return [...groups.values()];
}

/** Reads the first packet's header. @returns null for an empty file */
function probeFile(file: StreamFile, folder: string, owner: OpenTrace): Probe | null {
  const source = file.open();
  const { trace } = owner;
  try {
    const { size_bytes } = source;
    if (size_bytes === 0) return null;
    const bytes = new Uint8Array(Math.min(START_BYTES, source.size_bytes));
    const length = source.read(bytes, 0);
    const first = readPacketStart(trace, bytes.subarray(0, length));
    const clock = first.streamClass.defaultClock;
    const timed = clock !== null && first.begin !== null && first.begin.bits === 64;
    const begin_ns = timed ? clockBase_ns(clock) + nsOfCycles(clock.frequency_hz, first.begin!.cycles) : null;
    return { file, folder, size_bytes, trace, owner, first, begin_ns };
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof DataFault)) throw error;
    return { file, folder, size_bytes: source.size_bytes, trace, owner, first: null, begin_ns: null };
  } finally {
    source.close();
  }
}

/** Files of one stream instance, ordered by their begin; without instance or time every file is a stream. */
function groupFiles(probes: readonly Probe[]): OpenStream[] {
  const groups = new Map<string, Probe[]>();
  const ids = new Map<OpenTrace, number>();
  probes.forEach((probe, i) => {
    const { first, owner } = probe;
    const own = first === null || first.streamId === null || probe.begin_ns === null;
    const trace = ids.get(owner) ?? ids.size;
    ids.set(owner, trace);
    const key = own ? `file ${i}` : `${trace} ${first.streamClass.id} ${first.streamId}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [probe]);
    else group.push(probe);
  });
  const streams = Array.from(groups.values(), (group) =>
    group.toSorted((a, b) => compare(a.begin_ns ?? 0n, b.begin_ns ?? 0n)),
  );
  // babeltrace2 numbers streams without a number in the order of their paths.
  streams.sort(([a], [b]) => compare(pathOf(a!), pathOf(b!)));
  const numbers = new Map<OpenTrace, bigint>();
  return streams.map((files) => {
    const { owner, folder, file, first, begin_ns } = files[0]!;
    let streamId = files.length > 1 || begin_ns !== null ? (first?.streamId ?? null) : null;
    if (streamId === null) {
      streamId = numbers.get(owner) ?? 0n;
      numbers.set(owner, streamId + 1n);
    }
    const classId = first?.streamClass.id ?? 0;
    const ids = { streamClass: classId, stream: streamId };
    const info: StreamInfo = { trace: folder, name: file.name, environment: owner.trace.environment, ids };
    return { owner, info, files, begin_ns, classId, streamId, rank: 0 };
  });
}

function pathOf({ folder, file }: Probe): string {
  return `${folder}/${file.name}`;
}

function compare(a: bigint | number | string, b: bigint | number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface StreamIdentity {
  /** `uuidKey` of the trace's. */
  readonly uuid: string;
  /** babeltrace2's name of the trace. */
  readonly label?: string;
  readonly classId: number;
  readonly streamId: bigint;
}

/** babeltrace2's order of simultaneous events: UUID (none last) and name of the trace, class id and id of the stream. */
export function compareStreams(a: StreamIdentity, b: StreamIdentity): number {
  return (
    compare(a.uuid, b.uuid) ||
    compare(a.label ?? '', b.label ?? '') ||
    compare(a.classId, b.classId) ||
    compare(a.streamId, b.streamId)
  );
}

/** In hexadecimal; those without come last. */
export function uuidKey(uuid: Uint8Array | null): string {
  return uuid === null ? 'none' : Array.from(uuid, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function rank(streams: OpenStream[]): void {
  const identity = ({ owner, classId, streamId }: OpenStream): StreamIdentity => ({
    uuid: uuidKey(owner.trace.uuid),
    label: owner.label,
    classId,
    streamId,
  });
  const order = (a: OpenStream, b: OpenStream): number => compareStreams(identity(a), identity(b));
  streams.sort(order);
  streams.forEach((stream, i) => {
    const before = streams[i - 1];
    stream.rank = before !== undefined && order(before, stream) === 0 ? before.rank : i;
  });
}
