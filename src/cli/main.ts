/** The `tailtrap` command: finds the command, reads its arguments, runs it, tells what went wrong. */
import { readFileSync } from 'node:fs';
import { messageOf, TailtrapError, UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import { notInstalled } from '../base/not-installed.ts';
import type { Command } from './command.ts';
import { COMMANDS, type CommandEntry } from './commands.ts';
import { createOutput } from './output.ts';
import { StopSignals } from './stop.ts';
import { type Style, styleFor } from './terminal.ts';

/** Where a run of `tailtrap` writes, and what it knows of its surroundings; tests hand in their own. */
export interface Surroundings {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly style: Style;
  readonly debug: boolean;
  readonly commands: readonly CommandEntry[];
  readonly stop: StopSignals;
}

/** Runs the command line of this process and ends it. */
export async function runProcess(): Promise<never> {
  const stop = new StopSignals(process);
  const code = await main(process.argv.slice(2), {
    stdout: (text) => stop.write(text),
    stderr: (text) => process.stderr.write(text),
    style: styleFor(process.stdout, process.env),
    debug: process.env.TAILTRAP_DEBUG === '1',
    commands: COMMANDS,
    stop,
  });
  await stop.flush();
  // Not process.exitCode: a library's thread or timer must not keep a finished command alive.
  process.exit(code);
}

/** @returns exit status: 0 done, 1 failed or not found, 2 wrong usage */
export async function main(argv: readonly string[], around: Surroundings): Promise<number> {
  try {
    return await dispatch(argv, around);
  } catch (caught) {
    const error = notInstalled(caught) ?? caught;
    around.stderr(`${describeError(error, around.debug)}\n`);
    if (error instanceof TailtrapError && error.code === 'TT_STDOUT') around.stop.writeErrorTold = true;
    return error instanceof UsageError ? 2 : 1;
  }
}

async function dispatch(argv: readonly string[], around: Surroundings): Promise<number> {
  const [first = '', ...rest] = argv;
  switch (first) {
    case '':
      around.stderr(`${await generalHelpText(around)}\n`);
      return 2;
    case '--version':
    case '-V':
    case 'version':
      refuseMore(rest);
      around.stdout(`tailtrap ${version()}\n`);
      return 0;
    case '--mi-version': {
      // Trace Compass asks the program for it, whatever the rest of an analysis' command is.
      refuseMore(rest);
      const { LAMI_VERSION } = await import('../analyses/index.ts');
      around.stdout(`${LAMI_VERSION.major}.${LAMI_VERSION.minor}\n`);
      return 0;
    }
    case '--help':
    case '-h':
    case 'help':
      refuseMore(rest.slice(1));
      around.stdout(
        `${rest[0] === undefined ? await generalHelpText(around) : await commandHelpText(rest[0], around)}\n`,
      );
      return 0;
    default:
      return runCommand(first, rest, around);
  }
}

function refuseMore([more]: readonly string[]): void {
  if (more !== undefined) throw new UsageError('TT_USAGE', `what is '${more}' for?`, { next: 'see tailtrap --help' });
}

async function runCommand(name: string, args: readonly string[], around: Surroundings): Promise<number> {
  const command = await loadCommand(name, around.commands);
  const { parseCommandArgs } = await import('./args.ts');
  const { options, operands, help } = parseCommandArgs(command, args);
  if (help) {
    around.stdout(`${await commandHelpText(name, around)}\n`);
    return 0;
  }
  const { endsAtOnce = false } = command;
  const signal = (typeof endsAtOnce === 'function' ? endsAtOnce(operands) : endsAtOnce)
    ? new AbortController().signal
    : around.stop.listen({ hangup: command.ownsHangup !== true }).signal;
  const out = createOutput(around.stdout, options.json);
  const code = await command.run({ options, operands, out, log: (line) => around.stderr(`${line}\n`), signal });
  // `tailtrap watch | head -1` did what was asked.
  return around.stop.pipeClosed ? 0 : code;
}

async function loadCommand(name: string, commands: readonly CommandEntry[]): Promise<Command> {
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry !== undefined) return (await entry.load()).command;
  const what = name.startsWith('-') ? 'option' : 'command';
  const hint = didYouMean(name, [...commands.map((candidate) => candidate.name), 'help', '--help', '--version']);
  const next = [hint, 'see tailtrap --help'].filter((part) => part !== '').join(' ');
  throw new UsageError('TT_USAGE', `unknown ${what} '${name}'`, { next });
}

async function generalHelpText({ commands, style }: Surroundings): Promise<string> {
  const { generalHelp } = await import('./help.ts');
  return generalHelp(commands, style);
}

async function commandHelpText(name: string, { commands, style }: Surroundings): Promise<string> {
  const command = await loadCommand(name, commands);
  const { commandHelp } = await import('./help.ts');
  return commandHelp(command, style);
}

/** Expected errors in their own words; anything else is a fault of ours and says so. */
function describeError(error: unknown, debug: boolean): string {
  if (error instanceof TailtrapError) return debug ? `${error.format()}\n${error.stack ?? ''}` : error.format();
  if (debug && error instanceof Error) return error.stack ?? error.message;
  return [
    `error TT_INTERNAL: ${messageOf(error)}`,
    '  next: this is a fault in tailtrap; please report it with the output of the same command under TAILTRAP_DEBUG=1',
  ].join('\n');
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
