// The roster: who may take part, whose key is to be compared, who is there.
import { get, post, Refused } from "./api.js";
import { format, h, notice, pill, plural } from "./dom.js";

let comparing = null, revoking = null, problem = null, done = null;

export const title = () => "Participants";

export async function load() {
  return Promise.all([get("/api/v1/roster"), get("/api/v1/views/status")]);
}

export function view([{ roster: participants }, status], context) {
  participants.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const waiting = participants.filter(one => one.state === "waiting");
  return [
    h("div", { class: "head" }, h("h1", null, "Participants"),
      h("p", { class: "soft grow" }, `${plural(participants.length, "name")} on the roster, ${format.count(participants.filter(one => one.present).length)} there now${waiting.length ? `, ${format.count(waiting.length)} to approve` : ""}`)),
    status.waiting ? notice("wait", status.waiting) : null,
    problem ? notice("bad", problem) : null,
    done ? notice("good", done) : null,
    participants.length === 0 ? h("section", { class: "empty" }, h("h2", null, "Nobody yet"), h("p", null, "Invite somebody, hand the line over, and they appear here to be approved:"), h("p", { class: "command" }, h("code", null, "tacit invite hospital-b"))) : null,
    h("ul", { class: "people" }, [...waiting, ...participants.filter(one => one.state !== "waiting")].map(one => person(one, context))),
  ];
}

function person(one, context) {
  return h("li", { "data-key": one.name, class: `person ${one.state}` },
    h("span", { class: `presence ${one.present ? "here" : ""}`, title: one.present ? "there now" : "not there" }, h("span", { class: "hidden" }, one.present ? "there now" : "not there")),
    h("div", { class: "name" }, h("strong", { "data-step": true, tabindex: "-1" }, one.name), h("span", { class: "soft" }, [one.present ? "there now" : one.state === "invited" && one.inviteEnds ? `invited until ${format.moment(one.inviteEnds)}` : "not there", one.roles.join() === "participant" ? "" : one.roles.join(", "), one.state === "approved" && one.keySince ? `key since ${format.moment(one.keySince)}` : ""].filter(Boolean).join(" · "))),
    pill(one.state),
    h("div", { class: "words" }, one.words ? h("code", { title: "The words of its key: the participant's side shows the same ones" }, one.words) : one.key ? h("code", { title: one.key }, format.short(one.key)) : h("span", { class: "soft" }, "no key yet")),
    h("div", { class: "actions" },
      one.state === "waiting" && one.words && context.may("owner") ? h("button", { type: "button", class: "primary", onclick: () => { comparing = one.name; revoking = problem = done = null; context.draw(); context.focus(".ask button"); } }, "Compare and approve") : null,
      ["waiting", "approved", "invited"].includes(one.state) && context.may("owner") ? h("button", { type: "button", class: "danger quiet", onclick: () => { revoking = one.name; comparing = problem = done = null; context.draw(); context.focus(".ask button:not(.danger)"); } }, "Revoke") : null),
    comparing === one.name ? compare(one, context) : null,
    revoking === one.name ? revoke(one, context) : null);
}

function compare(one, context) {
  const send = () => change(context, `/api/v1/roster/${encodeURIComponent(one.name)}/approve`, { words: one.words }, `${one.name} may take part.`);
  return h("div", { class: "ask", role: "group", "aria-label": `Approve ${one.name}` },
    h("p", null, "Ask the other side, by a channel that you trust, which words it sees. Are they these?"),
    h("p", { class: "bigwords" }, one.words.split(/[\s-]+/).map(word => h("span", null, word))),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "primary", onclick: send }, "Yes, the same: approve"),
      h("button", { type: "button", onclick: () => { comparing = null; revoking = one.name; context.draw(); context.focus(".ask button:not(.danger)"); } }, "No, they differ"),
      h("button", { type: "button", "data-close": true, onclick: () => { comparing = null; context.draw(); } }, "Later")));
}

function revoke(one, context) {
  const send = () => change(context, `/api/v1/roster/${encodeURIComponent(one.name)}/revoke`, { reason: "revoked in the dashboard" }, `${one.name} is shut out.`);
  return h("div", { class: "ask", role: "group", "aria-label": `Revoke ${one.name}` },
    h("p", null, `${one.name} is shut out for good, and the name is not used again.`),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "danger", onclick: send }, `Revoke ${one.name}`),
      h("button", { type: "button", "data-close": true, onclick: () => { revoking = null; context.draw(); } }, "Keep")));
}

async function change(context, path, body, words) {
  try {
    await post(path, body);
    comparing = revoking = null;
    [problem, done] = [null, words];
  } catch (refused) {
    [problem, done] = [refused instanceof Refused ? `${refused.code}: ${refused.message}` : "The coordinator did not answer: nothing is known to have changed.", null];
  }
  await context.refresh();
  context.focus(".notice");
}
