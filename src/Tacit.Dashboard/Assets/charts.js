// Charts as SVG: drawn from the numbers of the runs, coloured by classes, so that light and dark are the style sheet's business.
import { h, s, format } from "./dom.js";

/** A line of a few pixels beside a name. Values 0 … 1 or null. */
export function sparkline(values, label, width = 120, height = 28) {
  const points = values.map((v, i) => [i, v]).filter(([, v]) => v !== null && v !== undefined);
  if (points.length === 0) return h("span", { class: "soft" }, "–");
  const low = Math.min(...points.map(([, v]) => v)), high = Math.max(...points.map(([, v]) => v)), most = Math.max(1, values.length - 1);
  const x = i => 3 + (width - 6) * i / most, y = v => high === low ? height / 2 : height - 4 - (height - 8) * (v - low) / (high - low);
  const [i, v] = points.at(-1);
  return s("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    s("polyline", { points: points.map(([i, v]) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(" ") }),
    s("circle", { cx: x(i).toFixed(1), cy: y(v).toFixed(1), r: 2.6 }));
}

/** A few bars, the newest last. */
export function bars(values, label, tip) {
  const width = 190, height = 34, most = Math.max(...values, 1e-9), step = Math.min(14, width / Math.max(1, values.length));
  return s("svg", { class: "bars", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    values.map((v, i) => s("rect", { x: (i * step).toFixed(1), y: (height - Math.max(2, height * v / most)).toFixed(1), width: Math.max(1, step - 2).toFixed(1), height: Math.max(2, height * v / most).toFixed(1), rx: 1 }, s("title", null, tip(v, i)))));
}

const nice = span => {
  const power = 10 ** Math.floor(Math.log10(span)), part = span / power;
  return (part <= 1 ? 0.2 : part <= 2 ? 0.5 : part <= 5 ? 1 : 2) * power;
};

/**
 * Lines over rounds. `series`: [{ name, points: [[round, value]] }]; `options`: { title, unit: value => text, rounds, from: least of the axis or null, most }.
 * Arrow keys move from round to round when the chart has the focus.
 */
export function lines(series, options) {
  const width = 400, height = 190, left = 46, right = 12, top = 10, bottom = 26;
  const drawn = series.map((one, i) => ({ ...one, colour: `c${i}` })).filter(one => one.points.length > 0);
  const all = drawn.flatMap(one => one.points);
  const rounds = Math.max(2, options.rounds ?? 0, ...all.map(([r]) => r));
  let low = options.least ?? Math.min(...all.map(([, v]) => v)), high = options.most ?? Math.max(...all.map(([, v]) => v));
  if (all.length === 0) { low = 0; high = 1; }
  if (high - low < 1e-9) { high += Math.abs(high) * 0.1 + 0.05; low -= options.least === undefined ? Math.abs(low) * 0.1 + 0.05 : 0; }
  const step = nice(high - low);
  low = Math.floor(low / step + 1e-9) * step; high = Math.ceil(high / step - 1e-9) * step;
  const x = r => left + (width - left - right) * (r - 1) / (rounds - 1), y = v => top + (height - top - bottom) * (1 - (v - low) / (high - low));
  const ticks = [];
  for (let v = low; v <= high + step / 2; v += step) ticks.push(v);
  const every = Math.max(1, Math.ceil(rounds / 8)), marks = [];
  for (let r = 1; r <= rounds; r += every) marks.push(r);

  // What is drawn may be taken over by the page that is there already, so handlers look their nodes up.
  const rest = drawn.length === 0 ? "No round has been measured yet." : summary(drawn, options);
  const show = (svg, round) => {
    const there = drawn.map(one => ({ colour: one.colour, name: one.name, value: one.points.find(([r]) => r === round)?.[1] })).filter(one => one.value !== undefined);
    svg.querySelector(".mark").replaceChildren(...(there.length ? [s("line", { x1: x(round), x2: x(round), y1: top, y2: height - bottom }), ...there.map(one => s("circle", { class: one.colour, cx: x(round), cy: y(one.value), r: 4 }))] : []));
    if (there.length) svg.closest("figure").querySelector(".says").textContent = `round ${round}: ${there.map(one => drawn.length > 1 ? `${one.name} ${options.unit(one.value)}` : options.unit(one.value)).join(" · ")}`;
  };
  const hide = ({ currentTarget: svg }) => { svg.querySelector(".mark").replaceChildren(); svg.closest("figure").querySelector(".says").textContent = rest; };
  const move = event => {
    const measured = [...new Set(all.map(([r]) => r))].sort((a, b) => a - b), svg = event.currentTarget;
    if (measured.length === 0 || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const at = svg.at ?? measured.length;
    svg.at = event.key === "Home" ? 0 : event.key === "End" ? measured.length - 1 : Math.max(0, Math.min(measured.length - 1, at + (event.key === "ArrowLeft" ? -1 : 1)));
    show(svg, measured[svg.at]);
  };
  const point = event => {
    const box = event.currentTarget.getBoundingClientRect();
    const round = 1 + Math.round(((event.clientX - box.left) / box.width * width - left) / (width - left - right) * (rounds - 1));
    show(event.currentTarget, Math.max(1, Math.min(rounds, round)));
  };

  return h("figure", { class: "chart" },
    h("figcaption", null, h("strong", null, options.title), h("span", { class: "says", "aria-live": "polite" }, rest)),
    s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: "0", "aria-label": `${options.title}: ${drawn.map(one => `${one.name} ${one.points.length ? options.unit(one.points.at(-1)[1]) : "not measured"}`).join(", ") || "not measured yet"}. Arrow keys go from round to round.`, onkeydown: move, onpointermove: point, onpointerleave: hide, onblur: hide },
      ticks.map(v => [s("line", { class: "grid", x1: left, x2: width - right, y1: y(v).toFixed(1), y2: y(v).toFixed(1) }), s("text", { x: left - 8, y: (y(v) + 4).toFixed(1), "text-anchor": "end" }, options.unit(v, true))]),
      marks.map(r => s("text", { x: x(r).toFixed(1), y: height - 8, "text-anchor": "middle" }, String(r))),
      options.ceiling !== undefined && options.ceiling !== null && options.ceiling <= high ? s("line", { class: "ceiling", x1: left, x2: width - right, y1: y(options.ceiling), y2: y(options.ceiling) }) : null,
      drawn.map(one => one.points.length === 1
        ? s("circle", { class: `${one.colour} dot`, cx: x(one.points[0][0]), cy: y(one.points[0][1]), r: 3.5 })
        : s("polyline", { class: `line ${one.colour}`, points: one.points.map(([r, v]) => `${x(r).toFixed(1)},${y(v).toFixed(1)}`).join(" ") })),
      drawn.map(one => one.points.length > 1 ? s("circle", { class: `${one.colour} dot`, cx: x(one.points.at(-1)[0]).toFixed(1), cy: y(one.points.at(-1)[1]).toFixed(1), r: 3.2 }) : null),
      s("g", { class: "mark", "data-keep": true })));
}

const summary = (drawn, options) => drawn.length > 1 ? "" : `${options.unit(drawn[0].points.at(-1)[1])} after round ${drawn[0].points.at(-1)[0]}`;

export const legend = series => h("ul", { class: "legend" }, series.map((one, i) => h("li", null, h("span", { class: `swatch c${i}` }), one.name)));

export const accuracyChart = (series, rounds) => lines(series, { title: "Accuracy", unit: (v, axis) => format.percent(v, axis ? 0 : 1), rounds });
export const lossChart = (series, rounds) => lines(series, { title: "Loss", unit: (v, axis) => v.toFixed(axis || v >= 0.1 ? 2 : 3), rounds, least: 0 });
export const epsilonChart = (series, rounds, ceiling) => lines(series, { title: "ε spent", unit: (v, axis) => axis ? String(Number(v.toPrecision(2))) : format.epsilon(v), rounds, least: 0, ceiling, most: ceiling ? Math.max(ceiling, ...series.flatMap(one => one.points.map(([, v]) => v))) : undefined });
