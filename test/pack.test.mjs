/** What would be published works where there is neither this repository nor a compiler. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { contentFaults, withInstalledPackage } from '../scripts/pack-check.mjs';

test('the packed package, installed into an empty folder without a compiler', { timeout: 110_000 }, async (t) => {
  await withInstalledPackage(async (tailtrap, files) => {
    const skip = files.some((file) => file.endsWith('.bpf.o')) ? false : 'no BPF objects were built';
    await t.test('holds what it must and no more', { skip }, () => assert.deepEqual(contentFaults(files), []));

    await t.test('tailtrap --help', async () => {
      const { code, output } = await tailtrap(['--help']);
      assert.equal(code, 0, output);
      assert.match(output, /Usage: tailtrap COMMAND/);
    });

    await t.test('tailtrap doctor finds libbpf through koffi', async () => {
      const { output } = await tailtrap(['doctor', '--json']);
      const findings = output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const libbpf = findings.find((finding) => finding.name === 'libbpf');
      // Missing is an honest answer; that koffi itself cannot be loaded is not.
      assert.ok(libbpf.status === 'ok' || /libbpf\.so\.1/.test(libbpf.detail), libbpf.detail);
    });
  });
});
