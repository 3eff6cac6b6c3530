import {call} from "./api.js";
import {ago, byId, el, number, say, setText} from "./dom.js";
import {poll} from "./poll.js";

const POLL = 2000;

/** The rows of the nodes, by their ids. */
const rows = new Map();
let self = null;

/** Whether the nodes share the store, so that another one may run an endpoint. */
export const isShared = endpoint => endpoint?.node !== undefined;

/** The node that runs an endpoint, when it is not the one that answers this page; else null. */
export const elsewhere = endpoint =>
  isShared(endpoint) && self !== null && endpoint.node !== self ? endpoint.node : null;

/** Shows who is there, until the view is left. */
export function follow(signal) {
  poll(POLL, () => call("GET", "nodes"), take, signal)();
}

function take(reply, problem) {
  say(byId("nodes-outcome"), problem ? problem.message : "", "bad");
  if (reply === null) {
    return;
  }
  self = reply.nodes.find(node => node.self)?.name ?? null;
  const former = new Map(rows);
  for (const node of reply.nodes) {
    former.delete(node.id);
    write(node);
  }
  former.forEach(({row}, id) => {
    row.remove();
    rows.delete(id);
  });
  setText(byId("nodes-count"), number(reply.nodes.filter(({alive}) => alive).length));
  byId("nodes").hidden = false;
}

/** Writes the row of a node; those that start later stand below. */
function write(node) {
  if (!rows.has(node.id)) {
    rows.set(node.id, make(node));
    byId("nodes-rows").append(rows.get(node.id).row);
  }
  const {chip, endpoints, seen} = rows.get(node.id);
  const [state, tone] = node.alive ? ["alive", "good"] : ["gone", node.endpoints > 0 ? "bad" : "idle"];
  setText(chip, state);
  chip.dataset.tone = tone;
  setText(endpoints, number(node.endpoints));
  setText(seen, ago(node.seen));
}

function make(node) {
  const chip = el("span", {class: "chip"});
  const cell = (label, name = "") => el("td", {class: name, "data-label": label});
  const endpoints = cell("endpoints", "number");
  const seen = cell("last sign of life");
  const started = cell("started");
  setText(started, ago(node.started));
  const name = el("th", {scope: "row", class: "name", title: node.id}, node.name);
  if (node.self) {
    name.append(el("span", {class: "self"}, "answers this page"));
  }
  return {row: el("tr", {}, name, el("td", {class: "what"}, chip), endpoints, seen, started), chip, endpoints, seen};
}
