/** Where results and warnings of a report go; and what a program that reads them can bear. */
import { Lines } from '../analyses/index.ts';
import { BulkOutput } from './bulk.ts';

/** Lines of progress come before results, so these wait in memory; a log that becomes longer ends the progress instead. */
export const HELD_BYTES: number = 16 * 1024 * 1024;
/** Programs read stderr after stdout, if at all: a pipe that is full (64 KiB) would stop both. */
const WARNING_CHARACTERS = 16_384;

/** For programs: a trace may have thousands of things to warn of. */
export function boundedLog(log: (line: string) => void): (line: string) => void {
  let left = WARNING_CHARACTERS;
  return (line) => {
    if (left <= 0) return;
    left -= line.length + 1;
    log(left > 0 ? line : 'warning: there are more warnings; without --mi they are shown');
  };
}

/** Results to stdout in large pieces. */
export class ResultWriter {
  readonly lines: Lines = new Lines((bytes) => this.#take(bytes));
  readonly #stdout = new BulkOutput();
  readonly #held_bytes: number;
  #waiting: Uint8Array[] = [];
  #waiting_bytes = 0;
  #begun: boolean;

  /** @param held_bytes results wait for the end, or until they are so many; 0: they go out as they come */
  constructor(held_bytes: number) {
    this.#held_bytes = held_bytes;
    this.#begun = held_bytes === 0;
  }

  /** A line before the results, at once; none once they have begun. */
  line(text: string): void {
    if (!this.#begun) this.#stdout.write(Buffer.from(`${text}\n`));
  }

  /** @returns exit status */
  all(text: string): number {
    this.lines.text(text);
    this.end();
    return 0;
  }

  /** @returns false when nobody reads any more */
  flush(): boolean {
    this.lines.flush();
    return !this.#stdout.closed;
  }

  /** All that waits goes out. */
  end(): void {
    this.lines.flush();
    this.#begin();
  }

  #take(bytes: Uint8Array): void {
    if (this.#begun) {
      this.#stdout.write(bytes);
      return;
    }
    this.#waiting.push(bytes.slice());
    this.#waiting_bytes += bytes.length;
    if (this.#waiting_bytes >= this.#held_bytes) this.#begin();
  }

  #begin(): void {
    this.#begun = true;
    for (const bytes of this.#waiting) this.#stdout.write(bytes);
    this.#waiting = [];
  }
}
