/**
 * What tailtrap needs from the operating system, for what, and how to see in a moment whether it is there.
 *
 * A need is met when its probe finds a file. No package manager is asked: that would take seconds, and a tool that was
 * built from source counts as well.
 */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's name of this machine in library paths. */
export const TRIPLET = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch] ?? process.arch;

const LIBRARY_FOLDERS = [
  `/usr/lib/${TRIPLET}`,
  `/lib/${TRIPLET}`,
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
  '/usr/local/lib64',
];
const HEADER_FOLDERS = ['/usr/include', `/usr/include/${TRIPLET}`, '/usr/local/include'];
// Many of the tools live where only root's PATH looks.
const COMMAND_FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];

const inSome = (folders, name) => folders.some((folder) => folder !== '' && existsSync(join(folder, name)));
const command = (name) => () => inSome(COMMAND_FOLDERS, name);
const library = (name) => () => inSome(LIBRARY_FOLDERS, name);
const header = (name) => () => inSome(HEADER_FOLDERS, name);

/** Profile: Debian package, how to see that it is there, what for. A profile includes those named in `INCLUDES`. */
const NEEDS = {
  run: [{ package: 'libbpf1', probe: library('libbpf.so.1'), why: 'loads the kernel trackers' }],
  build: [
    { package: 'clang', probe: command('clang'), why: 'compiles bpf/*.bpf.c' },
    { package: 'llvm', probe: command('llvm-strip'), why: 'makes the BPF objects small' },
    { package: 'libbpf-dev', probe: header('bpf/bpf_helpers.h'), why: 'headers of the BPF programs' },
    { package: 'linux-libc-dev', probe: header('linux/types.h'), why: 'headers of the kernel interface' },
  ],
  demo: [
    { package: 'babeltrace2', probe: command('babeltrace2'), why: 'shows that snapshots are ordinary CTF traces' },
    { package: 'util-linux', probe: command('losetup'), why: 'makes the slow disk of the demo' },
    { package: 'mount', probe: command('mount'), why: 'makes the slow disk of the demo' },
  ],
  test: [
    { package: 'gcc', probe: command('gcc'), why: 'compiles the programs under test' },
    { package: 'libc6-dev', probe: header('stdio.h'), why: 'compiles the programs under test' },
    { package: 'lttng-tools', probe: command('lttng-relayd'), why: 'a real LTTng to test against' },
    { package: 'liblttng-ust-dev', probe: header('lttng/tracepoint.h'), why: 'a traced program to test against' },
    { package: 'redis-server', probe: command('redis-server'), why: 'a real Redis to test against' },
    { package: 'fio', probe: command('fio'), why: 'an independent clock for block latencies' },
    { package: 'stress-ng', probe: command('stress-ng'), why: 'makes load' },
    { package: 'bpftrace', probe: command('bpftrace'), why: 'a peer to compare with' },
    { package: 'libbpf-tools', probe: command('runqslower'), why: 'peers to compare with' },
    { package: 'bpftool', probe: command('bpftool'), why: 'shows what is loaded in the kernel' },
    { package: 'linux-perf', probe: command('perf'), why: 'makes scheduler load; a peer to compare with' },
    { package: 'iproute2', probe: command('ip'), why: 'makes the network of the tests' },
  ],
};

const INCLUDES = {
  run: ['run'],
  build: ['build'],
  demo: ['run', 'build', 'demo'],
  test: ['run', 'build', 'demo', 'test'],
  check: [],
};

export const PROFILES = Object.keys(INCLUDES);

/** The needs of a profile that are not met here. */
export function missingNeeds(profile) {
  return INCLUDES[profile].flatMap((part) => NEEDS[part]).filter((need) => !need.probe());
}

/** True on Debian and what is made from it (`apt-get` with Debian's package names). */
export function isDebian() {
  return existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
}

/** True when apt has lists to look packages up in; a fresh container has none. */
export function hasPackageLists() {
  const folder = '/var/lib/apt/lists';
  return (
    existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('_Packages') || name.includes('_Packages.'))
  );
}
