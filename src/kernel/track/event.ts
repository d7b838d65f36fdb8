/** How an event is written on the command line. */
import { UsageError } from '../../base/errors.ts';

export interface TracepointRef {
  readonly kind: 'tracepoint';
  /** As it was typed. */
  readonly text: string;
  readonly category: string;
  readonly name: string;
}

export interface UprobeRef {
  readonly kind: 'uprobe';
  readonly text: string;
  readonly path: string;
  /** A symbol, `symbol+0x10`, or an address `0x12a0` as nm and objdump show it. */
  readonly symbol: string;
  readonly atReturn: boolean;
}

export interface UsdtRef {
  readonly kind: 'usdt';
  readonly text: string;
  readonly path: string;
  readonly provider: string;
  readonly name: string;
}

export type EventRef = TracepointRef | UprobeRef | UsdtRef;

/** Kernel identifiers; also keeps `..` and `/` out of the paths that are made of them. */
const TRACEPOINT = /^(?:tracepoint:|tp:)?([A-Za-z0-9_-]+):([A-Za-z0-9_]+)$/;
const UPROBE = /^(uprobe|uretprobe):(.+):([^:]+)$/;
const USDT = /^usdt:(.+):([^:]+):([^:]+)$/;

const FORMS =
  'write category:name (block:block_rq_issue), uprobe:PATH:SYMBOL, uretprobe:PATH:SYMBOL or usdt:PATH:PROVIDER:NAME';

/**
 * @param option where it was typed, `--in` or `--out`
 * @throws UsageError `TT_BAD_EVENT`
 */
export function parseEvent(text: string, option: string): EventRef {
  const usdt = USDT.exec(text);
  if (usdt !== null) return { kind: 'usdt', text, path: usdt[1]!, provider: usdt[2]!, name: usdt[3]! };
  const uprobe = UPROBE.exec(text);
  if (uprobe !== null) {
    return { kind: 'uprobe', text, path: uprobe[2]!, symbol: uprobe[3]!, atReturn: uprobe[1] === 'uretprobe' };
  }
  const tracepoint = TRACEPOINT.exec(text);
  if (tracepoint === null || /^(uprobe|uretprobe|usdt)$/.test(tracepoint[1]!)) {
    throw new UsageError('TT_BAD_EVENT', `'${text}' is not an event`, { where: option, next: FORMS });
  }
  if (/^(kprobe|kretprobe|fentry|fexit)$/.test(tracepoint[1]!)) {
    throw new UsageError('TT_BAD_EVENT', `'${text}': ${tracepoint[1]} events are not supported`, {
      where: option,
      next: 'use a tracepoint of the same path: cat /sys/kernel/tracing/available_events',
    });
  }
  return { kind: 'tracepoint', text, category: tracepoint[1]!, name: tracepoint[2]! };
}
