import {adviceFor, statusOf} from "./advice.js";
import {count, span} from "./dom.js";
import {isCut} from "./trouble.js";

/** The one glance: is it working, what failed and why, what to do. */
export function judge({endpoint, problem, dropping, recent}) {
  if (problem?.status === 404) {
    return verdict("idle", "No such endpoint", problem.message, "It may have been removed. Go to the list, or add it.");
  }
  if (problem) {
    const advice = problem.status === 503
      ? "Deploy the webhook's verticle, or look into the log why it does not run."
      : "The figures below are the last ones known. This page goes on trying.";
    return verdict("bad", "No contact", problem.message, advice);
  }
  if (!endpoint) {
    return verdict("idle", "Looking …", "", null);
  }
  if (endpoint.url === "") {
    return verdict("idle", "No URL",
      `New entries are discarded until a URL is set; ${waiting(endpoint)}.`, null);
  }
  if (endpoint.paused) {
    return paused(endpoint, dropping);
  }
  if (endpoint.node === null) {
    return verdict("bad", "No node runs it",
      `The node that ran it is gone, and another takes over soon; ${waiting(endpoint)}.`, null);
  }
  if (isCut(endpoint)) {
    const since = span(Date.now() - new Date(endpoint.circuit_since));
    const why = endpoint.last_error ? `${endpoint.last_error}. ` : "";
    const circuit = endpoint.circuit === "open" ? "open" : "half open, being probed,";
    return verdict("bad", "Not delivering",
      `${why}The circuit has been ${circuit} for ${since}; ${waiting(endpoint)} for the receiver to answer.`,
      adviceFor(statusOf(endpoint.last_error), endpoint.last_error));
  }
  if (dropping) {
    return verdict("bad", "Dropping entries", "The queue is full: new entries are refused and lost.",
      "Slow the producers down or the receiver up, or raise its queueCapacity.");
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
  return verdict("good", endpoint.delivered > 0 ? "Delivering" : "Ready",
    endpoint.delivered > 0 ? "All is well." : "No event has been delivered yet.", null);
}

/** By an operator, or by the receiver's 410. */
function paused(endpoint, dropping) {
  const status = statusOf(endpoint.reason);
  const fate = dropping ? "The queue is full: new entries are refused and lost" : "Entries are accepted and wait";
  return verdict(status !== null || dropping ? "bad" : "warn", "Paused",
    `${sentence(endpoint.reason ?? "paused")} ${fate}; ${waiting(endpoint)} now.`,
    status === null ? null : adviceFor(status, endpoint.reason));
}

const sentence = text => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const verdict = (tone, headline, explanation, advice) => ({tone, headline, explanation, advice});

const waiting = ({pending}) =>
  pending === 0 ? "nothing waits" : `${count(pending, "event")} wait${pending === 1 ? "s" : ""}`;
