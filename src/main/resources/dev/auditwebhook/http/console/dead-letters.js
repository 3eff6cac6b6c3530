import {adviceFor} from "./advice.js";
import {confirm} from "./dialogs.js";
import {ago, byId, count, el, number, say, setText, whileBusy} from "./dom.js";
import {ask, state} from "./store.js";

const PAGE = 100;

/** The most that one request may ask for. */
const MOST = 10_000;

/** Rows by event id: {letter, row, box, details}. */
const shown = new Map();
let wanted = PAGE;
let more = false;
let known = "";

/** The signal of the visit for which they are being read. */
let loading = null;

export function start(afterChange) {
  byId("dlq-all").addEventListener("change", event => {
    shown.forEach(({box}) => { box.checked = event.target.checked; });
    label();
  });
  byId("dlq-more").addEventListener("click", () => {
    wanted += PAGE;
    known = "";
    refresh();
  });
  byId("redrive").addEventListener("click", () => act(redrive, afterChange));
  byId("purge").addEventListener("click", () => act(purge, afterChange));
}

/** Forgets all dead letters. */
export function clear() {
  shown.clear();
  byId("dlq-rows").replaceChildren();
  wanted = PAGE;
  more = false;
  known = "";
  say(byId("dlq-outcome"), "");
  show([]);
}

/** Reads the dead letters again when the totals say that they have changed. */
export async function refresh() {
  const {endpoint, signal} = state;
  if (!endpoint || loading === signal) {
    return;
  }
  label();
  shown.forEach(({letter, when}) => setText(when, ago(letter.failed_at)));
  const now = [endpoint.dlq_size, endpoint.dlq_evicted, endpoint.failed, wanted].join();
  if (now === known) {
    return;
  }
  loading = signal;
  try {
    show(await read());
    known = now;
  } catch (failure) {
    if (!signal.aborted) {
      say(byId("dlq-outcome"), failure.message, "bad");
    }
  } finally {
    loading = loading === signal ? null : loading;
  }
}

/** The first that are wanted: a reply is bounded in bytes, and tells where to read on. */
async function read() {
  const letters = [];
  let after = 0;
  do {
    const limit = Math.min(MOST, wanted - letters.length);
    const {events, next_after: next} = await ask("GET", `/dlq?limit=${limit}&after=${after}`);
    letters.push(...events);
    after = next;
  } while (after !== null && letters.length < wanted);
  more = after !== null;
  return letters;
}

/** Keeps the rows that are still there, with their ticks and what is unfolded. */
function show(letters) {
  const next = new Map(letters.map(letter => [key(letter), letter]));
  for (const [id, entry] of shown) {
    if (!next.has(id)) {
      entry.row.remove();
      entry.details?.remove();
      shown.delete(id);
    }
  }
  let previous = null;
  for (const [id, letter] of next) {
    const entry = shown.get(id) ?? makeEntry(letter);
    if (!shown.has(id)) {
      shown.set(id, entry);
      previous ? previous.after(entry.row) : byId("dlq-rows").prepend(entry.row);
    }
    previous = entry.details ?? entry.row;
  }
  byId("dlq-table").hidden = letters.length === 0;
  byId("dlq-empty").hidden = letters.length > 0;
  label();
}

const key = letter => `${letter.event_id} ${letter.failed_at}`;

function makeEntry(letter) {
  const id = letter.event_id;
  const box = el("input", {type: "checkbox", "aria-label": `Select event ${id}`, change: label});
  const when = el("td", {class: "time"}, ago(letter.failed_at));
  const entry = {letter, box, when, details: null};
  const unfold = el("button", {
    type: "button", class: "quiet unfold", "aria-expanded": "false",
    "aria-label": `Details of event ${id}`, click: () => toggle(entry, unfold),
  }, "Details");
  entry.row = el("tr", {},
    el("td", {class: "tick", "data-least": "operate"}, box),
    el("td", {class: "id"}, `#${id}`),
    el("td", {class: "action"}, letter.action),
    el("td", {class: "why"}, letter.error ?? String(letter.status)),
    el("td", {class: "number nth"}, String(letter.attempts)),
    when,
    el("td", {class: "more"}, unfold));
  return entry;
}

