/** What the instrumentation of an HTTP server costs at least: Node publishes begin and end of a request, and somebody reads the clock. */
import diagnostics from 'node:diagnostics_channel';
import { performance } from 'node:perf_hooks';

let sum_ms = 0;
diagnostics.subscribe('http.server.request.start', () => {
  sum_ms -= performance.now();
});
diagnostics.subscribe('http.server.response.finish', () => {
  sum_ms += performance.now();
});
process.on('exit', () => {
  if (Number.isNaN(sum_ms)) throw new Error('the clock was not read');
});
