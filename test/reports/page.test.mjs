/** The page of --html in a browser: what it shows, and what it does when it is used. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { run } from './a1.mjs';
import { WrittenTrace } from './written.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-page-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).error === undefined,
);
const skip = browser === undefined ? 'no Chromium here' : false;

const path = join(folder, 'trace');
const trace = new WrittenTrace(join(path, 'kernel'));
/** A name that would do harm as HTML. */
const EVIL = '</script><b>x';
for (let at = 1000; at < 3000; at += 20) {
  trace.event(at + (at % 3), 1, 'sched_waking', { comm: EVIL, tid: 99, prio: 20, target_cpu: 0 });
  trace.switch(at + 5, 0, 'swapper/0', 0, EVIL, 99);
  trace.call(at + 6, 0, 'open', { filename: `/tmp/<i>${at}` }, 5);
  trace.switch(at + 5 + (at % 11), 0, EVIL, 99, 'swapper/0', 0);
}
trace.finish();

/** Uses the page as a person would, and leaves what it saw in the title. */
const USE = `
  const seen = {};
  const sections = [...document.querySelectorAll('section')];
  seen.titles = sections.map((section) => section.querySelector('h3').textContent);
  seen.bold = document.querySelectorAll('b, i').length;
  seen.painted = [...document.querySelectorAll('canvas')].map((canvas) =>
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte !== 0));
  const log = sections.find((section) => section.querySelector('h3').textContent === 'Scheduling log');
  const column = () => [...log.querySelectorAll('tbody tr')].map((row) => Number(row.children[2].textContent));
  const head = log.querySelectorAll('th')[2];
  head.click();
  seen.falling = column();
  head.click();
  seen.rising = column();
  const filter = log.querySelector('input');
  filter.value = 'nothing like this';
  filter.dispatchEvent(new Event('input'));
  seen.filtered = column().length;
  const points = log.querySelector('canvas[data-points]');
  seen.all = Number(points.dataset.points);
  const box = points.getBoundingClientRect();
  const mouse = (type, x) => points.dispatchEvent(new MouseEvent(type, { clientX: box.left + x, clientY: box.top + 20, bubbles: true }));
  mouse('mousedown', box.width * 0.25);
  mouse('mouseup', box.width * 0.75);
  seen.zoomed = Number(points.dataset.points);
  mouse('dblclick', 10);
  seen.again = Number(points.dataset.points);
  const times = document.querySelector('canvas');
  times.dispatchEvent(new MouseEvent('mousemove', { clientX: times.getBoundingClientRect().left + 20, clientY: times.getBoundingClientRect().top + 5, bubbles: true }));
  seen.tip = document.getElementById('tip').textContent;
  document.title = JSON.stringify(seen);
`;

test('tables that sort and filter, charts that zoom and tell', { skip, timeout: 100_000 }, () => {
  const page = join(folder, 'page.html');
  const { status, stderr } = run(
    'cputop,schedstats,schedfreq,iolatencystats',
    path,
    '--html',
    page,
    '--gmt',
    '--no-intersection',
  );
  assert.equal(status, 0, stderr);
  const html = readFileSync(page, 'utf8');
  assert.ok(!/https?:\/\//.test(html), 'nothing comes from elsewhere');
  const used = join(folder, 'used.html');
  writeFileSync(used, html.replace('</body>', `<script>${USE}</script></body>`));
  const { stdout, status: code } = spawnSync(
    browser,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      `--user-data-dir=${join(folder, 'profile')}`,
      '--dump-dom',
      `file://${used}`,
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 28, timeout: 90_000 },
  );
  assert.equal(code, 0);
  const [, title] = /<title>(.*?)<\/title>/s.exec(stdout);
  const unescaped = title.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  const seen = JSON.parse(unescaped);
  assert.deepEqual(seen.titles.slice(0, 4), [
    'Per-TID top CPU usage',
    'Per-CPU top CPU usage',
    'Total CPU usage',
    'CPU usage over time',
  ]);
  assert.ok(seen.titles.includes('Scheduling log') && seen.titles.includes('I/O operations log'));
  assert.equal(seen.bold, 0, 'names are text, not HTML');
  assert.ok(seen.painted.length >= 8 && seen.painted.every(Boolean), `charts: ${seen.painted}`);
  assert.equal(seen.falling.length, 25);
  assert.deepEqual(
    seen.falling,
    seen.falling.toSorted((a, b) => b - a),
  );
  assert.deepEqual(
    seen.rising,
    seen.rising.toSorted((a, b) => a - b),
  );
  assert.equal(seen.filtered, 0);
  assert.equal(seen.all, 100);
  assert.ok(seen.zoomed > 30 && seen.zoomed < 70, `${seen.zoomed} points in the middle half`);
  assert.equal(seen.again, 100);
  assert.notEqual(seen.tip, '');
});

test('--chart: pictures of characters', () => {
  const { stdout } = run('cputop,schedlog,schedstats', path, '--chart', '--gmt', '--no-intersection');
  assert.match(stdout, /CPU usage over time\n#+\n.*[▁▂▃▄▅▆▇█].* CPU 0/);
  assert.match(stdout, /Scheduling log \(us from, over time; up to \d+\)/);
  assert.match(stdout, /[░▒▓█]/);
  assert.match(stdout, /█ +\d+\.\d+ us /);
});
