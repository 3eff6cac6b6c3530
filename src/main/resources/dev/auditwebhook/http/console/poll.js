/**
 * Reads again and again: a while after each answer, and at once when what is returned is called.
 * It rests while nobody looks.
 * @param {number} interval in ms
 * @param {Function} read gives a promise of the answer
 * @param {Function} take called with the answer, or with null and the problem; an answer that a
 *     later one has overtaken is left out
 * @param {AbortSignal} signal ends it
 */
export function poll(interval, read, take, signal) {
  let timer;
  let latest = 0;
  async function now() {
    clearTimeout(timer);
    const mine = ++latest;
    let answer = null;
    let problem = null;
    try {
      answer = await read();
    } catch (failure) {
      problem = failure;
    }
    if (signal.aborted || mine !== latest) {
      return;
    }
    take(answer, problem);
    if (!document.hidden && !signal.aborted) {
      timer = setTimeout(now, interval);
    }
  }
  document.addEventListener("visibilitychange", () => document.hidden || now(), {signal});
  signal.addEventListener("abort", () => clearTimeout(timer));
  return now;
}
