const KEY = `audit-webhook-token:${location.pathname}`;

/** The longest silence of the stream of attempts; its heartbeat comes every 15 s. */
const SILENCE = 40_000;

/** A request that was not served; its message is the problem's `detail`. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export const token = {
  get: () => sessionStorage.getItem(KEY),
  set: value => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY),
};

/**
 * Calls a route, named relative to this page, and gives its JSON. Where no valid token came along
 * the document is told too, by an event.
 */
export async function call(method, route, body) {
  const response = await request(method, route, {
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(35_000),
  });
  return response.json();
}

/**
 * Reads attempts until the stream ends, which is never the end of the story.
 * @param {string} route of the stream
 * @param {AbortSignal} signal ends it
 * @param {Function} opened called when it is open
 * @param {Function} arrived called with an array of attempts
 */
export async function readAttempts(route, signal, opened, arrived) {
  const silence = new AbortController();
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(new Problem(0, "the stream fell silent")), SILENCE);
  };
  try {
    heard();
    const response = await request("GET", route, {
      signal: AbortSignal.any([signal, silence.signal]),
    });
    opened();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const {value, done} = await reader.read();
      if (done) {
        return;
      }
      heard();
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      const attempts = events
        .filter(event => event.startsWith("data: "))
        .map(event => JSON.parse(event.slice(6)));
      if (attempts.length > 0) {
        arrived(attempts);
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

async function request(method, route, init) {
  const headers = {};
  if (token.get() !== null) {
    headers.authorization = `Bearer ${token.get()}`;
  }
  if (init.body !== undefined) {
    headers["content-type"] = "application/json";
  }
  let response;
  try {
    response = await fetch(route, {method, headers, cache: "no-store", ...init});
  } catch (failure) {
    throw failure instanceof Problem ? failure : new Problem(0, "The service does not answer.");
  }
  if (!response.ok) {
    const {detail} = await response.json().catch(() => ({}));
    const problem = new Problem(response.status, sentence(detail ?? `HTTP status ${response.status}`));
    if (problem.status === 401) {
      document.dispatchEvent(new CustomEvent("unauthorized", {detail: problem.message}));
    }
    throw problem;
  }
  return response;
}

/** A detail as a sentence; one that begins with the name of a key keeps it as it is written. */
function sentence(detail) {
  const start = /^[\w.[\]-]+:/.test(detail) ? detail.charAt(0) : detail.charAt(0).toUpperCase();
  return start + detail.slice(1) + (/[.!?]$/.test(detail) ? "" : ".");
}
