/** The element with this id. */
export const byId = id => document.getElementById(id);

/**
 * Makes an element. Children are elements or text: text is never read as HTML.
 * @param {string} tag
 * @param {Object<string, string|Function>} attributes functions are listeners: {click: () => {}}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

/** Sets a text only when it differs, so that screen readers hear changes alone. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Shows what came of an action, in place. */
export function say(element, text, tone = "good") {
  element.dataset.tone = tone;
  setText(element, text);
}

/** Runs an action with its button busy, and shows a failure in place, unless that was left. */
export async function whileBusy(button, outcome, action) {
  if (button.getAttribute("aria-busy") === "true") {
    return;
  }
  button.setAttribute("aria-busy", "true");
  try {
    await action();
  } catch (failure) {
    if (failure.name !== "AbortError") {
      say(outcome, failure.message, "bad");
    }
  } finally {
    button.removeAttribute("aria-busy");
  }
}

const whole = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const day = new Intl.DateTimeFormat(undefined, {day: "numeric", month: "short"});

export const number = value => whole.format(value);

/** `1 event`, `2 events`. */
export const count = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

/** The time of day, after the day when that is not today. */
export function time(date) {
  const today = date.toDateString() === new Date().toDateString();
  return today ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

/** A time of the API and how long ago it was: `12:00:01, 3 s ago`. */
export function ago(text) {
  if (!text) {
    return "unknown";
  }
  const date = new Date(text);
  return `${time(date)}, ${span(Date.now() - date)} ago`;
}

/** A length of time in its largest unit. */
export function span(millis) {
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 100) {
    return `${seconds} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) {
    return `${minutes} min`;
  }
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
