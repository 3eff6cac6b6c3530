import {call} from "./api.js";
import {byId, setText} from "./dom.js";
import {poll} from "./poll.js";

const POLL = 5000;

/** What a token without access to this page is good for. */
const ELSEWHERE = {metrics: "GET /metrics", ingest: "POST /audit"};

/** Asks whose token this is, and gives a sentence when it is of no use here, else null. */
export async function learn() {
  const {name, role} = await call("GET", "token");
  if (role in ELSEWHERE) {
    return `The token ${name} has the role ${role}: it is good for ${ELSEWHERE[role]} alone.`;
  }
  take({name, role});
  return null;
}

/** Keeps to what the token may do, which can change. */
export function follow(signal) {
  poll(POLL, () => call("GET", "token"), reply => reply && take(reply), signal)();
}

export const isAdmin = () => document.body.dataset.role === "admin";

/** Nobody is signed in. */
export function forget() {
  delete document.body.dataset.role;
  setText(byId("who"), "");
}

/** The style sheet hides what needs more than this role. */
function take({name, role}) {
  document.body.dataset.role = role;
  setText(byId("who"), name === null ? "" : `${name}, role ${role}`);
}
