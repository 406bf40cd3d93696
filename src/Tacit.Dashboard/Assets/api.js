// Requests to the coordinator, and nothing else: the page's policy allows no other host.

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? "";
    this.title = problem.title ?? "";
  }
}

/** The network, or a coordinator that does not answer. */
export class Unreachable extends Error {}

async function ask(path, options) {
  const response = await fetch(path, { signal: AbortSignal.timeout(20_000), ...options, headers: { accept: "application/json", ...options?.headers }, credentials: "same-origin" }).catch(problem => { throw new Unreachable(problem.message); });
  if (response.ok) return response.status === 204 ? null : await response.json().catch(problem => { throw new Unreachable(problem.message); });
  let problem = {};
  try { problem = await response.json(); } catch { /* not ours */ }
  throw new Refused(response.status, problem);
}

export const get = path => ask(path);

/** Changes something. The header cannot be sent by another site's form: together with the origin it shows that this page asks. */
export const post = (path, body = {}) => ask(path, { method: "POST", headers: { "content-type": "application/json", "x-tacit-request": "dashboard" }, body: JSON.stringify(body) });

/**
 * Calls `changed`, which says true once it has been answered, whenever something changes on the coordinator: by server-sent events, by asking every few seconds while those are broken.
 * `told` hears live, reconnecting, polling or refused.
 */
export function follow(changed, told) {
  const retry = 5000, poll = 3000, silence = 35_000;   // the coordinator says something every 15 s
  let source = null, polling = 0, reopening = 0, listening = 0, answered = false;

  function open() {
    close();
    source = new EventSource("/api/v1/changes");
    source.onopen = () => { stopPolling(); told("live"); heard(); };
    source.addEventListener("change", () => { heard(); changed(); });
    source.addEventListener("alive", () => { heard(); changed(); });   // who is there now, and how long ago it was, change without an event
    source.onerror = () => {
      told(polling && answered ? "polling" : "reconnecting");
      startPolling();
      if (source?.readyState === EventSource.CLOSED) { clearTimeout(reopening); reopening = setTimeout(open, retry); }
    };
  }

  // A connection that is lost without a word stays open for the browser.
  function heard() {
    clearTimeout(listening);
    listening = setTimeout(() => { told("reconnecting"); open(); startPolling(); }, silence);
  }

  function close() {
    clearTimeout(reopening);
    clearTimeout(listening);
    source?.close();
    source = null;
  }

  function startPolling() {
    if (polling) return;
    polling = setInterval(async () => {
      answered = await changed() === true;   // neither refused nor still waiting for the answer before
      if (source?.readyState !== EventSource.OPEN) told(answered ? "polling" : "reconnecting");
    }, poll);
  }

  function stopPolling() {
    clearInterval(polling);
    polling = 0;
    answered = false;
  }

  // A page that nobody looks at holds no connection: a browser has six for each host without HTTP/2.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { close(); stopPolling(); } else { open(); changed(); }
  });
  open();
  return { stop() { close(); stopPolling(); } };
}
