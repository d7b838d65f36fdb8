/** Hello world, the server of npm run bench:node. Tells its port; on each line of stdin, its processor time and requests so far. */
import { createServer } from 'node:http';

let requests = 0;
const server = createServer((_request, response) => {
  requests++;
  response.setHeader('content-type', 'text/plain');
  response.end('hello world\n');
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.on('data', () => {
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ cpu_us: user + system, requests }));
});
process.stdin.on('end', () => process.exit(0));
