// Receipts as they were handed out. Their holders check them without this coordinator.
import { get } from "./api.js";
import { format, h, notice, table } from "./dom.js";

export const title = () => "Receipts";

export const load = context => get(`/api/v1/views/receipts${context.query.get("participant") ? `?participant=${encodeURIComponent(context.query.get("participant"))}` : ""}`);

export function view({ receipts, total, participants }, context) {
  const chosen = context.query.get("participant") ?? "";
  return [
    h("div", { class: "head" }, h("h1", null, "Receipts"),
      participants.length > 0 ? h("label", { class: "filter" }, "of ", h("select", { onchange: event => context.replace(event.target.value ? `/receipts?participant=${encodeURIComponent(event.target.value)}` : "/receipts") },
        h("option", { value: "", selected: chosen === "" }, "everybody"), participants.map(name => h("option", { value: name, selected: name === chosen }, name)))) : null),
    h("p", null, "A receipt says what one participant was promised in one round: terms, roster, whether its input is in the sum, the noise, both ε. It is signed. Check it on any machine, without network, and without trusting this page:"),
    h("p", { class: "command" }, h("code", null, "tacit verify RECEIPT.json")),
    receipts.length === 0 ? h("section", { class: "empty" }, h("h2", null, "No receipts yet"), h("p", null, "They are written when a round ends.")) : null,
    receipts.length > 0 ? table(["job", { name: "round", number: true }, "participant", { name: "size", number: true }, "stored", ""],
      receipts.map(one => h("tr", { "data-key": `${one.job} ${one.number} ${one.participant}` },
        h("td", null, h("a", { href: `/runs/${encodeURIComponent(one.job)}` }, one.job)), h("td", { class: "n" }, one.number), h("td", null, one.participant), h("td", { class: "n" }, format.bytes(one.bytes)), h("td", null, format.moment(one.savedAt)),
        h("td", null, h("a", { class: "button small", "data-step": true, href: `/api/v1/views/receipts/${encodeURIComponent(one.job)}/${one.number}/${encodeURIComponent(one.participant)}`, download: `${one.job}-${one.number}-${one.participant}.receipt.json` }, "Download")))), { label: "Receipts" }) : null,
    total > receipts.length ? notice("wait", `The newest ${receipts.length} of ${total} are shown: choose a participant to see the rest of its own.`) : null,
  ];
}
