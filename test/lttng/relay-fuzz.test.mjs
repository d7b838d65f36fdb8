/**
 * Every message of recorded producers truncated, cut off and changed, into a relay of its own each time: the relay goes on,
 * lets go of everything (sessions, streams, files), and writes nothing outside its folder.
 *
 * The seed is printed; TAILTRAP_FUZZ_SEED=N repeats a run, TAILTRAP_FUZZ_ROUNDS=N makes it longer.
 */
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCaps } from './captures.mjs';
import { RelayHere } from './relay-here.mjs';

const DATA = fileURLToPath(new URL('data', import.meta.url));
const SEED = Number(process.env.TAILTRAP_FUZZ_SEED ?? Date.now() % 1e9);
const ROUNDS = Number(process.env.TAILTRAP_FUZZ_ROUNDS ?? 1);
const CONTROL_HEADER = 24;
const DATA_HEADER = 32;

let state = SEED >>> 0;
/** mulberry32: 0 <= random() < below. */
function random(below) {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % below;
}

/** Messages of each connection of a recorded session: first control, then data. */
function messagesOf(session) {
  const connections = new Map();
  for (const { connection, port, reply, bytes } of readCaps(join(DATA, session))) {
    if (!connections.has(connection)) connections.set(connection, { port, pieces: [] });
    if (!reply && bytes !== null) connections.get(connection).pieces.push(bytes);
  }
  return [...connections.values()].map(({ port, pieces }) => {
    const bytes = Buffer.concat(pieces);
    const messages = [];
    for (let at = 0; at < bytes.length; ) {
      const length =
        port === 'control' ? CONTROL_HEADER + bytes.readUInt32BE(at + 12) : DATA_HEADER + bytes.readUInt32BE(at + 24);
      messages.push(bytes.subarray(at, at + length));
      at += length;
    }
    return { port, messages };
  });
}

const HOWS = {
  'cut off in the middle': (message) => [message.subarray(0, 1 + random(message.length - 1)), null],
  'shorter, and says so': (message, port) => {
    const header = port === 'control' ? CONTROL_HEADER : DATA_HEADER;
    const payload = random(Math.max(1, message.length - header));
    const short = Buffer.from(message.subarray(0, header + payload));
    short.writeUInt32BE(payload, port === 'control' ? 12 : 24);
    return [short];
  },
  'bytes changed': (message) => {
    const changed = Buffer.from(message);
    for (let i = 0; i <= random(3); i++) changed[random(Math.min(changed.length, 120))] = random(256);
    return [changed];
  },
  'extreme numbers': (message) => {
    const changed = Buffer.from(message);
    const at = 4 * random(Math.max(1, Math.min(changed.length, 120) >> 2));
    if (at + 4 <= changed.length) changed.writeUInt32BE([0, 1, 0x7fffffff, 0x80000000, 0xffffffff][random(5)], at);
    return [changed];
  },
  twice: (message) => [message, message],
  missing: () => [],
};

/** Sends a connection to its end; whatever comes back is thrown away. */
function send(port, pieces) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket
      .on('error', () => {})
      .on('close', resolve)
      .resume();
    for (const piece of pieces) socket.write(piece);
    socket.end();
  });
}

async function play(connections, which, index, how) {
  const relay = await RelayHere.start({ limits: { lastData_ms: 10 } });
  try {
    for (const port of ['control', 'data']) {
      for (const [i, connection] of connections.entries()) {
        if (connection.port !== port) continue;
        const pieces = connection.messages.flatMap((message, j) =>
          i === which && j === index ? HOWS[how](message, port) : [message],
        );
        const end = pieces.indexOf(null);
        // Data is sent while its control connection is open, as the streams end with it.
        connection.sent = send(relay.ports[port], end < 0 ? pieces : pieces.slice(0, end));
        if (port === 'control') await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await Promise.all(connections.map(({ sent }) => sent));
    const { relay: store } = relay.daemon;
    const until = performance.now() + 3000;
    while ((store.streams.size > 0 || store.sessions().length > 0) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.deepEqual([store.streams.size, store.sessions().length], [0, 0]);
    assert.deepEqual(
      readdirSync(relay.folder).filter((name) => name !== 'output'),
      [],
    );
  } finally {
    await relay.close();
  }
}

/** Files of relays that are still open; sockets linger for a second. */
function openFiles() {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // the one that was open for the reading of the folder
    }
  });
  return targets.filter((target) => target.includes('tailtrap-relay-'));
}

for (const session of ['s2', 's3', 's4']) {
  test(`every message of ${session}, changed in every way`, async (t) => {
    t.diagnostic(`TAILTRAP_FUZZ_SEED=${SEED}`);
    const connections = messagesOf(session);
    const hows = Object.keys(HOWS);
    let runs = 0;
    for (let round = 0; round < ROUNDS; round++) {
      for (const [which, { messages, port }] of connections.entries()) {
        for (let index = 0; index < messages.length; index++) {
          // One round takes a third of the messages, so that the suite stays short.
          if (ROUNDS === 1 && random(3) > 0) continue;
          const how = hows[random(hows.length)];
          try {
            await play(connections, which, index, how);
          } catch (error) {
            error.message = `seed ${SEED}, ${session}, ${port} message ${index} ${how}: ${error.message}`;
            throw error;
          }
          runs++;
        }
      }
    }
    assert.ok(runs > 10, `${runs} runs`);
    assert.deepEqual(openFiles(), []);
    assert.ok(process.memoryUsage().rss < 600 * 2 ** 20);
  });
}
