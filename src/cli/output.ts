/** Data on stdout: text for people, or one JSON object a line. */

export interface Output {
  /** True when `--json` was given. */
  readonly json: boolean;
  /** A line of text; nothing under `--json`. */
  text(line: string): void;
  /** One record: its JSON under `--json`, else what `render` makes of it (nothing when there is no `render`). */
  record(record: object, render?: () => string): void;
}

/** @param write takes whole lines, each with its line feed */
export function createOutput(write: (text: string) => void, json: boolean): Output {
  return {
    json,
    text(line) {
      if (!json) write(`${line}\n`);
    },
    record(record, render) {
      if (json) write(`${toJson(record)}\n`);
      else if (render !== undefined) write(`${render()}\n`);
    },
  };
}

/** JSON on one line; a bigint becomes a decimal string, as times are in all of tailtrap's JSON. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? item.toString() : item));
}
