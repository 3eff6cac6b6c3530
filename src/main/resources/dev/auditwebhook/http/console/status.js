import {adviceFor, statusOf} from "./advice.js";
import {call} from "./api.js";
import {confirm} from "./dialogs.js";
import {ago, byId, count, el, number, say, setText, span, time, whileBusy} from "./dom.js";
import {state} from "./store.js";

const SHARES = ["delivered", "failed", "dropped", "discarded", "pending"];
const MEANINGS = {
  received: "Valid entries that arrived",
  delivered: "The receiver answered 2xx",
  failed: "Given up: went to the dead letters",
  dropped: "Refused because the queue was full",
  discarded: "Arrived while no webhook was set, or left out by actions",
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
    const reply = await call("POST", "webhook/test");
    const good = reply.status >= 200 && reply.status < 300;
    const text = `Test at ${time(new Date())}: `
      + `the receiver answered ${reply.status} in ${number(reply.latency_ms)} ms.`;
    say(outcome, good ? text : `${text} ${adviceFor(reply.status, null)}`, good ? "good" : "bad");
  });
}

/** Pauses, or resumes. */
async function hold(afterChange) {
  const outcome = byId("test-outcome");
  const pause = !state.webhook.paused;
  await whileBusy(byId("hold"), outcome, async () => {
    const agreed = !pause || await confirm({
      title: "Pause the delivery?",
      text: "Entries are still accepted, and wait until you resume. When the queue is full, new ones are dropped.",
      action: "Pause",
    });
    if (agreed) {
      await call("PUT", "webhook", {paused: pause});
      say(outcome, pause ? "Paused: what arrives waits." : "Resumed: what waits goes out.");
      await afterChange();
    }
  });
}

export function render(state) {
  const judgement = judge(state);
  byId("status").dataset.tone = judgement.tone;
  setText(byId("headline"), judgement.headline);
  setText(byId("explanation"), judgement.explanation);
  note(byId("advice"), judgement.advice);
  note(byId("warning"), state.webhook?.warning ? `Warning: ${state.webhook.warning}` : null);
  document.title = `${judgement.headline} – Audit webhook`;
  byId("status").classList.toggle("stale", state.problem !== null);
  controls(state.webhook);
  if (state.webhook) {
    facts(state.webhook);
    accounting(state.webhook);
  }
}

/** What can be done now; the button that is likely wanted stands out. */
function controls(webhook) {
  const paused = webhook?.paused ?? false;
  const endpoint = webhook === null || webhook.url !== "";
  byId("test").disabled = !webhook?.url;
  byId("test").classList.toggle("quiet", !endpoint || paused);
  setText(byId("change"), endpoint ? "Change endpoint" : "Set a URL");
  byId("change").classList.toggle("quiet", endpoint);
  byId("hold").hidden = !webhook?.url;
  setText(byId("hold"), paused ? "Resume delivery" : "Pause delivery");
  byId("hold").classList.toggle("quiet", !paused);
}

function note(element, text) {
  element.hidden = !text;
  setText(element, text ?? "");
}

/** The one glance: is it working, what failed and why, what to do. */
function judge({webhook, problem, dropping, recent}) {
  if (problem) {
    const advice = problem.status === 503
      ? "Deploy the webhook's verticle, or look into the log why it does not run."
      : "The figures below are the last ones known. This page goes on trying.";
    return verdict("bad", "No contact", problem.message, advice);
  }
  if (!webhook) {
    return verdict("idle", "Looking …", "", null);
  }
  if (webhook.url === "") {
    return verdict("idle", "No endpoint",
      `New entries are discarded until a URL is set; ${waiting(webhook)}.`, null);
  }
  if (webhook.paused) {
    return paused(webhook, dropping);
  }
  if (webhook.circuit !== "closed") {
    const since = span(Date.now() - new Date(webhook.circuit_since));
    const why = webhook.last_error ? `${webhook.last_error}. ` : "";
    const circuit = webhook.circuit === "open" ? "open" : "half open, being probed,";
    return verdict("bad", "Not delivering",
      `${why}The circuit has been ${circuit} for ${since}; ${waiting(webhook)} for the receiver to answer.`,
      adviceFor(statusOf(webhook.last_error), webhook.last_error));
  }
  if (dropping) {
    return verdict("bad", "Dropping entries", "The queue is full: new entries are refused and lost.",
      "Slow the producers down or the receiver up, or raise webhook.queueCapacity.");
  }
  if (recent.failed > 0) {
    const {action, status, error} = recent.lastFailed;
    return verdict("warn", "Delivering, but some are given up",
      `${count(recent.failed, "event")} became dead letters in the last minute, `
      + `${action} the latest: ${status === null ? error : `the receiver answered ${status}`}.`,
      adviceFor(status, error));
  }
  if (recent.retry > 0) {
    return verdict("good", "Delivering",
      `${count(recent.retry, "attempt")} had to be retried in the last minute. Nothing to do.`, null);
  }
  return verdict("good", webhook.delivered > 0 ? "Delivering" : "Ready",
    webhook.delivered > 0 ? "All is well." : "No event has been delivered yet.", null);
}

/** By an operator, or by the receiver's 410. */
function paused(webhook, dropping) {
  const status = statusOf(webhook.reason);
  const fate = dropping ? "The queue is full: new entries are refused and lost" : "Entries are accepted and wait";
  return verdict(status !== null || dropping ? "bad" : "warn", "Paused",
    `${sentence(webhook.reason ?? "paused")} ${fate}; ${waiting(webhook)} now.`,
    status === null ? null : adviceFor(status, webhook.reason));
}

const sentence = text => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const verdict = (tone, headline, explanation, advice) => ({tone, headline, explanation, advice});

const waiting = webhook =>
  webhook.pending === 0 ? "nothing waits" : `${count(webhook.pending, "event")} wait${webhook.pending === 1 ? "s" : ""}`;

function facts(webhook) {
  setText(byId("fact-url"), webhook.url || "not set");
  setText(byId("fact-enabled"), webhook.paused ? "paused" : webhook.enabled ? "enabled" : "disabled");
  setText(byId("fact-signed"), webhook.signed ? "yes" : "no: set a secret");
  setText(byId("fact-circuit"), circuit(webhook));
  setText(byId("fact-probe"), webhook.next_probe ? `in ${span(new Date(webhook.next_probe) - Date.now())}` : "–");
  setText(byId("fact-delivery"), webhook.last_delivery ? ago(webhook.last_delivery) : "none yet");
  setText(byId("fact-in-flight"), number(webhook.in_flight));
  setText(byId("fact-error"), webhook.last_error ?? "none");
}

function circuit({url, circuit, circuit_since: since}) {
  if (url === "") {
    return "–";
  }
  return circuit === "closed" ? "closed" : `${circuit.replace("_", "-")} since ${ago(since)}`;
}

function accounting(webhook) {
  for (const [name, cell] of cells) {
    setText(cell, number(webhook[name]));
  }
  for (const [name, segment] of segments) {
    segment.hidden = webhook[name] === 0;
    segment.style.flexGrow = String(webhook[name] / Math.max(1, webhook.received));
  }
  const parts = SHARES.filter(name => webhook[name] > 0).map(name => `${name} ${number(webhook[name])}`);
  byId("shares").setAttribute("aria-label", parts.length > 0 ? parts.join(", ") : "No entries yet");
  setText(byId("extras"), [
    `retried ${number(webhook.retried)}`,
    `rejected ${number(webhook.rejected)}`,
  ].join(" · "));
}
