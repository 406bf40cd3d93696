// All jobs, newest first.
import { get } from "./api.js";
import { sparkline } from "./charts.js";
import { format, h, meter, notice, pill, plural } from "./dom.js";

const picked = new Set();

export const title = () => "Runs";

export const load = () => Promise.all([get("/api/v1/views/jobs"), get("/api/v1/views/status")]);

export function view([{ jobs }, status], context) {
  const order = [...jobs].reverse();
  for (const id of picked) if (!jobs.some(job => job.id === id)) picked.delete(id);
  return [
    h("div", { class: "head" },
      h("h1", null, "Runs"),
      h("p", { class: "soft" }, `${plural(status.participants, "participant")} joined, ${format.count(status.present)} there now`),
      picked.size > 1 ? h("a", { class: "button", href: `/compare?${[...picked].map(id => `run=${encodeURIComponent(id)}`).join("&")}` }, `Compare ${picked.size}`) : null),
    status.waiting ? notice("wait", status.waiting) : null,
    order.length === 0 ? empty() : h("ul", { class: "runs" }, h("li", { class: "run heads", "aria-hidden": "true" }, ["", "job", "state", "progress", "accuracy", "privacy budget"].map(name => h("span", null, name))), order.map(job => row(job, context))),
  ];
}

const empty = () => h("section", { class: "empty" },
  h("h2", null, "No job yet"),
  h("p", null, "Hand the coordinator a plan and it appears here:"),
  h("p", { class: "command" }, h("code", null, "tacit run plan.yaml")));

function row(job, context) {
  const measured = job.curve.filter(point => point.accuracy !== null);
  const path = `/runs/${encodeURIComponent(job.id)}`;
  return h("li", { "data-key": job.id, class: `run ${job.state}` },
    h("label", { class: "pick", title: "Compare" }, h("input", { type: "checkbox", checked: picked.has(job.id), "aria-label": `Compare ${job.name}`, onchange: event => { if (event.target.checked) picked.add(job.id); else picked.delete(job.id); context.draw(); } })),
    h("a", { href: path, class: "name", "data-step": true }, h("strong", null, job.name), h("span", { class: "soft" }, job.id === job.name ? job.protocol : `${job.id} · ${job.protocol}`)),
    h("div", { class: "state" }, pill(job.state), h("span", { class: "soft" }, job.state === "running" ? job.eta ? `${format.seconds(job.eta)} left` : "" : format.ago(job.endedAt ?? job.submittedAt))),
    h("div", { class: "progress" }, h("span", null, `round ${format.count(job.roundsDone)} of ${format.count(job.roundsPlanned)}`), meter(job.roundsDone, job.roundsPlanned, "rounds done", job.state)),
    h("div", { class: "curve" }, sparkline(job.curve.map(point => point.accuracy), `accuracy of ${plural(measured.length, "round")}`), h("b", null, measured.length ? format.percent(measured.at(-1).accuracy) : "–")),
    h("div", { class: "budget", title: job.mechanism === "none" ? null : `for ${format.unit(job.unit)}, at δ ${job.delta}` }, job.spent
      ? [h("span", null, `ε ${format.epsilon(job.spent.epsilon)}`, job.ceiling ? h("span", { class: "soft" }, ` of ${format.epsilon(job.ceiling)}`) : null), job.ceiling ? meter(job.spent.epsilon, job.ceiling, "epsilon spent of the ceiling", job.spent.epsilon > job.ceiling * 0.9 ? "hot" : "") : null]
      : h("span", { class: "soft" }, job.mechanism === "none" ? "exact sums" : "nothing spent")),
    job.failure ? h("p", { class: "why" }, h("code", null, job.failure.code), " ", job.failure.detail) : job.state === "running" && job.waiting ? h("p", { class: "why waits" }, job.waiting) : null);
}
