/** The texts of `tailtrap --help` and `tailtrap COMMAND --help`. */
import { COMMON_OPTIONS } from './args.ts';
import type { Command, OptionSpec } from './command.ts';
import type { CommandEntry } from './commands.ts';
import { formatTable } from './table.ts';
import type { Style } from './terminal.ts';

export function generalHelp(commands: readonly CommandEntry[], style: Style): string {
  const list = formatTable(
    [{ title: '' }, { title: '' }],
    commands.map(({ name, summary }) => [`  ${style.bold(name)}`, summary]),
  );
  return [
    'tailtrap catches tail latency in the act: it times operations in the kernel, notices the rare slow one,',
    'and keeps a trace of what the machine was doing before and while it happened.',
    '',
    `${style.bold('Usage:')} tailtrap COMMAND [OPTION...]`,
    '',
    style.bold('Commands:'),
    ...list,
    '',
    style.bold('Everywhere:'),
    '  tailtrap help COMMAND     options and examples of a command (also: tailtrap COMMAND --help)',
    '  tailtrap --version        the version',
    '  --json                    one JSON object a line instead of text',
    '',
    'Data goes to stdout, messages to stderr. Exit status: 0 done, 1 failed or not found, 2 wrong usage.',
    'Start with: tailtrap doctor',
  ].join('\n');
}

export function commandHelp(command: Command, style: Style): string {
  const operands = command.operands === undefined ? '' : ` ${command.operands.text}`;
  const specs = Object.entries({ ...command.options, ...COMMON_OPTIONS });
  const lines = [
    `tailtrap ${command.name}: ${command.summary}`,
    '',
    `${style.bold('Usage:')} tailtrap ${command.name}${operands} [OPTION...]`,
  ];
  if (command.description !== undefined) lines.push('', command.description.trim());
  lines.push('', style.bold('Options:'));
  lines.push(
    ...formatTable(
      [{ title: '' }, { title: '' }],
      specs.map(([name, spec]) => [optionName(name, spec), optionText(spec)]),
    ),
  );
  lines.push('', style.bold('Examples:'));
  for (const { line, does } of command.examples) lines.push(`  ${style.bold(line)}`, `      ${does}`);
  return lines.join('\n');
}

/** `  -t, --threshold D`. */
function optionName(name: string, spec: OptionSpec): string {
  const short = spec.short === undefined ? '    ' : `-${spec.short}, `;
  return `  ${short}--${name}${spec.type === 'boolean' ? '' : ` ${spec.value}`}`;
}

function optionText(spec: OptionSpec): string {
  const notes: string[] = [];
  if ((spec.type === 'string' || spec.type === 'list') && spec.choices !== undefined)
    notes.push(spec.choices.join(', '));
  if (spec.type === 'integer' && spec.max !== undefined) notes.push(`${spec.min ?? 0} to ${spec.max}`);
  if (spec.type === 'list' || spec.type === 'texts') notes.push('may be repeated');
  if ('default' in spec && spec.default !== undefined) notes.push(`default ${spec.default}`);
  return notes.length === 0 ? spec.help : `${spec.help} (${notes.join('; ')})`;
}
