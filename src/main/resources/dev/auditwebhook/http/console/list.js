import {call} from "./api.js";
import {byId, count, number, say, setText} from "./dom.js";
import * as nodes from "./nodes.js";
import {poll} from "./poll.js";
import {goOn, pageOf} from "./route.js";
import {learn, makeEntry} from "./rows.js";
import {TROUBLES} from "./trouble.js";

const POLL = 2000;

/** What is known of each endpoint, by id and in the order of the reply. */
let known = new Map();
let read = false;
let problem = null;
let lastOpened = null;

/** The signal that ends a visit of the list, and whether the nodes are followed meanwhile. */
let visit = null;

const SORTS = {
  trouble: (a, b) => rank(a) - rank(b) || digits(b) - digits(a) || a.place - b.place,
  id: (a, b) => a.place - b.place,
  backlog: (a, b) => b.endpoint.pending - a.endpoint.pending || a.place - b.place,
};
const WORST_FIRST = Object.keys(TROUBLES);
const rank = ({trouble}) => (trouble === null ? WORST_FIRST.length : WORST_FIRST.indexOf(trouble));

/** Backlogs of one order of magnitude are as bad as each other, so that rows stay where they are. */
const digits = ({endpoint}) => String(endpoint.pending).length;

export function start() {
  byId("list-tools").addEventListener("submit", event => event.preventDefault());
  byId("search").addEventListener("input", arrange);
  byId("sort").addEventListener("change", arrange);
  byId("list-rows").addEventListener("click", event => {
    lastOpened = event.target.closest("a")?.textContent ?? lastOpened;
  });
}

export const isOfDefaultAlone = () => known.size === 1 && known.has("default");

/** Gives the link of the page that was opened from here, to go on from there. */
export function enter(id, signal, news) {
  say(byId("list-outcome"), news);
  visit = {signal, followed: false};
  followNodes();
  render();
  poll(POLL, () => call("GET", "endpoints"), (reply, failure) => {
    const first = !read;
    take(reply, failure);
    if (first && isOfDefaultAlone()) {
      goOn(pageOf("default"));
    }
  }, signal)();
  return known.get(lastOpened)?.link;
}

/** Takes what `GET /endpoints` answered, or why it did not. */
export function take(reply, failure) {
  problem = failure;
  if (reply !== null) {
    read = true;
    const now = Date.now();
    const former = known;
    known = new Map();
    reply.endpoints.forEach((endpoint, place) => {
      const entry = former.get(endpoint.endpoint) ?? makeEntry(endpoint.endpoint);
      former.delete(endpoint.endpoint);
      known.set(endpoint.endpoint, entry);
      learn(entry, endpoint, place, now);
    });
    former.forEach(({row}) => row.remove());
    followNodes();
  }
  render();
}

/** Shows the nodes, where there may be more than one. */
function followNodes() {
  const shared = [...known.values()].some(({endpoint}) => nodes.isShared(endpoint));
  byId("list-table").classList.toggle("shared", shared);
  if (shared && visit && !visit.followed) {
    visit.followed = true;
    nodes.follow(visit.signal);
  }
}

/** Draws what is about all endpoints. */
function render() {
  arrange();
  if (byId("list").hidden) {
    return;
  }
  const [headline, explanation, tone] = verdict();
  byId("all").dataset.tone = tone;
  setText(byId("list-headline"), headline);
  setText(byId("list-explanation"), explanation);
  document.title = `${headline} – Audit webhook`;
  say(byId("contact"), problem ? "No contact, trying again" : "Live", problem ? "bad" : "good");
}

function verdict() {
  if (problem) {
    return ["No contact", problem.message, "bad"];
  }
  const entries = [...known.values()];
  const parts = WORST_FIRST.map(trouble => [trouble, entries.filter(entry => entry.trouble === trouble).length])
    .filter(([, size]) => size > 0);
  const troubled = parts.reduce((sum, [, size]) => sum + size, 0);
  const disabled = entries.filter(({endpoint}) => endpoint.url === "").length;
  const rest = disabled > 0 ? [`${number(disabled)} disabled`] : [];
  const told = [...parts.map(([trouble, size]) => `${number(size)} ${TROUBLES[trouble](size)}`), ...rest].join(" · ");
  if (troubled === 0) {
    return [`${count(known.size, "endpoint")}, all is well`, told, "good"];
  }
  const bad = parts.some(([trouble]) => ["dropping", "orphaned", "circuit", "gone"].includes(trouble));
  const need = troubled === 1 ? "needs" : "need";
  return [`${number(troubled)} of ${count(known.size, "endpoint")} ${need} attention`, told, bad ? "bad" : "warn"];
}

/** Hides rows that are not looked for, and puts the others in order around the one with the focus. */
function arrange() {
  const terms = byId("search").value.toLowerCase().split(/\s+/);
  const entries = [...known.values()].sort(SORTS[byId("sort").value]);
  for (const {row, words} of entries) {
    row.hidden = !terms.every(term => words.includes(term));
  }
  place(entries.map(({row}) => row));
  const found = entries.filter(({row}) => !row.hidden).length;
  byId("list-empty").hidden = found > 0 || known.size === 0;
  byId("list-table").hidden = found === 0;
  setText(byId("found"), found === known.size ? "" : `${number(found)} of ${number(known.size)} shown`);
}

/** A row that has the focus would lose it if it were moved. */
function place(rows) {
  const body = byId("list-rows");
  const still = Math.max(0, rows.findIndex(row => row.contains(document.activeElement)));
  if (rows.length > 0 && !rows[still].isConnected) {
    body.append(rows[still]);
  }
  for (let i = still - 1; i >= 0; i--) {
    if (rows[i + 1].previousElementSibling !== rows[i]) {
      rows[i + 1].before(rows[i]);
    }
  }
  for (let i = still + 1; i < rows.length; i++) {
    if (rows[i - 1].nextElementSibling !== rows[i]) {
      rows[i - 1].after(rows[i]);
    }
  }
}
