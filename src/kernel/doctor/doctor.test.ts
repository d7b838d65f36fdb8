import assert from 'node:assert/strict';
import test from 'node:test';
import { canWatch, examine, type Finding } from '../doctor.ts';
import { capabilitiesOf } from './bpf.ts';
import type { Machine } from './machine.ts';

const ROOT_CAPABILITIES = 'CapInh:\t0000000000000000\nCapEff:\t000001ffffffffff\n';

const FILES: Readonly<Record<string, string>> = {
  '/proc/self/status': ROOT_CAPABILITIES,
  '/proc/mounts': 'tracefs /sys/kernel/tracing tracefs rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw 0 0',
  '/proc/filesystems': 'nodev\ttracefs',
  '/proc/sys/net/core/bpf_jit_enable': '1',
  '/proc/sys/kernel/kptr_restrict': '1',
  '/sys/kernel/tracing/trace_clock': '[local] global counter uptime perf mono mono_raw boot',
  '/sys/kernel/btf/vmlinux': '',
  '/run/lttng/lttng-sessiond.pid': '1',
};

/** A machine where all is well, but for what `changes` says. `null` takes a file away. */
function machine(changes: Partial<Machine> = {}, files: Readonly<Record<string, string | null>> = {}): Machine {
  const all: Readonly<Record<string, string | null>> = { ...FILES, ...files };
  return {
    release: '6.1.0-32-amd64',
    root: true,
    read: (path) => all[path] ?? null,
    exists: (path) => (all[path] ?? null) !== null,
    hasCommand: () => true,
    tryFolder: () => ({ ok: true, detail: '' }),
    tryLibbpf: async () => ({ ok: true, detail: 'v1.1' }),
    tryBpfProgram: async () => ({ ok: true, detail: '' }),
    ...changes,
  };
}

const find = (findings: Finding[], name: string): Finding =>
  findings.find((finding) => finding.name === name) ?? assert.fail(`nothing said about ${name}`);

test('a machine where all is well: every line is ok and without a remedy', async () => {
  const findings = await examine(machine());
  assert.deepEqual(
    findings.filter((finding) => finding.status !== 'ok' || finding.remedy !== ''),
    [],
  );
  assert.ok(canWatch(findings));
});

const TROUBLES: [what: string, machine: Machine, name: string, status: string, remedy: RegExp, watch: boolean][] = [
  ['an old kernel', machine({ release: '5.14.21' }), 'kernel', 'missing', /5\.15/, false],
  ['an even older one', machine({ release: '4.19.0-27-amd64' }), 'kernel', 'missing', /5\.15/, false],
  ['no BTF', machine({}, { '/sys/kernel/btf/vmlinux': null }), 'btf', 'missing', /CONFIG_DEBUG_INFO_BTF/, false],
  [
    'no libbpf',
    machine({ tryLibbpf: async () => ({ ok: false, why: 'cannot open' }) }),
    'libbpf',
    'missing',
    /apt-get install libbpf1/,
    false,
  ],
  [
    'no koffi',
    machine({ tryLibbpf: async () => ({ ok: false, why: 'koffi is not installed', remedy: 'run npm ci' }) }),
    'libbpf',
    'missing',
    /^run npm ci$/,
    false,
  ],
  [
    'no privileges',
    machine({ root: false }, { '/proc/self/status': 'CapEff:\t0000000000000000' }),
    'privileges',
    'missing',
    /sudo tailtrap/,
    false,
  ],
  [
    'CAP_BPF and CAP_PERFMON without root',
    machine({ root: false }, { '/proc/self/status': 'CapEff:\t000000c000000000' }),
    'privileges',
    'degraded',
    /tracefs/,
    true,
  ],
  [
    'a container that forbids bpf(2)',
    machine({ tryBpfProgram: async () => ({ ok: false, why: 'EPERM' }) }),
    'bpf',
    'missing',
    /seccomp/,
    false,
  ],
  [
    'lockdown',
    machine({}, { '/sys/kernel/security/lockdown': 'none integrity [confidentiality]' }),
    'lockdown',
    'missing',
    /lockdown=integrity/,
    false,
  ],
  ['no JIT', machine({}, { '/proc/sys/net/core/bpf_jit_enable': '0' }), 'jit', 'degraded', /sysctl/, true],
  [
    'hidden symbols',
    machine({}, { '/proc/sys/kernel/kptr_restrict': '2' }),
    'kernel symbols',
    'degraded',
    /sysctl/,
    true,
  ],
  [
    'tracefs not mounted',
    machine({}, { '/proc/mounts': 'cgroup2 /c cgroup2 rw 0 0' }),
    'tracefs',
    'missing',
    /mount -t tracefs/,
    true,
  ],
  [
    'no room for an instance',
    machine({ tryFolder: () => ({ ok: false, why: 'ENOMEM' }) }),
    'recorder',
    'missing',
    /instances/,
    true,
  ],
  [
    'cgroup v1 only',
    machine({}, { '/proc/mounts': 'tracefs /t tracefs rw 0 0' }),
    'cgroup v2',
    'degraded',
    /unified_cgroup_hierarchy/,
    true,
  ],
  ['no tools', machine({ hasCommand: () => false }), 'babeltrace2', 'missing', /apt-get install babeltrace2/, true],
];

for (const [what, sick, name, status, remedy, watch] of TROUBLES) {
  test(`${what}: '${name}' is ${status}, with a remedy`, async () => {
    const findings = await examine(sick);
    const finding = find(findings, name);
    assert.equal(finding.status, status);
    assert.match(finding.remedy, remedy);
    assert.equal(canWatch(findings), watch);
  });
}

test('without libbpf no program is loaded, and that is not told twice', async () => {
  const findings = await examine(
    machine({
      tryLibbpf: async () => ({ ok: false, why: 'gone' }),
      tryBpfProgram: () => assert.fail('was tried'),
    }),
  );
  assert.equal(
    findings.some((finding) => finding.name === 'bpf'),
    false,
  );
});

test('without privileges nothing says that they are there', async () => {
  const status = {
    '/proc/self/status': 'CapEff:\t0000000000000000',
    '/proc/sys/kernel/unprivileged_bpf_disabled': '2',
  };
  const details = async (sick: Machine): Promise<string[]> => {
    const findings = await examine(sick);
    return ['unprivileged bpf', 'perf events'].map((name) => find(findings, name).detail);
  };
  assert.deepEqual(await details(machine({ root: false }, status)), [
    '2: only with privileges, see there',
    'perf_event_paranoid=unknown: no hindrance with privileges',
  ]);
  assert.deepEqual(await details(machine({}, { '/proc/sys/kernel/unprivileged_bpf_disabled': '2' })), [
    '2: only with privileges, which are here',
    'perf_event_paranoid=unknown: no hindrance with these privileges',
  ]);
});

test('only what tailtrap works with is looked for', async () => {
  const asked: string[] = [];
  const hasCommand = (name: string): boolean => asked.push(name) > 0;
  await examine(machine({ hasCommand }));
  assert.deepEqual(asked, ['lttng', 'babeltrace2']);
});

test('capabilities are read from the effective set', () => {
  assert.equal(capabilitiesOf(ROOT_CAPABILITIES), 0x1ffffffffffn);
  assert.equal(capabilitiesOf('nothing here'), 0n);
});

test('this machine can be examined', async () => {
  for (const finding of await examine()) {
    assert.ok(finding.detail !== '');
    assert.equal(finding.remedy === '', finding.status === 'ok', JSON.stringify(finding));
  }
});
