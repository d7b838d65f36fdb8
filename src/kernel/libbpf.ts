/**
 * The few calls of libbpf and libc that tailtrap makes, through koffi: the system's libbpf.so.1 does the loading and the
 * CO-RE relocation, so that neither a compiler nor kernel headers are needed where tailtrap runs.
 *
 * Everything here is synchronous and stays in one thread, but for `epollWait`, which koffi runs on a pool thread without
 * calling back into JavaScript from there. Pointers are bigints, null pointers are null.
 */
import * as koffi from 'koffi';
import { messageOf, TailtrapError } from '../base/errors.ts';

export type Pointer = bigint;

/** Messages of libbpf kept for the next error: the verifier's verdict is at the end, so the newest are kept. */
const MAX_MESSAGES = 400;
const MESSAGE_BYTES = 64 * 1024;

function load(name: string, next: string): koffi.LibraryHandle {
  try {
    return koffi.load(name);
  } catch (cause) {
    throw new TailtrapError('TT_NO_LIBBPF', `cannot load ${name}: ${messageOf(cause)}`, { next, cause });
  }
}

const libc = load('libc.so.6', 'tailtrap needs glibc');
const libbpf = load('libbpf.so.1', 'install it: apt-get install libbpf1 (Debian, Ubuntu), dnf install libbpf (Fedora)');

const printer = koffi.pointer(koffi.proto('int tt_libbpf_print(int level, void *format, void *arguments)'));

/** libbpf.h, bpf.h of libbpf 1.x. */
export const bpf = {
  objectOpen: libbpf.func('void *bpf_object__open_file(const char *path, void *options)') as (
    path: string,
    options: null,
  ) => Pointer | null,
  objectLoad: libbpf.func('int bpf_object__load(void *object)') as (object: Pointer) => number,
  objectClose: libbpf.func('void bpf_object__close(void *object)') as (object: Pointer) => void,
  findMap: libbpf.func('void *bpf_object__find_map_by_name(void *object, const char *name)') as (
    object: Pointer,
    name: string,
  ) => Pointer | null,
  nextProgram: libbpf.func('void *bpf_object__next_program(void *object, void *program)') as (
    object: Pointer,
    program: Pointer | null,
  ) => Pointer | null,
  programName: libbpf.func('const char *bpf_program__name(void *program)') as (program: Pointer) => string,
  programSection: libbpf.func('const char *bpf_program__section_name(void *program)') as (program: Pointer) => string,
  programSetAutoload: libbpf.func('int bpf_program__set_autoload(void *program, bool on)') as (
    program: Pointer,
    on: boolean,
  ) => number,
  programFd: libbpf.func('int bpf_program__fd(void *program)') as (program: Pointer) => number,
  programAttach: libbpf.func('void *bpf_program__attach(void *program)') as (program: Pointer) => Pointer | null,
  programAttachTracepoint: libbpf.func(
    'void *bpf_program__attach_tracepoint(void *program, const char *category, const char *name)',
  ) as (program: Pointer, category: string, name: string) => Pointer | null,
  /** `options`: struct bpf_uprobe_opts, see attach.ts. */
  programAttachUprobe: libbpf.func(
    'void *bpf_program__attach_uprobe_opts(void *program, int pid, const char *path, size_t offset, void *options)',
  ) as (program: Pointer, pid: number, path: string, offset: number, options: Uint8Array) => Pointer | null,
  programTestRun: libbpf.func('int bpf_prog_test_run_opts(int fd, void *options)') as (
    fd: number,
    options: Uint8Array,
  ) => number,
  linkDestroy: libbpf.func('int bpf_link__destroy(void *link)') as (link: Pointer) => number,
  mapFd: libbpf.func('int bpf_map__fd(void *map)') as (map: Pointer) => number,
  mapSetMaxEntries: libbpf.func('int bpf_map__set_max_entries(void *map, uint32_t count)') as (
    map: Pointer,
    count: number,
  ) => number,
  mapInitialValue: libbpf.func('void *bpf_map__initial_value(void *map, _Out_ size_t *bytes)') as (
    map: Pointer,
    bytes: [number],
  ) => Pointer | null,
  vmlinuxBtfId: libbpf.func('int libbpf_find_vmlinux_btf_id(const char *name, int attach_type)') as (
    name: string,
    attachType: number,
  ) => number,
  setPrint: libbpf.func('libbpf_set_print', 'void *', [printer]) as (callback: bigint) => unknown,
};

/** BPF_TRACE_RAW_TP of enum bpf_attach_type. */
export const ATTACH_RAW_TP = 23;

