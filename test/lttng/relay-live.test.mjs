/** Real LTTng daemons stream live into `tailtrap relay`, real viewers (babeltrace2) watch: every event, none twice. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import test, { after, before } from 'node:test';
import { countsOf, Lttng, noLttng } from './lttng.mjs';
import { RelayProcess } from './relay-process.mjs';

const skip = noLttng();
const LIVE_US = 100_000;
let lttng;
before(async () => {
  if (!skip) lttng = await Lttng.start();
});
after(() => lttng?.close());

const range = (from, count) => Array.from({ length: count }, (_, i) => from + i);

/** babeltrace2 on a session, attached when this resolves. */
class Viewer {
  text = '';
  errors = '';
  exited;
  #child;

  static async attach(relay, session) {
    const viewer = new Viewer();
    const url = `net://127.0.0.1:${relay.ports.live}/host/${hostname()}/${session}`;
    viewer.#child = spawn('babeltrace2', ['-i', 'lttng-live', url], { stdio: ['ignore', 'pipe', 'pipe'] });
    viewer.#child.stdout.setEncoding('utf8').on('data', (text) => (viewer.text += text));
    viewer.#child.stderr.setEncoding('utf8').on('data', (text) => (viewer.errors += text));
    viewer.exited = new Promise((resolve) => viewer.#child.on('close', resolve));
    // It says nothing when it has attached; it asks the relay at once and then ten times a second.
    await new Promise((resolve) => setTimeout(resolve, 400));
    return viewer;
  }

  /** Until the session ends. @returns numbers of events by app */
  async counts() {
    const late = setTimeout(() => this.#child.kill(), 20_000);
    assert.equal(await this.exited, 0, this.errors);
    clearTimeout(late);
    return countsOf(this.text);
  }
}

async function begin(relay, name, channel) {
  await lttng.run(`lttng create ${name} --live ${LIVE_US} -U ${relay.url}`);
  await lttng.run(
    `lttng enable-channel -u ch ${channel} && lttng enable-event -u -c ch 'tailtrap_test:*' && lttng start`,
  );
}
const count = (app, from, number, sleep_us = 0) => lttng.run(`${lttng.counter} ${app} ${from} ${number} ${sleep_us}`);

for (const [what, options, how] of [
  ['disk', [], {}],
  ['memory', ['--no-output', '--any-data-address'], { output: null }],
]) {
  test(`per-UID buffers, three viewers at once (${what})`, { skip }, async () => {
    const relay = await RelayProcess.start(options, how);
    try {
      await begin(relay, 'uid', '--subbuf-size 16K --num-subbuf 16');
      const viewers = await Promise.all([1, 2, 3].map(() => Viewer.attach(relay, 'uid')));
      await count(1, 0, 2000, 50);
      await count(2, 0, 1000);
      await lttng.run('lttng destroy');
      for (const viewer of viewers) {
        const counts = await viewer.counts();
        assert.deepEqual(counts.get(1), range(0, 2000));
        assert.deepEqual(counts.get(2), range(0, 1000));
      }
    } finally {
      await relay.close();
    }
  });

  test(`per-PID buffers: the tail of programs that have ended (${what})`, { skip }, async () => {
    const relay = await RelayProcess.start(options, how);
    try {
      await begin(relay, 'pid', '--buffers-pid --subbuf-size 64K --num-subbuf 8');
      const viewer = await Viewer.attach(relay, 'pid');
      for (const app of [1, 2, 3]) await count(app, 0, 500);
      await lttng.run('lttng destroy');
      const counts = await viewer.counts();
      for (const app of [1, 2, 3]) assert.deepEqual(counts.get(app), range(0, 500));
    } finally {
      await relay.close();
    }
  });

  test(`clear while a viewer watches (${what})`, { skip }, async () => {
    const relay = await RelayProcess.start(options, how);
    try {
      await begin(relay, 'clear', '--subbuf-size 16K --num-subbuf 16');
      const viewer = await Viewer.attach(relay, 'clear');
      await count(1, 0, 500);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await lttng.run('lttng clear');
      await count(1, 1000, 500);
      await lttng.run('lttng destroy');
      const numbers = (await viewer.counts()).get(1);
      // What was cleared before the viewer had asked for it is gone.
      assert.deepEqual(
        numbers.filter((number) => number >= 1000),
        range(1000, 500),
      );
      assert.equal(new Set(numbers).size, numbers.length);
    } finally {
      await relay.close();
    }
  });
}
