/** Patterns as Python's fnmatch: `*`, `?`, `[seq]`, `[!seq]`; the whole text must fit. */
export function globPattern(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (character === '[') {
      // A bracket right behind the opening one (or behind `!`) belongs to the set.
      const from = pattern[at + 1] === '!' ? at + 2 : at + 1;
      const end = pattern.indexOf(']', from + 1);
      if (end < 0) source += '\\[';
      else {
        const set = pattern.slice(from, end).replaceAll(/[\\\]^[]/g, '\\$&');
        source += `[${from === at + 2 ? '^' : ''}${set}]`;
        at = end;
      }
    } else source += character.replace(/[\\^$.|+(){}\]/]/g, '\\$&');
  }
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    // A set such as [z-a] is empty for fnmatch: it fits nothing.
    return /(?!)/;
  }
}
