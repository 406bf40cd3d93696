// Start, addresses, keys. One page is shown at a time; each has load() for its data and view() for its picture.
import { follow, get, Refused, Unreachable } from "./api.js";
import { h, morph, notice } from "./dom.js";
import * as about from "./about.js";
import * as admin from "./admin.js";
import * as compare from "./compare.js";
import * as participants from "./participants.js";
import * as receipts from "./receipts.js";
import * as run from "./run.js";
import * as runs from "./runs.js";
import * as sees from "./sees.js";

const pages = [
  [/^\/$/, runs, "runs"],
  [/^\/runs\/([^/]+)\/?$/, run, "runs"],
  [/^\/runs\/([^/]+)\/sees\/?$/, sees, "runs"],
  [/^\/participants\/?$/, participants, "participants"],
  [/^\/receipts\/?$/, receipts, "receipts"],
  [/^\/compare\/?$/, compare, "compare"],
  [/^\/admin\/?$/, admin, "admin"],
  [/^\/about\/?$/, about, "about"],
];

const main = document.getElementById("main");
const state = { me: null, page: null, match: null, data: null, running: false, again: false, shown: 0, later: null };

/** What pages get: who asks, how to go elsewhere, how to draw again after a choice. */
const context = {
  get me() { return state.me; },
  get match() { return state.match; },
  get query() { return new URLSearchParams(location.search); },
  may: role => ["viewer", "operator", "owner"].indexOf(state.me?.role) >= ["viewer", "operator", "owner"].indexOf(role),
  go: path => { history.pushState(null, "", path); arrive().then(() => { if (document.activeElement === document.body) main.focus({ preventScroll: true }); }); },
  replace: path => { history.replaceState(null, "", path); refresh(); },
  draw: () => state.data && draw(),
  refresh: () => refresh(),
  focus: where => (main.querySelector(where) ?? main).focus(),   // what had it is gone: without a new place it falls to the top of the page
};

function draw() {
  const next = h("main", { id: "main", tabindex: "-1" }, state.page.view(state.data, context));
  morph(main, next);
}

/** A change arrived. Pages whose data costs much are not drawn with each of them. */
function changed() {
  const wait = (state.page?.calm ?? 0) - (Date.now() - state.shown);
  if (wait <= 0) return refresh();
  return state.later ??= new Promise(done => setTimeout(() => { state.later = null; done(refresh()); }, wait));
}

/** Loads the page's data again. Calls that come while one is under way become one more. */
async function refresh() {
  if (!state.page) return true;   // an address that is none has nothing to load
  if (state.running) { state.again = true; return; }
  state.running = true;
  const page = state.page, place = location.href;
  try {
    const data = await page.load(context);
    if (page === state.page && place === location.href) {
      state.data = data;
      state.shown = Date.now();
      document.title = `${page.title(data, context)} · Tacit`;
      draw();
    }
    return true;
  } catch (problem) {
    if (page === state.page) failed(problem);
    return false;
  } finally {
    state.running = false;
    if (state.again) { state.again = false; refresh(); }
  }
}

function failed(problem) {
  if (problem instanceof Refused && problem.status === 401) return refuse();
  if (problem instanceof Refused) show(h("h1", null, problem.status === 404 ? "Not here" : "Refused"), notice("bad", h("strong", null, problem.code), " ", problem.message), h("p", null, h("a", { href: "/" }, "All runs")));
  else if (problem instanceof Unreachable) told("reconnecting");   // what is on the page stays
  else {
    console.error(problem);
    show(h("h1", null, "This page failed"), notice("bad", "It is a fault of ours: what the coordinator does is not touched by it. ", String(problem)), h("p", null, h("a", { href: "/" }, "All runs")));
  }
}

function refuse() {
  live?.stop();
  told("refused");
  document.title = "Access refused · Tacit";
  document.body.classList.add("refused");
  show(h("section", { class: "refuse" },
    h("h1", null, "Access refused"),
    h("p", null, "Open the link that the coordinator printed at its start. It looks like this and works once:"),
    h("p", { class: "command" }, h("code", null, `${location.origin}/?t=…`)),
    h("p", { class: "soft" }, "A session lasts 12 hours and ends with the coordinator. An operator makes new links on the admin page, for viewers too.")));
}

const show = (...content) => morph(main, h("main", { id: "main", tabindex: "-1" }, ...content));

const words = { live: "live", reconnecting: "reconnecting …", polling: "every 3 s", refused: "no access", connecting: "connecting" };

function told(how) {
  const place = document.getElementById("live");
  place.className = `live ${how}`;
  place.textContent = words[how];
  place.title = how === "live" ? "Changes arrive as they happen" : how === "polling" ? "The stream of changes is broken: asking every 3 seconds" : "";
}

