package dev.auditwebhook.http;

import dev.auditwebhook.http.guard.Problem;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** How many may read attempts at once: of all, and of those with tokens of one name. */
final class ReaderPlaces {

  private final AttemptStream.Bounds bounds;
  private final Semaphore places;
  private final Map<String, Semaphore> ofTokens = new ConcurrentHashMap<>();

  ReaderPlaces(AttemptStream.Bounds bounds) {
    this.bounds = bounds;
    this.places = new Semaphore(bounds.readers());
  }

  /** Takes a place; a host that guards the routes has no tokens, there it is {@code null}. */
  void take(String token) {
    if (!places.tryAcquire()) {
      throw full(bounds.readers(), "readers");
    }
    if (token != null
        && !ofTokens
            .computeIfAbsent(token, name -> new Semaphore(bounds.readersOfToken()))
            .tryAcquire()) {
      places.release();
      throw full(bounds.readersOfToken(), "readers with the token " + token);
    }
  }

  /** Gives a place back. */
  void leave(String token) {
    places.release();
    if (token != null) {
      ofTokens.get(token).release();
    }
  }

  private static Problem full(int most, String readers) {
    return Problem.unavailable(
        "all %s places of %s are taken; close another console first".formatted(most, readers));
  }
}
