/** Bar graphs and histograms of text, 80 columns of bars, as lttng-analyses draws them. */
import { fixed, right } from './python.ts';

const BAR_COLUMNS = 80;
/** Of which a histogram's lower bounds take these. */
const BOUND_COLUMNS = 8;
const SEPARATOR = '#'.repeat(BAR_COLUMNS);

export interface Bar {
  readonly value: number;
  /** As shown: `25.10 %`. */
  readonly text: string;
  readonly label: string;
}

export interface BarGraph {
  readonly title: string;
  /** Header over the labels, or ''. */
  readonly labelHeader: string;
  readonly bars: readonly Bar[];
}

/** Lines of a graph with an empty one behind; none when there is nothing to draw. */
export function barGraph({ title, labelHeader, bars }: BarGraph): string[] {
  if (bars.length === 0) return [];
  const most = bars.reduce((max, bar) => Math.max(max, bar.value), 0);
  const textWidth = bars.reduce((max, bar) => Math.max(max, bar.text.length), 0);
  const gap = BAR_COLUMNS - title.length + 1 + textWidth + 1;
  const head = labelHeader === '' ? title : `${title}${' '.repeat(gap)}${labelHeader}`;
  const lines = bars.map(
    ({ value, text, label }) => `${barOf(value, most, BAR_COLUMNS)} ${right(text, textWidth)} ${label}`,
  );
  return [head, SEPARATOR, ...lines, ''];
}

export interface HistogramBar {
  readonly lower_us: number;
  readonly count: number;
}

/** A histogram with its lower bounds in microseconds. */
export function histogram(title: string, bars: readonly HistogramBar[], unit = 'µs'): string[] {
  if (bars.length === 0) return [];
  const most = bars.reduce((max, bar) => Math.max(max, bar.count), 0);
  const countWidth = bars.reduce((max, bar) => Math.max(max, String(bar.count).length), 0);
  const lines = bars.map(
    ({ lower_us, count }) =>
      `${right(fixed(lower_us, 3), 7)} ${barOf(count, most, BAR_COLUMNS - BOUND_COLUMNS)} ${right(count, countWidth)}`,
  );
  return [`${title} (${unit})`, SEPARATOR, ...lines, ''];
}

function barOf(value: number, most: number, columns: number): string {
  const bar = most === 0 ? 0 : Math.trunc((columns * value) / most);
  return '█'.repeat(bar) + ' '.repeat(columns - bar);
}
