import {readAttempts} from "./api.js";
import * as attempts from "./attempts.js";
import * as deadLetters from "./dead-letters.js";
import {byId, say, setText} from "./dom.js";
import * as nodes from "./nodes.js";
import {poll} from "./poll.js";
import * as settings from "./settings.js";
import * as status from "./status.js";
import {ageRecent, ask, begin, countRecent, route, state, subscribe, update} from "./store.js";

const POLL = 1000;
const FIRST_BACKOFF = 1000;
const LONGEST_BACKOFF = 30_000;

const parts = [status, attempts, deadLetters, settings];

let charts = {clear() {}, record() {}, setConnected() {}};
let drawn = false;
let followed = false;
let refresh;

export function start() {
  const afterChange = () => refresh();
  parts.forEach(part => part.start(afterChange));
  subscribe(status.render);
  subscribe(contact);
  subscribe(deadLetters.refresh);
}

export function enter(id, signal, news) {
  begin(id, signal);
  followed = false;
  [...parts, charts].forEach(part => part.clear());
  byId("page").querySelectorAll("[aria-busy]").forEach(busy => busy.removeAttribute("aria-busy"));
  setText(byId("page-id"), id);
  say(byId("test-outcome"), news);
  update({});
  drawCharts();
  follow(signal);
  refresh = poll(POLL, () => ask("GET"), take, signal);
  refresh();
}

function take(endpoint, problem) {
  ageRecent();
  const gone = problem?.status === 404;
  update(problem && !gone ? {problem} : {endpoint, problem});
  attempts.comeFrom(nodes.elsewhere(state.endpoint));
  if (!followed && nodes.isShared(state.endpoint)) {
    followed = true;
    nodes.follow(state.signal);
  }
}

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

/** Keeps the stream of attempts open. */
async function follow(signal) {
  let backoff = FIRST_BACKOFF;
  while (!signal.aborted) {
    let problem = null;
    try {
      await readAttempts(route("/attempts"), signal, () => {
        backoff = FIRST_BACKOFF;
        charts.setConnected(true);
        update({stream: "live", streamProblem: null});
      }, arrived);
    } catch (failure) {
      problem = failure;
    }
    if (signal.aborted) {
      return;
    }
    charts.setConnected(false);
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

function contact({endpoint, problem, stream, streamProblem}) {
  const elsewhere = nodes.elsewhere(endpoint);
  const [text, tone] = problem?.status === 404 ? ["No such endpoint", "bad"]
    : problem ? ["No contact, trying again", "bad"]
    : stream === "live" && elsewhere ? [`Totals only: ${elsewhere} runs it`, "good"]
    : stream === "live" ? ["Live", "good"]
    : stream === "connecting" ? ["Connecting", "idle"]
    : [streamProblem ? `Totals only: ${streamProblem}` : "Totals only, live view is coming back", "warn"];
  say(byId("contact"), text, tone);
}
