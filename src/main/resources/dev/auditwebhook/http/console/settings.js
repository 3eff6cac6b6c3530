import {confirm, open} from "./dialogs.js";
import {byId, count, say, setText, whileBusy} from "./dom.js";
import {go, LIST, replacementOf} from "./route.js";
import {generateInto} from "./secret.js";
import {ask, state} from "./store.js";

export function start(afterChange) {
  byId("change").addEventListener("click", show);
  byId("generate").addEventListener("click", () => generateInto(byId("secret"), byId("secret-outcome")));
  byId("disable").addEventListener("click", event => disable(event.target, afterChange));
  byId("remove").addEventListener("click", event => remove(event.target));
  onSubmit("url-form", button => setUrl(button, afterChange));
  onSubmit("secret-form", button => setSecret(button, afterChange));
  onSubmit("backoff-form", button => setBackoff(button, afterChange));
  byId("settings").addEventListener("close", clear);
}

function onSubmit(id, action) {
  byId(id).addEventListener("submit", event => {
    event.preventDefault();
    action(event.submitter ?? byId(id).querySelector("[type=submit]"));
  });
}

/** Forgets what was entered: a secret is not to be found afterwards. */
export function clear() {
  for (const name of ["secret", "backoff"]) {
    byId(name).value = "";
  }
  byId("secret").type = "password";
  byId("revoke").checked = false;
  for (const name of ["url", "secret", "backoff", "remove"]) {
    say(byId(`${name}-outcome`), "");
  }
}

function show() {
  const {id, endpoint} = state;
  clear();
  setText(byId("settings-title"), `Endpoint ${id}`);
  byId("url").value = endpoint?.url ?? "";
  byId("disable").hidden = !endpoint?.url;
  setText(byId("signed-hint"), endpoint?.signed ? "Requests are signed now." : "Requests are not signed now.");
  byId("replace").href = replacementOf(id);
  byId("remove").hidden = id === "default";
  setText(byId("remove-hint"), id === "default"
    ? "The default endpoint is always there: it can be disabled, but not removed."
    : "Replacing sets every key anew. Removing takes along what is pending, and the dead letters.");
  open(byId("settings"), byId("settings-close"));
  byId("url").focus();
}

async function setUrl(button, afterChange) {
  const outcome = byId("url-outcome");
  const url = byId("url").value.trim();
  if (url === "") {
    say(outcome, "Enter a URL, or use Disable to stop deliveries.", "bad");
    return;
  }
  await whileBusy(button, outcome, async () => {
    const {status} = await ask("PATCH", "", {url});
    say(outcome, status === "paused"
      ? "That is the URL already: the delivery is still paused."
      : "Set: events go there from now on.");
    byId("disable").hidden = false;
    await afterChange();
  });
}

async function disable(button, afterChange) {
  await whileBusy(button, byId("url-outcome"), async () => {
    const {pending} = await ask("GET");
    const agreed = await confirm({
      title: "Disable the endpoint?",
      text: `New entries are discarded from now on. ${count(pending, "event")} pending: what cannot go out `
        + "at once waits for the next URL.",
      action: "Disable",
      danger: true,
    });
    if (agreed) {
      await ask("PATCH", "", {url: ""});
      say(byId("url-outcome"), "Disabled: new entries are discarded.");
      button.hidden = true;
      await afterChange();
    }
  });
}

async function setSecret(button, afterChange) {
  const outcome = byId("secret-outcome");
  const secret = byId("secret").value.trim();
  if (secret === "") {
    say(outcome, "Enter a secret, or generate one.", "bad");
    return;
  }
  await whileBusy(button, outcome, async () => {
    const revoke = byId("revoke").checked;
    await ask("PATCH", "", revoke ? {secret, revoke} : {secret});
    clear();
    say(outcome, `Set: requests are signed with it ${revoke ? "alone " : ""}from now on.`);
    await afterChange();
  });
}

async function setBackoff(button, afterChange) {
  const outcome = byId("backoff-outcome");
  const millis = byId("backoff").value.trim();
  if (!/^\d+$/.test(millis)) {
    say(outcome, "Enter a whole number of milliseconds.", "bad");
    return;
  }
  await whileBusy(button, outcome, async () => {
    await ask("PATCH", "", {initial_backoff: Number(millis)});
    say(outcome, "Set: the next retries wait so long at first.");
    await afterChange();
  });
}

async function remove(button) {
  await whileBusy(button, byId("remove-outcome"), async () => {
    const {id} = state;
    const {pending, dlq_size: letters} = await ask("GET");
    const agreed = await confirm({
      title: `Remove ${id}?`,
      text: `${count(pending, "pending event")} ${pending === 1 ? "is" : "are"} abandoned: no attempt is made `
        + `any more. ${count(letters, "dead letter")} ${letters === 1 ? "goes" : "go"} with it.`,
      action: `Remove ${id}`,
      danger: true,
    });
    if (agreed) {
      const {abandoned} = await ask("DELETE");
      go(LIST, `Removed ${id}; ${count(abandoned, "pending event")} ${abandoned === 1 ? "was" : "were"} abandoned.`);
    }
  });
}
