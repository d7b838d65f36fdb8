/**
 * tailtrap/node: finds what is slow in a Node program, without touching its code. See docs/node.md.
 *
 *     node --import tailtrap/node app.js          or          import { instrument } from 'tailtrap/node'
 *
 * Named on Node's command line (or in NODE_OPTIONS) it begins at once; imported by a program it waits for `instrument()`.
 * register.ts begins always.
 */
import { isPreloaded } from './preloaded.ts';
import { start } from './start.ts';

export type { Outlier } from '../base/outlier.ts';
export type { Instrumentation, NodeStatistics } from './instrumentation.ts';
export type { InstrumentOptions, TrackerName } from './options.ts';
export { instrument, instrumentation } from './start.ts';

if (isPreloaded(process.execArgv, process.env.NODE_OPTIONS ?? '', import.meta.url)) start();
