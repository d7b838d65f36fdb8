/** Options of reports that fit nothing: refused, because their result would be empty tables without a word. */
import type { PeriodDefinition } from '../analyses/index.ts';
import { UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import { capturesOf, durationOf, lastName, periodsOf, type ReportValues, sizeOf } from './report-options.ts';

/** @throws UsageError */
export function refuseUseless(reports: readonly string[], values: ReportValues, json: boolean): void {
  refuseTwoOutputs(values, json);
  refuseEmptyRanges(values);
  refuseUnknownPeriods(reports, values);
}

function refuseTwoOutputs(values: ReportValues, json: boolean): void {
  const given = Object.entries({ chart: values.chart, html: values.html !== undefined, json, mi: values.mi });
  const [first, second] = given.filter(([, isGiven]) => isGiven);
  if (first === undefined || second === undefined) return;
  throw new UsageError('TT_USAGE', `--${first[0]} and --${second[0]} exclude each other`, { next: 'give one of them' });
}

/** Bounds between which nothing can be. */
function refuseEmptyRanges(values: ReportValues): void {
  const readers = [
    ['min', 'max', (option: string, text: string): number => durationOf(option, text, 'us')],
    ['min-duration', 'max-duration', (option: string, text: string): number => durationOf(option, text, 'us')],
    ['minsize', 'maxsize', sizeOf],
  ] as const;
  for (const [low, high, read] of readers) {
    const [from, to] = [values[low], values[high]];
    if (from === undefined || to === undefined || read(`--${low}`, from) <= read(`--${high}`, to)) continue;
    throw new UsageError('TT_USAGE', `--${low} '${from}' is more than --${high} '${to}'`, { next: 'swap them' });
  }
}

/** A name that is none would leave tables empty, without a word. */
function refuseUnknownPeriods(reports: readonly string[], values: ReportValues): void {
  const { select, 'aggregate-by': aggregator } = values;
  const periods = periodsOf(values);
  const find = (option: string, name: string): PeriodDefinition => {
    const found = periods.find((period) => period.name === lastName(name));
    if (found !== undefined) return found;
    const next =
      didYouMean(
        name,
        periods.map((period) => period.name),
      ) || 'define it with --period';
    throw new UsageError('TT_USAGE', `${option}: there is no period '${name}'`, { next });
  };
  for (const name of select) find('--select', name);
  if (aggregator !== undefined) find('--aggregate-by', aggregator);
  const isLog = reports.every((name) => ['periodlog', 'periodtop'].includes(name)) && !values.stats && !values.freq;
  if (aggregator !== undefined && isLog && select.length === 0) {
    throw new UsageError('TT_USAGE', '--aggregate-by needs --select here', {
      next: 'say what is counted: --select NAME',
    });
  }
  for (const [name, captures] of capturesOf(values['group-by'])) {
    const { beginCaptures, endCaptures } = find('--group-by', name);
    const known = [...beginCaptures, ...endCaptures].map((capture) => capture.name);
    const unknown = captures.find((capture) => !known.includes(capture));
    if (unknown === undefined) continue;
    const next = didYouMean(unknown, known) || `capture it: --period-captures '${name} : ${unknown} = $evt.FIELD'`;
    throw new UsageError('TT_USAGE', `--group-by: nothing called '${unknown}' is captured of '${name}'`, { next });
  }
}
