/**
 * tailtrap/node/register: begins to track as soon as it is imported, whoever names it and by whatever path. For `--import` and
 * NODE_OPTIONS. See docs/node.md.
 */
import { start } from './start.ts';

start();
