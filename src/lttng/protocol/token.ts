/**
 * The token in front of a port of `tailtrap relay --token`: before its first message a client sends one line,
 *
 *     tailtrap-token TOKEN\n
 *
 * and no answer comes to it; a wrong one is answered by the end of the connection. LTTng's own messages begin with zero
 * bytes (or other small numbers), never with these letters, so that the relay can tell a plain LTTng tool.
 */
const PREFIX = 'tailtrap-token ';

/** Longer tokens are refused; a peer that sends more before a line feed is cut off. */
export const MAX_TOKEN_BYTES = 256;
export const MAX_TOKEN_LINE_BYTES: number = PREFIX.length + MAX_TOKEN_BYTES + 1;

/** What a client sends first. */
export function tokenLine(token: string): Uint8Array {
  return new TextEncoder().encode(`${PREFIX}${token}\n`);
}

/** True while what has come may still become a token line. */
export function looksLikeToken(bytes: Uint8Array): boolean {
  for (let i = 0; i < Math.min(bytes.length, PREFIX.length); i++) {
    if (bytes[i] !== PREFIX.charCodeAt(i)) return false;
  }
  return true;
}
