/** What the page of `report --html` does in a browser. No library, no network; texts of the trace are never HTML. */
export const PAGE_SCRIPT: string = String.raw`'use strict';
const { tables, dropped } = JSON.parse(document.getElementById('data').textContent);
const COLORS = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f'];
const PAGE = 25;
const tip = document.getElementById('tip');
const make = (name, parent, text) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
};
const textOf = (cell) => (Array.isArray(cell) ? cell[0] : cell);
const numberOf = (cell) => (Array.isArray(cell) ? cell[1] : Number.NaN);

function showTip(event, text) {
  tip.textContent = text;
  tip.style.display = text === '' ? 'none' : 'block';
  tip.style.left = Math.min(event.pageX + 12, document.body.clientWidth - 320) + 'px';
  tip.style.top = event.pageY + 12 + 'px';
}

/** A canvas that is sharp on any screen. */
function canvas(parent, height) {
  const element = make('canvas', parent);
  const width = Math.max(300, parent.clientWidth || 900);
  const ratio = window.devicePixelRatio || 1;
  element.width = width * ratio;
  element.height = height * ratio;
  element.style.width = width + 'px';
  element.style.height = height + 'px';
  const context = element.getContext('2d');
  context.scale(ratio, ratio);
  context.font = '11px sans-serif';
  element.addEventListener('mouseleave', (event) => showTip(event, ''));
  return { element, context, width, height };
}

function timeline(table, parent) {
  const byCpu = new Map();
  for (const row of table.rows) {
    const cpu = textOf(row[1]);
    if (!byCpu.has(cpu)) byCpu.set(cpu, []);
    byCpu.get(cpu).push(row);
  }
  let i = 0;
  for (const [cpu, rows] of byCpu) {
    const { element, context, width, height } = canvas(parent, 60);
    context.fillStyle = COLORS[i++ % COLORS.length];
    const step = width / rows.length;
    rows.forEach((row, at) => context.fillRect(at * step, height * (1 - numberOf(row[2])), step + 0.5, height));
    context.fillStyle = '#111';
    context.fillText('CPU ' + cpu, 4, 12);
    element.addEventListener('mousemove', (event) => {
      const row = rows[Math.min(rows.length - 1, Math.floor(event.offsetX / step))];
      showTip(event, 'CPU ' + cpu + ', ' + textOf(row[0]) + ': ' + textOf(row[2]) + ' %');
    });
  }
}

function bars(table, parent) {
  const rows = table.rows.filter((row) => numberOf(row[table.value]) >= 0).slice(0, 40);
  const most = Math.max(...rows.map((row) => numberOf(row[table.value])));
  if (rows.length === 0 || most <= 0) return;
  const { element, context, width } = canvas(parent, rows.length * 16 + 4);
  const label = (row) => row.map(textOf).filter((text, i) => i !== table.value && !table.columns[i].numeric && text !== '').slice(0, 2).join('  ') || textOf(row[0]);
  rows.forEach((row, i) => {
    context.fillStyle = '#93c5fd';
    context.fillRect(0, i * 16 + 2, (width * 0.7 * numberOf(row[table.value])) / most, 13);
    context.fillStyle = '#111';
    context.fillText(textOf(row[table.value]) + '  ' + label(row), 4, i * 16 + 12, width - 8);
  });
  element.addEventListener('mousemove', (event) => {
    const row = rows[Math.floor(event.offsetY / 16)];
    showTip(event, row === undefined ? '' : table.columns.map((column, i) => column.title + ': ' + textOf(row[i])).join('\n'));
  });
}

function bins(table, parent) {
  const most = Math.max(...table.rows.map((row) => numberOf(row[2])));
  const { element, context, width, height } = canvas(parent, 140);
  const step = width / table.rows.length;
  context.fillStyle = '#2563eb';
  table.rows.forEach((row, i) => {
    const count = numberOf(row[2]);
    const size = count === 0 ? 0 : Math.max(1, (Math.log1p(count) / Math.log1p(most)) * (height - 4));
    context.fillRect(i * step, height - size, step - 1, size);
  });
  element.addEventListener('mousemove', (event) => {
    const row = table.rows[Math.min(table.rows.length - 1, Math.floor(event.offsetX / step))];
    showTip(event, textOf(row[0]) + ' to ' + textOf(row[1]) + ': ' + textOf(row[2]));
  });
}

/** Points by time and (logarithmic) duration; dragging zooms in, a double click out. */
function scatter(table, parent) {
  make('p', parent, 'Drag to zoom in time, double-click to see all.' + (table.total > table.rows.length ? ' A sample of ' + table.rows.length + ' of ' + table.total + ' rows.' : ''));
  const { element, context, width, height } = canvas(parent, 260);
  const all = table.rows.map((row) => ({ row, x: numberOf(row[table.time]), y: numberOf(row[table.value]) })).filter((point) => point.y > 0);
  if (all.length === 0) return;
  const kind = table.columns.findIndex((column, i) => !column.numeric && i !== table.time);
  const colors = new Map();
  const colorOf = (row) => {
    const name = textOf(row[kind] ?? '');
    if (!colors.has(name)) colors.set(name, COLORS[colors.size % COLORS.length]);
    return colors.get(name);
  };
  const bounds = all.reduce((b, { x }) => [Math.min(b[0], x), Math.max(b[1], x)], [Infinity, -Infinity]);
  const logs = all.reduce((b, { y }) => [Math.min(b[0], Math.log(y)), Math.max(b[1], Math.log(y))], [Infinity, -Infinity]);
  let range = bounds;
  let shown = [];
  const place = ({ x, y }) => [
    ((x - range[0]) / (range[1] - range[0] || 1)) * (width - 8) + 4,
    height - 6 - ((Math.log(y) - logs[0]) / (logs[1] - logs[0] || 1)) * (height - 24),
  ];
  const draw = () => {
    context.clearRect(0, 0, width, height);
    shown = all.filter(({ x }) => x >= range[0] && x <= range[1]);
    for (const point of shown) {
      const [x, y] = place(point);
      context.fillStyle = colorOf(point.row);
      context.fillRect(x - 1.5, y - 1.5, 3, 3);
    }
    context.fillStyle = '#111';
    context.fillText((Math.exp(logs[1]) / 1000).toFixed(3) + ' us', 4, 12);
    context.fillText((Math.exp(logs[0]) / 1000).toFixed(3) + ' us', 4, height - 2);
    element.dataset.points = shown.length;
  };
  draw();
  let from = null;
  element.addEventListener('mousedown', (event) => { from = event.offsetX; });
  element.addEventListener('mouseup', (event) => {
    const ends = [from, event.offsetX].sort((a, b) => a - b).map((x) => range[0] + ((x - 4) / (width - 8)) * (range[1] - range[0]));
    if (from !== null && Math.abs(event.offsetX - from) > 4) { range = ends; draw(); }
    from = null;
  });
  element.addEventListener('dblclick', () => { range = bounds; draw(); });
  element.addEventListener('mousemove', (event) => {
    let best = null;
    let least = 100;
    for (const point of shown) {
      const [x, y] = place(point);
      const distance = (x - event.offsetX) ** 2 + (y - event.offsetY) ** 2;
      if (distance < least) { least = distance; best = point; }
    }
    showTip(event, best === null ? '' : table.columns.map((column, i) => column.title + ': ' + textOf(best.row[i])).join('\n'));
  });
}

function heat({ rows, width_ns }, parent) {
  if (rows.length === 0) return;
  const most = Math.max(...rows.flatMap(({ counts }) => counts));
  const columns = rows[0].counts.length;
  const { element, context, width, height } = canvas(parent, Math.max(60, rows.length * 8));
  const [w, h] = [width / columns, height / rows.length];
  rows.forEach(({ counts }, i) => counts.forEach((count, at) => {
    if (count === 0) return;
    const depth = Math.log1p(count) / Math.log1p(most);
    context.fillStyle = 'hsl(' + (60 - 60 * depth) + ' 90% ' + (85 - 45 * depth) + '%)';
    context.fillRect(at * w, height - (i + 1) * h, w + 0.5, h + 0.5);
  }));
  element.addEventListener('mousemove', (event) => {
    const row = rows[Math.min(rows.length - 1, Math.floor((height - event.offsetY) / h))];
    const at = Math.min(columns - 1, Math.floor(event.offsetX / w));
    if (row !== undefined) showTip(event, row.counts[at] + ' from ' + (row.low_ns / 1000).toFixed(3) + ' us on, at ' + ((at * width_ns) / 1e6).toFixed(1) + ' ms');
  });
}

/** A table that is sorted by a click on a column, filtered by a text, and shown in pages. */
function sortable(table, parent) {
  const filter = make('input', parent);
  filter.placeholder = 'filter ' + table.rows.length + ' rows';
  const element = make('table', parent);
  const head = make('tr', make('thead', element));
  const body = make('tbody', element);
  const more = make('button', parent, 'more');
  let rows = table.rows;
  let size = PAGE;
  let order = { column: -1, up: true };
  const draw = () => {
    const wanted = filter.value.toLowerCase();
    let list = wanted === '' ? rows : rows.filter((row) => row.some((cell) => textOf(cell).toLowerCase().includes(wanted)));
    const { column, up } = order;
    if (column >= 0) {
      const sign = up ? 1 : -1;
      list = [...list].sort((a, b) => sign * (table.columns[column].numeric ? (numberOf(a[column]) || 0) - (numberOf(b[column]) || 0) : textOf(a[column]).localeCompare(textOf(b[column]))));
    }
    body.replaceChildren();
    for (const row of list.slice(0, size)) {
      const line = make('tr', body);
      row.forEach((cell, i) => { make('td', line, textOf(cell)).className = table.columns[i].numeric ? 'n' : ''; });
    }
    more.style.display = list.length > size ? '' : 'none';
  };
  table.columns.forEach(({ title, numeric }, i) => {
    const cell = make('th', head, title);
    cell.className = numeric ? 'n' : '';
    cell.addEventListener('click', () => {
      order = { column: i, up: order.column === i ? !order.up : !numeric };
      for (const other of head.children) other.removeAttribute('data-order');
      cell.dataset.order = order.up ? '▲' : '▼';
      draw();
    });
  });
  filter.addEventListener('input', draw);
  more.addEventListener('click', () => { size += PAGE * 20; draw(); });
  draw();
}

const CHARTS = { timeline, bars, bins, scatter, none: () => {} };
const nav = document.querySelector('nav');
const main = document.querySelector('main');
let report = '';
tables.forEach((table, i) => {
  if (table.report !== report) {
    report = table.report;
    make('h2', main, report).id = 'report' + i;
    make('a', nav, report).href = '#report' + i;
  }
  const section = make('section', main);
  make('h3', section, table.title);
  CHARTS[table.chart](table, section);
  if (table.heat !== null) heat(table.heat, section);
  else if (table.total > table.rows.length) make('p', section, 'The first ' + table.rows.length + ' of ' + table.total + ' rows.');
  if (table.chart !== 'timeline') sortable(table, section);
});
if (dropped > 0) make('p', main, dropped + ' further tables are not on this page.');
document.body.dataset.ready = String(tables.length);
`;
