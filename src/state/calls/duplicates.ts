/** Calls that make a second descriptor of an open file, or change what a descriptor does at exec. */
import type { Descriptors } from '../descriptors.ts';
import { NONE } from '../table.ts';
import { FILE_UNKNOWN } from '../tables/files.ts';
import type { Calls, Effect } from './calls.ts';
import type { CallFields } from './fields.ts';

const O_CLOEXEC = 0o2000000;
const FD_CLOEXEC = 1;
const F_DUPFD = 0;
const F_SETFD = 2;
const F_SETFL = 4;
const F_DUPFD_CLOEXEC = 1030;
const FIOCLEX = 0x5451;
const FIONCLEX = 0x5450;

export function duplicates(calls: Calls, descriptors: Descriptors): Record<string, Effect> {
  const { pending } = calls;
  const { fds, files } = descriptors.model;
  const fromField = (fields: CallFields): ReturnType<CallFields['number']> => fields.number('fildes', 'oldfd', 'fd');
  const copying: Effect = {
    enter: (fields) => {
      const from = fromField(fields);
      const flags = fields.number('flags');
      if (from === null) return null;
      return (event, task) => {
        pending.subject[task] = from(event);
        pending.extra[task] = flags === null ? 0 : flags(event) & O_CLOEXEC;
      };
    },
    leave: () => (_event, task, ret) => {
      if (ret >= 0) descriptors.duplicate(task, pending.subject[task]!, ret, pending.extra[task] !== 0);
    },
  };
  return {
    dup: copying,
    dup2: copying,
    dup3: copying,
    fcntl: {
      enter: (fields) => {
        const fd = fields.number('fd');
        const command = fields.number('cmd');
        const argument = fields.number('arg');
        if (fd === null || command === null || argument === null) return null;
        return (event, task) => {
          pending.subject[task] = fd(event);
          const number = command(event);
          // Most calls only ask.
          const matters = number === F_DUPFD || number === F_DUPFD_CLOEXEC || number === F_SETFD || number === F_SETFL;
          pending.extra[task] = matters ? number + (argument(event) & 0x7ffffff) * 4096 : Number.NaN;
        };
      },
      leave: () => (_event, task, ret) => {
        const packed = pending.extra[task]!;
        if (Number.isNaN(packed) || !(ret >= 0)) return;
        const command = packed % 4096;
        const argument = Math.floor(packed / 4096);
        const fd = pending.subject[task]!;
        if (command === F_DUPFD || command === F_DUPFD_CLOEXEC) {
          descriptors.duplicate(task, fd, ret, command === F_DUPFD_CLOEXEC);
          return;
        }
        const row = descriptors.ensure(task, fd);
        if (row === NONE) return;
        if (command === F_SETFD) fds.closeOnExec.set(row, (argument & FD_CLOEXEC) !== 0 ? 1 : 0);
        else files.flags.set(fds.file.data[row]!, argument);
      },
    },
    ioctl: {
      enter: (fields) => {
        const fd = fields.number('fd');
        const command = fields.number('cmd');
        if (fd === null || command === null) return null;
        return (event, task) => {
          pending.subject[task] = fd(event);
          pending.extra[task] = command(event);
        };
      },
      leave: () => (_event, task, ret) => {
        const command = pending.extra[task]!;
        if (ret !== 0 || (command !== FIOCLEX && command !== FIONCLEX)) return;
        const row = descriptors.ensure(task, pending.subject[task]!);
        if (row !== NONE) fds.closeOnExec.set(row, command === FIOCLEX ? 1 : 0);
      },
    },
    pidfd_getfd: {
      enter: (fields) => {
        const pidfd = fields.number('pidfd');
        const target = fields.number('fd', 'targetfd');
        if (pidfd === null || target === null) return null;
        return (event, task) => {
          pending.subject[task] = pidfd(event);
          pending.extra[task] = target(event);
        };
      },
      leave: () => (_event, task, ret) => {
        if (ret >= 0) takeFrom(descriptors, task, pending.subject[task]!, pending.extra[task]!, ret);
      },
    },
  };
}

/** A descriptor of another process, through a pidfd. */
function takeFrom(descriptors: Descriptors, task: number, pidfd: number, target: number, fd: number): void {
  const { fds, files, texts, processes } = descriptors.model;
  const row = descriptors.ensure(task, pidfd);
  if (row === NONE) return;
  const pid = Number(/ of (\d+)$/.exec(texts.text(files.path.data[fds.file.data[row]!]!))?.[1] ?? NONE);
  const other = descriptors.threads.findProcess(pid);
  const set = other === NONE ? NONE : processes.files.data[other]!;
  const theirs = set === NONE ? NONE : descriptors.find(set, target);
  const file = theirs === NONE ? descriptors.newFile(FILE_UNKNOWN, '') : fds.file.data[theirs]!;
  descriptors.open(task, fd, file, true);
}
