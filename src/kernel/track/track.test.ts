import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { TailtrapError } from '../../base/errors.ts';
import { parseFormat } from '../recorder/format.ts';
import type { Names } from '../trackers/spec.ts';
import { parseEvent } from './event.ts';
import { type EventField, type EventFields, place } from './fields.ts';
import { resolveKey } from './key.ts';
import { shown, trackSpec } from './spec.ts';
import { parseUsdtArgs } from './stapsdt.ts';
import { fieldsOfFormat } from './tracepoint.ts';
import { uprobeFields } from './uprobe.ts';
import { usdtFields } from './usdt.ts';

const HEAD = `
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;
`;

/** A tracepoint of these field lines, `type name; offset size signed`. */
function tracepoint(system: string, name: string, ...lines: string[]): EventFields {
  const fields = lines.map((line) => {
    const [, declaration, offset, size, signed] = /^(.*); (\d+) (\d+) (\d)$/.exec(line)!;
    return `\tfield:${declaration};\toffset:${offset};\tsize:${size};\tsigned:${signed};`;
  });
  return fieldsOfFormat(parseFormat(system, `name: ${name}\nID: 7\nformat:${HEAD}\n${fields.join('\n')}\n`));
}

const ISSUE = tracepoint(
  'block',
  'block_rq_issue',
  'dev_t dev; 8 4 0',
  'sector_t sector; 16 8 0',
  'char rwbs[10]; 34 10 0',
  '__data_loc char[] cmd; 60 4 0',
  'u8 saddr[16]; 64 16 0',
  'u8 daddr[4]; 80 4 0',
  '__data_loc int[] list; 84 4 0',
  'char buffer[100]; 88 100 0',
  'u32 table[40]; 188 160 0',
);
const WAKING = tracepoint('sched', 'sched_waking', 'pid_t pid; 24 4 1', 'void * function; 32 8 0');
const OPENAT = tracepoint(
  'syscalls',
  'sys_enter_openat',
  'int __syscall_nr; 8 4 1',
  'int dfd; 16 8 0',
  'const char * filename; 24 8 0',
  'umode_t mode; 40 8 0',
  '__data_loc char[] __filename_val; 48 4 0',
);
const EXIT = tracepoint('syscalls', 'sys_exit_openat', 'int __syscall_nr; 8 4 1', 'long ret; 16 8 1');

function field(event: EventFields, name: string): EventField {
  const found = event.fields.find((one) => one.name === name);
  assert.ok(found, `${event.event} has ${name}`);
  return found;
}

function refuses(code: string, words: RegExp, act: () => unknown): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof TailtrapError, String(error));
    assert.equal(error.code, code, error.format());
    assert.match(error.format(), words);
    return true;
  });
}

test('events as they are typed', () => {
  assert.deepEqual(parseEvent('block:block_rq_issue', '--in'), {
    kind: 'tracepoint',
    text: 'block:block_rq_issue',
    category: 'block',
    name: 'block_rq_issue',
  });
  assert.equal(parseEvent('tracepoint:sched:sched_switch', '--in').kind, 'tracepoint');
  const uprobe = parseEvent('uretprobe:/opt/a:b/prog:ns::f', '--in');
  assert.deepEqual(uprobe.kind === 'uprobe' && [uprobe.path, uprobe.atReturn], ['/opt/a:b/prog:ns:', true]);
  const usdt = parseEvent('usdt:/usr/bin/python3:python:gc__start', '--out');
  assert.deepEqual(usdt.kind === 'usdt' && [usdt.path, usdt.provider, usdt.name], [
    '/usr/bin/python3',
    'python',
    'gc__start',
  ]);
  for (const text of [
    '',
    'block',
    'block:',
    ':x',
    '../..:x',
    'a:b:c',
    'uprobe:',
    'uprobe:x',
    'usdt:a:b',
    'block:a/b',
  ]) {
    refuses('TT_BAD_EVENT', /at --in\n {2}next: write category:name/, () => parseEvent(text, '--in'));
  }
  refuses('TT_BAD_EVENT', /kprobe events are not supported/, () => parseEvent('kprobe:vfs_read', '--in'));
});

test('fields of tracepoints: numbers, texts, bytes, and what is no key', () => {
  assert.deepEqual(field(ISSUE, 'sector').place, place('context', { offset: 16, size: 8 }));
  assert.deepEqual(field(ISSUE, 'rwbs').place, place('string', { offset: 34, size: 10 }));
  assert.deepEqual(field(ISSUE, 'buffer').place, place('string', { offset: 88, size: 64 }));
  assert.deepEqual(field(ISSUE, 'cmd').place, place('data_loc', { offset: 60, size: 4 }));
  assert.deepEqual(field(ISSUE, 'saddr').place, place('bytes', { offset: 64, size: 16 }));
  assert.equal(field(ISSUE, 'daddr').class, 'bytes');
  assert.equal(field(ISSUE, 'dev').style, 'device');
  assert.equal(field(ISSUE, 'common_pid').place.kind, 'tid');
  assert.deepEqual(Object.keys(ISSUE.refused).sort(), ['common_type', 'list', 'table']);
  assert.equal(field(WAKING, 'pid').pseudo, false, "the event's own field goes first");
  assert.equal(WAKING.fields.filter(({ name }) => name === 'pid').length, 1);
});

