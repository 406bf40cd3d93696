// What is stored: tries, rounds, who changed what. And links for others to look.
import { get, post, Refused } from "./api.js";
import { format, h, notice, pill, plural, table } from "./dom.js";

let link = null, problem = null;

export const title = () => "Admin";

export const calm = 3000;   // the store is read, and the chain walked: not with every change

export const load = () => Promise.all([get("/api/v1/views/records"), get("/api/v1/views/audit")]);

export function view([records, audit], context) {
  return [
    h("div", { class: "head" }, h("h1", null, "Admin"), h("p", { class: "soft grow" }, records.store ? `stored in ${records.store}` : "nothing is stored: jobs and rounds are gone with this process")),
    problem ? notice("bad", problem) : null,
    context.may("operator") ? links(context) : null,
    h("section", null, h("h2", null, "Tries"),
      records.jobs.length === 0 ? h("p", { class: "soft" }, "None.") : table(["id", "state", "reason", "plan", "created", "changed"], records.jobs.map(job => h("tr", { "data-key": job.id },
        h("td", null, h("a", { href: `/runs/${encodeURIComponent(job.id)}`, "data-step": true }, job.id)), h("td", null, pill(job.state)), h("td", { class: "wrap" }, job.reason || "–"), h("td", null, h("code", { title: job.planHash }, format.short(job.planHash))), h("td", null, format.moment(job.createdAt)), h("td", null, format.moment(job.changedAt)))), { label: "Tries", tall: true })),
    h("section", null, h("h2", null, "Rounds", records.roundsTotal > records.rounds.length ? h("span", { class: "soft" }, ` the newest ${records.rounds.length} of ${records.roundsTotal}`) : null),
      records.rounds.length === 0 ? h("p", { class: "soft" }, "None.") : table(["job", { name: "number", number: true }, "state", { name: "in the sum", number: true }, "reason", "round id", "transcript", "started", "ended"], records.rounds.map(round => h("tr", { "data-key": `${round.job} ${round.number}`, class: round.state === "aborted" ? "aborted" : null },
        h("td", null, round.job), h("td", { class: "n" }, round.number), h("td", null, pill(round.state)), h("td", { class: "n" }, format.count(round.survivors)), h("td", { class: "wrap" }, round.reason || "–"),
        h("td", null, h("code", { title: round.roundId }, format.short(round.roundId))), h("td", null, h("code", { title: round.transcriptRoot }, format.short(round.transcriptRoot))), h("td", null, format.moment(round.startedAt)), h("td", null, format.moment(round.endedAt)))), { label: "Rounds", tall: true })),
    h("section", null, h("h2", null, "Audit log"),
      audit.verification ? audit.verification.whole
        ? notice("good", `✓ The chain is whole: ${plural(audit.verification.rows, "row")}, head `, h("code", { title: audit.verification.head }, format.short(audit.verification.head)))
        : notice("bad", `✗ The chain is broken at row ${audit.verification.broken}: ${audit.verification.problem}`) : h("p", { class: "soft" }, "There is no store, so there is no log."),
      audit.rows.length > 0 ? table([{ name: "row", number: true }, "when", "who", "what", "to what", "detail", "hash"], audit.rows.map(row => h("tr", { "data-key": row.entry },
        h("td", { class: "n" }, row.entry), h("td", null, format.moment(row.at)), h("td", null, row.actor), h("td", null, row.action), h("td", null, h("span", { class: "clipped", title: row.subject }, row.subject)), h("td", null, h("span", { class: "clipped", title: row.detail }, row.detail)), h("td", null, h("code", { title: row.hash }, format.short(row.hash))))), { label: "Audit log", tall: true }) : null),
  ];
}

function links(context) {
  const make = role => async () => {
    try {
      const made = await post("/api/v1/session/links", { role });
      [link, problem] = [{ role, url: new URL(made.path, location.origin).href }, null];
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      [link, problem] = [null, `${refused.code}: ${refused.message}`];
    }
    context.draw();
  };
  return h("section", { class: "panel" }, h("h2", null, "Let somebody look"),
    h("p", { class: "soft" }, "A link works once, within an hour, and opens a session of 12 hours. A viewer sees everything and changes nothing."),
    h("div", { class: "actions" }, h("button", { type: "button", onclick: make("viewer") }, "Link for a viewer"), h("button", { type: "button", onclick: make("operator") }, "Link for an operator"), context.may("owner") ? h("button", { type: "button", onclick: make("owner") }, "Link for an owner") : null),
    link ? h("p", { class: "command" }, h("code", null, link.url)) : null);
}
