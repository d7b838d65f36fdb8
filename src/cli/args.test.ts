import assert from 'node:assert/strict';
import test from 'node:test';
import { TailtrapError } from '../base/errors.ts';
import { parseCommandArgs } from './args.ts';
import { type Command, defineCommand } from './command.ts';

const WAIT: Command = defineCommand({
  name: 'wait',
  summary: 'a command with every type of option',
  operands: { text: 'TRACKER', min: 1, max: 2 },
  options: {
    threshold: { type: 'duration', short: 't', value: 'D', default: '10ms', help: 'what is too long' },
    for: { type: 'duration', value: 'D', help: 'give up after' },
    buffer: { type: 'size', value: 'BYTES', default: '8MiB', help: 'memory' },
    pid: { type: 'integer', short: 'p', value: 'PID', min: 1, max: 4194304, help: 'only this process' },
    nice: { type: 'integer', value: 'N', default: 0, help: 'any number' },
    comm: { type: 'string', short: 'c', value: 'NAME', help: 'only this command' },
    clock: { type: 'string', value: 'CLOCK', default: 'mono', choices: ['mono', 'boot'], help: 'which clock' },
    device: { type: 'list', short: 'd', value: 'DEV', help: 'only these devices' },
    verbose: { type: 'boolean', short: 'v', help: 'say more' },
  },
  examples: [],
  async run({ options }) {
    // The types follow from the declarations: this does not compile when they do not.
    const always: number = options.threshold + options.buffer + options.nice;
    const maybe: number | undefined = options.for ?? options.pid;
    const texts: (string | undefined)[] = [options.comm, options.clock, ...options.device];
    return always + (maybe ?? 0) + texts.length + (options.verbose || options.json ? 1 : 0);
  },
});

const parse = (...args: string[]) => parseCommandArgs(WAIT, args);

test('defaults are read by the same rules as what is typed', () => {
  const { options, operands } = parse('block');
  assert.deepEqual(operands, ['block']);
  assert.deepEqual(
    { ...options },
    {
      threshold: 10_000_000,
      for: undefined,
      buffer: 8 * 2 ** 20,
      pid: undefined,
      nice: 0,
      comm: undefined,
      clock: 'mono',
      device: [],
      verbose: false,
      json: false,
      help: false,
    },
  );
});

test('long, short, joined and separate values, before and after operands', () => {
  const { options, operands } = parse('-t', '5ms', 'block', '--for=1m', '-vp12', '--nice', '-5', 'wakeup', '--json');
  assert.deepEqual(operands, ['block', 'wakeup']);
  assert.equal(options.threshold, 5e6);
  assert.equal(options.for, 60e9);
  assert.equal(options.pid, 12);
  assert.equal(options.nice, -5);
  assert.equal(options.verbose, true);
  assert.equal(options.json, true);
});

test('a list grows by repetition and by commas', () => {
  assert.deepEqual(parse('x', '-d', 'sda,sdb', '--device=nvme0n1', '-d', ',').options.device, [
    'sda',
    'sdb',
    'nvme0n1',
  ]);
});

test('after -- everything is an operand', () => {
  assert.deepEqual(parse('--', '--json', '-p').operands, ['--json', '-p']);
});

test('--help wins over mistakes, but not behind --', () => {
  assert.equal(parse('--treshold', '--help').help, true);
  assert.equal(parse('-h').help, true);
  assert.equal(parse('x', '--', '--help').help, false);
});

const MISTAKES: [args: string[], code: string, ...shown: string[]][] = [
  [['x', '--treshold', '5ms'], 'TT_USAGE', "unknown option '--treshold'", "did you mean '--threshold'?"],
  [['x', '--frobnicate'], 'TT_USAGE', "unknown option '--frobnicate'", 'see tailtrap wait --help'],
  [['x', '-z'], 'TT_USAGE', "unknown option '-z'"],
  [['x', '--__proto__=1'], 'TT_USAGE', "unknown option '--__proto__'"],
  [['x', '--constructor'], 'TT_USAGE', "unknown option '--constructor'"],
  [['x', '--threshold'], 'TT_USAGE', "option '--threshold' needs a value", 'write --threshold D'],
  [['x', '--comm', '--json'], 'TT_USAGE', "option '--comm' needs a value"],
  [['x', '--verbose=yes'], 'TT_USAGE', "option '--verbose' takes no value"],
  [['x', '--threshold', '5'], 'TT_BAD_DURATION', "--threshold '5' is not a duration"],
  [['x', '--threshold=-5ms'], 'TT_BAD_DURATION', "--threshold '-5ms'"],
  [['x', '--buffer', 'lots'], 'TT_BAD_SIZE', "--buffer 'lots'"],
  [['x', '--pid', '0'], 'TT_USAGE', "--pid '0' is not a whole number from 1 to 4194304"],
  [['x', '-p', '4194305'], 'TT_USAGE', 'from 1 to 4194304'],
  [['x', '--nice', '1.5'], 'TT_USAGE', "--nice '1.5' is not a whole number"],
  [['x', '--nice', '99999999999999999999'], 'TT_USAGE', 'is not a whole number'],
  [['x', '--clock', 'bot'], 'TT_USAGE', "--clock cannot be 'bot'", "did you mean 'boot'? it may be mono, boot"],
  [[], 'TT_USAGE', 'TRACKER is missing'],
  [['a', 'b', 'c'], 'TT_USAGE', "what is 'c' for?"],
];

for (const [args, code, ...shown] of MISTAKES) {
  test(`'${args.join(' ')}' is refused: ${shown[0]}`, () => {
    assert.throws(
      () => parse(...args),
      (error: unknown) => {
        assert.ok(error instanceof TailtrapError);
        assert.equal(error.code, code);
        for (const part of shown) assert.ok(error.format().includes(part), error.format());
        return true;
      },
    );
  });
}
