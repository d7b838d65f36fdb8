/**
 * What a command is. A command is a file in this folder:
 *
 *     export const command: Command = defineCommand({
 *       name: 'wait',
 *       summary: 'block until one outlier comes, print it',
 *       operands: { text: 'TRACKER', min: 1, max: 1 },
 *       options: {
 *         threshold: { type: 'duration', short: 't', value: 'D', default: '10ms', help: 'what is too long' },
 *       },
 *       examples: [{ line: 'tailtrap wait block --threshold 20ms', does: 'waits for a slow disk operation' }],
 *       async run({ options, operands, out, signal }) {
 *         options.threshold; // nanoseconds: the type follows from the option's type and default
 *         return 0;
 *       },
 *     });
 *
 * and a line in commands.ts. `--json` and `--help` come by themselves.
 */
import type { Output } from './output.ts';

interface OptionBase {
  /** One letter; bcc's where there is one: -p -t -c -d. */
  readonly short?: string;
  readonly help: string;
}
interface ValueOption extends OptionBase {
  /** What stands for the value in the help: `D`, `PID`, `DIR`. */
  readonly value: string;
}
export interface BooleanOption extends OptionBase {
  readonly type: 'boolean';
}
export interface StringOption extends ValueOption {
  readonly type: 'string';
  readonly default?: string;
  readonly choices?: readonly string[];
}
/** Typed as `10ms`, a number of nanoseconds in the program. */
export interface DurationOption extends ValueOption {
  readonly type: 'duration';
  readonly default?: string;
}
/** Typed as `8MiB`, a number of bytes in the program. */
export interface SizeOption extends ValueOption {
  readonly type: 'size';
  readonly default?: string;
}
export interface IntegerOption extends ValueOption {
  readonly type: 'integer';
  readonly default?: number;
  readonly min?: number;
  readonly max?: number;
}
/** May be repeated, and each value may hold several with commas between. */
export interface ListOption extends ValueOption {
  readonly type: 'list';
  readonly choices?: readonly string[];
}
/** May be repeated; each value is taken whole, commas and all. */
export interface TextsOption extends ValueOption {
  readonly type: 'texts';
}
export type OptionSpec =
  | BooleanOption
  | StringOption
  | DurationOption
  | SizeOption
  | IntegerOption
  | ListOption
  | TextsOption;
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The value of an option: absent only where there is no default. */
type ValueOf<S extends OptionSpec> = S extends { type: 'boolean' }
  ? boolean
  : S extends { type: 'list' | 'texts' }
    ? readonly string[]
    :
        | (S extends { type: 'duration' | 'size' | 'integer' } ? number : string)
        | (S extends { default: string | number } ? never : undefined);
export type OptionValues<O extends OptionSpecs> = { readonly [K in keyof O]: ValueOf<O[K]> } & {
  readonly json: boolean;
};

/** What a command is given to work with. Data goes to `out`, everything else through `log` to stderr. */
export interface Context<O extends OptionSpecs = OptionSpecs> {
  readonly options: OptionValues<O>;
  readonly operands: readonly string[];
  readonly out: Output;
  readonly log: (line: string) => void;
  /** Aborted by Ctrl-C, SIGTERM, and when nobody reads stdout any more: put things back and return. */
  readonly signal: AbortSignal;
}

export interface Example {
  readonly line: string;
  readonly does: string;
}

export interface CommandSpec<O extends OptionSpecs> {
  readonly name: string;
  /** One line, the same as in commands.ts. */
  readonly summary: string;
  /** A paragraph or two for `--help`; optional. */
  readonly description?: string;
  /** Arguments that are not options; none when absent. */
  readonly operands?: { readonly text: string; readonly min: number; readonly max: number };
  readonly options: O;
  readonly examples: readonly Example[];
  /** SIGHUP means "read the configuration again" to this command: it listens itself. */
  readonly ownsHangup?: boolean;
  /** Works in long synchronous stretches and has nothing to put back: Ctrl-C ends the process, as it ends `cat`. */
  readonly endsAtOnce?: boolean | ((operands: readonly string[]) => boolean);
  /** @returns exit status: 0 done, 1 failed or not found */
  run(context: Context<O>): Promise<number>;
}

/** A command whose option types were forgotten, so that all fit in one table. */
export type Command = CommandSpec<OptionSpecs>;

/** Gives `run` the types of the options as they were declared. */
export function defineCommand<const O extends OptionSpecs>(spec: CommandSpec<O>): Command {
  // Sound because only args.ts makes the values, from this very `spec.options`.
  return spec as unknown as Command;
}
