/** What the scripts of this repository tell a person: on stderr, so that stdout stays data. */

const terminal = process.stderr.isTTY === true;
const colours = terminal && !process.env.NO_COLOR;

export const bold = (text) => (colours ? `\x1b[1m${text}\x1b[22m` : text);
export const red = (text) => (colours ? `\x1b[31m${text}\x1b[39m` : text);
export const green = (text) => (colours ? `\x1b[32m${text}\x1b[39m` : text);

export function say(text = '') {
  process.stderr.write(`${text}\n`);
}

/** The last lines of a text, indented: enough to see why something failed. */
export function tail(text, lines = 15) {
  return text
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join('\n');
}

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * A line that follows something long. On a terminal it is rewritten in place; in a log file a line comes at most every
 * 5 seconds, so that a CI log shows that it is alive without being flooded.
 */
export function progress(title) {
  const began = Date.now();
  let shownAt = 0;
  const show = (detail) => {
    const line = `  ${title}${detail ? `: ${detail}` : ''} (${seconds(Date.now() - began)})`;
    if (terminal) process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 100) - 1)}`);
    else if (Date.now() - shownAt >= 5000) say(line);
    else return;
    shownAt = Date.now();
  };
  show('');
  let last = '';
  const timer = setInterval(() => show(last), terminal ? 500 : 5000);
  return {
    update(detail) {
      last = detail;
      show(detail);
    },
    end(verdict) {
      clearInterval(timer);
      say(`${terminal ? '\r\x1b[K' : ''}  ${title}: ${verdict} (${seconds(Date.now() - began)})`);
    },
  };
}
