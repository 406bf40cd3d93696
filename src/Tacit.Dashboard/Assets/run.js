// One job: cards, the round that runs, curves, all rounds.
import { get, post, Refused } from "./api.js";
import { accuracyChart, bars, epsilonChart, lossChart, sparkline } from "./charts.js";
import { format, h, meter, notice, pill, plural, table } from "./dom.js";
import { timeline } from "./timeline.js";

let shown = "", chosen = null, everybody = false, asking = false, problem = null;   // which round is looked at; null: the newest

export const title = ([job]) => job.name;

export const isOpen = state => state.match?.[0]?.startsWith("/runs/");

export async function load(context) {
  const id = encodeURIComponent(context.match[1]);
  const job = await get(`/api/v1/views/jobs/${id}`);
  if (shown !== job.id) { shown = job.id; chosen = problem = null; everybody = asking = false; }
  const number = chosen?.number ?? job.newest;
  const round = at => get(`/api/v1/views/jobs/${id}/rounds/${at}${everybody ? "?participants=all" : ""}`);
  try {
    return [job, number ? await round(number) : null];
  } catch (refused) {
    if (!(refused instanceof Refused) || refused.status !== 404) throw refused;
    if (chosen) problem = "The coordinator was restarted since that round: its row is kept, its timeline is not.";
    chosen = null;
    return [job, null];
  }
}

