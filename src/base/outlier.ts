/**
 * An outlier as every part of tailtrap passes it on: watch, wait, the agent's actions, the trace, the hub.
 * Fields are only ever added (DESIGN: the command line).
 */
export interface Outlier {
  /** Unique on this host: `<tracker>-<begin_ns>-<sequence>`. */
  readonly id: string;
  readonly host: string;
  readonly tracker: string;
  readonly kind: 'threshold' | 'timeout';
  /** What matched entry and exit, such as `{dev, sector}` or `{tid}`. */
  readonly key: Readonly<Record<string, unknown>>;
  /** Nanoseconds since the epoch, decimal. */
  readonly begin_ns: string;
  /** Nanoseconds since the epoch, decimal. For `timeout`, when it was found to be late. */
  readonly end_ns: string;
  readonly delay_ns: number;
  readonly threshold_ns: number;
  readonly cpu: number;
  /** Process (thread group) of the operation's owner; 0 when no task owns it. */
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  /** Path of the owner's cgroup in the v2 hierarchy, or its id as `#123`, or `''`. */
  readonly cgroup: string;
  /** What the tracker knows besides: documented per tracker in docs/trackers.md. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Folder of the snapshot that covers it, once there is one. */
  readonly snapshot: string | null;
}

/**
 * In no text of an outlier: what a terminal obeys, what breaks a line, and what cannot be seen (zero-width characters, marks of
 * direction, tags), with which a text could pass for another.
 */
export const UNSEEN: RegExp = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
