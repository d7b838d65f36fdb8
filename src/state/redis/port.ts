/** What the store needs of a connection: tests and other programs may bring their own. */

/** A reply: texts, numbers, null, and lists of them. */
export type Reply = string | number | null | readonly Reply[];

export interface RedisPort {
  /**
   * Sends a command to the node that has `key`.
   *
   * @param readOnly it changes nothing: a replica may answer
   * @throws what the server answered (its text is the message), or that it could not be reached
   */
  command(key: string, readOnly: boolean, words: readonly string[]): Promise<Reply>;
  close(): Promise<void>;
}