export function view([job, live], context) {
  return [
    h("div", { class: "head" },
      h("div", null,
        h("p", { class: "crumbs" }, h("a", { href: "/" }, "Runs"), " / ", job.id),
        h("h1", null, job.name, " ", pill(job.state))),
      h("p", { class: "soft grow" }, subtitle(job)),
      h("div", { class: "actions" },
        h("a", { class: "button", href: `/runs/${encodeURIComponent(job.id)}/sees` }, "What the coordinator can see"),
        job.hasModel && context.may("operator") ? h("a", { class: "button", href: `/api/v1/jobs/${encodeURIComponent(job.id)}/model`, download: `${job.name}.safetensors` }, "Model") : null,
        ["running", "planned"].includes(job.state) && context.may("operator") ? stop(job, context) : null,
        ["stopped", "failed"].includes(job.state) && context.may("operator") ? h("button", { type: "button", class: "resume", title: "Go on from the last model", onclick: () => change(job, "resume", context) }, "Resume") : null)),
    problem ? notice("bad", problem) : null,
    job.failure ? failure(job.failure, job.state, job) : null,
    job.waiting && job.state === "running" ? notice("wait", job.waiting) : null,
    h("section", { class: "cards", "aria-label": "Figures" }, accuracy(job), budget(job), present(job, live), cost(job)),
    live ? h("section", null, timeline(live, { job, everybody, newest: chosen === null, choose: number => { problem = null; chosen = number === null || number === job.newest ? null : { number }; everybody = false; context.refresh(); }, all: () => { everybody = true; context.refresh(); } })) : null,
    job.curve.length ? h("section", { class: "charts", "aria-label": "Curves" }, curves(job)) : null,
    rounds(job, number => { problem = null; chosen = { number }; context.refresh(); document.getElementById("timeline")?.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" }); }),
  ];
}

function subtitle(job) {
  const parts = [`${job.protocol}, ${job.mode === "malicious" ? "coordinator may do anything" : job.protocol === "plain-sum" ? "no protection" : "coordinator follows the protocol"}`, job.mechanism === "none" ? "exact sums" : `noise: ${job.mechanism}`];
  if (job.state === "running") parts.push(`round ${job.roundsDone} of ${job.roundsPlanned}`);
  return parts.join(" · ");
}

async function change(job, verb, context) {
  asking = false;
  try { await post(`/api/v1/jobs/${encodeURIComponent(job.id)}/${verb}`); problem = null; } catch (refused) { problem = refused instanceof Refused ? `${refused.code} ${refused.message}` : "The coordinator did not answer: nothing is known to have changed."; }
  await context.refresh();
  context.focus(".actions button, .actions a");
}

function stop(job, context) {
  return asking
    ? h("span", { class: "sure" }, "Stop after this round's phase? ", h("button", { type: "button", class: "danger", onclick: () => change(job, "stop", context) }, "Stop"), " ", h("button", { type: "button", "data-close": true, onclick: () => { asking = false; context.draw(); context.focus(".actions .danger"); } }, "Keep running"))
    : h("button", { type: "button", class: "danger quiet", onclick: () => { asking = true; context.draw(); context.focus(".sure button"); } }, "Stop");
}

/** Why participants did not want to take part in the last round that failed, the most frequent reason first. */
function reasons(job) {
  const last = job.rounds.findLast(round => round.failure), counts = new Map();
  for (const answer of last?.declined ?? []) counts.set(answer.reason, [...counts.get(answer.reason) ?? [], answer.participant]);
  return [...counts].sort((a, b) => b[1].length - a[1].length).slice(0, 3).map(([reason, who]) => h("p", null, h("strong", null, who.length === 1 ? `${who[0]} declined: ` : `${who.length} participants declined: `), reason));
}

export const failure = (failed, state, job) => h("section", { class: `failure ${state}`, role: "alert" },
  h("h2", null, h("span", { "aria-hidden": "true" }, state === "stopped" ? "■ " : "✗ "), failed.code || state),
  h("p", null, failed.detail),
  job ? reasons(job) : null,
  failed.meaning ? h("p", { class: "soft" }, failed.meaning) : null,
  failed.wayOut ? h("p", null, h("strong", null, "Way out: "), failed.wayOut) : null,
  failed.meaning ? h("p", { class: "command" }, h("code", null, `tacit explain ${failed.code}`)) : null);

const card = (name, value, ...more) => h("div", { class: "card" }, h("h2", null, name), h("p", { class: "value" }, value), ...more);

function accuracy(job) {
  const measured = job.curve.filter(point => point.accuracy !== null), last = measured.at(-1), before = measured.at(-2);
  if (!last) return card("Accuracy", "–", h("p", { class: "soft" }, job.roundsDone > 0 ? "no public test examples" : "no round has ended yet"));
  const delta = before ? (last.accuracy - before.accuracy) * 100 : null;
  const arrow = delta === null ? null : h("span", { class: `delta ${delta > 0.049 ? "up" : delta < -0.049 ? "down" : ""}` }, delta > 0.049 ? `▲ ${delta.toFixed(1)}` : delta < -0.049 ? `▼ ${(-delta).toFixed(1)}` : "= 0.0");
  return card("Accuracy", [format.percent(last.accuracy), " ", arrow], h("p", { class: "soft" }, `loss ${format.loss(last.loss)} after round ${last.round} of ${job.roundsPlanned}`), measured.length > 1 ? sparkline(job.curve.map(point => point.accuracy), "accuracy round by round", 190, 40) : null, meter(job.roundsDone, job.roundsPlanned, "rounds done", job.state));
}

function budget(job) {
  if (job.mechanism === "none") return card("Privacy budget", "none", h("p", { class: "soft" }, "Sums are exact: what a sum itself reveals is not hidden."));
  const spent = job.spent, hot = spent && job.ceiling && spent.epsilon > job.ceiling * 0.9 ? "hot" : "";
  return h("div", { class: "card" }, h("h2", null, "Privacy budget"),
    h("p", { class: "value" }, spent && spent.epsilon === null ? "ε unbounded" : `ε ${format.epsilon(spent?.epsilon ?? 0)}`, job.ceiling ? h("span", { class: "of" }, ` of ${format.epsilon(job.ceiling)}`) : null),
    h("p", { class: "soft" }, `readers of the model, δ ${Number(job.delta).toExponential(0)}, for ${format.unit(job.unit)}`),
    meter(spent?.epsilon ?? 0, job.ceiling ?? Math.max(1, spent?.epsilon ?? 1), "epsilon against readers of the model", hot),
    h("p", { class: "second" }, spent?.coordinator !== null && spent?.coordinator !== undefined ? `ε ${format.epsilon(spent.coordinator)}` : spent ? "trusted" : "ε 0.00", h("span", { class: "soft" }, spent && spent.coordinator === null ? " the coordinator sees sums without noise" : " the coordinator, who knows the cohort")),
    spent?.coordinator && job.ceiling ? meter(spent.coordinator, Math.max(job.ceiling, spent.coordinator), "epsilon against the coordinator") : null);
}

function present(job, live) {
  const now = live && ["offered", "running"].includes(live.state);
  const here = live ? (live.state === "offered" ? live.ready : live.remaining) : 0, all = live ? (live.state === "offered" ? live.invited : live.cohort || live.invited) : job.participants;
  const enough = here >= (live?.minimumCohort ?? 0), lost = live ? all - here : 0;
  return card("Participants", [h("span", null, `${format.count(here)}`), h("span", { class: "of" }, ` of ${format.count(all)}`), " ", lost > 0 && live.state !== "offered" ? h("span", { class: "delta down" }, `▼ ${lost}`) : null],
    h("p", { class: "soft" }, live ? live.state === "offered" ? `are ready for round ${live.round || live.number}` : now ? `answer in round ${live.round || live.number}` : live.state === "completed" ? `are in the sum of round ${live.round || live.number}` : "the round was aborted" : job.waiting || "no round yet"),
    live ? h("p", { class: enough ? "ok" : "short" }, `need ≥ ${live.minimumCohort} ${enough ? "✓" : "✗"}`) : null,
    live && live.participants.length === live.total ? h("p", { class: "crowd", "aria-hidden": "true" }, live.participants.map(one => h("span", { class: one.dropped ? "gone" : one.answer === "ready" ? "here" : "", title: one.name }))) : null);
}

function cost(job) {
  return card("Cost", format.bytes(job.bytes),
    h("p", { class: "soft" }, `received by the coordinator${job.roundsDone > 0 ? `, ${format.bytes(job.bytes / Math.max(1, job.participants))} a participant` : ""}`),
    h("p", { class: "second" }, format.seconds(job.seconds), h("span", { class: "soft" }, job.state === "running" && job.eta ? ` so far · about ${format.seconds(job.eta)} left` : job.endedAt ? " from start to end" : "")),
    job.rounds.length > 1 ? bars(job.rounds.slice(-13).map(round => round.seconds), "seconds of the last rounds", v => format.seconds(v)) : null);
}

export const points = (job, key) => job.curve.filter(point => point[key] !== null && point[key] !== undefined).map(point => [point.round, point[key]]);

function curves(job) {
  const series = key => [{ name: job.name, points: points(job, key) }];
  return [accuracyChart(series("accuracy"), job.roundsPlanned), lossChart(series("loss"), job.roundsPlanned), job.mechanism !== "none" ? epsilonChart(series("epsilon"), job.roundsPlanned, job.ceiling) : null];
}

function rounds(job, open) {
  if (job.rounds.length === 0) return null;
  const noised = job.mechanism !== "none";
  return h("section", null, h("h2", null, "Rounds"),
    table([{ name: "round", number: true }, { name: "no.", number: true }, "outcome", { name: "in the sum", number: true }, "dropped out", "declined", { name: "accuracy", number: true }, { name: "loss", number: true }, ...(noised ? [{ name: "ε readers", number: true }, { name: "ε coordinator", number: true }] : []), { name: "received", number: true }, { name: "time", number: true }],
      [...job.rounds].reverse().map(round => h("tr", { "data-key": round.number, class: round.failure ? "aborted" : null },
        h("td", { class: "n" }, h("button", { type: "button", class: "link", "data-step": true, title: "Show its timeline", onclick: () => open(round.number) }, round.round > 0 ? String(round.round) : purpose(round.purpose))), h("td", { class: "n soft" }, round.number),
        h("td", null, round.failure ? h("span", { class: "why" }, h("code", null, round.failure.code), " ", round.failure.detail) : "completed", round.saturated > 0 ? h("span", { class: "short" }, ` ${format.count(round.saturated)} saturated`) : null, round.incidents.length ? h("details", null, h("summary", null, plural(round.incidents.length, "incident")), h("ul", null, round.incidents.map(text => h("li", null, text)))) : null),
        h("td", { class: "n" }, `${round.included} of ${round.invited} asked`),
        h("td", null, names(round.dropped.map(drop => [drop.participant, `before ${drop.phase}${drop.recovered ? "" : ", not recovered"}`]), round.droppedCount)),
        h("td", null, names(round.declined.map(answer => [answer.participant, answer.reason]), round.declinedCount)),
        h("td", { class: "n" }, format.percent(round.accuracy)), h("td", { class: "n" }, format.loss(round.loss)),
        noised ? [h("td", { class: "n" }, format.epsilon(round.spent?.epsilon)), h("td", { class: "n" }, format.epsilon(round.spent?.coordinator))] : null,
        h("td", { class: "n" }, format.bytes(round.bytes)), h("td", { class: "n" }, format.seconds(round.seconds)))),
      { label: "Rounds", class: "rounds" }));
}

const purpose = name => name === "FeatureMeans" ? "means" : name === "FeatureSquares" ? "squares" : name;

function names(texts, count) {
  if (count === 0) return h("span", { class: "soft" }, "–");
  return h("details", null, h("summary", null, count === 1 ? texts[0][0] : String(count)), h("ul", null, texts.map(([who, why]) => h("li", null, h("b", null, who), " ", why)), count > texts.length ? h("li", null, `and ${count - texts.length} more`) : null));
}
