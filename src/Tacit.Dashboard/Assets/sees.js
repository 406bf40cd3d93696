// Two columns: what one participant sent, and what the coordinator reads of it. And how many would have to collude.
import { get } from "./api.js";
import { format, h, notice, plural } from "./dom.js";

let who = null, colluders = 0;

export const title = ([job]) => `What the coordinator can see of ${job.name}`;

export async function load(context) {
  const id = encodeURIComponent(context.match[1]);
  const job = await get(`/api/v1/views/jobs/${id}`);
  if (!job.newest) return [job, null, null];
  const live = await get(`/api/v1/views/jobs/${id}/rounds/${job.newest}?participants=all`);
  return [job, live, live.phases.length ? await get(`/api/v1/views/jobs/${id}/rounds/${job.newest}/collusion`) : null];
}

export function view([job, live, collusion], context) {
  const head = h("div", { class: "head" }, h("div", null,
    h("p", { class: "crumbs" }, h("a", { href: "/" }, "Runs"), " / ", h("a", { href: `/runs/${encodeURIComponent(job.id)}` }, job.id)),
    h("h1", null, "What the coordinator can see")));
  if (!live || live.phases.length === 0) return [head, notice("wait", "No round of this job has begun: nobody has sent anything.")];
  const sent = live.participants.filter(one => one.steps.some(Boolean));
  const one = sent.find(party => party.name === who) ?? sent[0];
  const open = job.protocol === "plain-sum";
  return [
    head,
    open ? notice("bad", h("strong", null, "plain-sum protects nothing. "), job.mechanism === "none" ? "The coordinator reads every update in the clear." : "The coordinator reads every update by itself; each carries only its own participant's share of the noise.") : null,
    h("div", { class: "two" },
      h("section", { class: "panel" },
        h("h2", null, "What ", one ? h("select", { "aria-label": "Participant", onchange: event => { who = event.target.value; context.draw(); } }, sent.map(party => h("option", { selected: party === one, value: party.name }, party.name))) : "a participant", " sent"),
        h("p", { class: "soft" }, `in ${live.round > 0 ? `round ${live.round}` : "the round of moments"}: ${live.length.toLocaleString("en").replaceAll(",", " ")} numbers of ${live.bits} bits`),
        one ? messages(live, one, open) : h("p", { class: "soft" }, "Nothing yet.")),
      h("section", { class: "panel" },
        h("h2", null, "What the coordinator reads"),
        reads(job, live, open), open ? null : arrived(live, sent))),
    collusion ? slider(job, live, collusion, context) : null,
  ];
}

const kinds = {
  "advertise-keys": ["public keys, for this round alone", "reads them: they are public", "seen"],
  "share-keys": ["its secrets, cut into shares, each sealed for one neighbour", "passes them on and cannot open them", "shut"],
  "masked-input": ["its update under masks: uniform numbers", "cannot tell it from random numbers", "shut"],
  "consistency-check": ["a signature over who is in the sum", "reads it: everybody saw the same list", "seen"],
  unmasking: ["one share for each neighbour: of the self-mask, or of the key of who dropped out, never both", "opens the masks of the sum, of no single input", "seen"],
};

function messages(live, one, open) {
  return h("ul", { class: "messages" }, live.phases.map((phase, i) => {
    const got = one.steps[i], [what, reading, kind] = open ? ["its update in the clear", "reads all of it", "open"] : kinds[phase.name];
    return h("li", { class: got ? kind : "none" },
      h("div", { class: "top" }, h("b", null, phase.name), h("span", { class: "soft" }, got ? `${plural(got.messages, "message")}, ${format.bytes(got.bytes)}` : one.dropped === phase.name ? "dropped out" : "nothing yet")),
      got ? h("p", null, what) : null,
      got && phase.name === "masked-input" && one.prefix ? h("p", { class: "hex" }, h("code", null, `${one.prefix.match(/../g).join(" ")} …`)) : null,
      got ? h("p", { class: "reading" }, reading) : null);
  }));
}

function reads(job, live, open) {
  const noisy = job.mechanism !== "none" && live.purpose === "Training";
  const inside = live.state === "completed" ? live.included : null;
  return [
    h("div", { class: `sum ${open ? "open" : ""}` },
      h("p", { class: "big" }, open ? `${live.cohort} updates, one by one` : `one ${noisy ? "noisy " : ""}sum of ${inside ?? `at least ${live.minimumCohort}`} inputs`),
      h("p", { class: "soft" }, open ? "and their sum" : inside !== null ? `never of fewer than ${live.minimumCohort}: participants refuse to open less` : live.state === "aborted" ? "this round gave no sum: the coordinator reads nothing" : "once enough shares are there; until then nothing")),
    h("ul", { class: "plain" },
      h("li", null, "Who took part, when, and how many bytes they sent."),
      h("li", null, noisy ? "The noise is added by the participants before they mask: nobody, the coordinator included, ever has the sum without it." : "The sum is exact. What an exact sum says about one input, it says: with few participants, or two cohorts that differ by one, that can be a lot."),
      live.purpose !== "Training" ? h("li", null, "This round sums moments of the features, to give them one scale: these sums carry no noise.") : null,
      h("li", null, "What is not hidden: a participant can lie about its input, and nobody checks that the coordinator reports the right sum.")),
  ];
}

/** What stands in the coordinator's memory: rows that look alike, whatever is in them. */
function arrived(live, sent) {
  const rows = sent.filter(one => one.prefix);
  if (rows.length === 0) return null;
  const shown = rows.slice(0, 6);
  return h("figure", { class: "arrived" },
    h("figcaption", { class: "soft" }, "The beginning of what arrived, as it arrived"),
    h("table", null, h("tbody", null, shown.map(party => h("tr", null, h("th", { scope: "row" }, party.name), h("td", null, h("code", null, `${party.prefix.match(/../g).join(" ")} …`)))))),
    h("p", { class: "soft" }, rows.length > shown.length ? `and ${rows.length - shown.length} more like these. ` : "", live.state === "completed" ? "Added up, the masks cancel: what is left is the sum above." : "Only added up do the masks cancel."));
}

function slider(job, live, collusion, context) {
  const most = collusion.levels.length - 1;
  colluders = Math.min(colluders, most);
  const level = collusion.levels[colluders];
  const at = event => { colluders = Number(event.target.value); context.draw(); };
  return h("section", { class: `panel collusion ${level.state}` },
    h("h2", null, "Coordinator + ", h("output", { for: "colluders" }, plural(colluders, "colluding participant")), ` of ${collusion.cohort}`),
    h("input", { id: "colluders", type: "range", min: "0", max: String(most), step: "1", value: String(colluders), "aria-label": "Participants that tell the coordinator all they know", "aria-valuetext": `${colluders}: ${level.says}`, oninput: at }),
    h("div", { class: "scale", "aria-hidden": "true" }, collusion.levels.map((one, i) => h("span", { class: `${one.state} ${i === colluders ? "at" : ""}` }))),
    h("p", { class: "verdict", role: "status" }, h("b", null, level.state === "safe" ? "They read only sums. " : level.state === "weak" ? "Not what was promised. " : "They can read single inputs. "), level.says),
    h("p", { class: "soft" }, collusion.rule));
}