function toggle(entry, button) {
  if (entry.details) {
    entry.details.remove();
    entry.details = null;
  } else {
    entry.details = details(entry.letter);
    entry.row.after(entry.details);
  }
  button.setAttribute("aria-expanded", String(entry.details !== null));
}

/** What is known of a letter, all of it as text. */
function details(letter) {
  const event = {
    event_id: letter.event_id, action: letter.action, timestamp: letter.timestamp, details: letter.details,
  };
  return el("tr", {class: "details"}, el("td", {colspan: "7"},
    el("p", {class: "advice"}, adviceFor(letter.status, letter.error)),
    el("h3", {}, "Event"), el("pre", {tabindex: "0"}, JSON.stringify(event, null, 2)),
    el("h3", {}, "What the receiver answered"),
    letter.response
      ? el("pre", {tabindex: "0"}, letter.response)
      : el("p", {class: "hint"}, letter.status === null ? "No answer came." : "Nothing but the status."),
    el("p", {class: "hint"}, `Message id ${letter.message_id}`)));
}

const selected = () => [...shown.values()].filter(({box}) => box.checked).map(({letter}) => letter.event_id);

/** The buttons tell what they are about: what is ticked, or everything. */
function label() {
  const size = state.endpoint?.dlq_size ?? 0;
  const ticked = selected().length;
  const what = ticked > 0 ? `${number(ticked)} of ${number(size)}` : `all ${number(size)}`;
  const evicted = state.endpoint?.dlq_evicted ?? 0;
  byId("dlq-evicted").hidden = evicted === 0;
  setText(byId("dlq-evicted"), `${number(evicted)} older ones were evicted to make room. When this grows, `
    + "raise its dlqCapacity.");
  setText(byId("dlq-count"), size > 0 ? number(size) : "");
  setText(byId("redrive"), `Redrive ${what}`);
  setText(byId("purge"), `Purge ${what}`);
  byId("dlq-actions").hidden = size === 0;
  byId("redrive").disabled = !state.endpoint?.url;
  byId("dlq-all").checked = ticked > 0 && ticked === shown.size;
  byId("dlq-all").indeterminate = ticked > 0 && ticked < shown.size;
  byId("dlq-more").hidden = !more;
}

async function act(action, afterChange) {
  const button = byId(action.name);
  await whileBusy(button, byId("dlq-outcome"), async () => {
    const ids = selected();
    const size = ids.length > 0 ? ids.length : (await ask("GET")).dlq_size;
    const done = await action(size, ids);
    if (done) {
      say(byId("dlq-outcome"), done);
      shown.forEach(({box}) => { box.checked = false; });
      known = "";
      await afterChange();
    }
  });
}

async function redrive(size, ids) {
  const agreed = await confirm({
    title: `Redrive ${count(size, "dead letter")}?`,
    text: "They are sent again with the same message ids and fresh attempts, the lowest event id first.",
    action: `Redrive ${number(size)}`,
  });
  if (!agreed) {
    return null;
  }
  const {redriven} = await ask("POST", "/dlq/redrive", ids.length > 0 ? {event_ids: ids} : undefined);
  return redriven < size
    ? `Redriven ${number(redriven)} of ${number(size)}; the queue has no room for more now.`
    : `Redriven ${number(redriven)}.`;
}

async function purge(size, ids) {
  const agreed = await confirm({
    title: `Purge ${count(size, "dead letter")}?`,
    text: "They are removed for good, and cannot be sent any more.",
    action: `Purge ${number(size)}`,
    danger: true,
  });
  if (!agreed) {
    return null;
  }
  const {purged} = await ask("POST", "/dlq/purge", ids.length > 0 ? {event_ids: ids} : {all: true});
  return `Purged ${number(purged)}.`;
}
