/**
 * The log of one port. Whoever reaches it can make faults as fast as connections; what each address does wrong gets a few
 * lines, and is counted after that.
 */

/** Of one address and reason in a window. */
const LINES = 5;
/** Reasons of one address that are told apart; names from the network may be in them. */
const REASONS_PER_ADDRESS = 8;
/** Addresses and reasons that are told apart; with `LINES` this bounds what a window can write. */
const ENTRIES = 128;
const WINDOW_MS = 60_000;
const OTHERS = 'other faults';

interface Entry {
  readonly address: string;
  readonly reason: string;
  lines: number;
  more: number;
}

export class QuietLog {
  private readonly log: (line: string) => void;
  private readonly port: string;
  private readonly window_ms: number;
  private readonly entries: Map<string, Entry> = new Map();
  private readonly reasons: Map<string, number> = new Map();
  private timer: NodeJS.Timeout | null = null;

  /** @param port how lines begin */
  constructor(port: string, log: (line: string) => void, window_ms: number = WINDOW_MS) {
    this.port = port;
    this.log = log;
    this.window_ms = window_ms;
  }

  /** Writes a line, or counts it. @param name of the connection */
  tell(address: string, name: string, text: string): void {
    const entry = this.entry(address, text);
    if (entry.lines < LINES) {
      entry.lines++;
      this.log(`${this.port} ${name}: ${text}`);
    } else entry.more++;
  }

  /** Tells what was only counted, and begins anew. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const entries = [...this.entries.values()];
    this.entries.clear();
    this.reasons.clear();
    for (const { address, reason, more } of entries) {
      if (more > 0) this.log(`${this.port} ${address}: ${more} more in the last minute: ${reason}`);
    }
  }

  private entry(address: string, text: string): Entry {
    this.timer ??= setTimeout(() => this.flush(), this.window_ms).unref();
    // Numbers differ from fault to fault.
    const known = this.entries.get(`${address} ${text.replace(/\d+/g, 'N')}`);
    if (known !== undefined) return known;
    if (this.entries.size >= ENTRIES) return this.take('other addresses', OTHERS, OTHERS);
    const reasons = this.reasons.get(address) ?? 0;
    if (reasons >= REASONS_PER_ADDRESS) return this.take(address, OTHERS, OTHERS);
    this.reasons.set(address, reasons + 1);
    return this.take(address, text.replace(/\d+/g, 'N'), text);
  }

  private take(address: string, key: string, reason: string): Entry {
    const name = `${address} ${key}`;
    const entry = this.entries.get(name) ?? { address, reason, lines: 0, more: 0 };
    this.entries.set(name, entry);
    return entry;
  }
}
