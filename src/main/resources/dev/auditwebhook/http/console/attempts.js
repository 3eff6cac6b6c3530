import {byId, el, number, setText, time} from "./dom.js";

const KEPT = 200;
const PAUSE_BETWEEN = 200;

let all = [];
let problems = [];
let fresh = {all: 0, problems: 0};
let problemsOnly = false;
let madeBy = null;
let paused = false;
let scheduled = false;
let lastRender = 0;

export function start() {
  byId("problems-only").addEventListener("click", () => {
    problemsOnly = !problemsOnly;
    byId("problems-only").setAttribute("aria-pressed", String(problemsOnly));
    explain();
    byId("attempts-rows").replaceChildren();
    fresh = {all: all.length, problems: problems.length};
    schedule();
  });
  byId("pause").addEventListener("click", () => {
    paused = !paused;
    byId("pause").setAttribute("aria-pressed", String(paused));
    setText(byId("pause"), paused ? "Paused" : "Pause");
    schedule();
  });
}

/** Says why there are none. */
function explain() {
  setText(byId("attempts-empty"), madeBy !== null
    ? `None here: ${madeBy} runs this endpoint, and its attempts are shown by the console of that node.`
    : problemsOnly ? "No problems seen since this page is open: nothing was retried or given up."
    : "None yet. Each attempt to deliver an event appears here as it ends.");
}

/** Takes in which other node makes the attempts, null for this one. */
export function comeFrom(node) {
  madeBy = node;
  explain();
}

/** Forgets all attempts. */
export function clear() {
  comeFrom(null);
  all = [];
  problems = [];
  fresh = {all: 0, problems: 0};
  byId("attempts-rows").replaceChildren();
  schedule();
}

/** Takes attempts in; rows are made for those alone that are still kept when they are drawn. */
export function add(attempts) {
  const at = new Date();
  for (const attempt of attempts) {
    attempt.at = at;
    keep(all, attempt, "all");
    if (attempt.outcome !== "delivered") {
      keep(problems, attempt, "problems");
    }
  }
  schedule();
}

function keep(list, attempt, name) {
  list.push(attempt);
  fresh[name] = Math.min(KEPT, fresh[name] + 1);
  if (list.length > 2 * KEPT) {
    list.splice(0, list.length - KEPT);
  }
}

/** Draws in an animation frame, a few times a second at most: more could not be read. */
function schedule() {
  if (!scheduled) {
    scheduled = true;
    const wait = Math.max(0, lastRender + PAUSE_BETWEEN - performance.now());
    setTimeout(() => requestAnimationFrame(render), wait);
  }
}

function render() {
  scheduled = false;
  lastRender = performance.now();
  const [list, name] = problemsOnly ? [problems, "problems"] : [all, "all"];
  if (paused && byId("attempts-rows").hasChildNodes()) {
    setText(byId("pause"), `Paused, ${number(fresh[name])}${fresh[name] === KEPT ? "+" : ""} new`);
    return;
  }
  const rows = byId("attempts-rows");
  const added = list.slice(list.length - fresh[name]).reverse().map(row);
  fresh[name] = 0;
  rows.prepend(...added);
  while (rows.childElementCount > KEPT) {
    rows.lastElementChild.remove();
  }
  byId("attempts-empty").hidden = rows.hasChildNodes();
  byId("attempts-table").hidden = !rows.hasChildNodes();
}

function row(attempt) {
  return el("tr", {},
    el("td", {class: "time"}, time(attempt.at)),
    el("td", {class: "what"}, el("span", {class: "chip", "data-outcome": attempt.outcome}, attempt.outcome)),
    el("td", {class: "id"}, `#${attempt.event_id}`),
    el("td", {class: "action"}, attempt.action),
    el("td", {class: "number nth"}, String(attempt.attempt)),
    el("td", {class: "number status-code"}, attempt.status === null ? "–" : String(attempt.status)),
    el("td", {class: "number latency"}, `${number(attempt.latency_ms)} ms`),
    el("td", {class: "why"}, why(attempt)));
}

/** The error, where it says more than the status does. */
const why = ({status, error}) => (error === null || error === String(status) ? "" : error);