async function arrive() {
  const [found, match, name] = pages.map(([pattern, page, name]) => [page, location.pathname.match(pattern), name]).find(([, match]) => match) ?? [null, null, ""];
  for (const link of document.querySelectorAll("#nav a")) link.toggleAttribute("aria-current", link.dataset.page === name), link.dataset.page === name && link.setAttribute("aria-current", "page");
  if (!found) { state.page = null; return show(h("h1", null, "Not here"), h("p", null, h("a", { href: "/" }, "All runs"))); }
  if (state.page !== found || state.match?.[1] !== match[1]) { state.data = null; show(h("p", { class: "soft" }, "Loading …")); scrollTo(0, 0); }
  state.page = found;
  try {
    state.match = match.map(part => part && decodeURIComponent(part));
  } catch {
    state.page = null;
    return show(h("h1", null, "Not here"), notice("bad", "The address holds a % that stands for no letter."), h("p", null, h("a", { href: "/" }, "All runs")));
  }
  return refresh();
}

// Links of our own change the page without loading it again.
document.addEventListener("click", event => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || link.hasAttribute("download")) return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || to.pathname.startsWith("/api/") || to.hash) return;
  event.preventDefault();
  context.go(to.pathname + to.search);
});
addEventListener("popstate", arrive);

const shortcuts = [
  ["g r", "runs", () => context.go("/")],
  ["g p", "participants", () => context.go("/participants")],
  ["g e", "receipts", () => context.go("/receipts")],
  ["g c", "compare", () => context.go("/compare")],
  ["g a", "admin", () => context.go("/admin")],
  ["g h", "about and help", () => context.go("/about")],
  ["j", "next run or round", () => step(1)],
  ["k", "previous run or round", () => step(-1)],
  ["Enter", "open what is marked", null],
  ["s", "what the coordinator can see (on a run)", () => run.isOpen(state) && context.go(`/runs/${encodeURIComponent(state.match[1])}/sees`)],
  ["d", "light or dark", () => changeTheme()],
  ["?", "this list", () => help()],
  ["Esc", "close, or go up", () => up()],
];

let prefix = "", letters = localStorage.getItem("tacit-letters") !== "off";
addEventListener("keydown", event => {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || event.target.closest("input:not([type=range]):not([type=checkbox]), textarea, select, dialog")) return;
  const typed = prefix ? `${prefix} ${event.key}` : event.key;
  prefix = "";
  if (letters && event.key === "g" && typed === "g") { prefix = "g"; setTimeout(() => { prefix = ""; }, 1200); return; }
  if (!letters && /^[a-z?]/i.test(typed) && typed.length <= 3) return;
  const found = shortcuts.find(([keys]) => keys === typed);
  if (found?.[2]) { event.preventDefault(); found[2](); } else if (event.key === "Escape") up(); else if (event.key === "Enter" && event.target.matches("[data-step]:not(a, button)")) event.target.closest("li, tr")?.querySelector("button, a[href]")?.focus();
});

function step(by) {
  const places = [...document.querySelectorAll("[data-step]")];
  if (places.length === 0) return;
  const at = places.indexOf(document.activeElement);
  const next = places[Math.max(0, Math.min(places.length - 1, at < 0 ? (by > 0 ? 0 : places.length - 1) : at + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function up() {
  const open = document.querySelector("[data-close]");
  if (open) return open.click();
  const parts = location.pathname.split("/").filter(Boolean);
  if (parts.length > 0) context.go(parts.length === 3 ? `/runs/${parts[1]}` : "/");
}

function help() {
  const dialog = document.getElementById("keys");
  dialog.replaceChildren(
    h("h2", { id: "keys-title" }, "Keyboard"),
    h("dl", null, shortcuts.map(([keys, what]) => [h("dt", null, keys.split(" ").map(key => h("kbd", null, key))), h("dd", null, what)])),
    h("p", null, h("label", null, h("input", { type: "checkbox", checked: letters, onchange: event => { letters = event.target.checked; localStorage.setItem("tacit-letters", letters ? "on" : "off"); } }), " Letters are shortcuts (Enter and Esc always are)")),
    h("form", { method: "dialog" }, h("button", { type: "submit" }, "Close")));
  dialog.showModal();
}

function changeTheme() {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("tacit-theme", document.documentElement.dataset.theme);
}

document.getElementById("theme").onclick = changeTheme;
document.getElementById("help").onclick = help;

let live = null;
try {
  state.me = await get("/api/v1/session");
  const chip = document.getElementById("role");
  chip.textContent = state.me.role;
  chip.hidden = false;
  await arrive();
  if (!document.body.classList.contains("refused")) live = follow(changed, told);
} catch (problem) {
  failed(problem);
  if (problem instanceof Unreachable) show(notice("bad", "The coordinator does not answer. Is it still running?"));
}
