/** Reads a command's arguments as it declared them. Every mistake is a UsageError that names the way out. */
import { parseArgs } from 'node:util';
import { UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import { parseDuration, parseSize } from '../base/units.ts';
import type { Command, IntegerOption, OptionSpec, OptionSpecs, OptionValues } from './command.ts';

/** Options that every command has. */
export const COMMON_OPTIONS: OptionSpecs = {
  json: { type: 'boolean', help: 'print one JSON object a line' },
  help: { type: 'boolean', short: 'h', help: 'print this help' },
};

export interface ParsedArgs {
  readonly options: OptionValues<OptionSpecs>;
  readonly operands: readonly string[];
  /** `--help` was given; nothing else was checked then. */
  readonly help: boolean;
}

type Value = string | number | boolean | readonly string[] | undefined;

export function parseCommandArgs(command: Command, args: readonly string[]): ParsedArgs {
  const specs: OptionSpecs = { ...command.options, ...COMMON_OPTIONS };
  const { tokens } = parseArgs({
    args: [...args],
    // Node's own strictness knows neither nearest names nor our error codes: it only cuts the line into tokens here.
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, nodeOption(spec)])),
  });
  const help = tokens.some((token) => token.kind === 'option' && token.name === 'help');
  const values: Record<string, Value> = defaults(specs);
  if (help) return { options: values as unknown as OptionValues<OptionSpecs>, operands: [], help };

  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    else if (token.kind === 'option') readOption(command, specs, token, values);
  }
  checkOperands(command, operands);
  return { options: values as unknown as OptionValues<OptionSpecs>, operands, help };
}

function nodeOption(spec: OptionSpec): { type: 'boolean' | 'string'; short?: string } {
  const type = spec.type === 'boolean' ? 'boolean' : 'string';
  return spec.short === undefined ? { type } : { type, short: spec.short };
}

function defaults(specs: OptionSpecs): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.type === 'boolean') values[name] = false;
    else if (spec.type === 'list' || spec.type === 'texts') values[name] = [];
    else values[name] = spec.default === undefined ? undefined : readValue(spec, `--${name}`, String(spec.default));
  }
  return values;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function readOption(command: Command, specs: OptionSpecs, token: OptionToken, values: Record<string, Value>): void {
  const { name, rawName, value } = token;
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined) throw unknownOption(command, specs, rawName);
  if (spec.type === 'boolean') {
    if (value !== undefined) throw usage(command, `option '${rawName}' takes no value, not '${value}'`);
    values[name] = true;
    return;
  }
  const looksLikeOption = value?.startsWith('-') && token.inlineValue !== true && !/^-(\d|$)/.test(value);
  if (value === undefined || looksLikeOption) {
    throw usage(command, `option '${rawName}' needs a value`, `write ${rawName} ${spec.value}`);
  }
  const read = readValue(spec, rawName, value);
  const repeated = spec.type === 'list' || spec.type === 'texts';
  values[name] = repeated ? [...(values[name] as readonly string[]), ...(read as string[])] : read;
}

function readValue(spec: Exclude<OptionSpec, { type: 'boolean' }>, name: string, text: string): Value {
  switch (spec.type) {
    case 'duration':
      return parseDuration(text, name);
    case 'size':
      return parseSize(text, name);
    case 'integer':
      return readInteger(spec, name, text);
    case 'string':
      return readChoice(spec.choices, name, notEmpty(name, text));
    case 'texts':
      return [notEmpty(name, text)];
    case 'list': {
      const items = notEmpty(name, text)
        .split(',')
        .map((item) => item.trim());
      return items.filter((item) => item !== '').map((item) => readChoice(spec.choices, name, item));
    }
  }
}

/** `--comm "$NAME"` with NAME not set must not mean "everything". */
function notEmpty(name: string, text: string): string {
  if (text.trim() !== '') return text;
  throw new UsageError('TT_USAGE', `${name} is empty`, {
    next: 'leave it out, or give it a value (is a shell variable not set?)',
  });
}

function readInteger(spec: IntegerOption, name: string, text: string): number {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = spec;
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const range =
    spec.max !== undefined
      ? `from ${spec.min ?? '-2^53'} to ${max}`
      : spec.min !== undefined
        ? `of ${min} or more`
        : '';
  throw new UsageError('TT_USAGE', `${name} '${text}' is not a whole number${range === '' ? '' : ` ${range}`}`, {
    next: `write a whole number ${range}`.trim(),
  });
}

function readChoice(choices: readonly string[] | undefined, name: string, text: string): string {
  if (choices === undefined || choices.includes(text)) return text;
  throw new UsageError('TT_USAGE', `${name} cannot be '${text}'`, {
    next: [didYouMean(text, choices), `it may be ${choices.join(', ')}`].filter((part) => part !== '').join(' '),
  });
}

function unknownOption(command: Command, specs: OptionSpecs, rawName: string): UsageError {
  const names = Object.keys(specs).map((name) => `--${name}`);
  return usage(command, `unknown option '${rawName}'`, rawName.startsWith('--') ? didYouMean(rawName, names) : '');
}

function checkOperands(command: Command, operands: readonly string[]): void {
  const { text = '', min = 0, max = 0 } = command.operands ?? {};
  if (operands.length < min) throw usage(command, `${text} is missing`);
  if (operands.length > max) throw usage(command, `what is '${operands[max]}' for?`);
}

function usage(command: Command, message: string, hint = ''): UsageError {
  const see = `see tailtrap ${command.name} --help`;
  const next = hint === '' ? see : `${hint}${hint.endsWith('?') ? '' : ';'} ${see}`;
  return new UsageError('TT_USAGE', message, { next });
}
