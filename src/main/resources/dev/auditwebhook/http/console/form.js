import {call} from "./api.js";
import {configurationOf, Mistake} from "./configuration.js";
import {byId, el, say, setText, whileBusy} from "./dom.js";
import {makeFields, optionField} from "./fields.js";
import {FORMATS} from "./formats.js";
import {go, pageOf} from "./route.js";
import {generateInto} from "./secret.js";

/** The form that makes an endpoint, or replaces the configuration of the one with this id. */
let replaced = null;
let visit = null;

const FIELDS = ["id", "url", "headers", "secret", "actions", "batch", "rest"];
const field = name => byId(`new-${name}`);
const valueOf = name => field(name).value.trim();

export function start() {
  byId("form-fields").append(...makeFields());
  field("format").append(...Object.entries(FORMATS).map(([name, {label}]) => el("option", {value: name}, label)));
  field("format").addEventListener("change", explain);
  field("url").addEventListener("input", fit);
  byId("new-generate").addEventListener("click", () => generateInto(field("secret"), byId("new-secret-outcome")));
  byId("endpoint-form").addEventListener("submit", event => {
    event.preventDefault();
    save();
  });
}

export function enter(id, signal) {
  replaced = id;
  visit = signal;
  clear();
  signal.addEventListener("abort", clear);
  const title = id === null ? "Add an endpoint" : `Replace the configuration of ${id}`;
  document.title = `${title} – Audit webhook`;
  setText(byId("form-title"), title);
  setText(byId("save"), id === null ? "Add endpoint" : "Replace configuration");
  byId("save").classList.toggle("danger", id !== null);
  byId("cancel").href = id === null ? "#/" : pageOf(id);
  for (const part of ["form-warning", "form-path"]) {
    byId(part).hidden = id === null;
  }
  byId("form-of").href = pageOf(id);
  setText(byId("form-of"), id ?? "");
  byId("new-id-field").hidden = id !== null;
  byId("contact").hidden = true;
  signal.addEventListener("abort", () => { byId("contact").hidden = false; });
  return id === null ? field("id") : field("url");
}

/** Forgets what was entered: a secret is not to be found afterwards. */
function clear() {
  byId("endpoint-form").reset();
  field("secret").type = "password";
  say(byId("new-secret-outcome"), "");
  byId("save").removeAttribute("aria-busy");
  byId("others").open = false;
  complain(null);
  explain();
}

/** Says what the chosen format wants, and asks for its options. */
function explain() {
  const {hint, path, ending = path, header, options = []} = FORMATS[valueOf("format")];
  setText(byId("new-format-hint"), hint);
  setText(byId("new-url-hint"), path
    ? `Usually ends in ${ending}`
    : "Where the events are posted to. Without one they are discarded.");
  field("url").placeholder = `https://siem.example${ending ?? "/in"}`;
  field("headers").placeholder = header ?? "Authorization: Bearer …";
  setText(byId("new-headers-hint"), "One a line, as name: value."
    + (header ? ` This format usually needs ${header.split(":")[0]}.` : ""));
  byId("format-options").hidden = options.length === 0;
  setText(byId("options-title"), `Options of ${valueOf("format")}`);
  byId("options").replaceChildren(...options.map(optionField));
  fit();
}

/** Tells when the URL is unusual for the format; it is a hint and no more. */
function fit() {
  const {path} = FORMATS[valueOf("format")];
  const url = valueOf("url");
  const unusual = path !== undefined && url !== "" && !url.split(/[?#]/)[0].endsWith(path);
  say(byId("url-fit"), unusual ? "This URL does not end so. Check it with the receiver." : "", "warn");
}

async function save() {
  const outcome = byId("form-outcome");
  const signal = visit;
  await whileBusy(byId("save"), outcome, async () => {
    complain(null);
    try {
      const id = replaced ?? await freeId();
      await call("PUT", route(id), entered());
      signal.throwIfAborted();
      go(pageOf(id), replaced === null
        ? "Added: it gets what arrives from now on."
        : "Replaced: it works with the new configuration from now on.");
    } catch (failure) {
      signal.throwIfAborted();
      complain(failure);
    }
  });
}

const route = id => `endpoints/${encodeURIComponent(id)}`;

/** An endpoint that is there would be replaced. */
async function freeId() {
  const id = valueOf("id");
  if (id === "") {
    throw new Mistake("id", "Enter an id: small letters, digits and hyphens.");
  }
  try {
    await call("GET", route(id));
  } catch (problem) {
    if (problem.status === 404) {
      return id;
    }
    throw problem;
  }
  throw new Mistake("id", `There is an endpoint ${id} already: change or replace it on its own page.`);
}

function entered() {
  const options = [...byId("options").querySelectorAll("[data-option]")].map(({dataset, value}) =>
    ({name: dataset.option, named: dataset.named === "true", value: value.trim()}));
  return configurationOf({
    options, format: valueOf("format"),
    ...Object.fromEntries(FIELDS.map(name => [name, valueOf(name)])),
  });
}

/** Shows what is wrong, and the field in which it is, as far as the first words name one. */
function complain(failure) {
  say(byId("form-outcome"), failure?.message ?? "", "bad");
  byId("endpoint-form").querySelectorAll("[aria-invalid]").forEach(one => one.removeAttribute("aria-invalid"));
  const wrong = failure && fieldOf(failure);
  if (wrong) {
    byId("others").open ||= byId("others").contains(wrong);
    wrong.setAttribute("aria-invalid", "true");
    wrong.focus();
  }
}

const ALIASES = {secrets: "secret", endpoint: "id"};

function fieldOf({field: name, message}) {
  const words = name ? [name] : (/^[\w.[\]-]+(?=:)/.exec(message)?.[0] ?? "").split(/[^\w-]+/);
  return words.map(word => byId(`new-${ALIASES[word] ?? word}`) ?? byId(`option-${word}`)).find(found => found) ?? null;
}
