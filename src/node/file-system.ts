/**
 * `fs.promises` and its file handles.
 *
 * Node 20 publishes no channel for them, and watching them through async_hooks needs an init hook, which then runs for
 * every promise of the application. So the functions are wrapped, which costs only them; `import { readFile } from
 * 'node:fs/promises'` sees the wrapped ones too (module.syncBuiltinESMExports).
 *
 * The caller gets a promise that settles as the original, after it: a rejection that nobody handles is still unhandled.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { LatencyTracker } from '../tracker/tracker.ts';
import { type Origin, originDetails } from './context.ts';
import { type Described, errorWord, tame } from './outliers.ts';
import { ENDED, type Part, type PartTools } from './part.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Methods = Record<string, Method>;

const FUNCTIONS =
  'access appendFile chmod chown copyFile cp lchown link lstat lutimes mkdir mkdtemp open opendir readdir readFile readlink realpath rename rm rmdir stat statfs symlink truncate unlink utimes writeFile'.split(
    ' ',
  );
/** Not `close`: Node gives each handle one of its own. */
const HANDLE_METHODS =
  'appendFile chmod chown datasync read readFile readv stat sync truncate utimes write writeFile writev'.split(' ');

interface Operation {
  readonly name: string;
  readonly target: unknown;
  readonly origin: Origin | null;
  error: unknown;
}

function describe({ name, target, origin, error }: Operation, broken: boolean): Described {
  const { fd } = (typeof target === 'object' && target !== null ? target : {}) as { fd?: unknown };
  // Of a URL its path only: a query may hold secrets.
  const path = typeof fd === 'number' ? `fd ${fd}` : target instanceof URL ? target.pathname : String(target ?? '');
  const failure = broken ? { error: errorWord(error) } : {};
  return { key: { operation: name, path: tame(path) }, details: { ...failure, ...originDetails(origin) } };
}

/** Replaces methods; answers how to put them back. */
function replace(
  owner: Methods,
  names: readonly string[],
  wrap: (name: string, original: Method) => Method,
): () => void {
  const undo: (() => void)[] = [];
  for (const name of names) {
    const original = owner[name];
    if (typeof original !== 'function') continue;
    const wrapped = wrap(name, original);
    Object.defineProperty(wrapped, 'name', { value: original.name, configurable: true });
    Object.defineProperty(wrapped, 'length', { value: original.length, configurable: true });
    owner[name] = wrapped;
    undo.push(() => {
      if (owner[name] === wrapped) owner[name] = original; // unless somebody else has wrapped it since
    });
  }
  return () => {
    for (const step of undo) step();
  };
}

function wrapper(tracker: LatencyTracker, tools: PartTools, isHandle: boolean, onOpen: (handle: object) => void) {
  let operations = 0;
  return (name: string, original: Method): Method => {
    const label = isHandle ? `filehandle.${name}` : name;
    return function wrapped(this: unknown, ...args: unknown[]): unknown {
      const operation: Operation = {
        name: label,
        target: isHandle ? this : args[0],
        origin: tools.contexts.here(),
        error: null,
      };
      const begin_ns = performance.now() * 1e6;
      const result = original.apply(this, args);
      if (!(result instanceof Promise) || tracker.eventIn(++operations, begin_ns, operation) !== 0) return result;
      const handle = tracker.lastHandle;
      return result.then(
        (value: unknown) => {
          tracker.eventOutHandle(handle);
          if (name === 'open') onOpen(value as object);
          return value;
        },
        (error: unknown) => {
          operation.error = error;
          tracker.eventOutHandle(handle, undefined, ENDED.broken);
          throw error;
        },
      );
    };
  };
}

export const fileSystem: Part = (tools) => {
  const tracker = tools.tracker('fs.promises', describe);
  if (tracker === null) return () => {};
  const undo: (() => void)[] = [];
  let sawHandle = false;
  let stopped = false;
  const wrapHandle = wrapper(tracker, tools, true, () => {});
  const onOpen = tools.guard((handle: object) => {
    if (stopped) return;
    replace(handle as Methods, Object.hasOwn(handle, 'close') ? ['close'] : [], wrapHandle);
    // The class of file handles is not public: its methods are wrapped when the first handle comes by.
    if (sawHandle) return;
    sawHandle = true;
    undo.push(replace(Object.getPrototypeOf(handle) as Methods, HANDLE_METHODS, wrapHandle));
  });
  undo.push(replace(fs.promises as unknown as Methods, FUNCTIONS, wrapper(tracker, tools, false, onOpen)));
  syncBuiltinESMExports();
  return () => {
    stopped = true;
    for (const step of undo.splice(0)) step();
    syncBuiltinESMExports();
  };
};
