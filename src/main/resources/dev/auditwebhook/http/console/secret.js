import {say} from "./dom.js";

const BYTES = 32;

/** Makes a new secret. It is shown until it is set: it has to be copied to the receiver. */
export function generateInto(field, outcome) {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  field.value = `whsec_${btoa(String.fromCharCode(...bytes))}`;
  field.type = "text";
  field.select();
  say(outcome, "Copy it to the receiver, then set it here.", "idle");
}
