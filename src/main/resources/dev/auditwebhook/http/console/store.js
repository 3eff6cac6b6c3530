import {call} from "./api.js";

/**
 * What the page of one endpoint knows. `endpoint` is the latest answer of `GET /endpoints/ID`,
 * `problem` why there is no newer one, `stream` the state of the live attempts, and `recent` their
 * outcomes of the last minute, with the last attempt that failed. `signal` is aborted when the page
 * is left.
 */
export const state = {};

/** How long a dropped entry is worth the headline. */
const DROPPING_FOR = 15_000;
const MINUTE = 60;

const listeners = [];
let seconds = [];
let lastFailed = null;
let droppedAt = 0;

/** Calls a listener after every change. */
export function subscribe(listener) {
  listeners.push(listener);
}

/** Forgets what was known, and is about another endpoint from now on. */
export function begin(id, signal) {
  seconds = [];
  lastFailed = null;
  droppedAt = 0;
  Object.assign(state, {
    id,
    signal,
    endpoint: null,
    problem: null,
    stream: "connecting",
    streamProblem: null,
    dropping: false,
    recent: {delivered: 0, retry: 0, failed: 0, lastFailed: null},
  });
}

/** Where the endpoint's routes begin. */
export const route = (rest = "") => `endpoints/${encodeURIComponent(state.id)}${rest}`;

/** Calls a route of the endpoint; what comes after its page was left is nobody's. */
export async function ask(method, rest, body) {
  const {signal} = state;
  try {
    return await call(method, route(rest), body);
  } finally {
    signal.throwIfAborted();
  }
}

/** Merges a change, and tells the listeners. */
export function update(change) {
  if (change.endpoint && state.endpoint) {
    if (change.endpoint.dropped > state.endpoint.dropped) {
      droppedAt = Date.now();
    }
    change.dropping = Date.now() - droppedAt < DROPPING_FOR;
  }
  Object.assign(state, change);
  listeners.forEach(listener => listener(state));
}

/** Counts the outcomes of attempts into `state.recent`. */
export function countRecent(attempts) {
  const now = Math.floor(Date.now() / 1000);
  let current = seconds[seconds.length - 1];
  if (current?.second !== now) {
    current = {second: now, delivered: 0, retry: 0, failed: 0};
    seconds.push(current);
  }
  for (const attempt of attempts) {
    current[attempt.outcome]++;
    if (attempt.outcome === "failed") {
      lastFailed = attempt;
    }
  }
}

/** Forgets what is older than a minute. */
export function ageRecent() {
  const oldest = Math.floor(Date.now() / 1000) - MINUTE;
  while (seconds.length > 0 && seconds[0].second < oldest) {
    seconds.shift();
  }
  const sum = outcome => seconds.reduce((total, second) => total + second[outcome], 0);
  state.recent = {delivered: sum("delivered"), retry: sum("retry"), failed: sum("failed"), lastFailed};
}
