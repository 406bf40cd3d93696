// One round, phase by phase: how far everybody got, who dropped out, and whether the sum was saved.
import { format, h, pill } from "./dom.js";

const names = { "advertise-keys": "keys", "share-keys": "shares", "masked-input": "masked", "consistency-check": "check", unmasking: "unmask" };
const long = { "advertise-keys": "AdvertiseKeys", "share-keys": "ShareKeys", "masked-input": "MaskedInput", "consistency-check": "ConsistencyCheck", unmasking: "Unmasking" };

export function timeline(round, { job, everybody, newest, choose, all }) {
  const numbers = job.rounds.map(one => one.number);
  if (!numbers.includes(round.number)) numbers.push(round.number);
  const at = numbers.indexOf(round.number);
  return [
    h("div", { class: "head", id: "timeline" },
      h("h2", null, round.round > 0 ? `Round ${round.round}` : "Moments of the features", " ", pill(round.state)),
      h("p", { class: "soft grow" }, moment(round)),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "icon", "aria-label": "The round before", disabled: at <= 0, onclick: () => choose(numbers[at - 1]) }, "←"),
        h("button", { type: "button", class: "icon", "aria-label": "The round after", disabled: at < 0 || at >= numbers.length - 1, onclick: () => choose(numbers[at + 1]) }, "→"),
        h("button", { type: "button", disabled: newest, onclick: () => choose(null) }, newest ? "following" : "follow"))),
    round.failure ? h("p", { class: "why" }, h("code", null, round.failure.code), " ", round.failure.detail) : null,
    round.phases.length === 0 && round.state === "aborted" ? refusals(round) : round.participants.length === 0 ? null : h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Timeline of the round" },
      h("table", { class: "timeline" },
        h("thead", null, h("tr", null,
          h("th", { scope: "col" }, format.count(round.total), h("span", { class: "word" }, " participants")),
          h("th", { scope: "col", class: phaseClass(round, round.state === "offered" ? 0 : 1) }, step("update", round.ready, round.invited, round.begun, "The participant computes its update and says that it is ready")),
          round.phases.map(phase => h("th", { scope: "col", class: phaseClass(round, phase.closed ? 1 : phase.name === round.phase && round.state === "running" ? 0 : -1) }, step(names[phase.name], phase.parties, phase.expected, phase.opened === null ? null : (phase.closed ?? round.elapsed) - phase.opened, `${long[phase.name]}: ${format.bytes(phase.bytes)}`))),
          h("th", { scope: "col", class: "note" }, h("span", { class: "hidden" }, "note")))),
        h("tbody", null, [...round.participants].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })).map(one => row(round, one))))),
    round.total > round.participants.length ? h("p", { class: "soft" }, `${format.count(round.participants.length)} of ${format.count(round.total)} are shown, those that dropped out or declined first. `, h("button", { type: "button", class: "link", onclick: all }, "Show all")) : null,
  ];
}

/** A round that never began: who did not answer, and why those that did refused. */
function refusals(round) {
  const groups = new Map();
  for (const one of round.participants) {
    const said = one.answer === "declined" ? `declined: ${one.reason}` : one.answer === "ready" ? "were ready" : "did not answer";
    groups.set(said, [...groups.get(said) ?? [], one.name]);
  }

  return h("dl", { class: "refusals" }, [...groups].map(([said, who]) => [h("dt", null, said), h("dd", null, who.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).join(", "))]));
}

const phaseClass = (round, how) => how > 0 ? "done" : how === 0 ? "now" : "";

const step = (name, have, need, seconds, tip) => h("span", { class: "step", title: tip }, h("b", null, name), h("span", { class: "count" }, `${format.count(have)}/${format.count(need)}`), h("span", { class: "took" }, seconds === null || seconds === undefined ? " " : format.seconds(Math.max(0, seconds))));

function moment(round) {
  if (round.state === "offered") return `offered ${format.time(round.offeredAt)}: ${round.ready} of ${round.invited} are ready`;
  if (round.state === "running") return round.phase ? `waits for ${long[round.phase]}${round.deadline ? ` until ${format.time(round.deadline)}` : ""}` : "everybody has answered";
  return `${format.time(round.offeredAt)}, ${format.seconds(round.elapsed)}`;
}

function row(round, one) {
  const gone = one.dropped ? round.phases.findIndex(phase => phase.name === one.dropped) : -1;
  const reached = one.steps.reduce((last, got, i) => got ? i : last, -1);
  const cells = round.phases.map((phase, i) => {
    const got = one.steps[i];
    if (got) return cell("got", `${one.name} ${long[phase.name]} after ${format.seconds(got.at)}, ${format.bytes(got.bytes)} in ${got.messages}`);
    if (i === gone) return cell("cut", `${one.name} dropped out before ${long[phase.name]}`, "✂");
    if (one.answer !== "ready" || (gone >= 0 && i > gone)) return cell("never", "");
    if (phase.closed !== null || round.state !== "running") return cell("missed", `${one.name} sent nothing in ${long[phase.name]}`);
    return cell(i === reached + 1 && phase.name === round.phase ? "awaited" : "ahead", "");
  });
  return h("tr", { "data-key": one.name, class: one.dropped ? "dropped" : one.answer === "declined" ? "declined" : null },
    h("th", { scope: "row" }, one.name),
    one.answer === "ready" ? cell("got first", `${one.name} was ready after ${format.seconds(one.answered)}`) : one.answer === "declined" ? cell("no first", `${one.name} declined`, "–") : round.state === "offered" ? cell("awaited first", "") : cell(isNotNeeded(round, one) ? "never first" : "missed first", absent(round, one)),
    cells,
    h("td", { class: "note" }, note(round, one)));
}

// More are asked than a cohort has; a round begins without those that were not quick enough.
const isNotNeeded = (round, one) => one.answer === "spare" || (one.answer === "none" && round.phases.length > 0);
const absent = (round, one) => one.answer === "spare" ? "spare: the cohort was full" : isNotNeeded(round, one) ? "had not answered when the round began" : "did not answer the offer";

const cell = (kind, tip, mark = "") => h("td", { class: `cell ${kind}`, title: tip || null }, h("span", { class: "dot" }, mark || null, tip ? h("span", { class: "hidden" }, tip) : null));

function note(round, one) {
  if (one.answer === "declined") return `declined: ${one.reason}`;
  if (one.answer !== "ready" && round.state !== "offered") return absent(round, one);
  if (!one.dropped) return "";
  const before = ["consistency-check", "unmasking"].includes(one.dropped);
  return one.recovered === null ? `nothing from it in ${names[one.dropped]}` : one.recovered
    ? before ? `dropped before ${names[one.dropped]} → input is in the sum` : `dropped before ${names[one.dropped]} → ${one.dropped === "masked-input" ? "masks removed with the others' shares" : "left out"}`
    : `dropped before ${names[one.dropped]}`;
}
