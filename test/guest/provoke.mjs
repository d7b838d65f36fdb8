/** Latencies on order, with a clock of their own. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlowDisk } from '../../scripts/lib/slow-disk.mjs';
import { monotonicBegin } from '../kernel/ftrace.mjs';
import { needProgram, sleep } from '../kernel/lib.mjs';
import { burnOnce } from './burn.mjs';
import { HOG_MS, LATENCY_MS, need, Skipped } from './harness.mjs';

/** A disk that can be made slow. */
export function slowDisk(t) {
  need(needProgram('fio', 'losetup'));
  try {
    const disk = new SlowDisk();
    t.after(() => disk.remove());
    return disk;
  } catch (error) {
    throw new Skipped(`no throttled disk here: ${error.message}`);
  }
}

/** Writers that take turns at the disk, as the cgroup allows no limit below two writes a second. */
const WRITERS = 3;

/** Each writes `count` blocks; fio logs each latency: `{ latency_ns, sector }`. */
export async function fioWrites(t, disk, count) {
  const log = join(t.folder(), 'log');
  const job = ['--name=w', `--filename=${disk.device}`, '--rw=write', '--bs=4k', '--direct=1', '--ioengine=psync'];
  const jobs = [`--numjobs=${WRITERS}`, '--offset_increment=1m', '--size=1m', `--number_ios=${count}`];
  await t.output(...disk.inside('fio', [...job, ...jobs, `--write_lat_log=${log}`, '--log_offset=1']));
  const writes = [];
  for (let i = 1; i <= WRITERS; i++) {
    for (const line of readFileSync(`${log}_clat.${i}.log`, 'utf8').trim().split('\n')) {
      const [, latency_ns, , , offset] = line.split(', ').map(Number);
      writes.push({ latency_ns, sector: offset / 512 });
    }
  }
  return writes;
}

/** Direct writes to a file: interrupts of the disk, if it has any. */
export async function writeDirectly(t, megabytes = 1) {
  const file = join(t.folder(), 'data');
  await t.output('dd', ['if=/dev/zero', `of=${file}`, 'bs=16k', `count=${megabytes * 64}`, 'oflag=direct']);
}

/** Sleeps of 20 ms on a CPU, real-time: `{ due_ns, awake_ns, late_ns }` each. */
export async function sleepOn(t, cpu, count) {
  const text = await t.output(t.program('tt-timing'), ['sleep', cpu, 20_000, count].map(String));
  return text.split('\n').map((line) => {
    const [due_ns, awake_ns] = line.split(' ').map(Number);
    return { due_ns, awake_ns, late_ns: awake_ns - due_ns };
  });
}

/** A real-time busy loop that ends by itself. */
export const hog = (t, cpu, ms) => t.output(t.program('tt-hog'), ['hog', cpu, ms].map(String));

/** Sleepers of CPU 0 that a busy loop holds up once. */
export async function lateWakeUp(t) {
  const [sleeps] = await Promise.all([sleepOn(t, 0, 30), sleep(300).then(() => hog(t, 0, HOG_MS))]);
  const late = sleeps.toSorted((a, b) => b.late_ns - a.late_ns)[0];
  assert.ok(late.late_ns > 500e6, `the busy loop made a late wake-up: ${late.late_ns} ns`);
  return late;
}

/** Runs a program of sleeper.c in one mode: `{ tid, ns, ret }` by its own clock. */
export const sleeper = async (t, mode) =>
  JSON.parse(await t.output(t.program('tt-sleeper'), [mode, String(LATENCY_MS)]));

/** Perl: `now()` in ns of CLOCK_MONOTONIC, and the sleep before the slow operation ends. */
const PERL = `use Socket qw(:DEFAULT inet_pton); use Time::HiRes qw(usleep clock_gettime CLOCK_MONOTONIC);
sub now { return int(clock_gettime(CLOCK_MONOTONIC) * 1e9) }
sub wait_long { usleep(${LATENCY_MS}000) }
`;

/** Runs a Perl script that prints `begin before, begin after, end before, end after, port`: the brackets of a delay. */
export async function bracketed(t, script, ...args) {
  need(needProgram('perl'));
  const text = await t.output('perl', ['-e', PERL + script, ...args]);
  const [begin_low, begin_high, end_low, end_high, port] = text.split(' ').map(Number);
  return { low_ns: end_low - begin_high, high_ns: end_high - begin_low, port };
}

export const DATAGRAM = `
socket(my $in, PF_INET, SOCK_DGRAM, 0); bind($in, pack_sockaddr_in(0, inet_aton('127.0.0.1'))) or die;
my ($port) = unpack_sockaddr_in(getsockname($in));
socket(my $out, PF_INET, SOCK_DGRAM, 0);
my $a = now(); send($out, 'hello', 0, pack_sockaddr_in($port, inet_aton('127.0.0.1'))) == 5 or die; my $b = now();
wait_long(); my $c = now(); defined recv($in, my $text, 9, 0) or die; print join(' ', $a, $b, $c, now(), $port);
`;
/** ARGV: family 4 or 6, and what waits: the segment for its reader, or the client for the first byte. */
export const CONNECTION = `
my ($family, $what) = @ARGV;
my $local = $family == 4 ? pack_sockaddr_in(0, inet_aton('127.0.0.1')) : pack_sockaddr_in6(0, inet_pton(AF_INET6, '::1'));
my $domain = $family == 4 ? PF_INET : PF_INET6;
socket(my $server, $domain, SOCK_STREAM, 0); bind($server, $local) or die; listen($server, 1) or die;
my ($port) = $family == 4 ? unpack_sockaddr_in(getsockname($server)) : unpack_sockaddr_in6(getsockname($server));
socket(my $client, $domain, SOCK_STREAM, 0); connect($client, getsockname($server)) or die;
my $a = now(); accept(my $peer, $server) or die; my $b = now();
if ($what eq 'segment') { $a = now(); syswrite($client, 'hello') == 5 or die; $b = now(); }
wait_long(); my $c = now();
if ($what eq 'segment') { sysread($peer, my $text, 9) == 5 or die } else { syswrite($peer, 'hello') == 5 or die }
print join(' ', $a, $b, $c, now(), $port);
`;

/** A CPU is held by a BPF program: nobody else can hold up an interrupt, a softirq or a timer for a second. */
export async function burnt(t, variant, load) {
  const burn = await burnOnce(t, t.program(`burn-${variant}.bpf.o`), load, 20_000);
  need(burn === null && 'the event never came on this machine');
  const near = (o) => Math.abs(monotonicBegin(o) - burn.begin_ns) < 50e6;
  return { burn, here: (o) => o.kind === 'threshold' && o.cpu === burn.cpu && near(o) };
}

/** Queues a work item on every CPU and waits until all have run. */
export const refresh = () => writeFileSync('/proc/sys/vm/stat_refresh', '1');
