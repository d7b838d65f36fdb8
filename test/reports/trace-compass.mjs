/**
 * What Trace Compass does with an external analysis, and what it refuses: the rules of its LAMI client
 * (org.eclipse.tracecompass.analysis.lami.core: LamiAnalysis, LamiData, ShellUtils; and ProcessUtils), and of LAMI 1.0.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

/** A client reads stderr when stdout has ended: more than a pipe holds would stop both. */
const PIPE_BYTES = 65_536;
const COLUMN_CLASSES = new Set(
  [
    'bool',
    'number',
    'string',
    'ratio',
    'timestamp',
    'duration',
    'size',
    'bitrate',
    'time-range',
    'syscall',
    'process',
  ].concat(['path', 'fd', 'irq', 'cpu', 'disk', 'part', 'netif', 'unknown', 'mixed']),
);
const NUMBERS = new Set(['number', 'ratio', 'bitrate', 'timestamp', 'duration', 'size']);
const isInt32 = (value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31;
const isText = (value) => typeof value === 'string';
/** What must be in a cell, by class. */
const CELLS = {
  bool: ({ value }) => typeof value === 'boolean',
  string: ({ value }) => isText(value),
  unknown: () => true,
  syscall: ({ name }) => isText(name),
  disk: ({ name }) => isText(name),
  part: ({ name }) => isText(name),
  netif: ({ name }) => isText(name),
  path: ({ path }) => isText(path),
  fd: ({ fd }) => isInt32(fd),
  cpu: ({ id }) => isInt32(id),
  irq: ({ hard, nr, name }) => typeof hard === 'boolean' && isInt32(nr) && isText(name),
  process: ({ name, pid, tid }) =>
    [pid, tid].every((id) => id === undefined || Number.isInteger(id)) && (name === undefined || isText(name)),
};

/** A command line as its dialog takes it: spaces between, double quotes around, `\"` and `\\` in them. */
export function splitCommand(text) {
  const parts = [];
  let part = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const next = text[i + 1];
    if (text[i] === '\\' && (next === '\\' || next === '"')) part += text[++i];
    else if (text[i] === '"') {
      if (quoted || part !== '') parts.push(part);
      part = '';
      quoted = !quoted;
    } else if (text[i] === ' ' && !quoted) {
      if (part !== '') parts.push(part);
      part = '';
    } else part += text[i];
  }
  return part === '' ? parts : [...parts, part];
}

const versions = new Map();

export class TraceCompass {
  /** @param command as a user enters it */
  constructor(command) {
    this.command = splitCommand(command);
    // The version is asked of the program alone.
    const [program] = this.command;
    if (!versions.has(program)) versions.set(program, this.#answer([program, '--mi-version']).text.trim());
    assert.match(versions.get(program), /^1\.\d{1,3}$/, 'without it neither progress nor a test of compatibility');
    const { text, status } = this.#answer([...this.command, '--metadata']);
    assert.equal(status, 0, text);
    this.#readMetadata(JSON.parse(text));
  }

  /** stdout and stderr together, as a question is answered. */
  #answer([program, ...args]) {
    const { stdout, status } = spawnSync('sh', ['-c', 'exec "$0" "$@" 2>&1', program, ...args], { encoding: 'utf8' });
    return { text: stdout, status };
  }

