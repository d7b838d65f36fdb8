/** Results as text: an aligned Markdown table reads well on a terminal and in docs/benchmarks.md alike. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Three significant digits, without an exponent. */
export function number(value) {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value
    .toPrecision(3)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** "yes", "no", or "-" where there is nothing to reach. */
export function verdict(value, target) {
  if (target === undefined || !Number.isFinite(value)) return '-';
  return value <= target ? 'yes' : '**no**';
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 * @param {number} [words] the first so many columns are text, aligned left; the others are numbers
 */
export function table(head, rows, words = 1) {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i].length)));
  const line = (cells) =>
    `| ${cells.map((c, i) => (i < words ? c.padEnd(widths[i]) : c.padStart(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((w, i) => (i < words ? '-'.repeat(w + 2) : `${'-'.repeat(w + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** Replaces the part of a document between the markers of `name`; appends it when they are not there. */
export function writeSection(path, name, text, title) {
  const [begin, end] = [`<!-- ${name}: begin, written by the benchmark -->`, `<!-- ${name}: end -->`];
  const section = `${begin}\n${text.trim()}\n${end}`;
  const old = existsSync(path) ? readFileSync(path, 'utf8') : `${title}\n`;
  const [from, to] = [old.indexOf(begin), old.indexOf(end)];
  const whole =
    from < 0 || to < from
      ? `${old.trimEnd()}\n\n${section}\n`
      : old.slice(0, from) + section + old.slice(to + end.length);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, whole);
}
