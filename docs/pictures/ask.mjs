// Asks a Prometheus what Grafana would ask for the dashboards, and writes a page for each: the dashboard with the answers.
//
//   node ask.mjs http://localhost:9090 <folder of page.js and the pages> <minutes that the pictures show>
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [prometheus, folder, minutes] = process.argv.slice(2);
const dashboards = new URL('../../grafana/dashboards/', import.meta.url);

// The demo asks each KPI every 5 s and Prometheus scrapes it every 15 s, whatever the KPI's own interval is.
const STEP = 15;
const WIDTH = 1400;
// Grafana's grid: so many of its rows are a picture, and so many pixels are one.
const ROWS = 33;
const PIXELS = 38;

const to = Math.floor(Date.now() / 1000 / STEP) * STEP;
const from = to - minutes * 60;

async function api(path, parameters) {
  const answer = await (await fetch(`${prometheus}/api/v1/${path}?${new URLSearchParams(parameters)}`)).json();
  if (answer.status !== 'success') throw new Error(`${parameters.query}: ${JSON.stringify(answer)}`);
  return answer.data.result;
}

function withoutVariables(dashboard, query) {
  const own = { __rate_interval: `${4 * STEP}s`, __interval: `${STEP}s`, __range: `${to - from}s` };
  const all = Object.fromEntries(dashboard.templating.list.map(({ name, allValue }) => [name, allValue]));
  return query.replace(/\$(\w+)/g, (_, name) => own[name] ?? all[name]);
}

// The kinds of panels for which @grafana/ui has a component.
const DRAWN = ['stat', 'timeseries', 'table', 'bargauge', 'row'];

/** The panels from the top as far as the picture goes, without lines of which none can be drawn: what is below moves up. */
function shown(dashboard) {
  const fits = [];
  let up = 0;
  // Node 20 has no Map.groupBy.
  const lines = new Map();
  for (const panel of dashboard.panels) lines.set(panel.gridPos.y, [...(lines.get(panel.gridPos.y) ?? []), panel]);
  for (const [y, panels] of [...lines]) {
    const height = Math.max(...panels.map(({ gridPos }) => gridPos.h));
    if (panels.every(({ type }) => !DRAWN.includes(type))) {
      up += height;
    } else if (y - up + height <= ROWS) {
      panels.forEach(({ gridPos }) => (gridPos.y -= up));
      fits.push(...panels);
    } else {
      break;
    }
  }
  // A row's title without panels says nothing.
  while (fits.at(-1).type === 'row') fits.pop();
  return fits;
}

for (const file of readdirSync(dashboards).sort()) {
  const dashboard = JSON.parse(readFileSync(fileURLToPath(new URL(file, dashboards))));
  const panels = shown(dashboard);
  const answers = {};
  for (const panel of panels.filter(({ type }) => type !== 'row')) {
    answers[panel.id] = {};
    for (const { refId, expr, instant } of panel.targets) {
      const query = withoutVariables(dashboard, expr);
      answers[panel.id][refId] = instant
        ? await api('query', { query, time: to })
        : await api('query_range', { query, start: from, end: to, step: STEP });
    }
  }
  const height = 64 + Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)) * PIXELS + 8;
  const picture = { dashboard, answers, from, to, panels: panels.map(({ id }) => id) };
  const script = JSON.stringify(picture).replaceAll('<', '\\u003c');
  const name = file.replace('.json', '');
  writeFileSync(`${folder}/${name}.html`, `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css"><body style="margin:0"><div id="root"></div>
<script>window.PICTURE = ${script}</script><script src="page.js"></script>`);
  console.log(name, WIDTH, height);
}
