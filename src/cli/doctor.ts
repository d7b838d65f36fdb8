/** `tailtrap doctor`: one line for everything that tailtrap wants of this machine. */
import { canWatch, examine, type Finding } from '../kernel/doctor.ts';
import { type Command, defineCommand } from './command.ts';
import { formatTable } from './table.ts';
import { type Style, styleFor } from './terminal.ts';

const COLUMNS = [{ title: 'STATUS' }, { title: 'WHAT' }, { title: 'FOUND' }] as const;

export const command: Command = defineCommand({
  name: 'doctor',
  summary: 'say what this machine allows, and how to get what is missing',
  description: [
    'Looks at the kernel, at privileges and at the tools that tailtrap works with. Nothing is changed: a BPF program of',
    'two instructions and an empty ftrace instance are made and removed again.',
    '',
    'ok        nothing to do',
    'degraded  tailtrap works, with less',
    'missing   what needs it does not work; marked with * when trackers cannot run without it',
    '',
    'Exit status: 0 when trackers can run here, else 1.',
  ].join('\n'),
  options: {},
  examples: [
    { line: 'sudo tailtrap doctor', does: 'shows what works here and what to type for the rest' },
    { line: 'tailtrap doctor --json | jq -r \'select(.status != "ok").remedy\'', does: 'only the remedies' },
  ],
  async run({ out }) {
    const findings = await examine();
    for (const finding of findings) out.record(finding);
    const style = styleFor(process.stdout, process.env);
    for (const line of formatTable(
      COLUMNS,
      findings.map((finding) => rowOf(finding, style)),
    ))
      out.text(line);
    const can = canWatch(findings);
    out.text('');
    out.text(
      can ? 'Trackers can run here. Next: tailtrap watch' : 'Trackers cannot run here: see the lines marked with *.',
    );
    return can ? 0 : 1;
  },
});

function rowOf(finding: Finding, style: Style): string[] {
  const { status, needed, name, detail, remedy } = finding;
  const colour = { ok: style.green, degraded: style.yellow, missing: needed ? style.red : style.yellow }[status];
  const mark = status === 'missing' && needed ? '*' : '';
  return [colour(status + mark), name, remedy === '' ? detail : `${detail}; remedy: ${remedy}`];
}
