package dev.auditwebhook.endpoint.settings;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;

/**
 * Signing secrets, the newest first.
 *
 * @param all each with the time when it ends, if it does
 */
record Secrets(List<Secret> all) {

  private static final int MOST = 8;
  private static final long NEVER = Long.MAX_VALUE;

  /**
   * @param until when it ends, in milliseconds since the epoch
   */
  private record Secret(String text, long until) {

    static Secret fromJson(JsonObject json) {
      return new Secret(json.getString("secret"), json.getLong("until", NEVER));
    }

    JsonObject toJson() {
      JsonObject json = new JsonObject().put("secret", text);
      return until == NEVER ? json : json.put("until", until);
    }
  }

  static Secrets of(List<String> texts) {
    return new Secrets(texts.stream().map(text -> new Secret(text, NEVER)).toList());
  }

  static Secrets fromJson(JsonArray kept) {
    return new Secrets(kept.stream().map(JsonObject.class::cast).map(Secret::fromJson).toList());
  }

  JsonArray toJson() {
    return new JsonArray(all.stream().map(Secret::toJson).toList());
  }

  /** Those that sign at a time. */
  Secrets at(long now) {
    return new Secrets(all.stream().filter(each -> each.until > now).toList());
  }

  /** With a newer one, and those before it until a time at most. */
  Secrets with(String newest, long until) {
    Stream<Secret> former =
        all.stream()
            .filter(each -> !each.text.equals(newest))
            .map(each -> new Secret(each.text, each.until == NEVER ? until : each.until));
    return new Secrets(
        Stream.concat(Stream.of(new Secret(newest, NEVER)), former).limit(MOST).toList());
  }

  List<String> texts() {
    return all.stream().map(Secret::text).toList();
  }

  /** When the next one ends, the highest number for never. */
  long nextExpiry() {
    return all.stream().mapToLong(Secret::until).min().orElse(NEVER);
  }
}
