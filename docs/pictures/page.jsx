// Draws a dashboard with Grafana's own components, from its JSON and from what a Prometheus answered to its queries.
//
// `window.PICTURE` is made by ask.mjs. What a component of Grafana draws is drawn by it alone; a panel for whose kind
// @grafana/ui has none is left out, and its place says so.
import '@fontsource-variable/inter';
import React from 'react';
import { createRoot } from 'react-dom/client';
import {
  createTheme, dateTime, FieldType, getDisplayProcessor, getFieldDisplayValues, ThemeContext, VizOrientation,
} from '@grafana/data';
import { BarGauge, BigValue, GlobalStyles, PanelChrome, TimeSeries } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';

const { dashboard, answers, from, to, panels } = window.PICTURE;
const theme = createTheme({ colors: { mode: 'dark' } });
const timeRange = { from: dateTime(from * 1000), to: dateTime(to * 1000), raw: { from: dateTime(from * 1000), to: dateTime(to * 1000) } };

// Grafana's grid: 24 columns, a row is 30 px high, and 8 px lie between panels.
const GAP = 8;
const ROW = 30;
const WIDTH = document.documentElement.clientWidth;
const column = (WIDTH - 2 * 16 + GAP) / 24;
const place = ({ x, y, w, h }, top) => ({
  position: 'absolute', left: 16 + x * column, top: 64 + (y - top) * (ROW + GAP),
  width: w * column - GAP, height: h * (ROW + GAP) - GAP,
});

/** The name of a series, as `legendFormat` has it. */
function named(format, labels) {
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? '');
}

/** A field with the settings of its panel, as Grafana gives it them. */
function field(panel, name, type, values, labels, index) {
  const { defaults } = panel.fieldConfig;
  const steps = defaults.thresholds.steps.map(({ color, value }) => ({ color, value: value ?? -Infinity }));
  const config = { ...defaults, thresholds: { ...defaults.thresholds, steps }, displayNameFromDS: name };
  const made = { name, type, values, labels, config: type === FieldType.number ? config : { custom: defaults.custom }, state: { seriesIndex: index } };
  if (type === FieldType.number) {
    // A sparkline is drawn between these.
    const [min, max] = [Math.min, Math.max].map((of) => of(...values.filter((value) => value !== null)));
    made.state.range = { min, max, delta: max - min };
  }
  made.display = getDisplayProcessor({ field: made, theme, timeZone: 'utc' });
  return made;
}

/** A frame for each series. */
function series(panel) {
  const frames = [];
  for (const target of panel.targets) {
    for (const { metric, values, value } of answers[panel.id][target.refId]) {
      const points = values ?? [value];
      const number = (text) => (text === 'NaN' ? null : Number(text));
      const name = named(target.legendFormat, metric);
      frames.push({
        refId: target.refId, length: points.length,
        fields: [
          field(panel, 'Time', FieldType.time, points.map(([at]) => at * 1000), {}, 0),
          field(panel, name, FieldType.number, points.map(([, text]) => number(text)), metric, frames.length),
        ],
      });
    }
  }
  return frames;
}