test('arguments of system calls have the width of their type', () => {
  assert.deepEqual(field(OPENAT, 'dfd').place, place('context', { offset: 16, size: 4, signed: true }));
  assert.equal(field(OPENAT, 'filename').style, 'pointer');
  assert.equal(field(OPENAT, 'mode').place.size, 8);
  assert.match(OPENAT.refused.__filename_val ?? '', /not given to BPF/);
  assert.deepEqual(field(EXIT, 'ret').place, place('context', { offset: 16, size: 8, signed: true }));
});

test('keys: one name for both, or pairs', () => {
  assert.deepEqual(
    resolveKey(' dev, sector ', ISSUE, ISSUE).map((pair) => [pair.in.name, pair.out.name]),
    [
      ['dev', 'dev'],
      ['sector', 'sector'],
    ],
  );
  const [pair] = resolveKey('pid=tid', WAKING, EXIT);
  assert.deepEqual([pair?.in.place.kind, pair?.out.place.kind], ['context', 'tid']);
  assert.deepEqual(
    resolveKey('tid,pid,cpu,common_pid', ISSUE, EXIT).map((one) => one.out.place.kind),
    ['tid', 'pid', 'cpu', 'tid'],
  );
});

test('keys: of equal size, the sign does not count', () => {
  const signed = tracepoint('a', 'b', 'int fd; 8 4 1');
  const unsigned = tracepoint('a', 'c', 'unsigned int fd; 8 4 0', 'long wide; 16 8 1');
  const [same] = resolveKey('fd', signed, unsigned);
  assert.deepEqual([same?.in.place.signed, same?.out.place.signed], [false, false]);
  const [other] = resolveKey('fd=wide', signed, unsigned);
  assert.deepEqual([other?.in.place.signed, other?.out.place.signed], [true, true]);
});

test('keys: every mistake says what would be right', () => {
  refuses('TT_BAD_KEY', /one to 4 field names/, () => resolveKey('', ISSUE, ISSUE));
  refuses('TT_BAD_KEY', /one to 4 field names/, () => resolveKey('dev,', ISSUE, ISSUE));
  refuses('TT_BAD_KEY', /one to 4/, () => resolveKey('dev,dev,dev,dev,dev', ISSUE, ISSUE));
  refuses('TT_BAD_KEY', /inField=outField/, () => resolveKey('a=b=c', ISSUE, ISSUE));
  refuses('TT_BAD_KEY', /inField=outField/, () => resolveKey('dev=', ISSUE, ISSUE));
  refuses('TT_NO_FIELD', /did you mean 'sector'\? it has dev, sector/, () => resolveKey('sectr', ISSUE, ISSUE));
  refuses('TT_NO_FIELD', /sys_exit_openat has no field 'dfd'/, () => resolveKey('dfd', OPENAT, EXIT));
  refuses('TT_NO_FIELD', /'list' of .* varying length/, () => resolveKey('list', ISSUE, ISSUE));
  refuses('TT_NO_FIELD', /'table' of .* too long/, () => resolveKey('table', ISSUE, ISSUE));
  refuses('TT_FIELD_TYPES', /'rwbs' as char\[10\].*'sector' as sector_t/, () =>
    resolveKey('rwbs=sector', ISSUE, ISSUE),
  );
  refuses('TT_FIELD_TYPES', /can never be equal/, () => resolveKey('saddr=daddr', ISSUE, ISSUE));
  refuses('TT_BAD_KEY', /pid=tid/, () => resolveKey('pid', WAKING, EXIT));
  refuses('TT_BAD_KEY', /tid=pid/, () => resolveKey('pid', EXIT, WAKING));
});

test('uprobes: arguments at the entry, the result at the return', () => {
  const entry = uprobeFields({ text: 'uprobe:x:f', atReturn: false }, 'x64');
  const exit = uprobeFields({ text: 'uretprobe:x:f', atReturn: true }, 'x64');
  assert.equal(field(entry, 'arg0').place.offset, 112); // rdi
  assert.equal(field(entry, 'arg5').place.offset, 64); // r9
  assert.equal(field(exit, 'ret').place.offset, 80); // rax
  assert.equal(field(uprobeFields({ text: '', atReturn: false }, 'arm64'), 'arg3').place.offset, 24);
  refuses('TT_NO_FIELD', /arg0.*gone when the function returns/, () => resolveKey('arg0', entry, exit));
  refuses('TT_NO_FIELD', /ret.*known only when/, () => resolveKey('ret', entry, exit));
  refuses('TT_NO_ARCH', /s390x/, () => uprobeFields({ text: '', atReturn: false }, 's390x'));
});

