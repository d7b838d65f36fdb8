/** node --require: writes the largest resident memory of the process, in KiB, to the file TAILTRAP_BENCH_PEAK at its end. */
const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.TAILTRAP_BENCH_PEAK, String(process.resourceUsage().maxRSS)));
