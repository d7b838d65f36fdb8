/**
 * Arguments of the inner calls, in memory.
 *
 * A number that is passed to a function which the compiler does not inline is first boxed on the heap: 16 bytes per call.
 * A typed array keeps it raw. One for all trackers: it is read before any code of the application can run.
 *
 * Why imported constants get local names in the hot files (`const staged = imported`): an import or export of a module
 * lives in a cell, which the compiled code loads and tests at each use; a constant that a module keeps to itself is
 * folded into the code. It was a sixth of the time of a pair.
 */
export const staged: Float64Array = new Float64Array(16); // 128 bytes: V8 keeps up to 64 in its heap, and moves them
/** The halves of the numbers, for hashing. */
export const stagedWords: Int32Array = new Int32Array(staged.buffer);
/** The number key of the event. */
export const STAGED_KEY = 0;
/** Its begin or end. */
export const STAGED_TIME = 1;