test('USDT arguments by register, constant and memory; others are named', () => {
  const places = parseUsdtArgs(
    '8@%rdi -4@%eax 1@%r9b 8@$-5 -4@-20(%rbp) 8@(%rsp) 8@8(%rax,%rbx,4) 8@x(%rip) 2@%si',
    'x64',
  );
  assert.deepEqual(places, [
    place('context', { offset: 112, size: 8 }),
    place('context', { offset: 80, size: 4, signed: true }),
    place('context', { offset: 64, size: 1 }),
    place('constant', { size: 8, constant: -5n }),
    place('user', { offset: 32, size: 4, signed: true, constant: -20n }),
    place('user', { offset: 152, size: 8 }),
    '8@8(%rax,%rbx,4)',
    '8@x(%rip)',
    place('context', { offset: 104, size: 2 }),
  ]);
  assert.deepEqual(parseUsdtArgs('8@x3 -4@w1 8@[sp, 16] 4@7', 'arm64'), [
    place('context', { offset: 24, size: 8 }),
    place('context', { offset: 8, size: 4, signed: true }),
    place('user', { offset: 248, size: 8, constant: 16n }),
    place('constant', { size: 4, constant: 7n }),
  ]);
  const at = (args: string): { provider: string; name: string; address: number; semaphore: number; args: string } => ({
    provider: 'p',
    name: 'n',
    address: 1,
    semaphore: 0,
    args,
  });
  const fields = usdtFields('usdt:x:p:n', [at('8@%rdi 8@x(%rip)')], 'x64');
  assert.match(fields.refused.arg1 ?? '', /cannot read it/);
  const differing = usdtFields('usdt:x:p:n', [at('8@%rdi'), at('8@%rsi')], 'x64');
  assert.match(differing.refused.arg0 ?? '', /elsewhere at each of the 2 places/);
});

test('fuzz: what is typed and what a file says gives a result or an error with a code', () => {
  const words = fc.array(fc.constantFrom(',', '=', 'dev', 'sector', 'pid', ' ', 'tid', '\0', 'é'), { maxLength: 9 });
  fc.assert(
    fc.property(words, fc.string(), fc.string(), (parts, event, args) => {
      for (const act of [() => resolveKey(parts.join(''), ISSUE, WAKING), () => parseEvent(event, '--in')]) {
        try {
          act();
        } catch (error) {
          assert.ok(error instanceof TailtrapError, String(error));
        }
      }
      for (const arch of ['x64', 'arm64', 's390x']) parseUsdtArgs(args, arch);
    }),
    { numRuns: 2000 },
  );
});

test('constants are written where the magic is, and nowhere else', () => {
  const key = resolveKey('dev,sector', ISSUE, ISSUE);
  const options = { name: 'x', in: 'a', out: 'b', attachments: [], threshold_ns: 1, timeout_ns: 0, forget_ns: 0 };
  const spec = trackSpec({ ...options, key, mode: 'duplicate' });
  const rodata = new DataView(new ArrayBuffer(300));
  rodata.setBigUint64(64, 0x31766b6361727474n, true);
  spec.writeConstants?.(rodata);
  assert.equal(rodata.getUint32(64 + 8, true), 2);
  assert.equal(rodata.getUint32(64 + 12, true), 2);
  assert.deepEqual(
    [0, 4, 8].map((at) => rodata.getUint32(64 + 16 + 24 + at, true)),
    [1, 16, 8],
  );
  assert.equal(rodata.getUint32(64 + 208, true), 0);
  refuses('TT_BAD_OBJECT', /npm run build/, () => spec.writeConstants?.(new DataView(new ArrayBuffer(300))));
});

test('values are shown as what they are', () => {
  const names = { device: (major: number, minor: number) => `disk${major}:${minor}` } as Names;
  const text = Buffer.alloc(16);
  text.write('kworker/0:1');
  assert.equal(shown(field(ISSUE, 'dev'), (8n << 20n) | 3n, text, names), 'disk8:3');
  assert.equal(shown(field(ISSUE, 'sector'), 2n ** 60n, text, names), String(2n ** 60n));
  assert.equal(shown(field(ISSUE, 'rwbs'), 0n, text, names), 'kworker/0:1');
  assert.equal(shown(field(ISSUE, 'cmd'), 0n, Buffer.from('abcdefghijklmnop'), names), 'abcdefghijklmnop...');
  assert.equal(shown(field(ISSUE, 'daddr'), 0n, Buffer.from([127, 0, 0, 1, 9, 9]), names), '7f000001');
  assert.equal(shown(field(WAKING, 'function'), 0xffff_8000_0000_0000n, text, names), '0xffff800000000000');
  assert.equal(shown(field(WAKING, 'pid'), 2n ** 64n - 1n, text, names), -1);
});
