import {byId, setText} from "./dom.js";

/**
 * Asks before something is done.
 * @param {{title: string, text: string, action: string, danger?: boolean}} question
 * @returns {Promise<boolean>} whether to go on
 */
export function confirm({title, text, action, danger = false}) {
  const dialog = byId("confirm");
  const yes = byId("confirm-yes");
  setText(byId("confirm-title"), title);
  setText(byId("confirm-text"), text);
  setText(yes, action);
  yes.classList.toggle("danger", danger);
  return new Promise(resolve => {
    const answer = new AbortController();
    const end = agreed => {
      answer.abort();
      dialog.close();
      resolve(agreed);
    };
    const on = (target, event, handler) =>
      target.addEventListener(event, handler, {signal: answer.signal});
    on(yes, "click", () => end(true));
    on(byId("confirm-no"), "click", () => end(false));
    on(dialog, "close", () => end(false));
    on(dialog, "click", event => event.target === dialog && end(false));
    dialog.showModal();
    byId("confirm-no").focus();
  });
}

/** Opens a dialog that is closed by its button, Escape, or a click beside it. */
export function open(dialog, closeButton) {
  const closed = new AbortController();
  const options = {signal: closed.signal};
  closeButton.addEventListener("click", () => dialog.close(), options);
  dialog.addEventListener("click", event => event.target === dialog && dialog.close(), options);
  dialog.addEventListener("close", () => closed.abort(), options);
  dialog.showModal();
}
