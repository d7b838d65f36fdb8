/** `tailtrap/ctf` under Node: with folders. */

export { openFolder, tracesIn } from './folder.node.ts';
export * from './index.ts';
export { CtfFolder } from './node.ts';
export { mapSlices, type SliceAnswer, type SliceJob, type SliceResult, serveSlices } from './threads.node.ts';
