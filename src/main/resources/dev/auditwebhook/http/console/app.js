import {call, readAttempts, token} from "./api.js";
import * as attempts from "./attempts.js";
import * as deadLetters from "./dead-letters.js";
import {byId, setText} from "./dom.js";
import * as settings from "./settings.js";
import * as status from "./status.js";
import {ageRecent, countRecent, state, subscribe, update} from "./store.js";

const POLL = 1000;
const FIRST_BACKOFF = 1000;
const LONGEST_BACKOFF = 30_000;

let charts = {record() {}, setConnected() {}};
let session = null;
let pollTimer;

function start() {
  status.start(poll);
  attempts.start();
  deadLetters.start(poll);
  settings.start(poll);
  subscribe(status.render);
  subscribe(contact);
  subscribe(deadLetters.refresh);
  byId("sign-in-form").addEventListener("submit", signIn);
  byId("sign-out").addEventListener("click", signOut);
  document.addEventListener("visibilitychange", () => document.hidden || session && poll());
  enter();
}

/** Without a token at first: where the host's router guards the routes none is asked for. */
async function enter() {
  try {
    const webhook = await call("GET", "webhook");
    const hadFocus = byId("sign-in").contains(document.activeElement);
    open({webhook, problem: null});
    if (hadFocus) {
      byId("main").focus();
    }
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) {
      askForToken(token.get() === null ? "" : problem.message);
    } else {
      open({problem});
    }
  }
}

async function open(change) {
  byId("sign-in").hidden = true;
  byId("page").hidden = false;
  byId("sign-out").hidden = token.get() === null;
  session = new AbortController();
  update(change);
  follow(session.signal);
  pollTimer = setTimeout(poll, POLL);
  await drawCharts();
}

let drawn = false;

async function drawCharts() {
  if (drawn) {
    return;
  }
  drawn = true;
  try {
    charts = await import("./charts.js");
    charts.start();
    charts.setConnected(state.stream === "live");
  } catch {
    for (const id of ["rates", "latency"]) {
      setText(byId(id), "Charts need the web jar of uPlot on the service's class path.");
    }
  }
}

function askForToken(message) {
  session?.abort();
  session = null;
  clearTimeout(pollTimer);
  token.forget();
  byId("page").hidden = true;
  byId("sign-out").hidden = true;
  document.querySelectorAll("dialog[open]").forEach(dialog => dialog.close());
  byId("sign-in").hidden = false;
  setText(byId("token-problem"), message);
  setText(byId("contact"), "Signed out");
  byId("contact").dataset.tone = "idle";
  document.title = "Audit webhook";
  byId("token").value = "";
  byId("token").focus();
}

function signIn(event) {
  event.preventDefault();
  const presented = byId("token").value.trim();
  if (!/^[\x21-\x7e]+$/.test(presented)) {
    setText(byId("token-problem"), "A token is made of visible ASCII characters, without blanks.");
    return;
  }
  token.set(presented);
  enter();
}

function signOut() {
  token.forget();
  location.reload();
}

/** Reads the totals, and again a second later while somebody looks. */
async function poll() {
  clearTimeout(pollTimer);
  const mine = session;
  let change;
  try {
    change = {webhook: await call("GET", "webhook"), problem: null};
  } catch (problem) {
    change = {problem};
  }
  if (mine === null || mine !== session) {
    return;
  }
  if (change.problem?.status === 401) {
    askForToken(change.problem.message);
    return;
  }
  ageRecent();
  update(change);
  clearTimeout(pollTimer);
  if (!document.hidden) {
    pollTimer = setTimeout(poll, POLL);
  }
}

/** Keeps the stream of attempts open. */
async function follow(signal) {
  let backoff = FIRST_BACKOFF;
  while (!signal.aborted) {
    let problem = null;
    try {
      await readAttempts(signal, () => {
        backoff = FIRST_BACKOFF;
        charts.setConnected(true);
        update({stream: "live", streamProblem: null});
      }, arrived);
    } catch (failure) {
      problem = failure;
    }
    charts.setConnected(false);
    if (signal.aborted) {
      return;
    }
    update({stream: "waiting", streamProblem: problem?.status > 0 ? problem.message : null});
    await new Promise(resume => setTimeout(resume, backoff * (0.75 + Math.random() / 2)));
    backoff = Math.min(LONGEST_BACKOFF, backoff * 2);
  }
}

function arrived(batch) {
  countRecent(batch);
  charts.record(batch);
  attempts.add(batch);
}

function contact({problem, stream, streamProblem}) {
  const [text, tone] = problem ? ["No contact, trying again", "bad"]
    : stream === "live" ? ["Live", "good"]
    : stream === "connecting" ? ["Connecting", "idle"]
    : [streamProblem ? `Totals only: ${streamProblem}` : "Totals only, live view is coming back", "warn"];
  setText(byId("contact"), text);
  byId("contact").dataset.tone = tone;
}

start();