  #readMetadata(metadata) {
    this.metadata = metadata;
    assert.deepEqual(metadata['mi-version'], { major: 1, minor: 0 });
    assert.ok(isText(metadata.title));
    assert.ok(isText(metadata.description) && Array.isArray(metadata.authors) && metadata.tags.every(isText));
    this.classes = new Map(Object.entries(metadata['table-classes']));
    assert.ok(this.classes.size > 0);
    for (const [name, described] of this.classes) this.#checkClass(name, described);
  }

  #checkClass(name, { title, 'column-descriptions': columns }) {
    assert.ok(isText(title), name);
    assert.ok(Array.isArray(columns) && columns.length > 0, name);
    for (const { title: columnTitle, class: kind, unit } of columns) {
      assert.ok(isText(columnTitle), name);
      assert.ok(kind === undefined || COLUMN_CLASSES.has(kind), `${name}: ${kind}`);
      assert.ok(unit === undefined || (isText(unit) && kind === 'number'), `${name}: a unit of ${kind}`);
    }
  }

  /** Whether its menu offers the analysis for a trace. */
  fits(path) {
    const { text } = this.#answer([...this.command, '--test-compatibility', path]);
    if (text.trim() === '') return true;
    assert.ok('error-message' in JSON.parse(text), text);
    return false;
  }

  /**
   * Runs the analysis.
   *
   * @param {{ range?: [bigint, bigint], extra?: string }} [options]
   * @returns tables as `{ name, title, range, columns, rows }`, and the lines of progress
   */
  run(path, { range, extra = '' } = {}) {
    const bounds = range === undefined ? [] : ['--begin', String(range[0]), '--end', String(range[1])];
    const [program, ...args] = [...this.command, '--output-progress', ...bounds, ...splitCommand(extra.trim()), path];
    const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
    assert.ok(stderr.length < PIPE_BYTES, 'stderr would fill its pipe');
    if (status !== 0) return { status, stderr, tables: [], progress: [] };
    const lines = stdout.split('\n');
    const first = lines.findIndex((line) => /^\s*\{/.test(line));
    const progress = lines.slice(0, first);
    this.#checkProgress(progress);
    const { results } = JSON.parse(lines.slice(first).join(''));
    return { status, stderr, progress, tables: results.map((result) => this.#readTable(result)) };
  }

  #checkProgress(lines) {
    let before = 0;
    for (const line of lines) {
      assert.match(line, /^(\*|0|1|0\.\d+|1\.0+)( \S.*)?$/);
      assert.equal(line.startsWith('*'), lines[0].startsWith('*'), 'all or none');
      const share = Number(line.split(' ')[0]);
      if (Number.isNaN(share)) continue;
      assert.ok(share >= before && share <= 1, line);
      before = share;
    }
  }

  #readTable({ class: kind, 'time-range': range, data }) {
    const name = isText(kind) ? kind : (kind.inherit ?? null);
    if (name !== null) assert.ok(this.classes.has(name), `table class ${name} was not declared`);
    const described = { ...this.classes.get(name), ...(isText(kind) ? {} : kind) };
    this.#checkClass(name ?? described.title, described);
    const columns = described['column-descriptions'];
    this.#checkRange(range);
    assert.ok(Array.isArray(data));
    for (const row of data) {
      // Fewer cells than columns: an exception when they are shown.
      assert.ok(row.length >= columns.length, `${name}: ${row.length} cells, ${columns.length} columns`);
      for (const [i, cell] of row.entries()) this.#checkCell(cell, columns[i]?.class ?? 'mixed', name);
    }
    return { name, title: described.title, range, columns, rows: data };
  }

  #checkRange({ class: kind, begin, end }) {
    assert.equal(kind, 'time-range');
    for (const time of [begin, end]) this.#checkCell(time, 'timestamp');
    assert.ok(begin.value <= end.value, `${begin.value} to ${end.value}`);
  }

  #checkCell(cell, wanted, table) {
    if (cell === null) return;
    const shown = `${table}: ${JSON.stringify(cell)}`;
    assert.equal(typeof cell, 'object', shown);
    const { class: kind } = cell;
    assert.ok(kind === wanted || kind === 'unknown' || wanted === 'mixed', `${shown} in a column of ${wanted}`);
    if (kind === 'time-range') this.#checkRange(cell);
    else if (NUMBERS.has(kind)) assert.ok(Number.isFinite(cell.value), shown);
    else assert.ok(CELLS[kind]?.(cell), shown);
  }
}
