/** What metadata may cost, in both languages: hostile text must not take more memory and time than it is worth. */
export const LIMITS: {
  readonly metadata_bytes: number;
  readonly nesting: number;
  readonly fieldClasses: number;
  readonly declarations: number;
  readonly statements: number;
  readonly alignment_bits: number;
  readonly staticLength: number;
  readonly warnings: number;
} = {
  /** Metadata text; LTTng's largest known is below 1 MiB. */
  metadata_bytes: 64 * 1024 * 1024,
  /** Nesting of field classes and of blocks: recursion stays far from the end of the stack. */
  nesting: 64,
  /** Field classes of one trace, after aliases are expanded: a chain of aliases grows exponentially otherwise. */
  fieldClasses: 1_000_000,
  /** Named types, streams, events: each is some objects. LTTng's kernel tracer declares 2000. */
  declarations: 100_000,
  /** Statements and labels of TSDL, of which each takes more memory than its text. */
  statements: 500_000,
  /** Alignment: the decoder moves its window by multiples of 4 KiB of the packet. */
  alignment_bits: 4096 * 8,
  /** Fixed length of a static array, string or blob; a decoder refuses earlier when the packet is shorter. */
  staticLength: 2 ** 32,
  /** Warnings that are kept: nobody reads more of them. */
  warnings: 20,
};
