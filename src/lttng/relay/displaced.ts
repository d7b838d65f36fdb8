/** Says that somebody removed or moved files of a session while they were written. */

/** All streams of a session notice it one after the other. */
const AGAIN_MS = 60_000;

const WHAT = {
  removed: 'were removed while it records: what was in them is lost, the rest goes into new ones there',
  moved: 'were moved while it records: what comes goes on into them, wherever they are',
} as const;

export class DisplacedNotes {
  private readonly told_ms: Map<string, number> = new Map();

  /** @returns the line, or null when it was told a moment ago */
  line(how: keyof typeof WHAT, session: string, folder: string): string | null {
    const now_ms = performance.now();
    if (now_ms - (this.told_ms.get(how) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return null;
    this.told_ms.set(how, now_ms);
    return `files of session ${session} in ${folder} ${WHAT[how]}. End the session first (lttng destroy)`;
  }
}
