/** The kernel's tables of sockets, /proc/net/tcp and its like: pure, text in, addresses by inode out. */
import { ipv6Text } from './calls/sockets.ts';

export interface KnownSocket {
  /** AF_ and SOCK_ numbers. */
  readonly family: number;
  readonly type: number;
  /** '' when there is none. */
  readonly local: string;
  readonly peer: string;
  readonly listening: boolean;
}

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
/** TCP_LISTEN in net/tcp_states.h. */
const TCP_LISTEN = '0A';
/** __SO_ACCEPTCON in the flags of a unix socket. */
const ACCEPTS = 1 << 16;

/** Files below /proc/net, with the family and type of what they list. */
export const SOCKET_FILES: readonly (readonly [file: string, family: number, type: number])[] = [
  ['tcp', AF_INET, SOCK_STREAM],
  ['tcp6', AF_INET6, SOCK_STREAM],
  ['udp', AF_INET, SOCK_DGRAM],
  ['udp6', AF_INET6, SOCK_DGRAM],
  ['unix', AF_UNIX, 0],
];

/** Adds what one file lists. */
export function parseSockets(text: string, family: number, type: number, sockets: Map<number, KnownSocket>): void {
  for (const line of text.split('\n').slice(1)) {
    const words = line.trim().split(/\s+/);
    if (family === AF_UNIX) addUnix(words, sockets);
    else addInet(words, family, type, sockets);
  }
}

/** `sl local rem st tx:rx tr:when retrnsmt uid timeout inode ...` */
function addInet(words: readonly string[], family: number, type: number, sockets: Map<number, KnownSocket>): void {
  const inode = Number(words[9]);
  if (!(inode > 0)) return;
  const local = inetText(words[1] ?? '');
  const peer = inetText(words[2] ?? '');
  const hasPeer = !/:0$/.test(peer);
  sockets.set(inode, { family, type, local, peer: hasPeer ? peer : '', listening: words[3] === TCP_LISTEN });
}

/** `Num RefCount Protocol Flags Type St Inode Path` */
function addUnix(words: readonly string[], sockets: Map<number, KnownSocket>): void {
  const inode = Number(words[6]);
  if (!(inode > 0)) return;
  const listening = (Number.parseInt(words[3] ?? '0', 16) & ACCEPTS) !== 0;
  sockets.set(inode, {
    family: AF_UNIX,
    type: Number.parseInt(words[4] ?? '0', 16),
    local: words[7] ?? '',
    peer: '',
    listening,
  });
}

/** `0100007F:1F90`, `00000000000000000000000001000000:0016`: words of 32 bits in the order of the machine (little-endian). */
export function inetText(text: string): string {
  const [address = '', port = '0'] = text.split(':');
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).reverse(),
  );
  const number = Number.parseInt(port, 16);
  if (bytes.length === 4) return `${bytes.join('.')}:${number}`;
  if (bytes.length !== 16) return '';
  const words = Array.from({ length: 8 }, (_, i) => bytes[i * 2]! * 256 + bytes[i * 2 + 1]!);
  return `[${ipv6Text(words)}]:${number}`;
}
