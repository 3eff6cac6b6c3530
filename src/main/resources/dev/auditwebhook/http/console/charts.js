import uPlot from "./uPlot.esm.js";
import {byId, el, number} from "./dom.js";

/** Seconds that are shown, and latencies of one second that are kept. */
const WINDOW = 120;
const SAMPLES = 2000;

/** From the bottom of the stack to its top. */
const RATES = [
  {name: "delivered", label: "delivered", colour: "--good"},
  {name: "retry", label: "retried", colour: "--warn"},
  {name: "failed", label: "failed", colour: "--bad"},
];
const LATENCIES = [
  {name: "median", label: "median", colour: "--accent"},
  {name: "high", label: "95 of 100 below", colour: "--muted"},
];

/** Of the vertical axes: whole numbers only. */
const STEPS = [1, 10, 100, 1000, 10_000, 100_000].flatMap(unit => [unit, 2 * unit, 5 * unit]);

const seconds = [];
let connected = false;
let plots = [];

/** One second: counts of outcomes, `null` where nobody listened. */
function emptySecond(second) {
  const listened = connected ? 0 : null;
  return {second, delivered: listened, retry: listened, failed: listened, latencies: [], seen: 0};
}

export function start() {
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new ResizeObserver(resize).observe(byId("rates"));
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}

/** Forgets all seconds. */
export function clear() {
  seconds.length = 0;
  connected = false;
  tick();
}

export function setConnected(isConnected) {
  connected = isConnected;
}

/** Counts attempts into the second that is under way. */
export function record(attempts) {
  const current = currentSecond();
  for (const attempt of attempts) {
    current[attempt.outcome] = (current[attempt.outcome] ?? 0) + 1;
    if (current.seen++ < SAMPLES) {
      current.latencies.push(attempt.latency_ms);
    } else if (Math.random() < SAMPLES / current.seen) {
      current.latencies[Math.floor(Math.random() * SAMPLES)] = attempt.latency_ms;
    }
  }
}

function currentSecond() {
  const now = Math.floor(Date.now() / 1000);
  let last = seconds[seconds.length - 1]?.second ?? now - 1;
  if (now - last > WINDOW) {
    seconds.length = 0;
    last = now - 1;
  }
  while (last < now) {
    seconds.push(emptySecond(++last));
  }
  seconds.splice(0, Math.max(0, seconds.length - WINDOW - 1));
  return seconds[seconds.length - 1];
}

/** Closes the seconds that are over, and draws them. */
function tick() {
  const current = currentSecond();
  for (const second of seconds) {
    if (second !== current && second.latencies) {
      second.latencies.sort((a, b) => a - b);
      second.median = share(second.latencies, 0.5);
      second.high = share(second.latencies, 0.95);
      second.latencies = null;
    }
  }
  if (!document.hidden) {
    plots.forEach(plot => plot.show());
  }
}

function share(sorted, part) {
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

/** One column a series, over the times; `null` where nothing is known. */
function columns(series) {
  const now = Math.floor(Date.now() / 1000);
  const times = Array.from({length: WINDOW}, (_, i) => now - WINDOW + i);
  const known = new Map(seconds.map(second => [second.second, second]));
  return [times, ...series.map(({name}) => times.map(time => known.get(time)?.[name] ?? null))];
}

/** Each series on top of those before it, the tallest first so that the others are drawn over it. */
function stacked([times, ...values]) {
  const sums = values.map((_, top) =>
    times.map((_, i) => (values[0][i] === null ? null : values.slice(0, top + 1).reduce((sum, column) => sum + column[i], 0))));
  return [times, ...sums.reverse()];
}

function draw() {
  const bars = uPlot.paths.bars({size: [0.75, 12]});
  plots = [
    plot("rates", RATES, stacked, line => ({fill: line, paths: bars, width: 0})),
    plot("latency", LATENCIES, same => same, line => ({stroke: line, width: 1.75, spanGaps: true})),
  ];
}

function redraw() {
  plots.forEach(({chart}) => chart.destroy());
  draw();
  plots.forEach(plot => plot.show());
}

function resize() {
  plots.forEach(({chart, place}) => chart.setSize(size(place)));
}

const size = place => ({width: place.clientWidth, height: 180});

/**
 * Draws one chart, and its legend.
 * @param {Function} arrange turns the columns into those that are drawn
 * @param {Function} look gives uPlot's options of a series, from its colour
 */
function plot(id, series, arrange, look) {
  const place = byId(id);
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--muted"),
    font: "12px system-ui, sans-serif",
    grid: {stroke: colour("--line"), width: 1},
    ticks: {show: false},
  };
  let shown = columns(series);
  const arranged = arrange === stacked ? [...series].reverse() : series;
  const legend = makeLegend(byId(`${id}-legend`), series);
  const chart = new uPlot({
    ...size(place),
    padding: [8, 28, 0, 0],
    legend: {show: false},
    cursor: {points: {show: false}, drag: {x: false, y: false}},
    scales: {y: {range: (_, min, max) => [0, Math.max(1, max * 1.1)]}},
    axes: [
      {...axis, grid: {show: false}, size: 28, space: 80, values: (_, times) => times.map(clock)},
      {...axis, size: 44, space: 36, incrs: STEPS, values: (_, values) => values.map(short)},
    ],
    series: [{}, ...arranged.map(line => ({points: {show: false}, ...look(colour(line.colour))}))],
    hooks: {setCursor: [u => legend(shown, u.cursor.idx)]},
  }, arrange(shown), place);
  const show = () => {
    shown = columns(series);
    chart.setData(arrange(shown));
    legend(shown, chart.cursor.idx);
  };
  legend(shown, null);
  return {chart, place, show};
}

/** The legend tells the latest second, or the one under the cursor. */
function makeLegend(place, series) {
  const values = series.map(() => el("b", {}, "–"));
  place.replaceChildren(...series.map(({label, colour}, i) =>
    el("span", {"data-colour": colour.slice(2)}, `${label} `, values[i])));
  return ([times, ...shown], index) => {
    values.forEach((value, i) => {
      const figure = shown[i][index ?? times.length - 1];
      value.textContent = figure === null ? "–" : number(figure);
    });
  };
}

const clock = seconds => new Date(seconds * 1000)
  .toLocaleTimeString(undefined, {hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23"});

const short = value => (value >= 1000 ? `${number(value / 1000)} k` : String(value));
