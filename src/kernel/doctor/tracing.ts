/** May the flight recorder run, and will names of cgroups be known? */
import { degraded, type Finding, missing, ok } from './finding.ts';
import type { Machine } from './machine.ts';

const TRACEFS = '/sys/kernel/tracing';

export function tracingFindings(machine: Machine): Finding[] {
  const tracefs = tracefsFinding(machine);
  return [tracefs, ...(tracefs.status === 'ok' ? [instanceFinding(machine)] : []), cgroupFinding(machine)];
}

interface Mount {
  readonly path: string;
  readonly type: string;
}

function mountsOf(machine: Machine): Mount[] {
  const lines = (machine.read('/proc/mounts') ?? '').split('\n');
  return lines.map((line) => {
    const [, path = '', type = ''] = line.split(' ');
    return { path, type };
  });
}

function tracefsFinding(machine: Machine): Finding {
  const name = 'tracefs';
  const without = 'outliers are caught, but without a snapshot';
  const mount = mountsOf(machine).find(({ type }) => type === 'tracefs');
  if (mount !== undefined) return ok({ name, detail: `mounted at ${mount.path}` });
  const known = (machine.read('/proc/filesystems') ?? '').split('\n').some((line) => line.endsWith('\ttracefs'));
  if (known) return missing({ name, detail: `not mounted: ${without}` }, `mount -t tracefs nodev ${TRACEFS}`);
  return missing({ name, detail: `not in this kernel: ${without}` }, 'boot a kernel with CONFIG_FTRACE=y');
}

function instanceFinding(machine: Machine): Finding {
  const name = 'recorder';
  const mount = mountsOf(machine).find(({ type }) => type === 'tracefs');
  const folder = mount?.path ?? TRACEFS;
  const attempt = machine.tryFolder(`${folder}/instances/tailtrap-doctor-${process.pid}`);
  if (!attempt.ok) {
    const remedy = machine.root ? `look at ${folder}/instances: is there room, is it writable?` : 'sudo tailtrap ...';
    return missing({ name, detail: `no ftrace instance can be made: ${attempt.why}` }, remedy);
  }
  const clocks = machine.read(`${folder}/trace_clock`) ?? '';
  if (!/\bmono\b/.test(clocks)) {
    return missing({ name, detail: `no clock 'mono' in trace_clock (${clocks})` }, 'boot Linux 5.15 or newer');
  }
  return ok({ name, detail: 'an ftrace instance with the monotonic clock can be made' });
}

function cgroupFinding(machine: Machine): Finding {
  const name = 'cgroup v2';
  const mount = mountsOf(machine).find(({ type }) => type === 'cgroup2');
  if (mount !== undefined) return ok({ name, detail: `mounted at ${mount.path}` });
  const detail = 'not mounted: outliers carry the number of a cgroup, not its path';
  return degraded({ name, detail }, 'boot with systemd.unified_cgroup_hierarchy=1');
}
