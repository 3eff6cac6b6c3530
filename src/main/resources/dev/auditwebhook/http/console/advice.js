/** What an operator can do about an answer of the receiver, or about none (status null). */
export function adviceFor(status, error) {
  if (error?.includes("forbidden address")) {
    return "The URL leads to an address that is never allowed. Set another URL.";
  }
  if (status === 401 || status === 403 || status === 407) {
    return "The receiver does not accept the credentials. Put new ones into its headers, then redrive.";
  }
  if (status === 404 || status === 405 || (status >= 300 && status < 400)) {
    return "The endpoint has moved, or the URL is not right. Set the new URL, then redrive.";
  }
  if (status === 410) {
    return "The receiver says that it is gone for good. Set another URL, or resume when it is back: what waits goes on.";
  }
  if (status >= 500 || status === 429 || status === 408 || status === 425) {
    return "The receiver is in trouble or overloaded. See to it there; then redrive what was given up.";
  }
  if (status >= 400) {
    return "The receiver refuses this event itself. Mend the producer or the receiver, then redrive.";
  }
  if (/TLS|certificate/i.test(error ?? "")) {
    return "No secure connection could be made. Check the receiver's certificate and what is trusted here.";
  }
  if (/resolve/i.test(error ?? "")) {
    return "The name is not known here. Check the URL and the name service.";
  }
  return "The receiver cannot be reached. Check that it runs, and the network and firewalls on the way.";
}

/** The status that an error starts with, as in `503 from https://siem.example`. */
export function statusOf(error) {
  const match = /^([1-5][0-9]{2}) /.exec(error ?? "");
  return match ? Number(match[1]) : null;
}
