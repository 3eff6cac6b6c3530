import {el} from "./dom.js";

const REST = "The keys of an endpoint as in the configuration: maxAttempts, initialBackoff, maxBackoff, jitter, "
  + "attemptTimeout, maxInFlight, queueCapacity, dlqCapacity, circuitBreaker, compression, auth, client, "
  + "signatureHeader, allowedOrigins and requireHttps; times are in milliseconds.";

/** The fields of the form of an endpoint, in order. */
export function makeFields() {
  return [
    field({
      name: "id", label: "Id", autocapitalize: "off", maxlength: "63", placeholder: "siem",
      hint: "Small letters, digits and hyphens. It cannot be changed later.",
    }),
    field({name: "format", label: "Format", tag: "select"}),
    field({name: "url", label: "URL", inputmode: "url", describedby: "url-fit"}, note("url-fit")),
    field({name: "headers", label: "Headers", tag: "textarea", rows: "2"}),
    el("fieldset", {id: "format-options"},
      el("legend", {id: "options-title"}),
      el("div", {id: "options", class: "pairs"})),
    secret(),
    el("div", {class: "pairs"},
      field({
        name: "actions", label: "Actions", placeholder: "*",
        hint: "Names, or prefixes such as user.*, with commas between; !user.test takes one out.",
      }),
      field({
        name: "batch", label: "Events a request, at most", inputmode: "numeric", placeholder: "1",
        hint: "100 or more make a busy endpoint faster, if its receiver takes batches.",
      })),
    el("details", {id: "others"},
      el("summary", {}, "All other keys, as JSON"),
      field({
        name: "rest", label: "Other keys", tag: "textarea", rows: "6", hint: REST,
        placeholder: '{"compression": "gzip", "maxAttempts": 5}',
      })),
  ];
}

/** A field for an option of a format. */
export function optionField({name, label, example, named = false}) {
  const id = `option-${name}`;
  return el("div", {},
    el("label", {for: id}, named ? `${label}, one a line` : label),
    input(id, {
      tag: named ? "textarea" : "input", rows: "2", placeholder: example,
      "data-option": name, "data-named": String(named), "aria-describedby": "form-outcome",
    }));
}

function field({name, label, hint = "", describedby = "", ...attributes}, ...more) {
  const id = `new-${name}`;
  return el("div", {id: `${id}-field`},
    el("label", {for: id}, label),
    input(id, {...attributes, "aria-describedby": `${id}-hint ${describedby} form-outcome`}),
    el("p", {id: `${id}-hint`, class: "hint"}, hint),
    ...more);
}

const input = (id, {tag = "input", ...attributes}) =>
  el(tag, {id, ...(tag === "input" && {type: "text"}), autocomplete: "off", spellcheck: "false", ...attributes});

const note = id => el("p", {id, class: "outcome", role: "status"});

function secret() {
  const whole = field({
    name: "secret", label: "Signing secret", placeholder: "whsec_…", autocomplete: "new-password",
    hint: "Without one, requests are not signed.", describedby: "new-secret-outcome",
  }, note("new-secret-outcome"));
  const entry = whole.querySelector("input");
  const joined = el("div", {class: "joined"});
  entry.replaceWith(joined);
  joined.append(entry, el("button", {type: "button", id: "new-generate", class: "quiet"}, "Generate"));
  return whole;
}
