import {call} from "./api.js";
import {confirm, open} from "./dialogs.js";
import {byId, count, say, setText, whileBusy} from "./dom.js";
import {state} from "./store.js";

const SECRET_BYTES = 32;

export function start(afterChange) {
  byId("change").addEventListener("click", show);
  byId("generate").addEventListener("click", generate);
  byId("disable").addEventListener("click", event => disable(event.target, afterChange));
  byId("url-form").addEventListener("submit", event => {
    event.preventDefault();
    setUrl(event.submitter ?? byId("url-form").querySelector("[type=submit]"), afterChange);
  });
  byId("secret-form").addEventListener("submit", event => {
    event.preventDefault();
    setSecret(event.submitter ?? byId("secret-form").querySelector("[type=submit]"), afterChange);
  });
  byId("settings").addEventListener("close", clearSecret);
}

function show() {
  byId("url").value = state.webhook?.url ?? "";
  byId("disable").hidden = !state.webhook?.url;
  setText(byId("signed-hint"), state.webhook?.signed
    ? "Requests are signed now."
    : "Requests are not signed now.");
  say(byId("url-outcome"), "");
  say(byId("secret-outcome"), "");
  clearSecret();
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
    const {status} = await call("PUT", "webhook", {url});
    say(outcome, status === "paused"
      ? "That is the URL already: the delivery is still paused."
      : "Set: events go there from now on.");
    byId("disable").hidden = false;
    await afterChange();
  });
}

async function disable(button, afterChange) {
  await whileBusy(button, byId("url-outcome"), async () => {
    const {pending} = await call("GET", "webhook");
    const agreed = await confirm({
      title: "Disable the webhook?",
      text: `New entries are discarded from now on. ${count(pending, "event")} pending: what cannot go out `
        + "at once waits for the next URL.",
      action: "Disable",
      danger: true,
    });
    if (agreed) {
      await call("DELETE", "webhook");
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
    await call("PUT", "webhook", {secret});
    clearSecret();
    say(outcome, "Set: requests are signed with it from now on.");
    await afterChange();
  });
}

/** A new secret is shown until it is set: it has to be copied to the receiver. */
function generate() {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  byId("secret").value = `whsec_${btoa(String.fromCharCode(...bytes))}`;
  byId("secret").type = "text";
  byId("secret").select();
  say(byId("secret-outcome"), "Copy it to the receiver, then set it here.", "idle");
}

function clearSecret() {
  byId("secret").value = "";
  byId("secret").type = "password";
}
