/** What would be published works where there is neither this repository nor a compiler. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { ROOT } from '../scripts/lib/files.mjs';
import { run } from '../scripts/lib/processes.mjs';
import { contentFaults, withInstalledPackage } from '../scripts/pack-check.mjs';

const TSC = join(ROOT, 'node_modules/.bin/tsc');

/** A program that uses the library, typed. */
const USE = `import { CtfFolder, CtfWriter, eventWriter, field, type CtfPacket, openFolder } from 'tailtrap/ctf';
const folder = new CtfFolder('trace');
const writer = new CtfWriter({ uuid: null, clock: { name: 'c' }, environment: [], sink: folder.sink });
const streamClass = writer.addStreamClass({ packetContext: [{ name: 'x', type: field.u8 }] });
const write = eventWriter(writer.addEventClass(streamClass, 'e', [{ name: 'n', type: field.f64 }]));
write(writer.addStream(streamClass, { name: 's', packetContext: [7] }), 1n, [0.5]);
folder.finish(writer);
let x: unknown;
const events = openFolder('trace').events({ onPacket: (packet: CtfPacket) => { x = packet.context.x; } });
console.log(events.next()?.number('n'), 'in packet', x);
`;

test('the packed package, installed into an empty folder without a compiler', { timeout: 110_000 }, async (t) => {
  await withInstalledPackage(async (tailtrap, files, home) => {
    const skip = files.some((file) => file.endsWith('.bpf.o')) ? false : 'no BPF objects were built';
    await t.test('holds what it must and no more', { skip }, () => assert.deepEqual(contentFaults(files), []));

    await t.test('tailtrap/ctf: writes, reads, and is declared for TypeScript', async () => {
      writeFileSync(join(home, 'use.mts'), USE);
      for (const resolution of ['nodenext', 'bundler']) {
        const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
        const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,dom', '--types', ''];
        const how = ['--module', module, '--moduleResolution', resolution];
        const { code, output } = await run(TSC, [...options, ...how, 'use.mts'], { cwd: home });
        assert.equal(code, 0, output);
      }
      const script = USE.replace(': unknown', '').replace(': CtfPacket', '').replace('type CtfPacket, ', '');
      writeFileSync(join(home, 'use.mjs'), script);
      const { code, output } = await run(process.execPath, ['use.mjs'], { cwd: home });
      assert.deepEqual([code, output.trim()], [0, '0.5 in packet 7']);
    });

    await t.test('tailtrap/ctf without Node imports nothing but its own files', () => {
      const seen = new Set();
      const visit = (file) => {
        if (seen.has(file)) return;
        seen.add(file);
        const text = readFileSync(file, 'utf8');
        for (const [, name] of text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'/gm)) {
          assert.match(name, /^\.\.?\//, `${file} imports ${name}`);
          visit(join(dirname(file), name));
        }
      };
      visit(join(home, 'node_modules/tailtrap/dist/ctf/index.js'));
      assert.ok(seen.size > 40, `only ${seen.size} files were looked at`);
    });

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
