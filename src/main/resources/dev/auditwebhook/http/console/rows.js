import {el, number, setText, span} from "./dom.js";
import {pageOf} from "./route.js";
import {stateOf, troubleOf} from "./trouble.js";

/** How long a dropped entry is worth the first place. */
const DROPPING_FOR = 15_000;

/** Two polls that are closer than this tell no rate. */
const SHORTEST = 1000;

/** What is known of an endpoint of which nothing is known yet: its row, empty. */
export function makeEntry(id) {
  const cell = (name, label) => el("td", {class: name, "data-label": label});
  const entry = {
    link: el("a", {href: pageOf(id)}, id),
    url: el("span", {class: "url"}),
    chip: el("span", {class: "chip"}),
    format: cell("format", "format"),
    rate: cell("number", "delivered/s"),
    backlog: cell("number", "backlog"),
    oldest: cell("number", "oldest"),
    letters: cell("number", "dead letters"),
    node: cell("node", "node"),
    error: cell("why", ""),
    endpoint: null,
    droppedAt: 0,
    since: null,
    perSecond: null,
  };
  entry.row = el("tr", {},
    el("th", {scope: "row", class: "name"}, entry.link, entry.url),
    el("td", {class: "what"}, entry.chip),
    entry.format, entry.rate, entry.backlog, entry.oldest, entry.letters, entry.node, entry.error);
  return entry;
}

/** Compares with the former poll, and writes the row. */
export function learn(entry, endpoint, place, now) {
  const former = entry.endpoint;
  if (former !== null && endpoint.dropped > former.dropped) {
    entry.droppedAt = now;
  }
  measure(entry, endpoint.delivered, now);
  const [state, tone] = stateOf(endpoint);
  Object.assign(entry, {endpoint, place});
  entry.trouble = troubleOf(endpoint, now - entry.droppedAt < DROPPING_FOR);
  entry.words = `${endpoint.endpoint} ${endpoint.url ?? ""} ${state} ${endpoint.format ?? ""} ${endpoint.node ?? ""}`
    .toLowerCase();
  entry.row.dataset.trouble = entry.trouble ?? "";
  entry.chip.dataset.tone = tone;
  setText(entry.chip, state);
  setText(entry.url, endpoint.url);
  entry.url.title = endpoint.url ?? "";
  const oldest = endpoint.oldest_pending;
  setText(entry.format, endpoint.format);
  setText(entry.rate, rate(entry.perSecond));
  setText(entry.backlog, number(endpoint.pending));
  setText(entry.oldest, oldest ? span(now - new Date(oldest)) : "–");
  setText(entry.letters, number(endpoint.dlq_size));
  setText(entry.node, endpoint.node === null ? "none" : endpoint.node ?? "");
  entry.oldest.classList.toggle("nothing", oldest === null);
  entry.letters.classList.toggle("nothing", endpoint.dlq_size === 0);
  setText(entry.error, endpoint.last_error ?? "");
}

/** Takes the rate between two polls, and none between two that are too close. */
function measure(entry, delivered, now) {
  const {since} = entry;
  if (since !== null && now - since.at < SHORTEST) {
    return;
  }
  entry.perSecond = since === null || delivered < since.delivered ? null
    : (delivered - since.delivered) * 1000 / (now - since.at);
  entry.since = {delivered, at: now};
}

const rate = perSecond =>
  perSecond === null ? "–" : number(perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond));
