import assert from 'node:assert/strict';
import test from 'node:test';
import { COMMON_OPTIONS, parseCommandArgs } from './args.ts';
import { COMMANDS } from './commands.ts';
import { commandHelp } from './help.ts';
import { styleFor } from './terminal.ts';

/** The arguments of `... tailtrap NAME ARGS | ...`, quotes taken off. */
function argsOfExample(line: string, name: string): string[] | null {
  const match = new RegExp(`(?:^|\\s)tailtrap ${name}(?=\\s|$)([^|;&>]*)`).exec(line);
  if (match === null) return null;
  const words = match[1]!.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  return words.map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

test('names are unique and one word', () => {
  const names = COMMANDS.map((entry) => entry.name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z]+$/);
});

for (const entry of COMMANDS) {
  test(`${entry.name}: its file says the same as the table`, async () => {
    const { command } = await entry.load();
    assert.equal(command.name, entry.name);
    assert.equal(command.summary, entry.summary);
    assert.doesNotMatch(entry.summary, /\n|\.$/);
  });

  test(`${entry.name}: has examples, and they are right`, async () => {
    const { command } = await entry.load();
    assert.ok(command.examples.length > 0);
    for (const { line } of command.examples) {
      const args = argsOfExample(line, entry.name);
      assert.ok(args !== null, `no 'tailtrap ${entry.name}' in '${line}'`);
      parseCommandArgs(command, args);
    }
  });

  test(`${entry.name}: options have lower-case names, distinct letters and lines of help that fit`, async () => {
    const { command } = await entry.load();
    const specs = Object.entries({ ...command.options, ...COMMON_OPTIONS });
    const letters = specs.map(([, spec]) => spec.short).filter((letter) => letter !== undefined);
    assert.equal(new Set(letters).size, letters.length);
    for (const [name] of specs) assert.match(name, /^[a-z][a-z0-9-]+$/);
    for (const name of Object.keys(COMMON_OPTIONS)) assert.ok(!(name in command.options), `${name} is every command's`);
    for (const line of commandHelp(command, styleFor({}, {})).split('\n')) assert.ok(line.length <= 120, line);
  });
}
