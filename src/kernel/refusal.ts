/** Turns what libbpf and the verifier say into one sentence: why a program was refused. */

const NO_BTF = /failed to find kernel BTF|kernel BTF is missing|vmlinux BTF is not found/i;

/** Did libbpf look for the types of the kernel in vain? */
export function lacksBtf(messages: readonly string[]): boolean {
  return messages.some((message) => NO_BTF.test(message));
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [NO_BTF, 'this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)'],
  [
    /Operation not permitted|-EPERM|\(-1\)|error -1\b/,
    'the kernel refuses BPF here (not root, no CAP_BPF and CAP_PERFMON, or lockdown)',
  ],
  [
    /Cannot allocate memory|-ENOMEM|error -12\b/,
    'not enough memory for its maps, or RLIMIT_MEMLOCK is too low (kernels before 5.11)',
  ],
];

/** Lines of a verifier log that are its verdict rather than its trace of instructions. */
const VERDICT =
  /not allowed|invalid|unbounded|R\d.*(min value|expected|type=)|too large|too complex|unknown func|unreachable|prohibited|must be|misaligned|leak|cannot|can't|can not|program of this type|out of range|infinite loop|dereference|unreleased/i;

/**
 * @param messages libbpf's warnings, oldest first
 * @returns a short reason; the verifier's verdict is quoted when there is one
 */
export function refusalOf(messages: readonly string[]): string {
  const all = messages.join('\n');
  const begin = messages.findIndex((line) => line.includes('BEGIN PROG LOAD LOG'));
  if (begin >= 0) {
    const end = messages.findIndex((line, i) => i > begin && line.includes('END PROG LOAD LOG'));
    const log = messages.slice(begin + 1, end < 0 ? undefined : end);
    const verdict = log
      .filter((line) => VERDICT.test(line) && !/^\s*\d+: \(/.test(line) && !line.startsWith(';'))
      .pop();
    if (verdict !== undefined) return `the verifier says: ${verdict.trim()}`;
  }
  for (const [pattern, reason] of REASONS) if (pattern.test(all)) return reason;
  const last = messages.at(-1);
  return last === undefined ? 'libbpf gave no reason' : last.replace(/^libbpf: /, '').trim();
}
