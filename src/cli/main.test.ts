import assert from 'node:assert/strict';
import test from 'node:test';
import { TailtrapError } from '../base/errors.ts';
import { type Command, defineCommand } from './command.ts';
import type { CommandEntry } from './commands.ts';
import { main } from './main.ts';
import { StopSignals } from './stop.ts';
import { styleFor } from './terminal.ts';

/** A command that does what its operand says. */
const ACT: Command = defineCommand({
  name: 'act',
  summary: 'do something for the tests',
  operands: { text: 'WHAT', min: 1, max: 1 },
  options: { times: { type: 'integer', value: 'N', default: 1, help: 'how often' } },
  examples: [{ line: 'tailtrap act print', does: 'prints a record' }],
  async run({ operands, options, out, log }) {
    if (operands[0] === 'fail') throw new TailtrapError('TT_TEST', 'it failed', { next: 'try again' });
    if (operands[0] === 'break') throw new TypeError('x is undefined');
    for (let i = 0; i < options.times; i++) out.record({ at_ns: 2n ** 63n, delay_ns: 5 }, () => 'delay 5 ns');
    log('done');
    return operands[0] === 'nothing' ? 1 : 0;
  },
});
const COMMANDS: CommandEntry[] = [
  { name: 'act', summary: ACT.summary, load: async () => ({ command: ACT }) },
  { name: 'heavy', summary: 'must not be loaded', load: () => assert.fail('loaded') },
];

async function run(
  argv: string[],
  debug = false,
  commands = COMMANDS,
): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const code = await main(argv, {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    style: styleFor({}, {}),
    debug,
    commands,
    stop: new StopSignals(process),
  });
  return { code, stdout, stderr };
}

test('--help lists all commands and loads none', async () => {
  for (const argv of [['--help'], ['-h'], ['help']]) {
    const { code, stdout, stderr } = await run(argv);
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}act +do something for the tests$/m);
    assert.match(stdout, /^ {2}heavy +must not be loaded$/m);
    assert.equal(stderr, '');
  }
});

test('no command at all is wrong usage, and shows the help on stderr', async () => {
  const { code, stdout, stderr } = await run([]);
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /Usage:/);
});

test('help of a command shows options, defaults and examples', async () => {
  for (const argv of [
    ['help', 'act'],
    ['act', '--help'],
  ]) {
    const { code, stdout } = await run(argv);
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: tailtrap act WHAT \[OPTION\.\.\.\]$/m);
    assert.match(stdout, /^ {6}--times N +how often \(default 1\)$/m);
    assert.match(stdout, /^ {6}--json +print one JSON object a line$/m);
    assert.match(stdout, /^Examples:\n {2}tailtrap act print\n {6}prints a record$/m);
  }
});

test('--version is that of package.json', async () => {
  assert.match((await run(['--version'])).stdout, /^tailtrap \d+\.\d+\.\d+\S*\n$/);
});

test('what follows help COMMAND or version is wrong usage', async () => {
  for (const argv of [
    ['help', 'act', 'extra'],
    ['--help', 'act', 'extra'],
    ['version', '--foo'],
    ['--version', 'x'],
    ['-V', 'x'],
  ]) {
    const { code, stdout, stderr } = await run(argv);
    assert.deepEqual([code, stdout], [2, ''], argv.join(' '));
    assert.match(stderr, /^error TT_USAGE: what is '(extra|--foo|x)' for\?/);
  }
  assert.match((await run(['--help', 'act'])).stdout, /^Usage: tailtrap act/m);
});

test('a package that is not installed is told, and how to get it', async () => {
  const name: string = 'tailtrap-no-such-package';
  const load = (): Promise<never> => import(name) as Promise<never>;
  const { code, stderr } = await run(['odd'], false, [{ name: 'odd', summary: 'needs more', load }]);
  assert.equal(code, 1);
  assert.match(stderr, /^error TT_NOT_INSTALLED: .*\n {2}next: run npm ci/);
});

test('data is text or one JSON object a line; messages go to stderr', async () => {
  assert.deepEqual(await run(['act', 'print', '--times', '2']), {
    code: 0,
    stdout: 'delay 5 ns\ndelay 5 ns\n',
    stderr: 'done\n',
  });
  const { stdout } = await run(['act', 'print', '--json']);
  assert.equal(stdout, '{"at_ns":"9223372036854775808","delay_ns":5}\n');
});

test('the exit status is that of the command', async () => {
  assert.equal((await run(['act', 'nothing'])).code, 1);
});

test('unknown commands and options name the nearest, status 2', async () => {
  const command = await run(['atc']);
  assert.equal(command.code, 2);
  assert.match(command.stderr, /^error TT_USAGE: unknown command 'atc'\n {2}next: did you mean 'act'\?/);
  assert.match((await run(['--hlep'])).stderr, /unknown option '--hlep'\n {2}next: did you mean '--help'\?/);
  assert.match((await run(['help', 'atc'])).stderr, /did you mean 'act'\?/);
  assert.equal((await run(['act', 'print', '--tims', '1'])).code, 2);
});

test('expected errors are told in their own words, status 1, no stack', async () => {
  const { code, stderr } = await run(['act', 'fail']);
  assert.equal(code, 1);
  assert.equal(stderr, 'error TT_TEST: it failed\n  next: try again\n');
});

test('a fault of ours asks for a report; its stack is shown on request only', async () => {
  const { code, stderr } = await run(['act', 'break']);
  assert.equal(code, 1);
  assert.match(stderr, /^error TT_INTERNAL: x is undefined\n {2}next: .*report.*TAILTRAP_DEBUG=1\n$/);
  assert.match((await run(['act', 'break'], true)).stderr, /TypeError: x is undefined\n +at /);
});
