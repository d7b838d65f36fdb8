/**
 * What one relay takes from its peers. Each has a number that says why; what is over a limit ends the connection that
 * went over it, with a line in the log, and nothing else.
 */
export interface Limits {
  /** Of one address on each port. A consumer daemon opens one pair per session and domain, a viewer one per view. */
  readonly connectionsPerAddress: number;
  readonly connections: number;
  /** Not closed, of one session: CPUs x channels (x processes, with per-PID buffers). */
  readonly streamsPerSession: number;
  /** Not closed, of all sessions: some 8 KB each, and two files. One address may have half of them. */
  readonly streams: number;
  /** As many as connections: few addresses cannot have all. */
  readonly sessions: number;
  /** A packet is held whole before it is written: this times the data connections is what memory may be needed. */
  readonly packet_bytes: number;
  /** Metadata of one trace; kernels with every event have half a megabyte. */
  readonly metadata_bytes: number;
  /** Kept for viewers of live sessions, of all: as much as `keptTotal_bytes` of packets. */
  readonly liveMetadata_bytes: number;
  /** Of one request with metadata; `requestLimit` has the others. */
  readonly request_bytes: number;
  /** Of all connections: half for messages that are not whole, half for packets that wait for the disk. */
  readonly incoming_bytes: number;
  /** Written neither to disk nor dropped, of one data connection: reading stops until the disk has caught up. */
  readonly unwritten_bytes: number;
  /** Indexes without their packets, and packets without their indexes, of one stream. */
  readonly unpaired: number;
  /** With --no-output: packets kept of one stream, and of all. */
  readonly kept_bytes: number;
  readonly keptTotal_bytes: number;
  /** While packets of a stream come, so often its file is looked for in its folder. */
  readonly look_ms: number;
  /** A connection that says nothing at all for so long is cut off; 0: never, as a session may have nothing to tell. */
  readonly idle_ms: number;
  /** TLS, token and the first request of control and live ports have to be there so soon. */
  readonly introduce_ms: number;
  /** A message that was begun has to be whole after this time; a half-open connection is found by it, and by TCP. */
  readonly stall_ms: number;
  /** Closed streams wait so long for packets that were announced. */
  readonly lastData_ms: number;
}

export const DEFAULT_LIMITS: Limits = {
  connectionsPerAddress: 512,
  connections: 4096,
  streamsPerSession: 16_384,
  streams: 131_072,
  sessions: 4096,
  packet_bytes: 64 * 2 ** 20,
  metadata_bytes: 64 * 2 ** 20,
  liveMetadata_bytes: 512 * 2 ** 20,
  request_bytes: 64 * 2 ** 20,
  incoming_bytes: 256 * 2 ** 20,
  unwritten_bytes: 8 * 2 ** 20,
  unpaired: 65_536,
  kept_bytes: 8 * 2 ** 20,
  keptTotal_bytes: 512 * 2 ** 20,
  look_ms: 2000,
  idle_ms: 0,
  introduce_ms: 10_000,
  stall_ms: 60_000,
  lastData_ms: 30_000,
};
