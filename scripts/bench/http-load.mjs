/**
 * Load on a server, where wrk is not installed: keep-alive connections, each with one request at a time.
 *
 *     node http-load.mjs PORT CONNECTIONS SECONDS        prints {"requests","seconds"}
 */
import { connect } from 'node:net';

const [port, connections, seconds] = process.argv.slice(2).map(Number);
const REQUEST = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n';
let requests = 0;
let expected = 0;
const began = performance.now();
for (let i = 0; i < connections; i++) {
  const socket = connect({ port, host: '127.0.0.1' });
  let got = 0;
  socket.on('connect', () => socket.write(REQUEST));
  // All answers have the same length: that of the first one.
  socket.on('data', (chunk) => {
    got += chunk.length;
    if (expected === 0) expected = chunk.length;
    if (got < expected) return;
    got -= expected;
    requests++;
    socket.write(REQUEST);
  });
}
setTimeout(() => {
  console.log(JSON.stringify({ requests, seconds: (performance.now() - began) / 1e3 }));
  process.exit(0);
}, seconds * 1e3);
