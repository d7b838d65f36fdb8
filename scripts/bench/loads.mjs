/** The loads that trackers are measured under. Each runs for about half a second and resolves when it has ended. */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { need, Skipped } from './bench.mjs';
import { Child, output } from './children.mjs';

const LIMIT_MS = 60_000;
const SECONDS = 0.4;

/** Two tasks pass a byte to and fro on one CPU: each operation is two switches, none of them to idle. */
export async function pipeOnOneCpu(bench) {
  need('perf', 'taskset');
  const cpu = `${bench.cpus - 1}`;
  return { name: 'sched pipe, 1 CPU', run: () => schedPipe(cpu, 60_000) };
}

/** The same with each task on a CPU of its own: every switch is to or from idle, every wake-up crosses CPUs. */
export async function pipeAcrossCpus(bench) {
  need('perf', 'taskset');
  if (bench.cpus < 2) throw new Skipped('one CPU only');
  const run = async () => {
    const perf = new Child(['taskset', '-c', '0', 'perf', 'bench', 'sched', 'pipe', '-l', '8000']);
    await output(['taskset', '-p', '-c', '1', `${await childOf(perf)}`]);
    return usPerOperation(await perf.succeeds(LIMIT_MS));
  };
  return { name: 'sched pipe, 2 CPUs', run };
}

/** The task that `perf bench sched pipe` forks. */
async function childOf({ pid }) {
  for (let i = 0; i < 1000; i++) {
    try {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      if (children !== '') return children.split(' ')[0];
    } catch {
      break;
    }
    await sleep(1);
  }
  throw new Error('perf bench sched pipe did not fork');
}

/** @returns {Promise<number>} microseconds an operation */
export async function schedPipe(cpu, operations) {
  const text = await output(['taskset', '-c', cpu, 'perf', 'bench', 'sched', 'pipe', '-l', `${operations}`], LIMIT_MS);
  return usPerOperation(text);
}

/**
 * The same, as processor time: what neighbours on a shared machine take does not count.
 *
 * @returns {Promise<number>} microseconds of user and kernel time an operation
 */
export async function schedPipeCpu(cpu, operations) {
  const script = `TIMEFORMAT='cpu %3U %3S'; time taskset -c ${cpu} perf bench sched pipe -l ${operations}`;
  const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(await output(['bash', '-c', script], LIMIT_MS));
  return ((Number(user) + Number(system)) * 1e6) / operations;
}

function usPerOperation(text) {
  return Number(/([\d.]+) usecs\/op/.exec(text)?.[1]);
}

export async function syscallLoop() {
  need('perf');
  return {
    name: 'getppid loop',
    run: () => output(['perf', 'bench', 'syscall', 'basic', '-l', '800000'], LIMIT_MS),
  };
}

const FIO = ['--name=bench', '--rw=randread', '--bs=4k', '--direct=1', '--output-format=terse', '--thread'];

/**
 * 4k random reads, 8 at a time, from a loop device on a file in memory, with the mq-deadline scheduler: requests pass
 * insert, issue and complete, and no disk sets the pace.
 */
export async function blockReads(bench) {
  need('fio', 'losetup');
  const file = join(bench.folder, 'disk');
  writeFileSync(file, Buffer.alloc(64 << 20));
  let device;
  try {
    device = (await output(['losetup', '-f', '--show', file])).trim();
  } catch (error) {
    throw new Skipped(`no loop device: ${error.message.split('\n')[1]}`);
  }
  bench.defer(() => output(['losetup', '-d', device]));
  const scheduler = `/sys/block/${device.replace('/dev/', '')}/queue/scheduler`;
  const before = /\[(.*)\]/.exec(readFileSync(scheduler, 'utf8'))?.[1];
  writeFileSync(scheduler, 'mq-deadline');
  bench.defer(() => writeFileSync(scheduler, before));
  const job = [`--filename=${device}`, '--ioengine=libaio', '--iodepth=8', '--size=64m', '--loops=3'];
  return { name: 'fio, loop device', run: () => output(['fio', ...FIO, ...job], LIMIT_MS) };
}

/** 4k random reads from a file on the disk below the temporary folder: its controller interrupts for each. */
export async function diskReads(bench) {
  need('fio');
  const file = join(tmpdir(), `tailtrap-bench-${process.pid}`);
  writeFileSync(file, Buffer.alloc(64 << 20));
  bench.defer(() => output(['rm', '-f', file]));
  const job = [`--filename=${file}`, '--ioengine=psync', '--size=64m', '--number_ios=5000'];
  return { name: 'fio, disk', run: () => output(['fio', ...FIO, ...job], LIMIT_MS) };
}

export async function datagrams(bench) {
  const load = await bench.load();
  return { name: 'UDP, loopback', run: () => output([load, 'datagrams', `${SECONDS}`], LIMIT_MS) };
}

export async function connections(bench) {
  const load = await bench.load();
  return { name: 'TCP connections, loopback', run: () => output([load, 'serve', `${SECONDS}`], LIMIT_MS) };
}

export async function sleeps(bench) {
  const load = await bench.load();
  return { name: 'sleeps of 50 us', run: () => output([load, 'sleeps', `${SECONDS}`], LIMIT_MS) };
}
