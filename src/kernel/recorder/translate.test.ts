import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CtfWriter } from '../../ctf/writer.ts';
import * as linux61 from './fixtures/linux-6-1.test.data.ts';
import * as linux618 from './fixtures/linux-6-18.test.data.ts';
import { type ReadEvent, readEvents } from './fixtures/read-back.test.data.ts';
import { type EventFormat, parseFormat, parsePageFormat } from './format.ts';
import { PageCursor } from './page.ts';
import { rwbsFlags } from './run-plan.ts';
import { syscallNames } from './syscall-names.ts';
import { SyscallPlans } from './syscalls.ts';
import { TaskTable } from './tasks.ts';
import { KERNEL_CONTEXT, Translator } from './translate.ts';

type Recording = typeof linux618 | typeof linux61;

function formatsOf(recording: Recording): EventFormat[] {
  return Object.entries(recording.FORMATS).map(([path, text]) => parseFormat(path.split('/')[0]!, text));
}

function pagesOf(recording: Recording): Uint8Array[] {
  return recording.PAGES.map((text) => new Uint8Array(Buffer.from(text, 'base64')));
}

interface Translated {
  readonly events: ReadEvent[];
  readonly metadata: string;
  readonly unknown: number;
  readonly malformed: number;
}

/** Runs pages through the translator and reads the packets back. */
function translate(recording: Recording, pages: readonly Uint8Array[], formats: EventFormat[]): Translated {
  const packets: Uint8Array[] = [];
  const writer = new CtfWriter({
    uuid: new Uint8Array(16),
    clock: { name: 'monotonic', description: '', uuid: '00000000-0000-0000-0000-000000000000', offset_cycles: 0n },
    environment: [],
    sink: (_stream, packet) => packets.push(packet.slice()),
    packetBytes: 4096,
  });
  const kernel = writer.addStreamClass({ header: 'large', context: KERNEL_CONTEXT });
  const cursor = new PageCursor(parsePageFormat(recording.HEADER_PAGE), new Uint8Array(0));
  const calls: Readonly<Record<string, string>> = recording.SYSCALL_FORMATS;
  const source = (name: string): EventFormat | undefined => {
    const text = calls[name];
    return text === undefined ? undefined : parseFormat('syscalls', text);
  };
  const named = (name: string): EventFormat => formats.find((f) => f.name === name)!;
  const syscalls = new SyscallPlans(syscallNames('x64'), named('sys_enter'), named('sys_exit'), source);
  const translator = new Translator({ cursor, writer, streamClass: kernel, tasks: new TaskTable(), syscalls, formats });
  const stream = writer.addStream(kernel, { name: 'channel0_0', cpu: 0 });
  translator.startCpu(0);
  for (const page of pages) {
    cursor.bytes = page;
    cursor.view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    if (cursor.open(0, page.length)) while (cursor.next()) translator.record(stream);
  }
  writer.flush();
  const events = writer.eventClasses.length === 0 ? [] : readEvents(packets, writer.eventClasses);
  return { events, metadata: writer.metadata(), unknown: translator.unknown, malformed: translator.malformed };
}

/** One line of the kernel's text: `comm-pid [cpu] flags seconds: name: fields`. */
function parseLine(line: string): { tid: number; name: string; rest: string } {
  const match = /^\s*.*-(\d+)\s+\[\d+\] \S+\s+[\d.]+: (\w+): ?(.*)$/.exec(line)!;
  return { tid: Number(match[1]), name: match[2]!, rest: match[3]! };
}

const LTTNG_NAME: Readonly<Record<string, string>> = {
  softirq_entry: 'irq_softirq_entry',
  hrtimer_start: 'timer_hrtimer_start',
  netif_receive_skb: 'net_if_receive_skb',
  kfree_skb: 'skb_kfree',
};

function expectedName(name: string, rest: string): string {
  if (name !== 'sys_enter' && name !== 'sys_exit') return LTTNG_NAME[name] ?? name;
  const call = /^NR 257\b/.test(rest) ? 'openat' : 'close';
  return name === 'sys_enter' ? `syscall_entry_${call}` : `syscall_exit_${call}`;
}

/** Fields of an event as the kernel's text shows them, for the events that are compared whole. */
function asText(event: ReadEvent): string | null {
  const f = event.fields;
  const prio = (name: string): bigint => (f[name] as bigint) + 100n;
  switch (event.name) {
    case 'sched_waking':
      return `comm=${f.comm} pid=${f.tid} prio=${prio('prio')} target_cpu=${String(f.target_cpu).padStart(3, '0')}`;
    case 'sched_process_fork':
      return `comm=${f.parent_comm} pid=${f.parent_tid} child_comm=${f.child_comm} child_pid=${f.child_tid}`;
    case 'sched_process_exec':
      return `filename=${f.filename} pid=${f.tid} old_pid=${f.old_tid}`;
    case 'net_if_receive_skb':
      return `dev=${f.name} len=${f.len}`;
    case 'irq_handler_entry':
      return `irq=${f.irq} name=${f.name}`;
    default:
      return null;
  }
}

