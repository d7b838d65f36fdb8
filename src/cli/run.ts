import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { absentHere } from '../agent/absent.ts';
import { Agent } from '../agent/agent.ts';
import { type AgentConfig, type Misfit, parseConfig } from '../agent/config.ts';
import { readConfigFile } from '../agent/config-file.ts';
import type { SnapshotReport } from '../agent/flight.ts';
import { messageOf, TailtrapError } from '../base/errors.ts';
import { formatDuration } from '../base/units.ts';
import { stdoutIsBehind } from './backlog.ts';
import { type Command, defineCommand } from './command.ts';
import { untilAborted } from './deadline.ts';
import { OUTLIER_ROWS, outlierRow } from './outlier-text.ts';

const EXAMPLE: string = fileURLToPath(new URL('../../docs/tailtrap.yaml', import.meta.url));

function readConfig(path: string | undefined, check?: (config: AgentConfig) => Iterable<Misfit>): AgentConfig {
  return path === undefined ? parseConfig('(defaults)', '', check) : parseConfig(path, readConfigFile(path), check);
}

/** `snapshot /var/lib/...: 12034 events, frozen 2.10 ms, written in 105 ms, of 2 outliers`. */
function snapshotLine({ path, error, outliers, facts }: SnapshotReport): string {
  if (path === null) return `snapshot failed: ${error}`;
  const { events, frozen_ns, total_ns, lost } = facts as Record<string, number | undefined>;
  const parts = [`${outliers.length} outlier${outliers.length === 1 ? '' : 's'}`];
  if (events !== undefined) parts.push(`${events} events`);
  if (lost !== undefined && lost !== 0) parts.push(`${lost < 0 ? 'some' : lost} lost`);
  if (frozen_ns !== undefined) parts.push(`recording stood still for ${formatDuration(frozen_ns)}`);
  if (total_ns !== undefined) parts.push(`written in ${formatDuration(total_ns)}`);
  return `snapshot ${path}: ${parts.join(', ')}`;
}

export const command: Command = defineCommand({
  name: 'run',
  summary: 'the agent: catch outliers, save what came before, act',
  description:
    'Runs until Ctrl-C or SIGTERM. SIGHUP reads the configuration again. Without --config: all trackers with their default\n' +
    'thresholds, snapshots in /var/lib/tailtrap/snapshots. One agent per machine.',
  ownsHangup: true,
  options: {
    config: { type: 'string', value: 'FILE', help: 'tailtrap.yaml' },
    check: { type: 'boolean', help: 'only read the configuration, and look for what it names' },
    example: { type: 'boolean', help: 'print a complete configuration with comments' },
  },
  examples: [
    { line: 'tailtrap run', does: 'with defaults' },
    { line: 'tailtrap run --example > tailtrap.yaml', does: 'a configuration to start from' },
    { line: 'tailtrap run --config tailtrap.yaml --check', does: 'says what is wrong in it, and where' },
  ],
  async run({ options, out, log, signal }) {
    if (options.example) {
      process.stdout.write(readFileSync(EXAMPLE, 'utf8'));
      return 0;
    }
    if (options.check) {
      const { trackers } = readConfig(options.config, (config) => absentHere(config, log));
      const count = [...trackers.values()].filter(({ enabled }) => enabled).length;
      log(`${options.config ?? 'the default configuration'} is right: ${count} tracker${count === 1 ? '' : 's'}`);
      return 0;
    }
    const config = readConfig(options.config);
    let notPrinted = 0;
    let hungUp = false;
    let reload = (): void => {
      hungUp = true; // not started yet: by default, SIGHUP would end us
    };
    process.on('SIGHUP', () => reload());
    const agent = await Agent.start(config, {
      log,
      onOutlier: (outlier) => {
        // The agent waits for nobody: snapshots and actions go on when nobody reads its output.
        if (stdoutIsBehind()) notPrinted++;
        else out.record(outlier, () => outlierRow(outlier));
      },
      onSnapshot: (report) => {
        const { path, error, outliers, facts } = report;
        const ids = outliers.map((outlier) => outlier.id);
        out.record({ snapshot: path, ...(path === null ? { error } : {}), outliers: ids, ...facts }, () =>
          snapshotLine(report),
        );
      },
    });
    reload = (): void => {
      try {
        agent.reconfigure(readConfig(options.config));
        log(`configuration read again; running ${agent.running.join(', ')}`);
      } catch (error) {
        log(`the old configuration stays\n${error instanceof TailtrapError ? error.format() : messageOf(error)}`);
      }
    };
    log(`agent runs ${agent.running.join(', ')}${agent.records ? '' : ' (without a recorder)'}; stop with Ctrl-C`);
    out.text(OUTLIER_ROWS.head());
    if (hungUp) reload();
    await untilAborted(signal);
    const losses = agent.losses();
    await agent.close();
    if (notPrinted > 0) log(`not printed, because nobody read stdout: ${notPrinted}`);
    for (const [name, count] of Object.entries(losses)) log(`lost or held back: ${name} ${count}`);
    return 0;
  },
});
