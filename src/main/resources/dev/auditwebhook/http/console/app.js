import {call, token} from "./api.js";
import {byId, setText} from "./dom.js";
import * as form from "./form.js";
import * as list from "./list.js";
import * as page from "./page.js";
import * as role from "./role.js";
import {current, LIST, pageOf, takeNews} from "./route.js";

const views = {list, page, form};

/** Aborted when its view is left; null while nobody is signed in. */
let visit = null;

function start() {
  Object.values(views).forEach(view => view.start());
  byId("sign-in-form").addEventListener("submit", signIn);
  byId("sign-out").addEventListener("click", signOut);
  byId("skip").addEventListener("click", event => {
    event.preventDefault();
    byId("main").focus();
  });
  document.addEventListener("unauthorized", event => visit && askForToken(event.detail));
  window.addEventListener("hashchange", () => {
    if (visit) {
      const focus = show();
      scrollTo(0, 0);
      (focus ?? byId("main")).focus();
    }
  });
  enter();
}

/** Without a token at first: where the host's router guards the routes none is asked for. */
async function enter() {
  try {
    const useless = await role.learn();
    if (useless) {
      askForToken(useless);
      return;
    }
    list.take(await call("GET", "endpoints"), null);
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) {
      askForToken(token.get() === null ? "" : problem.message);
      return;
    }
    list.take(null, problem);
  }
  const hadFocus = byId("sign-in").contains(document.activeElement);
  byId("sign-in").hidden = true;
  byId("sign-out").hidden = token.get() === null;
  if (current().view === "list" && list.isOfDefaultAlone()) {
    history.replaceState(null, "", pageOf("default"));
  }
  show();
  if (hadFocus) {
    byId("main").focus();
  }
}

/** Shows the view that the address means, and gives what is to have the focus, if it is not all. */
function show() {
  leave();
  const wanted = current();
  if (wanted.view === "form" && !role.isAdmin()) {
    history.replaceState(null, "", wanted.id === null ? LIST : pageOf(wanted.id));
  }
  const {view, id} = current();
  visit = new AbortController();
  byId(view).hidden = false;
  role.follow(visit.signal);
  return views[view].enter(id, visit.signal, takeNews());
}

function leave() {
  visit?.abort();
  visit = null;
  document.querySelectorAll("dialog[open]").forEach(dialog => dialog.close());
  Object.keys(views).forEach(view => { byId(view).hidden = true; });
}

function askForToken(message) {
  leave();
  token.forget();
  role.forget();
  byId("sign-out").hidden = true;
  byId("sign-in").hidden = false;
  setText(byId("token-problem"), message);
  setText(byId("contact"), "Signed out");
  byId("contact").dataset.tone = "idle";
  document.title = "Audit webhook";
  byId("token").value = "";
  byId("token").focus();
}

function signIn(event) {
  event.preventDefault();
  const presented = byId("token").value.trim();
  if (!/^[\x21-\x7e]+$/.test(presented)) {
    setText(byId("token-problem"), "A token is made of visible ASCII characters, without blanks.");
    return;
  }
  token.set(presented);
  enter();
}

function signOut() {
  token.forget();
  location.reload();
}

start();
