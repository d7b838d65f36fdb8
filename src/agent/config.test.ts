import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { TailtrapError, UsageError } from '../base/errors.ts';
import { TRACKERS } from '../kernel/trackers/index.ts';
import { absentHere } from './absent.ts';
import { parseConfig } from './config.ts';

function faultsOf(content: string): string {
  try {
    parseConfig('t.yaml', content);
  } catch (error) {
    assert.ok(error instanceof TailtrapError, String(error));
    assert.equal(error.code, 'TT_CONFIG');
    return error.message;
  }
  return '';
}

test('an empty file means all trackers and the defaults', () => {
  const config = parseConfig('t.yaml', '');
  assert.equal(config.trackers.size, TRACKERS.length);
  assert.deepEqual(
    config.actions.map(({ kind }) => kind),
    ['snapshot', 'wake'],
  );
  assert.equal(config.recorder.buffer_bytes, 16 * 2 ** 20);
});

test('the example that `run --example` prints is accepted', () => {
  const path = new URL('../../docs/tailtrap.yaml', import.meta.url);
  const config = parseConfig('docs/tailtrap.yaml', readFileSync(path, 'utf8'));
  assert.equal(config.trackers.get('block')?.threshold_ns, 20e6);
  assert.equal(config.recorder.after_ns, 100e6);
});

test('every fault is told with its line, what was expected, and the nearest name', () => {
  const faults = faultsOf('trackers:\n  blok: {}\n  wakeup: {treshold: 5ms, rate: -1}\nrecorder: {buffer: many}\n');
  assert.match(faults, /t\.yaml:2:3: .*no tracker 'blok'; did you mean block\?/);
  assert.match(faults, /t\.yaml:3:12: .*unknown key 'treshold'; did you mean threshold\?/);
  assert.match(faults, /t\.yaml:3:33: .*rate: expected a whole number from 0/);
  assert.match(faults, /t\.yaml:4:20: .*'many' is not a size/);
});

test('the group of the socket is looked up, and one that is not there told with its place', () => {
  assert.equal(parseConfig('t.yaml', '').socket_gid, null);
  assert.equal(parseConfig('t.yaml', 'socket_group: root').socket_gid, 0);
  assert.equal(parseConfig('t.yaml', 'socket_group: 990').socket_gid, 990);
  assert.match(
    faultsOf('socket: /a\nsocket_group: no-such-group-here\n'),
    /t\.yaml:2:15: socket_group: there is no group 'no-such-group-here'/,
  );
  assert.match(faultsOf('socket_group: [a]'), /t\.yaml:1:15: socket_group: expected the name of a group/);
});

test('a duration needs its unit', () => {
  assert.match(faultsOf('trackers: {block: {threshold: 20}}'), /:1:31: .*'20' is not a duration.*10ms/);
});

test('a threshold may be learned; a fixed one beside it holds while training', () => {
  const config = parseConfig(
    't.yaml',
    'trackers: {block: {threshold: learned}, wakeup: {threshold: 5ms, learn: {quantile: 0.99, floor: 2ms, train: 10s}}}',
  );
  assert.deepEqual(config.trackers.get('block')?.learn, {});
  assert.equal(config.trackers.get('block')?.threshold_ns, undefined);
  assert.deepEqual(config.trackers.get('wakeup')?.learn, { quantile: 0.99, floor_ns: 2e6, train_ns: 10e9 });
  assert.equal(config.trackers.get('wakeup')?.threshold_ns, 5e6);
  const faults = faultsOf(
    'trackers:\n  irq: {learn: {quantile: 2, floor: 2s, trian: 1s}}\n  net: {threshold: learnt}\n',
  );
  assert.match(faults, /t\.yaml:2:27: .*learn\.quantile: expected a number from 0\.5 to 0\.99999/);
  assert.match(faults, /t\.yaml:2:16: .*floor .* is above ceiling/);
  assert.match(faults, /unknown key 'trian'; did you mean train\?/);
  assert.match(faults, /t\.yaml:3:20: .*'learnt' is not a duration/);
});

test('broken YAML and duplicate keys are told with their place', () => {
  assert.match(faultsOf('trackers: [\n'), /t\.yaml:\d+:\d+: /);
  assert.match(faultsOf('socket: a\nsocket: b\n'), /t\.yaml:2:1: .*unique/);
});

