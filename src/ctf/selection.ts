/** Which event classes a reader wants. */
import type { SelectedClasses } from './cursor-options.ts';
import type { StreamPlan } from './plan.ts';

/** Gives the classes of a plan that are wanted; for each plan the same tables. */
export function selector(wanted: (name: string) => boolean): (plan: StreamPlan) => SelectedClasses {
  const known = new WeakMap<StreamPlan, SelectedClasses>();
  return (plan) => {
    const { types, sizes } = plan;
    let selected = known.get(plan);
    if (selected === undefined || selected.wanted.length !== sizes.length) {
      const names = Uint8Array.from(sizes, (_, slot) =>
        types[slot] !== undefined && wanted(types[slot]!.name) ? 1 : 0,
      );
      const steps = sizes.map((size, slot) => (names[slot] === 1 || size < 0 ? -1 : size));
      selected = { wanted: names, steps };
      known.set(plan, selected);
    }
    return selected;
  };
}

/** Shell patterns to one expression: `*` any text, `?` any character. */
export function matcher(patterns: readonly string[] | undefined): (name: string) => boolean {
  if (patterns === undefined) return () => true;
  const exact = new Set(patterns.filter((pattern) => !/[*?]/.test(pattern)));
  const sources = patterns
    .filter((pattern) => /[*?]/.test(pattern))
    .map((pattern) =>
      pattern
        .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
        .replace(/\*+/g, '.*')
        .replaceAll('?', '.'),
    );
  const wild = sources.length === 0 ? null : new RegExp(`^(?:${sources.join('|')})$`, 'su');
  return (name) => exact.has(name) || wild?.test(name) === true;
}
