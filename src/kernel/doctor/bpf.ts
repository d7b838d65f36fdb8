/** May trackers run in this kernel? */
import { degraded, type Finding, missing, ok } from './finding.ts';
import type { Machine } from './machine.ts';

/** linux/capability.h. */
const CAPABILITIES = { CAP_SYS_ADMIN: 21, CAP_PERFMON: 38, CAP_BPF: 39 } as const;

/** Ring buffers, CO-RE, BPF timers and task storage for tracing programs are all there from here on. */
const OLDEST = { major: 5, minor: 15 };

export async function bpfFindings(machine: Machine): Promise<Finding[]> {
  const libbpf = await libbpfFinding(machine);
  return [
    kernelFinding(machine),
    btfFinding(machine),
    libbpf,
    privilegesFinding(machine),
    lockdownFinding(machine),
    ...(libbpf.status === 'ok' ? [await loadFinding(machine)] : []),
    jitFinding(machine),
    unprivilegedFinding(machine),
    memlockFinding(),
    symbolsFinding(machine),
    perfFinding(machine),
    pidsFinding(machine),
  ];
}

function kernelFinding(machine: Machine): Finding {
  const rest = { name: 'kernel', detail: `Linux ${machine.release}`, needed: true };
  const [major = 0, minor = 0] = machine.release.split('.').map((part) => Number.parseInt(part, 10));
  const recent = major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
  return recent ? ok(rest) : missing(rest, 'boot Linux 5.15 or newer (Debian 12, Ubuntu 22.04, RHEL 9.3 and later)');
}

function btfFinding(machine: Machine): Finding {
  const path = '/sys/kernel/btf/vmlinux';
  const there = machine.exists(path);
  const rest = { name: 'btf', detail: there ? path : `no ${path}`, needed: true };
  return there
    ? ok(rest)
    : missing(rest, 'boot a kernel built with CONFIG_DEBUG_INFO_BTF=y (those of distributions are)');
}

async function libbpfFinding(machine: Machine): Promise<Finding> {
  const attempt = await machine.tryLibbpf();
  const name = 'libbpf';
  if (attempt.ok) return ok({ name, detail: `libbpf.so.1, ${attempt.detail}`, needed: true });
  return missing(
    { name, detail: attempt.why, needed: true },
    attempt.remedy ?? 'apt-get install libbpf1 (Fedora, RHEL: dnf install libbpf)',
  );
}

/** Bits of `CapEff:` in /proc/self/status. */
export function capabilitiesOf(status: string): bigint {
  const match = /^CapEff:\s*([0-9a-f]+)$/m.exec(status);
  return match === null ? 0n : BigInt(`0x${match[1]}`);
}

interface Privileges {
  readonly enough: boolean;
  readonly held: readonly string[];
}

function privilegesOf(machine: Machine): Privileges {
  const mask = capabilitiesOf(machine.read('/proc/self/status') ?? '');
  const has = (name: keyof typeof CAPABILITIES): boolean => ((mask >> BigInt(CAPABILITIES[name])) & 1n) === 1n;
  const enough = has('CAP_SYS_ADMIN') || (has('CAP_BPF') && has('CAP_PERFMON'));
  return { enough, held: Object.keys(CAPABILITIES).filter((name) => has(name as keyof typeof CAPABILITIES)) };
}

function privilegesFinding(machine: Machine): Finding {
  const { enough, held } = privilegesOf(machine);
  const who = machine.root ? 'root' : 'not root';
  const rest = { name: 'privileges', detail: `${who}; ${held.join(' ') || 'no capability that helps'}`, needed: true };
  if (!enough)
    return missing(rest, 'sudo tailtrap ... (in a container: --cap-add BPF,PERFMON,SYS_ADMIN or --privileged)');
  if (!machine.root) return degraded(rest, 'only root may use tracefs as distributions set it up: sudo tailtrap ...');
  return ok(rest);
}

function lockdownFinding(machine: Machine): Finding {
  const text = machine.read('/sys/kernel/security/lockdown');
  const mode = text === null ? 'none' : (/\[(\w+)\]/.exec(text)?.[1] ?? text);
  const rest = {
    name: 'lockdown',
    detail: text === null ? 'none (not in this kernel, or not mounted)' : mode,
    needed: true,
  };
  if (mode !== 'confidentiality') return ok(rest);
  return missing(rest, 'BPF may not read kernel memory: boot with lockdown=integrity');
}

async function loadFinding(machine: Machine): Promise<Finding> {
  const attempt = await machine.tryBpfProgram();
  const name = 'bpf';
  if (attempt.ok) return ok({ name, detail: 'a program loads', needed: true });
  const remedy =
    attempt.why === 'EPERM' && machine.root
      ? 'a container, seccomp or a security module forbids bpf(2): --privileged, or SystemCallFilter=bpf in the unit'
      : attempt.why === 'EPERM'
        ? 'sudo tailtrap ...'
        : 'this kernel lacks CONFIG_BPF_SYSCALL or CONFIG_BPF_EVENTS: boot one of a distribution';
  return missing({ name, detail: `bpf(2) says ${attempt.why}`, needed: true }, remedy);
}

function jitFinding(machine: Machine): Finding {
  const value = machine.read('/proc/sys/net/core/bpf_jit_enable');
  const name = 'jit';
  if (value === null) return degraded({ name, detail: 'not known' }, 'only root can see it: sudo tailtrap doctor');
  if (value === '0')
    return degraded({ name, detail: 'off: trackers cost several times more' }, 'sysctl -w net.core.bpf_jit_enable=1');
  return ok({ name, detail: 'on' });
}

function unprivilegedFinding(machine: Machine): Finding {
  const value = machine.read('/proc/sys/kernel/unprivileged_bpf_disabled');
  const here = privilegesOf(machine).enough ? 'which are here' : 'see there';
  const meaning = value === '0' ? 'everyone may load some programs' : `only with privileges, ${here}`;
  return ok({ name: 'unprivileged bpf', detail: `${value ?? 'no setting'}: ${meaning}` });
}

function memlockFinding(): Finding {
  return ok({
    name: 'memlock',
    detail: 'no matter: since Linux 5.11 BPF memory counts for the cgroup, not for the limit',
  });
}

function symbolsFinding(machine: Machine): Finding {
  const value = machine.read('/proc/sys/kernel/kptr_restrict') ?? '';
  const name = 'kernel symbols';
  if (value === '2') {
    return degraded(
      { name, detail: 'kptr_restrict=2: stacks are shown without names' },
      'sysctl -w kernel.kptr_restrict=1',
    );
  }
  return ok({ name, detail: `kptr_restrict=${value}: stacks get names` });
}

function perfFinding(machine: Machine): Finding {
  const value = machine.read('/proc/sys/kernel/perf_event_paranoid') ?? 'unknown';
  const meaning = privilegesOf(machine).enough ? 'no hindrance with these privileges' : 'no hindrance with privileges';
  return ok({ name: 'perf events', detail: `perf_event_paranoid=${value}: ${meaning}` });
}

function pidsFinding(machine: Machine): Finding {
  return ok({ name: 'pid_max', detail: `${machine.read('/proc/sys/kernel/pid_max') ?? 'unknown'}` });
}
