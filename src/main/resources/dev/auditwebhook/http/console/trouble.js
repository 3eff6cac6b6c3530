import {statusOf} from "./advice.js";

/** How long an event may wait before its endpoint is behind. */
const LATE = 60_000;

/** What needs somebody, the worst first, and how a number of such endpoints is told. */
export const TROUBLES = {
  dropping: () => "dropping entries",
  orphaned: () => "run by no node",
  circuit: number => (number === 1 ? "circuit open" : "circuits open"),
  gone: () => "paused by the receiver",
  letters: () => "with dead letters",
  paused: () => "paused",
  behind: () => "behind by a minute or more",
};

/** Half-open with nothing to send is as good as closed. */
export const isCut = ({circuit, pending}) => circuit === "open" || (circuit === "half_open" && pending > 0);

/** What the state of an endpoint is called, and its tone. */
export function stateOf(endpoint) {
  if (endpoint.url === "") {
    return ["disabled", "idle"];
  }
  if (endpoint.paused) {
    return ["paused", statusOf(endpoint.reason) === null ? "warn" : "bad"];
  }
  if (endpoint.node === null) {
    return ["no node", "bad"];
  }
  return isCut(endpoint) ? [`circuit ${endpoint.circuit.replace("_", "-")}`, "bad"] : ["enabled", "good"];
}

/** Which of the troubles an endpoint has, the worst; null when it has none. */
export function troubleOf(endpoint, dropping) {
  const {url, paused, reason, dlq_size: letters, oldest_pending: oldest} = endpoint;
  const sends = url !== "" && !paused;
  const has = {
    dropping,
    orphaned: sends && endpoint.node === null,
    circuit: sends && isCut(endpoint),
    gone: paused && statusOf(reason) !== null,
    letters: letters > 0,
    paused,
    behind: sends && oldest !== null && Date.now() - new Date(oldest) > LATE,
  };
  return Object.keys(TROUBLES).find(trouble => has[trouble]) ?? null;
}
