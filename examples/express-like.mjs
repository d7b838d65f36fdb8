#!/usr/bin/env node
/**
 * A server in the style of Express, without any package, that makes a slow request now and then:
 *
 *     TAILTRAP_PRINT=stderr node --import tailtrap/node examples/express-like.mjs
 *     for i in $(seq 40); do curl -s localhost:3000/users/$i; done; curl -s localhost:3000/report
 *
 * Nothing in here knows tailtrap. PORT: another port (0: any).
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const SLOW_EVERY = 20;
const SLOW_MS = 300;
const BUSY_MS = 250;

/** As much of Express as is needed: `app.get('/users/:id', handler)`; the pattern that matched is `request.route.path`. */
function express() {
  const routes = [];
  const app = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    for (const { method, path, pattern, handler } of routes) {
      const match = request.method === method ? pattern.exec(pathname) : null;
      if (match === null) continue;
      request.route = { path };
      request.params = { ...match.groups };
      Promise.resolve(handler(request, response)).catch((error) => send(response, 500, { error: error.message }));
      return;
    }
    send(response, 404, { error: 'no such page' });
  });
  app.get = (path, handler) => {
    const pattern = new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
    routes.push({ method: 'GET', path, pattern, handler });
  };
  return app;
}

function send(response, status, value) {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify(value)}\n`);
}

const app = express();
let served = 0;

app.get('/', (_request, response) => send(response, 200, { hello: 'world' }));

/** Every twentieth waits, as for a database that is busy. */
app.get('/users/:id', async (request, response) => {
  if (++served % SLOW_EVERY === 0) await sleep(SLOW_MS);
  send(response, 200, { id: request.params.id });
});

/** Computes in the event loop: everybody else waits too. */
app.get('/report', (_request, response) => {
  const end = performance.now() + BUSY_MS;
  let sum = 0;
  while (performance.now() < end) sum++;
  send(response, 200, { sum });
});

app.get('/source', async (_request, response) => {
  const text = await readFile(new URL(import.meta.url), 'utf8');
  send(response, 200, { lines: text.split('\n').length });
});

app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${app.address().port}`);
});
