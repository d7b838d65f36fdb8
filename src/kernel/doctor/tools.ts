/** The neighbours that tailtrap works with when they are there. None is needed to catch an outlier. */
import { degraded, type Finding, missing, ok } from './finding.ts';
import type { Machine } from './machine.ts';

export function toolFindings(machine: Machine): Finding[] {
  return [lttngFinding(machine), tool(machine, 'babeltrace2', 'babeltrace2', 'reads snapshots as text')];
}

function tool(machine: Machine, command: string, debianPackage: string, does: string): Finding {
  if (machine.hasCommand(command)) return ok({ name: command, detail: does });
  return missing({ name: command, detail: `not here; ${does}` }, `apt-get install ${debianPackage}`);
}

function lttngFinding(machine: Machine): Finding {
  const lttng = tool(machine, 'lttng', 'lttng-tools', 'a second recorder, for those who trace with LTTng');
  if (lttng.status !== 'ok') return lttng;
  const running = ['/run/lttng', '/var/run/lttng'].some((folder) => machine.exists(`${folder}/lttng-sessiond.pid`));
  if (running) return ok({ name: 'lttng', detail: 'installed, the session daemon runs' });
  return degraded({ name: 'lttng', detail: 'installed, no session daemon of root runs' }, 'lttng-sessiond --daemonize');
}
