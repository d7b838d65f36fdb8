/** `tailtrap/lttng`: a relay in this process, its sessions as sources of events, with and without a network, no disk. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { eachEvent, listSessions, SessionSource, startRelay, watchSession } from 'tailtrap/lttng';
import { Lttng, noLttng } from './lttng.mjs';

const skip = noLttng();
let lttng;
before(async () => {
  if (!skip) lttng = await Lttng.start();
});
after(() => lttng?.close());

const range = (from, count) => Array.from({ length: count }, (_, i) => from + i);

async function begin(relay, name, channel = '') {
  const { control, data } = relay.addresses;
  await lttng.run(
    `lttng create ${name} --live 100000 -U net://127.0.0.1:${control.port}:${data.port} &&
     lttng enable-channel -u ch ${channel} && lttng enable-event -u -c ch 'tailtrap_test:*' && lttng start`,
  );
}
const count = (app, from, number, sleep_us = 0) => lttng.run(`${lttng.counter} ${app} ${from} ${number} ${sleep_us}`);

async function numbersOf(source) {
  const numbers = [];
  await eachEvent(source, (event) => numbers.push([event.number('app'), event.number('number')]));
  return numbers;
}

test('sessions of a relay without disk, read in the process and over the network', { skip }, async () => {
  const log = [];
  const relay = await startRelay({ ports: { control: 0, data: 0, live: 0 }, log: (line) => log.push(line) });
  try {
    const inside = [];
    relay.onSession((session) => inside.push(numbersOf(new SessionSource(session))));
    await begin(relay, 'lib', '--buffers-pid --subbuf-size 32K --num-subbuf 8');
    const url = `net://127.0.0.1:${relay.addresses.live.port}`;
    const [entry] = await listSessions(url);
    assert.deepEqual([entry.name, entry.liveTimer_us], ['lib', 100000]);
    const outside = numbersOf(
      watchSession(`${url}/host/${entry.hostname}/lib`, { seek: 'beginning', log: (line) => log.push(line) }),
    );
    while ((await listSessions(url))[0].clients === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await count(1, 0, 500, 200);
    await count(2, 0, 200);
    await lttng.run('lttng destroy');
    const expected = [...range(0, 500).map((i) => [1, i]), ...range(0, 200).map((i) => [2, i])];
    assert.equal(inside.length, 1);
    assert.deepEqual(await inside[0], expected);
    assert.deepEqual(await outside, expected);
    assert.deepEqual(log, []);
  } finally {
    await relay.close();
  }
});

test('a consumer that is too slow for the memory is told how many packets it lost', { skip }, async () => {
  const relay = await startRelay({ ports: { control: 0, data: 0, live: 0 }, limits: { kept_bytes: 65_536 } });
  try {
    await begin(relay, 'slow', '--subbuf-size 16K --num-subbuf 16');
    const [session] = relay.sessions();
    const source = new SessionSource(session, { memory_bytes: 65_536 });
    await count(1, 0, 20_000, 0);
    await lttng.run('lttng destroy');
    const numbers = await numbersOf(source);
    assert.ok(numbers.length < 20_000 && numbers.length > 100, `${numbers.length} events`);
    assert.ok(source.skipped_packets > 0);
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a[1] - b[1]),
    );
  } finally {
    await relay.close();
  }
});

test('stopped by a signal: what was received is given', { skip }, async () => {
  const relay = await startRelay({ ports: { control: 0, data: 0, live: 0 } });
  try {
    await begin(relay, 'stop');
    const stop = new AbortController();
    const [session] = relay.sessions();
    const source = new SessionSource(session, { signal: stop.signal });
    const numbers = [];
    const done = eachEvent(source, (event) => {
      numbers.push(event.number('number'));
      if (numbers.length === 50) stop.abort();
    });
    await count(1, 0, 100);
    await done;
    assert.deepEqual(numbers, range(0, numbers.length));
    assert.ok(numbers.length >= 50);
  } finally {
    await lttng.run('lttng destroy');
    await relay.close();
  }
});
