// Elements without a framework: h() makes them, morph() turns the old tree into the new one and keeps focus, scroll and hover.

const SVG = "http://www.w3.org/2000/svg";

export const h = (tag, props, ...children) => make(document.createElement(tag), props, children);
export const s = (tag, props, ...children) => make(document.createElementNS(SVG, tag), props, children);

function make(element, props, children) {
  element.handlers = {};
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element[name] = element.handlers[name] = value;
    else if (name === "width%") element.style.width = `${value}%`;   // through the object model: the policy allows no style attribute
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(4)) if (child !== null && child !== undefined && child !== false && child !== "") element.append(child);
  return element;
}

/** Makes `old` look like `next`, which is used up. Children with a data-key are found again wherever they are. */
export function morph(old, next) {
  if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName) { old.replaceWith(next); return; }
  if (old.nodeType === Node.TEXT_NODE) { if (old.data !== next.data) old.data = next.data; return; }
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name) && name !== "style" && !keeps(old, name)) old.removeAttribute(name);
  for (const { name, value } of [...next.attributes]) if (name !== "style" && old.getAttribute(name) !== value && !keeps(old, name)) old.setAttribute(name, value);
  if (old.style && next.style && old.style.width !== next.style.width) old.style.width = next.style.width;
  for (const name of Object.keys(old.handlers ?? {})) if (!next.handlers?.[name]) old[name] = null;
  for (const [name, handler] of Object.entries(next.handlers ?? {})) old[name] = handler;
  old.handlers = next.handlers;
  if (old.nodeName === "INPUT" && old !== document.activeElement) { old.checked = next.checked; old.value = next.value; }
  const wanted = next.nodeName === "SELECT" ? next.value : null;
  if (old.dataset?.keep === undefined) morphChildren(old, [...next.childNodes]);
  if (wanted !== null && old !== document.activeElement) old.value = wanted;   // the attribute says nothing once somebody has chosen
}

// What people opened or typed is theirs.
const keeps = (element, name) => (element.nodeName === "DETAILS" && name === "open") || (element.nodeName === "INPUT" && name === "value" && element === document.activeElement);

function morphChildren(old, wanted) {
  const keyed = new Map([...old.childNodes].filter(node => node.dataset?.key).map(node => [node.dataset.key, node]));
  let place = old.firstChild;
  for (const next of wanted) {
    const key = next.dataset?.key;
    const known = key ? keyed.get(key) : null;
    if (known) {
      if (known !== place) old.insertBefore(known, place);
      else place = place.nextSibling;
      morph(known, next);
    } else if (!key && place && !place.dataset?.key) {
      const following = place.nextSibling;
      morph(place, next);
      place = following;
    } else {
      old.insertBefore(next, place);
    }
  }
  while (place) { const following = place.nextSibling; place.remove(); place = following; }
}

const group = text => text.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");

export const format = {
  count: n => n === null || n === undefined ? "–" : group(String(n)),
  percent: (x, digits = 1) => x === null || x === undefined ? "–" : `${(x * 100).toFixed(digits)} %`,
  epsilon: x => x === null || x === undefined ? "–" : x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 0.995 || x === 0 ? x.toFixed(2) : x < 0.001 ? x.toExponential(1) : String(Number(x.toPrecision(2))),
  // Whose data an ε is about: without it the number says nothing.
  unit: name => name.startsWith("shard-of-") ? `one of ${name.slice(9)} shards of a participant's examples` : name === "example" ? "one example" : "a whole participant",
  loss: x => x === null || x === undefined ? "–" : x.toFixed(3),
  bytes(n) {
    if (n === null || n === undefined) return "–";
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    while (n >= 1024 && unit < units.length - 1) { n /= 1024; unit++; }
    return `${unit === 0 || n >= 100 ? n.toFixed(0) : n.toFixed(1)} ${units[unit]}`;
  },
  seconds(t) {
    if (t === null || t === undefined) return "–";
    if (t < 0.0995) return `${(t * 1000).toFixed(0)} ms`;
    if (t < 9.95) return `${t.toFixed(1)} s`;
    if (t < 90) return `${t.toFixed(0)} s`;
    if (t < 5400) return `${Math.floor(t / 60)} min ${String(Math.floor(t % 60)).padStart(2, "0")} s`;
    return `${Math.floor(t / 3600)} h ${String(Math.floor(t % 3600 / 60)).padStart(2, "0")} min`;
  },
  time: at => at ? new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }) : "–",
  moment(at) {   // on the clock of whoever looks, like the times of a round
    if (!at) return "–";
    const t = new Date(at), two = n => String(n).padStart(2, "0");
    return `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())} ${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`;
  },
  ago(at, now = Date.now()) {
    if (!at) return "never";
    const t = (now - new Date(at)) / 1000;
    return t < 5 ? "now" : t < 60 ? `${t.toFixed(0)} s ago` : t < 3600 ? `${Math.floor(t / 60)} min ago` : t < 86400 ? `${Math.floor(t / 3600)} h ago` : `${Math.floor(t / 86400)} d ago`;
  },
  short: hash => hash ? hash.length > 14 ? `${hash.slice(0, 6)}…${hash.slice(-4)}` : hash : "–",
};

export const plural = (n, one, many = `${one}s`) => `${format.count(n)} ${n === 1 ? one : many}`;

export const pill = state => h("span", { class: `pill ${state}` }, state);

export const notice = (kind, ...content) => h("div", { class: `notice ${kind}`, tabindex: "-1", role: kind === "bad" ? "alert" : "status" }, ...content);

export const table = (heads, rows, props = {}) => h("div", { class: `scroll ${props.tall ? "tall" : ""}`, tabindex: "0", role: "region", "aria-label": props.label },
  h("table", { class: props.class },
    h("thead", null, h("tr", null, heads.map(head => h("th", { scope: "col", class: head.number ? "n" : null }, head.name ?? head)))),
    h("tbody", null, rows)));

/** A bar of so much of a whole. */
export const meter = (value, most, label, kind = "") => h("div", { class: `meter ${kind}`, role: "meter", "aria-label": label, "aria-valuemin": "0", "aria-valuemax": String(most), "aria-valuenow": String(Math.min(value, most)) },
  h("span", { "width%": most > 0 ? Math.max(0, Math.min(100, 100 * value / most)).toFixed(2) : 0 }));