export const sys = {
  mmap: libc.func('void *mmap(void *at, size_t bytes, int protection, int flags, int fd, int64_t offset)') as (
    at: null,
    bytes: number,
    protection: number,
    flags: number,
    fd: number,
    offset: number,
  ) => Pointer,
  munmap: libc.func('int munmap(void *at, size_t bytes)') as (at: Pointer, bytes: number) => number,
  sysconf: libc.func('long sysconf(int name)') as (name: number) => number,
  close: libc.func('int close(int fd)') as (fd: number) => number,
  flock: libc.func('int flock(int fd, int operation)') as (fd: number, operation: number) => number,
  eventfd: libc.func('int eventfd(uint32_t value, int flags)') as (value: number, flags: number) => number,
  eventfdWrite: libc.func('int eventfd_write(int fd, uint64_t value)') as (fd: number, value: number) => number,
  epollCreate: libc.func('int epoll_create1(int flags)') as (flags: number) => number,
  epollCtl: libc.func('int epoll_ctl(int epoll, int operation, int fd, void *event)') as (
    epoll: number,
    operation: number,
    fd: number,
    event: Uint8Array,
  ) => number,
};

const epollWaitFunc = libc.func('int epoll_wait(int epoll, _Out_ uint8_t *events, int max, int timeout_ms)');

/** Waits on a pool thread. Resolves with the number of ready descriptors (0: timeout), or -1. */
export function epollWait(epoll: number, events: Uint8Array, max: number, timeout_ms: number): Promise<number> {
  return new Promise((resolve) => {
    epollWaitFunc.async(epoll, events, max, timeout_ms, (error: unknown, ready: number) => resolve(error ? -1 : ready));
  });
}

export const PAGE_BYTES: number = sys.sysconf(30); // _SC_PAGESIZE
/** PROT_READ, PROT_WRITE of mmap(2). */
export const PROT = { read: 1, write: 2 } as const;
const MAP_SHARED = 1;

/**
 * Maps a descriptor and returns its bytes without a copy.
 *
 * @throws TailtrapError `TT_MMAP`
 */
export function mapShared(fd: number, bytes: number, protection: number, offset: number, what: string): Mapping {
  const at = sys.mmap(null, bytes, protection, MAP_SHARED, fd, offset);
  if (at === null || BigInt.asIntN(64, at) === -1n) {
    throw new TailtrapError('TT_MMAP', `cannot map ${bytes} bytes of ${what} (errno ${koffi.errno()})`, {
      next: 'this needs root or CAP_BPF, and a kernel of 5.8 or later',
    });
  }
  return { address: at, bytes, buffer: koffi.view(at, bytes) };
}

/** Mapped memory. After `unmap` the buffer must not be touched any more: it would be a fault, not an exception. */
export interface Mapping {
  readonly address: Pointer;
  readonly bytes: number;
  readonly buffer: ArrayBuffer;
}

export function unmap(mapping: Mapping): void {
  sys.munmap(mapping.address, mapping.bytes);
}

/** Memory that libbpf owns, such as a map's initial value. */
export function viewOf(address: Pointer, bytes: number): ArrayBuffer {
  return koffi.view(address, bytes);
}

export function errno(): number {
  return koffi.errno();
}

/* ------------------------------------------------------------ libbpf's messages */

const messages: string[] = [];
const messageBytes = Buffer.alloc(MESSAGE_BYTES);
// A va_list that is passed on is a pointer to its state, on x86-64 and on arm64 alike, so vsnprintf takes it as it came.
const format = libc.func('int vsnprintf(_Out_ uint8_t *out, size_t bytes, void *format, void *arguments)') as (
  out: Uint8Array,
  bytes: number,
  fmt: unknown,
  args: unknown,
) => number;

const LIBBPF_WARN = 0;
const callback = koffi.register((level: number, fmt: unknown, args: unknown): number => {
  if (level > LIBBPF_WARN) return 0;
  const length = format(messageBytes, MESSAGE_BYTES, fmt, args);
  const text = messageBytes.toString('utf8', 0, Math.max(0, Math.min(length, MESSAGE_BYTES - 1)));
  for (const line of text.split('\n')) if (line.trim() !== '') messages.push(line);
  if (messages.length > MAX_MESSAGES) messages.splice(0, messages.length - MAX_MESSAGES);
  return 0;
}, printer);
bpf.setPrint(callback);

/** What libbpf said since the last call, oldest first. */
export function takeMessages(): string[] {
  return messages.splice(0);
}
