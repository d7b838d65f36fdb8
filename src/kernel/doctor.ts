/** What this machine allows: every condition of tailtrap, each tried rather than guessed where that is harmless. */
import { bpfFindings } from './doctor/bpf.ts';
import type { Finding } from './doctor/finding.ts';
import { type Machine, thisMachine } from './doctor/machine.ts';
import { toolFindings } from './doctor/tools.ts';
import { tracingFindings } from './doctor/tracing.ts';

export type { Finding } from './doctor/finding.ts';

/** Examines a machine; findings come in the order in which to mend them. */
export async function examine(machine: Machine = thisMachine()): Promise<Finding[]> {
  return [...(await bpfFindings(machine)), ...tracingFindings(machine), ...toolFindings(machine)];
}

/** True when trackers can run: nothing that is needed is missing. */
export function canWatch(findings: readonly Finding[]): boolean {
  return findings.every((finding) => !finding.needed || finding.status !== 'missing');
}