/** A frame of all series of this moment: a column for each label, and the value. */
function rows(panel) {
  const results = panel.targets.flatMap((target) => answers[panel.id][target.refId]);
  const { excludeByName, renameByName } = panel.transformations[0].options;
  const labels = [...new Set(results.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const columns = labels.map((label) => [label, FieldType.string, results.map(({ metric }) => metric[label] ?? '')]);
  columns.push(['Value', FieldType.number, results.map(({ value }) => Number(value[1]))]);
  const shown = columns.filter(([name]) => !excludeByName[name]);
  const fields = shown.map(([name, type, values], index) => field(panel, renameByName[name] ?? name, type, values, {}, index));
  return { length: results.length, fields };
}

function numbers(panel, sparkline) {
  return getFieldDisplayValues({
    data: series(panel), fieldConfig: { defaults: {}, overrides: [] }, reduceOptions: panel.options.reduceOptions,
    replaceVariables: (text) => text, sparkline, theme, timeZone: 'utc',
  });
}

function Stat({ panel, width, height }) {
  const values = numbers(panel, panel.options.graphMode !== 'none');
  const each = (width - (values.length - 1) * GAP) / values.length;
  return (
    <div style={{ display: 'flex', gap: GAP }}>
      {values.map(({ display, sparkline }, at) => (
        <BigValue key={at} width={each} height={height} theme={theme} value={values.length === 1 ? { ...display, title: undefined } : display}
          sparkline={sparkline} count={values.length} colorMode={panel.options.colorMode} graphMode={panel.options.graphMode}
          justifyMode={panel.options.justifyMode} textMode={panel.options.textMode} wideLayout={panel.options.wideLayout} />
      ))}
    </div>
  );
}

function Bars({ panel, width, height }) {
  const values = numbers(panel, false);
  const each = Math.min((height - (values.length - 1) * GAP) / values.length, panel.options.maxVizHeight);
  return values.map(({ display, field, view, colIndex }, at) => (
    <div key={at} style={{ marginBottom: GAP }}>
      <BarGauge width={width} height={each} theme={theme} value={display} field={field} display={view?.getFieldDisplayProcessor(colIndex)}
        orientation={VizOrientation.Horizontal} displayMode={panel.options.displayMode} showUnfilled={panel.options.showUnfilled}
        valueDisplayMode={panel.options.valueMode} />
    </div>
  ));
}

const Note = ({ text }) => <div style={{ color: theme.colors.text.secondary, padding: 16, textAlign: 'center' }}>{text}</div>;

const KINDS = {
  stat: Stat,
  bargauge: Bars,
  timeseries: ({ panel, width, height }) => (
    <TimeSeries frames={series(panel)} width={width} height={height} timeRange={timeRange} timeZone="utc" legend={panel.options.legend} options={{}} />
  ),
  table: ({ panel, width, height }) => <TableNG data={rows(panel)} width={width} height={height} structureRev={1} />,
};

function Panel({ panel, top }) {
  const style = place(panel.gridPos, top);
  if (panel.type === 'row') {
    return <div style={{ ...style, color: theme.colors.text.primary, fontSize: 16, fontWeight: 500, display: 'flex', alignItems: 'center' }}>⌄&nbsp; {panel.title}</div>;
  }
  const Kind = KINDS[panel.type];
  const empty = panel.targets.every(({ refId }) => answers[panel.id][refId].length === 0);
  return (
    <div style={style}>
      <PanelChrome width={style.width} height={style.height} title={panel.title}>
        {(width, height) => {
          if (!Kind) return <Note text={`Not in this picture: @grafana/ui has no component for a ${panel.type}.`} />;
          return empty ? <Note text="No data" /> : <Kind panel={panel} width={width} height={height} />;
        }}
      </PanelChrome>
    </div>
  );
}

function Page() {
  const shown = dashboard.panels.filter(({ id }) => panels.includes(id));
  const top = Math.min(...shown.map(({ gridPos }) => gridPos.y));
  const clock = (at) => new Date(at * 1000).toISOString().slice(11, 16);
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div style={{ fontFamily: "'Inter Variable', sans-serif" }}>
        <div style={{ position: 'absolute', left: 16, top: 16, fontSize: 20, fontWeight: 500, color: theme.colors.text.primary }}>{dashboard.title}</div>
        <div style={{ position: 'absolute', right: 16, top: 20, color: theme.colors.text.secondary }}>{clock(from)} to {clock(to)} UTC</div>
        {shown.map((panel) => <Panel key={panel.id} panel={panel} top={top} />)}
      </div>
    </ThemeContext.Provider>
  );
}

createRoot(document.getElementById('root')).render(<Page />);
