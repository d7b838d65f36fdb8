/** Calls that make, copy and close descriptors. */
import type { Descriptors } from '../descriptors.ts';
import { joinPath, kindOfPath, told } from '../paths.ts';
import { NONE } from '../table.ts';
import { FILE_EVENT, FILE_FOLDER, FILE_OTHER, FILE_PIPE, FILE_REGULAR } from '../tables/files.ts';
import type { Calls, Effect } from './calls.ts';
import { duplicates } from './duplicates.ts';

const O_CLOEXEC = 0o2000000;
const O_DIRECTORY = 0o200000;
const AT_FDCWD = -100;
const CLOSE_RANGE_UNSHARE = 2;
const CLOSE_RANGE_CLOEXEC = 4;
const CLONE_FILES = 0x400;

/** Calls that return a descriptor of something without a path; bit of its close-on-exec flag (0: none, -1: always). */
const NAMELESS: readonly (readonly [call: string, path: string, cloexec: number, type: number])[] = [
  ['eventfd', 'anon_inode:[eventfd]', 0, FILE_EVENT],
  ['eventfd2', 'anon_inode:[eventfd]', O_CLOEXEC, FILE_EVENT],
  ['epoll_create', 'anon_inode:[eventpoll]', 0, FILE_EVENT],
  ['epoll_create1', 'anon_inode:[eventpoll]', O_CLOEXEC, FILE_EVENT],
  ['timerfd_create', 'anon_inode:[timerfd]', O_CLOEXEC, FILE_EVENT],
  ['signalfd', 'anon_inode:[signalfd]', 0, FILE_EVENT],
  ['signalfd4', 'anon_inode:[signalfd]', O_CLOEXEC, FILE_EVENT],
  ['inotify_init', 'anon_inode:inotify', 0, FILE_EVENT],
  ['inotify_init1', 'anon_inode:inotify', O_CLOEXEC, FILE_EVENT],
  ['fanotify_init', 'anon_inode:[fanotify]', 1, FILE_EVENT],
  ['userfaultfd', 'anon_inode:[userfaultfd]', O_CLOEXEC, FILE_EVENT],
  ['perf_event_open', 'anon_inode:[perf_event]', 8, FILE_EVENT],
  ['io_uring_setup', 'anon_inode:[io_uring]', -1, FILE_EVENT],
  ['pidfd_open', 'anon_inode:[pidfd]', -1, FILE_EVENT],
  ['landlock_create_ruleset', 'anon_inode:[landlock-ruleset]', -1, FILE_EVENT],
  ['fsopen', 'anon_inode:[fscontext]', 1, FILE_OTHER],
  ['fspick', 'anon_inode:[fscontext]', 1, FILE_OTHER],
  ['memfd_secret', '/secretmem', O_CLOEXEC, FILE_REGULAR],
];

export function fileEffects(calls: Calls, descriptors: Descriptors): Record<string, Effect> {
  const opening = openEffect(calls, descriptors);
  return {
    open: opening,
    openat: opening,
    openat2: opening,
    creat: opening,
    open_by_handle_at: opening,
    open_tree: opening,
    memfd_create: memfdEffect(calls, descriptors),
    ...Object.fromEntries(NAMELESS.map((row) => [row[0], namelessEffect(calls, descriptors, row)])),
    close: closeEffect(calls, descriptors),
    close_range: closeRangeEffect(descriptors),
    ...duplicates(calls, descriptors),
    pipe: pipeEffect(calls, descriptors),
    pipe2: pipeEffect(calls, descriptors),
    ...folderEffects(calls, descriptors),
    unshare: {
      enter: keep(calls, 'flags', 'unshare_flags'),
      leave: () => (_event, task, ret) => {
        if (ret === 0 && (calls.pending.extra[task]! & CLONE_FILES) !== 0) {
          descriptors.unshare(descriptors.threads.processOf(task));
        }
      },
    },
    clone: { enter: keep(calls, 'flags', 'clone_flags') },
  };
}

/** Keeps the first of the arguments that there is until the call ends. */
function keep(calls: Calls, ...names: string[]): NonNullable<Effect['enter']> {
  return (fields) => {
    const value = fields.number(...names);
    return (event, task) => {
      calls.pending.extra[task] = value === null ? 0 : value(event);
    };
  };
}

function openEffect(calls: Calls, descriptors: Descriptors): Effect {
  const { pending } = calls;
  const { model } = descriptors;
  const { files, fds, processes, texts } = model;
  const folderOf = (task: number, dfd: number): string => {
    const process = model.tasks.process.data[task]!;
    if (process === NONE) return '';
    if (dfd === AT_FDCWD) return texts.text(processes.directory.data[process]!);
    const row = descriptors.find(processes.files.data[process]!, dfd);
    return row === NONE ? '' : texts.text(files.path.data[fds.file.data[row]!]!);
  };
  return {
    enter: (fields) => {
      const path = fields.text('filename', 'pathname');
      const folder = fields.number('dfd');
      const flags = fields.number('flags');
      return (event, task) => {
        const given = path === null ? '' : told(path(event));
        const from = folder === null ? AT_FDCWD : folder(event) | 0;
        pending.text[task] = given.startsWith('/') ? given : joinPath(folderOf(task, from), given);
        pending.extra[task] = flags === null ? Number.NaN : flags(event);
      };
    },
    leave: () => (_event, task, ret) => {
      if (!(ret >= 0)) return;
      const flags = pending.extra[task]!;
      const path = pending.text[task] ?? '';
      const type = path === '' || path.startsWith('/') ? kindOfPath(path).type : FILE_REGULAR;
      const file = descriptors.newFile((flags & O_DIRECTORY) !== 0 ? FILE_FOLDER : type, path);
      if (file === NONE) return;
      if (!Number.isNaN(flags)) files.flags.set(file, flags);
      const row = descriptors.open(task, ret, file, (flags & O_CLOEXEC) !== 0);
      if (path === '' && row !== NONE) descriptors.onNameless?.(row);
    },
  };
}