function compareSwitch(event: ReadEvent, rest: string): void {
  const match =
    /^prev_comm=(.*) prev_pid=(\d+) prev_prio=(\d+) prev_state=(\S+) ==> next_comm=(.*) next_pid=(\d+) next_prio=(\d+)$/.exec(
      rest,
    )!;
  const f = event.fields;
  assert.deepEqual(
    [f.prev_comm, f.prev_tid, f.prev_prio, f.next_comm, f.next_tid, f.next_prio],
    [match[1], BigInt(match[2]!), BigInt(match[3]!) - 100n, match[5], BigInt(match[6]!), BigInt(match[7]!) - 100n],
  );
  const states: Readonly<Record<string, bigint>> = { R: 0n, 'R+': 256n, S: 1n, D: 2n, T: 4n, X: 16n, Z: 32n, I: 128n };
  assert.equal(f.prev_state, states[match[4]!]);
}

for (const [kernel, recording] of [
  ['6.18', linux618],
  ['6.1', linux61],
] as const) {
  test(`Linux ${kernel}: names and fields agree with the kernel's own text`, () => {
    const lines = recording.TEXT.split('\n').map(parseLine);
    const { events, unknown, malformed } = translate(recording, pagesOf(recording), formatsOf(recording));
    assert.deepEqual([unknown, malformed], [0, 0]);
    assert.equal(events.length, lines.length);
    let whole = 0;
    events.forEach((event, i) => {
      const { tid, name, rest } = lines[i]!;
      assert.equal(event.name, expectedName(name, rest));
      assert.equal(event.fields['context.tid'], BigInt(tid));
      if (name === 'sched_switch') compareSwitch(event, rest);
      const text = asText(event);
      if (text === null) return;
      assert.equal(text, rest.replace(/ skbaddr=\S+/, ''));
      whole++;
    });
    assert.ok(whole >= 10);
  });

  test(`Linux ${kernel}: system calls have their arguments and block requests LTTng's flags`, () => {
    const { events } = translate(recording, pagesOf(recording), formatsOf(recording));
    const lines = recording.TEXT.split('\n').map(parseLine);
    events.forEach((event, i) => {
      const { rest } = lines[i]!;
      if (event.name === 'syscall_entry_openat') {
        const registers = rest
          .slice(rest.indexOf('(') + 1, -1)
          .split(', ')
          .map((r) => BigInt(`0x${r}`));
        const { dfd, filename, flags } = event.fields;
        assert.deepEqual(
          [dfd, filename, flags],
          [BigInt.asIntN(32, registers[0]!), `0x${registers[1]!.toString(16)}`, registers[2]],
        );
      } else if (event.name === 'syscall_exit_close') assert.equal(`NR 3 = ${event.fields.ret}`, rest);
      else if (event.name === 'block_rq_issue') {
        const [, letters, bytes] = /^\d+,\d+ (\w+) (\d+) /.exec(rest)!;
        assert.equal(event.fields.bytes, BigInt(bytes!));
        assert.equal(event.fields.rwbs, BigInt(rwbsFlags(Buffer.from(`${letters}\0`), 0, letters!.length + 1)));
      }
    });
  });
}

test('a name follows the thread: from its switch on, and through exec', () => {
  const { events } = translate(linux618, pagesOf(linux618), formatsOf(linux618));
  let after: { tid: unknown; comm: unknown } | null = null;
  let seen = 0;
  for (const event of events) {
    if (after !== null && event.fields['context.tid'] === after.tid && event.name !== 'sched_process_exec') {
      assert.equal(event.fields['context.procname'], after.comm);
      seen++;
    }
    if (event.name === 'sched_switch') after = { tid: event.fields.next_tid, comm: event.fields.next_comm };
    else if (event.name === 'sched_process_exec') after = null;
  }
  assert.ok(seen >= 4);
});

test('the flags of blk_fill_rwbs as lttng-modules has them', () => {
  const flags = (letters: string): number =>
    rwbsFlags(new TextEncoder().encode(`${letters}\0\0`), 0, letters.length + 2);
  // Seen in LTTng traces: 1, 4, 12, 33, 65, 68, 97, 1280, 1633.
  const known: readonly [string, number][] = [
    ['W', 1],
    ['R', 4],
    ['RA', 12],
    ['WS', 33],
    ['WM', 65],
    ['RM', 68],
    ['WSM', 97],
    ['FF', 1280],
    ['FWFSM', 1633],
    ['D', 2],
    ['DE', 130],
    ['N', 0],
    ['', 0],
    ['F', 256],
    ['FS', 288],
    ['FN', 1024],
  ];
  for (const [letters, value] of known) assert.equal(flags(letters), value, letters);
});

test('damaged pages and formats: no crash, and what is written can be read', () => {
  const recorded = pagesOf(linux618);
  const damage = fc.array(fc.tuple(fc.nat(4095), fc.nat(255)), { minLength: 1, maxLength: 40 });
  const shifts = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 64 }), fc.nat(16)), { maxLength: 3 });
  fc.assert(
    fc.property(fc.nat(recorded.length - 1), damage, shifts, (which, changes, moves) => {
      const page = recorded[which]!.slice();
      for (const [at, value] of changes) page[at % page.length] = value;
      const formats = formatsOf(linux618).map((f) => ({ ...f, fields: [...f.fields] }));
      for (const [event, field, offset, size] of moves) {
        const format = formats[event % formats.length]!;
        const at = field % format.fields.length;
        format.fields[at] = { ...format.fields[at]!, offset, size };
        format.bytes = format.fields.reduce((end, f) => Math.max(end, f.offset + f.size), 0);
      }
      translate(linux618, [page], formats);
    }),
    { seed: 20261123, numRuns: 400 },
  );
});
