/**
 * Records `linux-*.test.data.ts`: a few ring-buffer pages, the format files, and the kernel's own text of the same records.
 * As root, on the kernel in question: `node record.mjs 6.1 [REGEXP] > linux-6-1.test.data.ts`. Node 18 does. Pages with a
 * line that matches REGEXP (a process that should stay private) are left out.
 */
import { execSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readFileSync, readSync, rmdirSync, writeFileSync } from 'node:fs';

const TRACEFS = '/sys/kernel/tracing';
const INSTANCE = `${TRACEFS}/instances/tailtrap-fixture`;
const PAGES = 3;
const PAGE_BYTES = 4096;
/** openat and close on x86-64: enough system calls to compare, few enough to leave room for other events. */
const SYSCALL_FILTER = 'id == 257 || id == 3';
const SYSCALLS = ['openat', 'close'];
const EVENTS = [
  'sched/sched_switch',
  'sched/sched_waking',
  'sched/sched_process_fork',
  'sched/sched_process_exec',
  'sched/sched_process_exit',
  'task/task_newtask',
  'irq/softirq_entry',
  'irq/irq_handler_entry',
  'block/block_rq_issue',
  'block/block_rq_complete',
  'raw_syscalls/sys_enter',
  'raw_syscalls/sys_exit',
  'timer/hrtimer_start',
  'net/net_dev_xmit',
  'net/netif_receive_skb',
  'skb/kfree_skb',
];
const WORK =
  'cd /tmp; /bin/true; echo hello > tailtrap.tmp; sync tailtrap.tmp; rm tailtrap.tmp; /bin/true; echo hi > /dev/udp/127.0.0.1/9';

const set = (file, value) => writeFileSync(`${INSTANCE}/${file}`, value);

/** Print formats are long; only the labels of `reason` are used, and some of them will do. */
function shorten(format) {
  return format.replace(/^print fmt:.*$/m, (line) => {
    if (!line.includes('__print_symbolic(REC->reason')) return 'print fmt: ""';
    return line.slice(0, 600).replace(/,[^,{]*\{[^}]*$/, ')');
  });
}

function readPages() {
  const file = openSync(`${INSTANCE}/per_cpu/cpu0/trace_pipe_raw`, constants.O_RDONLY | constants.O_NONBLOCK);
  const pages = [];
  const buffer = Buffer.alloc(PAGE_BYTES);
  try {
    while (readSync(file, buffer, 0, PAGE_BYTES, null) > 0) pages.push(Buffer.from(buffer));
  } catch {
    // EAGAIN: there are no more
  }
  closeSync(file);
  return pages;
}

/** Data records of a page, and its length without what is behind the data. */
function measure(page) {
  const end = 16 + (page.readUInt32LE(8) & 0xfffff);
  let records = 0;
  for (let at = 16; at + 4 <= end; ) {
    const type = page.readUInt32LE(at) & 31;
    if (type === 29 && page.readUInt32LE(at) >>> 5 === 0) break;
    if (type >= 1 && type <= 28) at += 4 + type * 4;
    else if (type === 0) at += 4 + ((page.readUInt32LE(at + 4) + 3) & ~3);
    else at += type === 29 ? 4 + page.readUInt32LE(at + 4) : 8;
    if (type <= 28) records++;
  }
  return { records, end };
}

/** The pages that together have the most kinds of events. */
function choose(pages, lines) {
  let first = 0;
  const all = pages.map((page) => {
    const { records, end } = measure(page);
    const text = lines.slice(first, first + records);
    first += records;
    return { bytes: page.subarray(0, end), text, kinds: new Set(text.map((line) => /\d: (\w+): /.exec(line)[1])) };
  });
  const unwanted = process.argv[3] === undefined ? null : new RegExp(process.argv[3]);
  const usable = all.filter((page) => unwanted === null || !page.text.some((line) => unwanted.test(line)));
  const chosen = new Set();
  const kinds = new Set();
  const gain = (page) => [...page.kinds].filter((kind) => !kinds.has(kind)).length;
  while (chosen.size < Math.min(PAGES, usable.length)) {
    const best = usable.filter((page) => !chosen.has(page)).reduce((a, b) => (gain(b) > gain(a) ? b : a));
    chosen.add(best);
    for (const kind of best.kinds) kinds.add(kind);
  }
  return usable.filter((page) => chosen.has(page));
}

function record() {
  mkdirSync(INSTANCE);
  try {
    set('tracing_on', '0');
    set('trace_clock', 'mono');
    set('buffer_size_kb', '128');
    const formats = {};
    for (const event of EVENTS) {
      formats[event] = shorten(readFileSync(`${TRACEFS}/events/${event}/format`, 'utf8'));
      if (event.startsWith('raw_syscalls')) set(`events/${event}/filter`, SYSCALL_FILTER);
      set(`events/${event}/enable`, '1');
    }
    // Only what our own processes do: a machine's other processes are nobody's business.
    set('options/event-fork', '1');
    set('set_event_pid', String(process.pid));
    set('tracing_on', '1');
    execSync(`chrt -f 10 taskset -c 0 bash -c '${WORK}'`, { stdio: 'ignore' });
    set('tracing_on', '0');
    const text = readFileSync(`${INSTANCE}/per_cpu/cpu0/trace`, 'utf8');
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return { formats, pages: choose(readPages(), lines) };
  } finally {
    rmdirSync(INSTANCE);
  }
}

const literal = (text) => `\`${text.replace(/[\\`]|\$\{/g, (c) => `\\${c}`)}\``;
const base64 = (bytes) => `\`${bytes.toString('base64').replace(/.{110}/g, '$&\n')}\``;

const { formats, pages } = record();
const calls = SYSCALLS.map((name) => [
  name,
  readFileSync(`${TRACEFS}/events/syscalls/sys_enter_${name}/format`, 'utf8'),
]);
process.stdout.write(`/**
 * Recorded on Linux ${process.argv[2]} by record.mjs: some pages of one CPU of an ftrace instance, the format files, and the kernel's own
 * text for the same records (raw_syscalls filtered to openat and close). Pages are cut behind their data.
 */
export const KERNEL: string = '${process.argv[2]}';

export const HEADER_PAGE: string = ${literal(readFileSync(`${TRACEFS}/events/header_page`, 'utf8'))};

export const FORMATS: Readonly<Record<string, string>> = {
${Object.entries(formats)
  .map(([name, text]) => `  '${name}': ${literal(text)},\n`)
  .join('')}};

export const SYSCALL_FORMATS: Readonly<Record<string, string>> = {
${calls.map(([name, text]) => `  ${name}: ${literal(shorten(text))},\n`).join('')}};

/** Base64, line breaks do not count. */
export const PAGES: readonly string[] = [
${pages.map(({ bytes }) => `  ${base64(bytes)},\n`).join('')}];

export const TEXT: string = ${literal(pages.flatMap(({ text }) => text).join('\n'))};
`);
