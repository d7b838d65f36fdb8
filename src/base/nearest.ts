/** "Did you mean": the names that are nearest to what was typed. */

/** A typing slip is one or two letters; from a third of the word on it is another word. */
function slipAllowance(text: string): number {
  return Math.max(1, Math.min(3, Math.floor(text.length / 3)));
}

/**
 * The known names that a typing slip or an unfinished word may have meant, nearest first.
 *
 * @param limit at most so many
 */
export function nearest(text: string, names: readonly string[], limit = 3): string[] {
  const typed = text.toLowerCase();
  const allowed = slipAllowance(typed);
  return names
    .map((name) => ({ name, distance: typed.length >= 2 && name.startsWith(typed) ? 0 : editDistance(typed, name) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ name }) => name);
}

/** ` did you mean 'watch' or 'wait'?`, or `''`: what to append to an error. */
export function didYouMean(text: string, names: readonly string[]): string {
  const near = nearest(text, names).map((name) => `'${name}'`);
  if (near.length === 0) return '';
  const last = near.pop();
  return `did you mean ${near.length > 0 ? `${near.join(', ')} or ` : ''}${last}?`;
}

/** Levenshtein distance where swapping two neighbouring letters counts once (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
