import { UsageError } from '../base/errors.ts';
import { listSessions } from '../lttng/viewer/index.ts';
import { parseLiveUrl, sessionUrl } from '../lttng/viewer/url.ts';
import { type Command, defineCommand } from './command.ts';

export const command: Command = defineCommand({
  name: 'sessions',
  summary: 'list the live sessions of a relay',
  description:
    'One line for each session: how cat, report and babeltrace2 -i lttng-live are told of it, and the live timer in\n' +
    'microseconds (0: not live, cannot be watched). A session with kernel and user-space tracing is two to the relay.',
  operands: { text: 'net://HOST[:PORT]', min: 1, max: 1 },
  options: {},
  examples: [
    { line: 'tailtrap sessions net://relay', does: 'all of them' },
    { line: "tailtrap sessions net://relay --json | jq -r 'select(.clients == 0).url'", does: 'those nobody watches' },
  ],
  async run({ operands: [url = ''], out, signal }) {
    const relay = parseLiveUrl(url);
    if ('session' in relay) {
      throw new UsageError('TT_LIVE_URL', `'${url}' names a session, not a relay`, { next: `tailtrap cat ${url}` });
    }
    for (const { id, hostname, name, liveTimer_us, streams, clients, format } of await listSessions(url, { signal })) {
      const address = sessionUrl(relay, hostname, name);
      const record = {
        url: address,
        id,
        host: hostname,
        session: name,
        live_timer_us: liveTimer_us,
        streams,
        clients,
        format,
      };
      // The layout of babeltrace2's list.
      out.record(
        record,
        () => `${address} (timer = ${liveTimer_us}, ${streams} stream(s), ${clients} client(s) connected)`,
      );
    }
    return 0;
  },
});
