/** Where a processor's registers are in the `pt_regs` that a uprobe program is given. */

export interface Registers {
  /** Byte offset of each register, by its assembler name. */
  readonly offsets: Readonly<Record<string, number>>;
  /** Those of a function's first arguments (integers and pointers), in order. */
  readonly args: readonly string[];
  readonly result: string;
}

function inOrder(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, 8 * i]));
}

/** arch/x86/include/asm/ptrace.h; calling convention: System V ABI, AMD64 supplement, 3.2.3. */
const X64: Registers = {
  offsets: inOrder(
    'r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss'.split(' '),
  ),
  args: ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'],
  result: 'rax',
};

/** struct user_pt_regs of arch/arm64/include/uapi/asm/ptrace.h; calling convention: AAPCS64. */
const ARM64: Registers = {
  offsets: inOrder([...Array.from({ length: 31 }, (_, i) => `x${i}`), 'sp', 'pc', 'pstate']),
  args: ['x0', 'x1', 'x2', 'x3', 'x4', 'x5'],
  result: 'x0',
};

/** Null for a processor that tailtrap does not know. */
export function registersOf(arch: string): Registers | null {
  return arch === 'x64' ? X64 : arch === 'arm64' ? ARM64 : null;
}

/** Offset of a register by any of its names (`eax`, `ax`, `al`, `r8d`, `w3`), or null. The low bytes come first. */
export function registerOffset(arch: string, name: string): number | null {
  const registers = registersOf(arch);
  if (registers === null) return null;
  const whole = arch === 'x64' ? wholeX64(name) : name.replace(/^w(\d+)$/, 'x$1');
  return Object.hasOwn(registers.offsets, whole) ? registers.offsets[whole]! : null;
}

function wholeX64(name: string): string {
  const numbered = /^(r\d+)[dwb]$/.exec(name);
  if (numbered !== null) return numbered[1]!;
  const letter = /^[er]?([abcd])x$/.exec(name) ?? /^([abcd])l$/.exec(name);
  if (letter !== null) return `r${letter[1]}x`;
  const other = /^[er]?(si|di|bp|sp)l?$/.exec(name);
  return other === null ? name : `r${other[1]}`;
}
