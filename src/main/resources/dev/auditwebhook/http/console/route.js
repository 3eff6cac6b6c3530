/** Where the views are, after the `#` of the page's address. */
export const LIST = "#/";
export const ADD = "#/add";
export const pageOf = id => `#/endpoints/${id}`;
export const replacementOf = id => `#/endpoints/${id}/replace`;

const ONE = /^#\/endpoints\/([^/]+)(\/replace)?$/;

let news = "";

/** The view that the address means: {view, id}. */
export function current() {
  const [, id, replace] = ONE.exec(location.hash) ?? [];
  if (id) {
    return {view: replace ? "form" : "page", id};
  }
  return {view: location.hash === ADD ? "form" : "list", id: null};
}

/** Goes to another view, which tells the news. */
export function go(hash, text = "") {
  news = text;
  location.hash = hash;
}

/** Goes on to another view as if this one had not been there. */
export function goOn(hash) {
  location.replace(hash);
}

/** What the view that was left wants to be told. */
export function takeNews() {
  const text = news;
  news = "";
  return text;
}
