/** `tailtrap/ctf` under Node: with folders. */

export { openFolder, tracesIn } from './folder.node.ts';
export * from './index.ts';
export { CtfFolder } from './node.ts';
