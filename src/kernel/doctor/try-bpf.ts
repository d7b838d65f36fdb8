/** The two questions that only libbpf can answer. Kept apart from libbpf.ts, which needs all its functions to exist. */
import { closeSync } from 'node:fs';
import koffi from 'koffi';
import { messageOf } from '../../base/errors.ts';
import type { Attempt } from './machine.ts';

const LIBBPF = 'libbpf.so.1';
const BPF_PROG_TYPE_RAW_TRACEPOINT = 17;

/** `r0 = 0; exit`: two instructions of eight bytes each. */
const DO_NOTHING = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);

export function tryLibbpf(): Attempt {
  try {
    const version = koffi.load(LIBBPF).func('const char *libbpf_version_string()');
    return { ok: true, detail: String(version()) };
  } catch (error) {
    return { ok: false, why: messageOf(error) };
  }
}

export function tryBpfProgram(): Attempt {
  try {
    const load = koffi
      .load(LIBBPF)
      .func(
        'int bpf_prog_load(int type, const char *name, const char *license, void *code, size_t count, void *options)',
      );
    const fd: number = load(BPF_PROG_TYPE_RAW_TRACEPOINT, 'tt_doctor', 'GPL', DO_NOTHING, DO_NOTHING.length / 8, null);
    if (fd < 0) return { ok: false, why: errorName(-fd) };
    closeSync(fd);
    return { ok: true, detail: '' };
  } catch (error) {
    return { ok: false, why: messageOf(error) };
  }
}

function errorName(errno: number): string {
  const names = koffi.os.errno as Readonly<Record<string, number>>;
  return Object.keys(names).find((name) => names[name] === errno) ?? `errno ${errno}`;
}
