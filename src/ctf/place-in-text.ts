/** Where in a metadata text something is wrong, and what is said about it: both short, however long the text is. */

/** Of a quoted name this much is shown. */
const MAX_QUOTED = 80;
/** No message needs more. */
const MAX_MESSAGE = 600;

/** Line and column of a character, both from 1. A line ends with `\n`, `\r` or both. */
export function placeInText(text: string, at: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let begin = 0;
  for (let i = 0; i < at; i++) {
    const code = text.charCodeAt(i);
    if (code !== 10 && !(code === 13 && (i + 1 === at || text.charCodeAt(i + 1) !== 10))) continue;
    line++;
    begin = i + 1;
  }
  return { line, column: at - begin + 1 };
}

/** A message whose quoted names are cut: a hostile one may have megabytes. */
export function shortened(message: string): string {
  if (message.length <= MAX_QUOTED) return message;
  const cut = message.replace(/'([^']*)'/g, (whole, name: string) =>
    name.length <= MAX_QUOTED ? whole : `'${name.slice(0, MAX_QUOTED)}...'`,
  );
  return cut.length <= MAX_MESSAGE ? cut : `${cut.slice(0, MAX_MESSAGE)}...`;
}
