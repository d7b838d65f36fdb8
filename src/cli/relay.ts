import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { messageOf, TailtrapError, UsageError } from '../base/errors.ts';
import { DEFAULT_CONTROL_PORT, DEFAULT_DATA_PORT } from '../lttng/protocol/control.ts';
import { MAX_TOKEN_BYTES } from '../lttng/protocol/token.ts';
import { formatAddress, isLoopback, type ListenAddress, parseAddress } from '../lttng/relay/address.ts';
import { type DaemonOptions, RelayDaemon } from '../lttng/relay/daemon.ts';
import type { Port } from '../lttng/relay/gate.ts';
import { DEFAULT_LIMITS, type Limits } from '../lttng/relay/limits.ts';
import { LiveServer } from '../lttng/relay/live/server.ts';
import { OutputFolder } from '../lttng/relay/output.ts';
import { notify, passedSockets } from '../lttng/relay/systemd.ts';
import { type Command, defineCommand, type OptionSpecs, type OptionValues } from './command.ts';
import { untilAborted } from './deadline.ts';

const DEFAULT_LIVE_PORT = 5344;
const NS_PER_MS = 1e6;

/** As lttng-relayd listens: producers come from anywhere, viewers sit here. */
const DEFAULT_ADDRESSES: Readonly<Record<Port, ListenAddress>> = {
  control: { host: '0.0.0.0', port: DEFAULT_CONTROL_PORT },
  data: { host: '0.0.0.0', port: DEFAULT_DATA_PORT },
  live: { host: '127.0.0.1', port: DEFAULT_LIVE_PORT },
};

const OPTIONS = {
  'control-port': { type: 'string', short: 'C', value: 'URL', help: 'where producers connect (tcp://0.0.0.0:5342)' },
  'data-port': { type: 'string', short: 'D', value: 'URL', help: 'where their packets come (tcp://0.0.0.0:5343)' },
  'live-port': { type: 'string', short: 'L', value: 'URL', help: 'where viewers connect (tcp://127.0.0.1:5344)' },
  output: { type: 'string', short: 'o', value: 'DIR', help: 'where traces go (~/lttng-traces)' },
  'no-output': { type: 'boolean', help: 'write nothing: keep the newest packets in memory, for viewers' },
  'group-output-by-host': { type: 'boolean', short: 'p', help: 'DIR/HOST/SESSION-TIME, the default' },
  'group-output-by-session': { type: 'boolean', short: 's', help: 'DIR/SESSION/HOST-TIME' },
  'working-directory': { type: 'string', short: 'w', value: 'DIR', help: 'go there first' },
  'any-data-address': { type: 'boolean', help: 'packets may come from another address than their session (NAT)' },
  'disallow-clear': { type: 'boolean', short: 'x', help: 'producers may not clear what they sent' },
  'tls-cert': { type: 'string', value: 'FILE', help: 'speak TLS on all ports; plain LTTng tools cannot' },
  'tls-key': { type: 'string', value: 'FILE', help: 'private key of the certificate' },
  token: { type: 'string', value: '@FILE', help: 'what every client has to send first; @FILE reads it from a file' },
  'max-packet': { type: 'size', value: 'SIZE', help: 'of one packet (64MiB)' },
  'max-metadata': { type: 'size', value: 'SIZE', help: 'of one trace (64MiB)' },
  'max-streams': { type: 'integer', value: 'N', min: 1, help: 'open streams of one session (16384)' },
  'max-connections': { type: 'integer', value: 'N', min: 1, help: 'of one address at one port (512)' },
  'max-incoming': { type: 'size', value: 'SIZE', help: 'of what arrives and is not written yet, in all (256MiB)' },
  'max-memory': { type: 'size', value: 'SIZE', help: 'with --no-output: packets kept of all streams (512MiB)' },
  'idle-timeout': { type: 'duration', value: 'D', help: 'cut off connections that are silent so long (never)' },
  verbose: { type: 'boolean', short: 'v', help: 'tell of sessions that come and end' },
} as const satisfies OptionSpecs;

export const command: Command = defineCommand({
  name: 'relay',
  summary: 'the relay daemon of LTTng: receive traces, serve them live',
  description:
    'Stands in for lttng-relayd: hosts send their traces here (lttng create --live -U net://HOST), viewers watch them\n' +
    '(tailtrap cat net://HOST, babeltrace2, lttng view). Runs until Ctrl-C, SIGTERM or SIGHUP. See docs/relay.md.',
  options: OPTIONS,
  examples: [
    { line: 'tailtrap relay -o /var/lib/traces', does: 'ports 5342 to 5344, as lttng-relayd' },
    { line: 'tailtrap relay --no-output', does: 'live viewing without a disk' },
    {
      line: 'tailtrap relay -C tcp://127.0.0.1:15342 -D tcp://127.0.0.1:15343 -L tcp://127.0.0.1:15344',
      does: 'for a trial',
    },
  ],
  async run({ options, log, signal }) {
    if (options['working-directory'] !== undefined) goTo(options['working-directory']);
    const settings = daemonOptions(options, log);
    warnIfOpen(settings, log);
    const daemon = await RelayDaemon.start(settings);
    if (options.verbose) tellSessions(daemon, log);
    const where = settings.output === null ? 'memory' : settings.output.root;
    const ports = Object.entries(daemon.addresses).map(([port, address]) => `${port} ${formatAddress(address)}`);
    log(`relay listens: ${ports.join(', ')}; traces go to ${where}`);
    notify('READY=1', process.env, log);
    await untilAborted(signal);
    notify('STOPPING=1', process.env, log);
    await daemon.close();
    return 0;
  },
});

