#!/usr/bin/env node
/**
 * Attaches the programs of a BPF object and holds them until its standard input ends: for the empty programs that
 * trackers are compared with, which no tool loads.
 *
 *     node scripts/bench/empty-programs.mjs OBJECT
 */
import { bpf, takeMessages } from '../../dist/kernel/libbpf.js';
import { programsOf } from '../../dist/kernel/object.js';

const object = bpf.objectOpen(process.argv[2], null);
if (object === null || bpf.objectLoad(object) !== 0) stop();
for (const program of programsOf(object)) if (bpf.programAttach(program) === null) stop();
process.stdout.write('attached\n');
process.stdin.on('end', () => process.exit(0)).resume();

function stop() {
  process.stderr.write(`${takeMessages().join('\n')}\n`);
  process.exit(1);
}
