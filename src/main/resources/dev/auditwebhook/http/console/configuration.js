/** What was entered wrongly, and in which field. */
export class Mistake extends Error {
  constructor(field, message) {
    super(message);
    this.field = field;
  }
}

/** The configuration that the fields of the form mean; what was not entered is left out. */
export function configurationOf({url, format, options, headers, secret, actions, batch, rest}) {
  const given = {format};
  put(given, "url", url);
  put(given, "formatOptions", optionsOf(options));
  put(given, "headers", pairs("headers", headers));
  put(given, "secrets", secret === "" ? [] : [secret]);
  put(given, "actions", actions.split(/[,\n]/).map(action => action.trim()).filter(action => action !== ""));
  if (batch !== "") {
    given.batch = {maxEvents: Number(batch)};
  }
  const others = object(rest);
  const twice = Object.keys(others).find(key => key in given);
  if (twice) {
    throw new Mistake("rest", `${twice} is given above already.`);
  }
  return {...given, ...others};
}

function put(given, key, value) {
  if (Object.keys(value).length > 0) {
    given[key] = value;
  }
}

function optionsOf(options) {
  const given = {};
  for (const {name, named, value} of options) {
    put(given, name, named ? pairs(name, value) : value);
  }
  return given;
}

/** Lines of `name: value`. */
function pairs(field, text) {
  const lines = text.split("\n").map(line => line.trim()).filter(line => line !== "");
  return Object.fromEntries(lines.map(line => {
    const colon = line.indexOf(":");
    if (colon < 1) {
      throw new Mistake(field, "Each line must have a name, a colon and a value.");
    }
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  }));
}

function object(text) {
  if (text === "") {
    return {};
  }
  let value;
  try {
    value = JSON.parse(text);
  } catch (failure) {
    throw new Mistake("rest", `This is not JSON: ${failure.message}.`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Mistake("rest", "This must be a JSON object, in braces.");
  }
  return value;
}