function daemonOptions(options: OptionValues<typeof OPTIONS>, log: (line: string) => void): DaemonOptions {
  if (options['group-output-by-host'] && options['group-output-by-session']) {
    throw new UsageError('TT_USAGE', 'traces are grouped by host or by session', { next: 'give one of the two' });
  }
  if (options['no-output'] && options.output !== undefined) {
    throw new UsageError('TT_USAGE', '--output and --no-output exclude each other', { next: 'give one of the two' });
  }
  const address = (port: Port): ListenAddress => {
    const text = options[`${port}-port`];
    return text === undefined ? DEFAULT_ADDRESSES[port] : parseAddress(text, `--${port}-port`, DEFAULT_ADDRESSES[port]);
  };
  const root = options.output ?? join(process.env.LTTNG_HOME ?? homedir(), 'lttng-traces');
  return {
    output: options['no-output'] ? null : new OutputFolder(resolve(root)),
    limits: limits(options),
    grouping: options['group-output-by-session'] ? 'session' : 'host',
    allowClear: !options['disallow-clear'] && !isSet(process.env.LTTNG_RELAYD_DISALLOW_CLEAR),
    anyDataAddress: options['any-data-address'],
    addresses: { control: address('control'), data: address('data'), live: address('live') },
    sockets: passedSockets(process.env, process.pid),
    tls: readTls(options['tls-cert'], options['tls-key']),
    token: readToken(options.token),
    log: (line) => log(`relay: ${line}`),
    makeLive: (store) => new LiveServer(store, limits(options)),
  };
}

/** As lttng-relayd reads its variables: set to anything but 0. */
const isSet = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0';

function limits(options: OptionValues<typeof OPTIONS>): Limits {
  const packet_bytes = options['max-packet'] ?? DEFAULT_LIMITS.packet_bytes;
  const metadata_bytes = options['max-metadata'] ?? DEFAULT_LIMITS.metadata_bytes;
  return {
    ...DEFAULT_LIMITS,
    packet_bytes,
    metadata_bytes,
    request_bytes: Math.max(DEFAULT_LIMITS.request_bytes, metadata_bytes),
    streamsPerSession: options['max-streams'] ?? DEFAULT_LIMITS.streamsPerSession,
    connectionsPerAddress: options['max-connections'] ?? DEFAULT_LIMITS.connectionsPerAddress,
    keptTotal_bytes: options['max-memory'] ?? DEFAULT_LIMITS.keptTotal_bytes,
    incoming_bytes: options['max-incoming'] ?? DEFAULT_LIMITS.incoming_bytes,
    idle_ms: (options['idle-timeout'] ?? 0) / NS_PER_MS,
  };
}

function goTo(folder: string): void {
  try {
    process.chdir(folder);
  } catch (error) {
    throw new TailtrapError('TT_RELAY_FOLDER', `cannot go to ${folder}: ${messageOf(error)}`, {
      next: 'make it first',
    });
  }
}

function readTls(cert: string | undefined, key: string | undefined): DaemonOptions['tls'] {
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined) {
    throw new UsageError('TT_USAGE', 'TLS needs a certificate and its key', { next: 'give --tls-cert and --tls-key' });
  }
  const tls = { cert: readFile(cert, '--tls-cert'), key: readFile(key, '--tls-key') };
  checkTls({ cert: tls.cert }, cert, 'is no certificate in PEM form: look at --tls-cert');
  checkTls({ key: tls.key }, key, 'is no private key in PEM form without a password: look at --tls-key');
  checkTls(tls, `${cert} and ${key}`, 'do not belong together: look at --tls-cert and --tls-key');
  return tls;
}

/** OpenSSL's own messages name no file. */
function checkTls(parts: SecureContextOptions, where: string, what: string): void {
  const [message, next] = what.split(': ') as [string, string];
  try {
    createSecureContext(parts);
  } catch (error) {
    throw new TailtrapError('TT_RELAY_TLS', `${where} ${message} (${messageOf(error)})`, { next, cause: error });
  }
}

function readToken(text: string | undefined): string | null {
  if (text === undefined) return null;
  const token = text.startsWith('@') ? readFile(text.slice(1), '--token').toString().trim() : text;
  if (token !== '' && !/[\r\n]/.test(token) && Buffer.byteLength(token) <= MAX_TOKEN_BYTES) return token;
  throw new UsageError('TT_USAGE', '--token is no token', { next: `give one line of 1 to ${MAX_TOKEN_BYTES} bytes` });
}

function readFile(path: string, option: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new TailtrapError('TT_RELAY_FILE', `cannot read ${path}: ${messageOf(error)}`, { next: `look at ${option}` });
  }
}

function warnIfOpen({ addresses, sockets, tls, token }: DaemonOptions, log: (line: string) => void): void {
  if (sockets !== null || (tls !== null && token !== null)) return;
  const open = Object.values(addresses).filter(({ host }) => !isLoopback(host));
  if (open.length === 0) return;
  const lacks = [tls === null ? 'not encrypted' : '', token === null ? 'open to everybody who reaches them' : ''];
  log(`${open.map(formatAddress).join(' and ')}: ${lacks.filter((text) => text !== '').join(', ')} (docs/relay.md)`);
}

function tellSessions({ relay }: RelayDaemon, log: (line: string) => void): void {
  let known: ReadonlySet<number> = new Set();
  relay.onSessions(() => {
    const sessions = relay.sessions();
    for (const { id, name, hostname, minor, folder } of sessions) {
      if (!known.has(id)) log(`relay: session ${id} begins: ${name} of ${hostname}, protocol 2.${minor}, ${folder}`);
    }
    const now = new Set(sessions.map(({ id }) => id));
    for (const id of known) if (!now.has(id)) log(`relay: session ${id} ends`);
    known = now;
  });
}
