/**
 * The compiled programs that catch.mjs runs. The guest has no compiler: scripts/test-in-guest.mjs compiles them into the
 * folder that it shares with the guest, and says where in TAILTRAP_TEST_PROGRAMS. Without that, they are compiled here.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TRIPLET } from '../../scripts/lib/needs.mjs';

const source = (name) => fileURLToPath(new URL(`../kernel/${name}`, import.meta.url));

/** Statically linked: the guest's C library may be older than the one of this machine. */
const PROGRAMS = { sleeper: 'tt-sleeper', timing: 'tt-timing', tracked: 'tracked' };

/** The same program under a second name, so that who was in the way can be told from who waited. */
const COPIES = { 'tt-timing': 'tt-hog' };

const TIMER_SOFTIRQ = 1;

/** Variants of burn.bpf.c: tracepoint, and the vector to which it is limited. */
export const BURNS = {
  irq: { event: 'irq_handler_entry' },
  'softirq-raise': { event: 'softirq_raise', vector: TIMER_SOFTIRQ },
  'softirq-run': { event: 'softirq_entry', vector: TIMER_SOFTIRQ },
  workqueue: { event: 'workqueue_execute_start' },
};

/** A burn ends after this time, or after the loop that the kernel allows (a fast machine has done it in half a second). */
const BURN_NS = 1.2e9;
/** So that there is one burn, and no second one, while a program is attached. */
const EVERY_NS = 600e9;

/** Compiles everything into `folder`. @throws Error with the compiler's words */
export function compilePrograms(folder) {
  for (const [name, output] of Object.entries(PROGRAMS)) {
    compile('gcc', ['-O2', '-static', '-pthread', source(`${name}.c`), '-o', join(folder, output)]);
  }
  for (const [from, to] of Object.entries(COPIES)) copyFileSync(join(folder, from), join(folder, to));
  for (const [name, { event, vector }] of Object.entries(BURNS)) {
    const values = [`-DEVENT=${event}`, `-DBURN_NS=${BURN_NS}ULL`, `-DEVERY_NS=${EVERY_NS}ULL`];
    if (vector !== undefined) values.push(`-DONLY_ARG0=${vector}`);
    const flags = ['-O2', '-g', '-target', 'bpf', '-mcpu=v3', '-idirafter', `/usr/include/${TRIPLET}`];
    compile('clang', [...flags, ...values, '-c', source('burn.bpf.c'), '-o', join(folder, `burn-${name}.bpf.o`)]);
  }
}

function compile(compiler, args) {
  const { status, stderr, error } = spawnSync(compiler, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${compiler} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
