import {adviceFor} from "./advice.js";
import {confirm} from "./dialogs.js";
import {ago, byId, el, number, say, setText, span, time, whileBusy} from "./dom.js";
import {judge} from "./judge.js";
import {isShared} from "./nodes.js";
import {ask, state} from "./store.js";

const SHARES = ["delivered", "failed", "dropped", "discarded", "pending"];
const MEANINGS = {
  received: "Valid entries that arrived",
  delivered: "The receiver took it",
  failed: "Given up: went to the dead letters",
  dropped: "Refused because the queue was full",
  discarded: "Arrived while no URL was set, or left out by actions",
  pending: "Wait: queued, in flight, in backoff, parked, or held by a pause",
};

const cells = new Map();
const segments = new Map();

export function start(afterChange) {
  byId("test").addEventListener("click", test);
  byId("hold").addEventListener("click", () => hold(afterChange));
  ["received", ...SHARES].forEach(addCell);
  for (const name of SHARES) {
    const segment = el("span", {"data-share": name});
    segments.set(name, segment);
    byId("shares").append(segment);
  }
}

function addCell(name) {
  const value = el("dd", {id: `total-${name}`}, "0");
  cells.set(name, value);
  const term = el("dt", {title: MEANINGS[name]}, name);
  byId("equation").append(el("div", {"data-share": name}, value, term));
}

async function test() {
  const outcome = byId("test-outcome");
  await whileBusy(byId("test"), outcome, async () => {
    say(outcome, "Sending …", "idle");
    const reply = await ask("POST", "/test");
    const good = reply.status >= 200 && reply.status < 300;
    const text = `Test at ${time(new Date())}: `
      + `the receiver answered ${reply.status} in ${number(reply.latency_ms)} ms.`;
    say(outcome, good ? text : `${text} ${adviceFor(reply.status, null)}`, good ? "good" : "bad");
  });
}

/** Pauses, or resumes. */
async function hold(afterChange) {
  const outcome = byId("test-outcome");
  const pause = !state.endpoint.paused;
  await whileBusy(byId("hold"), outcome, async () => {
    const agreed = !pause || await confirm({
      title: "Pause the delivery?",
      text: "Entries are still accepted, and wait until you resume. When the queue is full, new ones are dropped.",
      action: "Pause",
    });
    if (agreed) {
      await ask("PATCH", "", {paused: pause});
      say(outcome, pause ? "Paused: what arrives waits." : "Resumed: what waits goes out.");
      await afterChange();
    }
  });
}

/** Forgets what came of actions. */
export function clear() {
  say(byId("test-outcome"), "");
}

export function render(state) {
  const judgement = judge(state);
  byId("status").dataset.tone = judgement.tone;
  setText(byId("headline"), judgement.headline);
  setText(byId("explanation"), judgement.explanation);
  note(byId("advice"), judgement.advice);
  note(byId("warning"), state.endpoint?.warning ? `Warning: ${state.endpoint.warning}` : null);
  document.title = `${judgement.headline} – ${state.id} – Audit webhook`;
  byId("status").classList.toggle("stale", state.problem !== null);
  controls(state.endpoint);
  facts(state.endpoint);
  accounting(state.endpoint);
}

/** What can be done now; the button that is likely wanted stands out. */
function controls(endpoint) {
  const paused = endpoint?.paused ?? false;
  const unset = endpoint?.url === "";
  byId("test").disabled = !endpoint?.url;
  byId("test").classList.toggle("quiet", unset || paused);
  setText(byId("change"), unset ? "Set a URL" : "Change endpoint");
  byId("change").classList.toggle("quiet", !unset);
  byId("change").disabled = endpoint === null;
  byId("hold").hidden = !endpoint?.url;
  setText(byId("hold"), paused ? "Resume delivery" : "Pause delivery");
  byId("hold").classList.toggle("quiet", !paused);
}

function note(element, text) {
  element.hidden = !text;
  setText(element, text ?? "");
}

/** The facts by name, of an endpoint that is known. */
const FACTS = {
  url: ({url}) => url || "not set",
  enabled: ({paused, enabled}) => (paused ? "paused" : enabled ? "enabled" : "disabled"),
  format: ({format}) => format,
  signed: ({signed}) => (signed ? "yes" : "no: set a secret"),
  circuit,
  probe: ({next_probe: probe}) => (probe ? `in ${span(new Date(probe) - Date.now())}` : "–"),
  delivery: ({last_delivery: last}) => (last ? ago(last) : "none yet"),
  "in-flight": endpoint => number(endpoint.in_flight),
  node: ({node}) => node ?? "none runs it now",
  oldest: ({oldest_pending: oldest}) => (oldest ? `since ${ago(oldest)}` : "–"),
  error: endpoint => endpoint.last_error ?? "none",
};

function facts(endpoint) {
  byId("fact-node").parentElement.hidden = !isShared(endpoint);
  for (const [name, fact] of Object.entries(FACTS)) {
    setText(byId(`fact-${name}`), endpoint ? fact(endpoint) : "–");
  }
}

function circuit({url, circuit, circuit_since: since}) {
  if (url === "") {
    return "–";
  }
  return circuit === "closed" ? "closed" : `${circuit.replace("_", "-")} since ${ago(since)}`;
}

function accounting(endpoint) {
  const totals = name => endpoint?.[name] ?? 0;
  for (const [name, cell] of cells) {
    setText(cell, number(totals(name)));
  }
  for (const [name, segment] of segments) {
    segment.hidden = totals(name) === 0;
    segment.style.flexGrow = String(totals(name) / Math.max(1, totals("received")));
  }
  const parts = SHARES.filter(name => totals(name) > 0).map(name => `${name} ${number(totals(name))}`);
  byId("shares").setAttribute("aria-label", parts.length > 0 ? parts.join(", ") : "No entries yet");
  setText(byId("extras"), `retried ${number(totals("retried"))} · rejected ${number(totals("rejected"))}`);
}
