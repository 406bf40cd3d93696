// What this is, and where to read on.
import { get, post } from "./api.js";
import { format, h } from "./dom.js";

export const title = () => "About";

export const load = () => get("/api/v1/session");

export function view(session) {
  const leave = async () => { await post("/api/v1/session/end"); location.href = "/"; };
  return [
    h("div", { class: "head" }, h("h1", null, "About")),
    h("div", { class: "two" },
      h("section", { class: "panel" }, h("h2", null, "Tacit ", session.version),
        h("p", null, "Participants train on data that stays with them. The coordinator gets sums of their updates: masked, so that it reads no single one, and noised by the participants where the plan asks for it."),
        h("p", null, "Two budgets are shown because they differ. ε against readers of the model holds for somebody who does not know who was drawn. The coordinator draws the cohort, so it has an ε of its own, which is larger."),
        h("p", null, "This page loads nothing from anywhere else, keeps no cookie but the session's, and can change only what your role may.")),
      h("section", { class: "panel" }, h("h2", null, "Reading"),
        h("ul", { class: "plain" },
          h("li", null, h("code", null, "docs/dashboard.md"), " what each page shows"),
          h("li", null, h("code", null, "docs/federation.md"), " running a federation"),
          h("li", null, h("code", null, "docs/privacy.md"), " what ε covers, and what it does not"),
          h("li", null, h("code", null, "docs/protocols/"), " threat models and messages"),
          h("li", null, h("code", null, "SECURITY.md"), " what is promised, against whom"),
          h("li", null, h("code", null, "tacit explain CODE"), " any failure code")),
        h("h2", null, "Your session"),
        h("p", null, `${session.role}, until ${`${format.moment(session.ends)} UTC`}`),
        h("button", { type: "button", onclick: leave }, "End this session"))),
  ];
}
