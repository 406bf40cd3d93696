// Receipts as they were handed out. Their holders check them without this coordinator.
import { get } from "./api.js";
import { format, h, notice, plural } from "./dom.js";

export const title = () => "Receipts";

export const calm = 3000;   // the store is read: not with every change

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
    receipts.length > 0 ? h("ul", { class: "stacks" }, rounds(receipts).map(one => h("li", { "data-key": `${one.job} ${one.number}` },
      h("details", { open: chosen !== "" }, h("summary", { "data-step": true }, h("b", null, one.job), ` round no. ${one.number}`, h("span", { class: "soft" }, ` ${plural(one.receipts.length, "receipt")}, ${format.moment(one.savedAt)}`)),
        h("ul", { class: "links" }, one.receipts.map(receipt => h("li", null, h("a", { class: "button small", title: format.bytes(receipt.bytes), href: `/api/v1/views/receipts/${encodeURIComponent(receipt.job)}/${receipt.number}/${encodeURIComponent(receipt.participant)}`, download: `${receipt.job}-${receipt.number}-${receipt.participant}.receipt.json` }, "⤓ ", receipt.participant)))))))) : null,
    total > receipts.length ? notice("wait", `The newest ${receipts.length} of ${total} are shown: choose a participant to see the rest of its own.`) : null,
  ];
}

function rounds(receipts) {
  const found = new Map();
  for (const receipt of receipts) {
    const key = `${receipt.job} ${receipt.number}`;
    if (!found.has(key)) found.set(key, { ...receipt, receipts: [] });
    found.get(key).receipts.push(receipt);
  }

  for (const one of found.values()) one.receipts.sort((a, b) => a.participant.localeCompare(b.participant, "en", { numeric: true }));
  return [...found.values()];
}