test('however deep it is nested and however often it is damaged, a page of faults at most', () => {
  for (const content of [
    '['.repeat(20_000),
    '['.repeat(5000) + ']'.repeat(5000),
    '{a: '.repeat(9000),
    '- '.repeat(20_000),
    '? '.repeat(20_000),
    Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  ]) {
    assert.match(
      faultsOf(content),
      /^the configuration is not right\n {2}t\.yaml:\d+:\d+: nested more than 32 levels deep$/,
    );
  }
  for (const content of ['\t- [\n'.repeat(31), '['.repeat(31), 'x: 1\n'.repeat(100), 'trackers: {a: 1, '.repeat(20)]) {
    const lines = faultsOf(content).split('\n');
    assert.ok(lines.length >= 2 && lines.length <= 12, `${lines.length}`);
    assert.equal(new Set(lines).size, lines.length);
  }
});

test('an empty section of trackers is no choice, and events are spelt as events', () => {
  for (const empty of ['trackers:\n', 'trackers: {}\n']) {
    assert.match(
      faultsOf(`ring: 1MiB\n${empty}`),
      /t\.yaml:2:\d+: trackers: no tracker: leave the section out for all/,
    );
  }
  const faults = faultsOf('recorder:\n  events: [sched, block/*, ../../x, schedd]\n');
  assert.match(faults, /t\.yaml:2:28: recorder\.events\.2: recorder event '\.\.\/\.\.\/x' is not known/);
  assert.match(
    faults,
    /t\.yaml:2:37: recorder\.events\.3: recorder event 'schedd' is not known; give a group \(sched, /,
  );
});

test('--check looks for what is named: devices, cgroups, CPUs and choices of trackers that are enabled', () => {
  const faultsHere = (content: string): string => {
    try {
      parseConfig('t.yaml', content, (config) => absentHere(config, () => {}));
    } catch (error) {
      assert.ok(error instanceof UsageError, String(error));
      return error.message;
    }
    return '';
  };
  const faults = faultsHere(`trackers:
  block: {filter: {dev: nosuch}}
  wakeup: {filter: {cgroup: /no/such, cpu: 60000}}
  offcpu: {only: [disk, foo]}
  irq: {only: [foo]}
  softirq: {enabled: false, filter: {cpu: 60000}}
`);
  assert.match(faults, /t\.yaml:2:25: trackers\.block\.filter\.dev: there is no block device 'nosuch'/);
  assert.match(faults, /t\.yaml:3:29: trackers\.wakeup\.filter\.cgroup: there is no cgroup '\/no\/such'/);
  assert.match(faults, /t\.yaml:3:44: trackers\.wakeup\.filter\.cpu: there is no CPU 60000/);
  assert.match(faults, /t\.yaml:4:25: trackers\.offcpu\.only\.1: offcpu cannot choose 'foo'/);
  assert.match(faults, /t\.yaml:5:15: trackers\.irq\.only: irq has nothing to choose/);
  assert.doesNotMatch(faults, /softirq/);
  assert.equal(faultsHere('trackers: {wakeup: {filter: {cpu: 0}}}'), '');
  assert.equal(faultsHere('trackers:').split('\n').length, 2, 'told once');
  assert.match(faultsHere('trackers: {irq: {enabled: false}}'), /:1:11: trackers: no tracker is enabled/);
});

test('--check looks for events of the recorder in this kernel', {
  skip: process.getuid?.() !== 0 && 'not root',
}, () => {
  const events = 'recorder: {events: [sched, sched/sched_switch, sched/*, sched/nosuch, nosuch/*]}';
  assert.throws(
    () => parseConfig('t.yaml', events, (config) => absentHere(config, () => {})),
    (error) =>
      error instanceof UsageError &&
      /:1:57: recorder\.events\.3: this kernel has no event 'sched\/nosuch'/.test(error.message) &&
      /:1:71: recorder\.events\.4: this kernel has no event 'nosuch\/\*'/.test(error.message) &&
      error.message.split('\n').length === 3,
  );
});

test('actions: unknown ones, exec without a command, webhooks that are not http', () => {
  assert.match(faultsOf('actions: [snapshoot]'), /no action 'snapshoot'/);
  assert.match(faultsOf('actions: [{exec: {}}]'), /exec needs a command/);
  assert.match(faultsOf('actions: [{webhook: {url: "file:///etc/passwd"}}]'), /not an http or https address/);
});

test('whatever stands in the file, the answer is a configuration or a TT_CONFIG error', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'trackers:',
      '  block:',
      '    threshold: 1ms',
      'actions:',
      '  - exec:',
      'recorder: {',
      '}',
      '&a',
      '*a',
      '- ',
      '!!js',
    ),
    fc.string({ maxLength: 20 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      faultsOf(pieces.join('\n')); // throws, and so fails, on any other error
    }),
    { seed: 7, numRuns: 500 },
  );
});
