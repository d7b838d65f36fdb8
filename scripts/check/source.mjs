/** Reading TypeScript just well enough for the checks: TypeScript 7 has no compiler API to ask. */

/** The text with comments blanked out; line numbers stay. Strings are kept, so `'http://x'` is no comment. */
export function withoutComments(text) {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replace(token, (match) => (match.startsWith('/') ? match.replace(/[^\n]/g, ' ') : match));
}

/**
 * What a module imports, statically or lazily.
 *
 * @returns {{name: string, line: number, typeOnly: boolean}[]}
 */
export function importsOf(text) {
  const code = withoutComments(text);
  const pattern =
    /^\s*(?:import|export)\s+(type\s)?(?:[^'"`;()]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
  return [...code.matchAll(pattern)].map((match) => {
    const name = match[2] ?? match[3];
    const line = code.slice(0, match.index + match[0].lastIndexOf(name)).split('\n').length;
    return { name, line, typeOnly: match[1] !== undefined };
  });
}
