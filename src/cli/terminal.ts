/** What the terminal can do: colours and width. */

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}
type Environment = Readonly<Record<string, string | undefined>>;

const ESC = '\u001b[';

/** Colours only where a person looks: a terminal, unless NO_COLOR (no-color.org) or TERM=dumb say otherwise. */
export function styleFor(stream: Stream, env: Environment): Style {
  const colours = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const wrap = (on: number, off: number) => (text: string) => (colours ? `${ESC}${on}m${text}${ESC}${off}m` : text);
  return { bold: wrap(1, 22), dim: wrap(2, 22), red: wrap(31, 39), green: wrap(32, 39), yellow: wrap(33, 39) };
}

/** Columns of the terminal; 100 when stdout is a pipe or a file. */
export function widthOf(stream: Stream): number {
  return stream.columns ?? 100;
}

const COLOUR_CODES = /\u001b\[[0-9;]*m/g;

/** Columns that a text takes, colour codes not counted. */
export function visibleLength(text: string): number {
  return text.replace(COLOUR_CODES, '').length;
}