function memfdEffect(calls: Calls, descriptors: Descriptors): Effect {
  return {
    enter: (fields) => {
      const name = fields.text('uname', 'uname_ptr', 'name');
      const flags = fields.number('flags');
      return (event, task) => {
        calls.pending.text[task] = name === null ? '' : told(name(event));
        calls.pending.extra[task] = flags === null ? 0 : flags(event);
      };
    },
    leave: () => (_event, task, ret) => {
      if (!(ret >= 0)) return;
      const name = calls.pending.text[task] ?? '';
      const file = descriptors.newFile(FILE_REGULAR, `/memfd:${name}`);
      const row = descriptors.open(task, ret, file, (calls.pending.extra[task]! & 1) !== 0);
      if (name === '' && row !== NONE) descriptors.onNameless?.(row);
    },
  };
}

function namelessEffect(
  calls: Calls,
  descriptors: Descriptors,
  [name, path, cloexec, type]: (typeof NAMELESS)[number],
): Effect {
  return {
    enter: (fields) => {
      const flags = fields.number('flags');
      const pid = name === 'pidfd_open' ? fields.number('pid') : null;
      return (event, task) => {
        calls.pending.extra[task] = cloexec === -1 ? -1 : flags === null ? 0 : flags(event) & cloexec;
        calls.pending.subject[task] = pid === null ? Number.NaN : pid(event);
      };
    },
    leave: () => (_event, task, ret) => {
      if (!(ret >= 0)) return;
      const pid = calls.pending.subject[task]!;
      const file = descriptors.newFile(type, Number.isNaN(pid) ? path : `${path} of ${pid}`);
      descriptors.open(task, ret, file, calls.pending.extra[task] !== 0);
    },
  };
}

function closeEffect(calls: Calls, descriptors: Descriptors): Effect {
  // The kernel takes the number out of the table first, whatever the call returns: another thread may have it again
  // before the call ends.
  return {
    enter: (fields) => {
      const fd = fields.number('fd');
      return fd === null
        ? null
        : (event, task) => {
            const number = fd(event);
            calls.pending.subject[task] = number;
            const set = descriptors.setOfTask(task);
            if (set !== NONE) descriptors.close(set, number);
          };
    },
  };
}

function closeRangeEffect(descriptors: Descriptors): Effect {
  const { fds } = descriptors.model;
  return {
    enter: (fields) => {
      const first = fields.number('fd', 'first');
      const last = fields.number('max_fd', 'last');
      const flags = fields.number('flags');
      if (first === null || last === null) return null;
      return (event, task) => {
        const how = flags === null ? 0 : flags(event);
        if ((how & CLOSE_RANGE_UNSHARE) !== 0) descriptors.unshare(descriptors.threads.processOf(task));
        const set = descriptors.setOfTask(task);
        if (set === NONE) return;
        // Unsigned: ~0 is the last of all.
        descriptors.forEach(set, first(event) >>> 0, last(event) >>> 0, (row, fd) => {
          if ((how & CLOSE_RANGE_CLOEXEC) !== 0) fds.closeOnExec.set(row, 1);
          else descriptors.close(set, fd);
        });
      };
    },
  };
}

function pipeEffect(calls: Calls, descriptors: Descriptors): Effect {
  const { files } = descriptors.model;
  // Ends of one pipe have one number; those of /proc are inodes, above 0.
  let pipes = 0;
  return {
    enter: keep(calls, 'flags'),
    leave: (fields) => {
      const numbers = fields.value('fildes');
      return (event, task, ret) => {
        if (ret !== 0) return;
        const pair = numbers === null ? null : numbers(event);
        if (!Array.isArray(pair) || pair.length !== 2) {
          descriptors.onUnseen?.(descriptors.threads.processOf(task));
          return;
        }
        pipes--;
        for (const fd of pair) {
          const file = descriptors.newFile(FILE_PIPE, 'pipe');
          if (file !== NONE) files.ends.set(file, pipes);
          descriptors.open(task, Number(fd), file, (calls.pending.extra[task]! & O_CLOEXEC) !== 0);
        }
      };
    },
  };
}

/** The folder that relative paths begin in. */
function folderEffects(calls: Calls, descriptors: Descriptors): Record<string, Effect> {
  const { pending } = calls;
  const { files, fds, processes, texts } = descriptors.model;
  const change = (task: number, path: string): void => {
    const process = descriptors.threads.processOf(task);
    if (process === NONE) return;
    const now = joinPath(texts.text(processes.directory.data[process]!), path);
    processes.directory.set(process, texts.number(now.startsWith('/') ? now : ''));
  };
  return {
    chdir: {
      enter: (fields) => {
        const path = fields.text('filename');
        return path === null
          ? null
          : (event, task) => {
              pending.text[task] = told(path(event));
            };
      },
      leave: () => (_event, task, ret) => {
        if (ret === 0) change(task, pending.text[task] ?? '');
      },
    },
    fchdir: {
      enter: (fields) => {
        const fd = fields.number('fd');
        return fd === null
          ? null
          : (event, task) => {
              pending.subject[task] = fd(event);
            };
      },
      leave: () => (_event, task, ret) => {
        if (ret !== 0) return;
        const row = descriptors.ensure(task, pending.subject[task]!);
        if (row !== NONE) change(task, texts.text(files.path.data[fds.file.data[row]!]!));
      },
    },
  };
}
