// Runs side by side.
import { get } from "./api.js";
import { accuracyChart, epsilonChart, legend, lossChart } from "./charts.js";
import { format, h, notice, pill } from "./dom.js";
import { points } from "./run.js";

const most = 6;

export const title = () => "Compare";

export async function load(context) {
  const { jobs } = await get("/api/v1/views/jobs");
  const asked = context.query.getAll("run");
  return { jobs, runs: asked.map(id => jobs.find(job => job.id === id)).filter(Boolean).slice(0, most) };
}

export function view({ jobs, runs }, context) {
  const named = runs.map(job => ({ ...job, name: runs.filter(other => other.name === job.name).length > 1 ? job.id : job.name }));
  const series = key => named.map(job => ({ name: job.name, points: points(job, key) }));
  const rounds = Math.max(2, ...runs.map(job => job.roundsPlanned));
  const toggle = (id, on) => {
    const ids = on ? [...runs.map(job => job.id), id] : runs.map(job => job.id).filter(other => other !== id);
    context.replace(ids.length ? `/compare?${ids.map(one => `run=${encodeURIComponent(one)}`).join("&")}` : "/compare");
  };
  return [
    h("div", { class: "head" }, h("h1", null, "Compare")),
    jobs.length === 0 ? h("section", { class: "empty" }, h("h2", null, "No runs yet"), h("p", null, "Two or more runs can be laid side by side here.")) : h("fieldset", { class: "choice" }, h("legend", null, `Runs, at most ${most}`), [...jobs].reverse().map(job => h("label", { "data-key": job.id },
      h("input", { type: "checkbox", "data-step": true, checked: runs.some(one => one.id === job.id), disabled: runs.length >= most && !runs.some(one => one.id === job.id), onchange: event => toggle(job.id, event.target.checked) }), job.name, h("span", { class: "soft" }, job.id === job.name ? "" : job.id)))),
    runs.length === 1 ? notice("wait", "Choose one more.") : null,
    runs.length > 0 ? [
      legend(named),
      h("section", { class: "charts" }, accuracyChart(series("accuracy"), rounds), lossChart(series("loss"), rounds), runs.some(job => job.mechanism !== "none") ? epsilonChart(series("epsilon"), rounds) : null),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Figures side by side" }, h("table", { class: "side" },
        h("thead", null, h("tr", null, h("td", null), named.map((job, i) => h("th", { scope: "col" }, h("span", { class: `swatch c${i}` }), h("a", { href: `/runs/${encodeURIComponent(job.id)}` }, job.name))))),
        h("tbody", null, figures.map(([name, of]) => h("tr", null, h("th", { scope: "row" }, name), named.map(job => h("td", null, of(job)))))))),
    ] : null,
  ];
}

const last = job => job.curve.filter(point => point.accuracy !== null).at(-1);

const figures = [
  ["state", job => pill(job.state)],
  ["accuracy", job => h("b", null, format.percent(last(job)?.accuracy))],
  ["loss", job => format.loss(last(job)?.loss)],
  ["rounds", job => `${job.roundsDone} of ${job.roundsPlanned}`],
  ["ε, readers of the model", job => job.spent ? format.epsilon(job.spent.epsilon) : job.mechanism === "none" ? "no noise" : "–"],
  ["ε, the coordinator", job => job.spent ? job.spent.coordinator === null ? "trusted" : format.epsilon(job.spent.coordinator) : job.mechanism === "none" ? "no noise" : "–"],
  ["ε is for", job => job.mechanism === "none" ? "–" : format.unit(job.unit)],
  ["ε ceiling", job => job.ceiling ? format.epsilon(job.ceiling) : "–"],
  ["the coordinator can read", job => job.protocol === "plain-sum" ? "every update" : job.mechanism === "none" ? "only sums" : "only noisy sums"],
  ["protocol", job => job.protocol === "plain-sum" ? job.protocol : `${job.protocol}, ${job.mode}`],
  ["participants", job => format.count(job.participants)],
  ["received", job => format.bytes(job.bytes)],
  ["time", job => format.seconds(job.seconds)],
];
