/** Recorded connections of LTTng's daemons, and sending them again to a relay. */
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const MAGIC_BYTES = 8;
const RECORD_BYTES = 13;

/**
 * @typedef {{at_s: number, connection: string, port: 'control'|'data'|'live', reply: boolean, bytes: Buffer}} Step
 * A piece of a connection; of a reply only the length matters.
 */

/**
 * A folder with `control-001.cap`, `data-001.cap.gz` ... One file is one connection: 8 bytes of magic, then records of
 * time (f64, big-endian), direction (0 request, 1 reply, 2 end by the peer, 3 by the relay), length (u32) and bytes.
 *
 * @returns {Step[]} in order of time
 */
export function readCaps(folder, only = /^(control|data)/) {
  const names = readdirSync(folder).filter((name) => /\.cap(\.gz)?$/.test(name) && only.test(name));
  return inOrder(names.flatMap((name) => readCap(join(folder, name), name)));
}

function readCap(path, name) {
  const stored = readFileSync(path);
  const file = name.endsWith('.gz') ? gunzipSync(stored) : stored;
  const steps = [];
  for (let at = MAGIC_BYTES; at + RECORD_BYTES <= file.length; ) {
    const [at_s, direction, length] = [file.readDoubleBE(at), file[at + 8], file.readUInt32BE(at + 9)];
    at += RECORD_BYTES;
    const port = name.startsWith('control') ? 'control' : name.startsWith('data') ? 'data' : 'live';
    const bytes = file.subarray(at, at + length);
    if (direction < 2) steps.push({ at_s, connection: name, port, reply: direction === 1, bytes });
    else if (direction === 2) steps.push({ at_s, connection: name, port, reply: false, bytes: null });
    at += length;
  }
  return steps;
}

/** Reassembled streams with an index.json. @returns {Step[]} in order of time */
export function readStreams(folder) {
  const ports = { 5342: 'control', 5343: 'data', 5344: 'live' };
  const connections = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  const steps = connections.flatMap(({ conn, server_port, t0, t1, c2s, s2c }) => {
    const port = ports[server_port];
    const side = ({ file }, reply) => {
      const bytes = readFileSync(join(folder, file));
      const segments = JSON.parse(readFileSync(join(folder, file.replace('.bin', '.segs.json')), 'utf8'));
      return segments.map(([from, length, after_s]) => {
        return { at_s: t0 + after_s, connection: `${conn}`, port, reply, bytes: bytes.subarray(from, from + length) };
      });
    };
    const end = { at_s: t1 + 1e-6, connection: `${conn}`, port, reply: false, bytes: null };
    return [...side(c2s, false), ...side(s2c, true), end];
  });
  return inOrder(steps.filter(({ port }) => port !== 'live'));
}

const inOrder = (steps) =>
  steps
    .map((step, i) => ({ step, i }))
    .sort((a, b) => a.step.at_s - b.step.at_s || a.i - b.i)
    .map(({ step }) => step);

/**
 * Sends the requests of a recording to a relay, each after the replies that the recorded producer had seen by then.
 *
 * @param {Step[]} steps
 * @param {{control: number, data: number}} ports on 127.0.0.1
 * @param {{cut?: (bytes: Buffer) => Buffer[]}} [how] cut: pieces to send one by one
 */
export async function replay(steps, ports, { cut = (bytes) => [bytes] } = {}) {
  const open = new Map();
  for (const { connection, port, reply, bytes } of steps) {
    if (!open.has(connection)) open.set(connection, await connection_(ports[port]));
    const it = open.get(connection);
    if (reply) it.wanted += bytes.length;
    else if (bytes === null) await it.end();
    else for (const piece of cut(bytes)) await it.send(piece);
    if (reply) await it.answered();
  }
  for (const it of open.values()) await it.end();
}

async function connection_(port) {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let [got, wake, over] = [0, () => {}, false];
  socket.on('data', (chunk) => {
    got += chunk.length;
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    over = true;
    wake();
  });
  return {
    wanted: 0,
    async answered() {
      while (got < this.wanted && !over) await new Promise((resolve) => (wake = resolve));
      if (got < this.wanted) throw new Error(`the relay closed after ${got} of ${this.wanted} bytes of replies`);
    },
    async send(bytes) {
      if (over) throw new Error('the relay closed the connection');
      if (!socket.write(bytes)) await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
    },
    async end() {
      if (over) return;
      socket.end();
      await new Promise((resolve) => socket.once('close', resolve));
    },
  };
}
