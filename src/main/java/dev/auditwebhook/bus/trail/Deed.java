package dev.auditwebhook.bus.trail;

import dev.auditwebhook.security.UrlPolicy;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A change that was made to an endpoint. It shows origins, numbers and yes or no; of all else it
 * shows that it changed, as that may be secret.
 *
 * @param what {@code set}, {@code put} and the like
 * @param before the options that were in force, {@code null} when it was made
 * @param after those that are in force now, {@code null} when it was removed
 */
public record Deed(String what, String endpoint, JsonObject before, JsonObject after) {

  private static final String URL = "url";
  private static final String NOWHERE = "none";

  /** One that changes no option. */
  public static Deed of(String what, String endpoint, JsonObject options) {
    return new Deed(what, endpoint, options, options);
  }

  /** The keys of options whose values are others now. */
  List<String> changed() {
    List<String> keys = new ArrayList<>();
    if (after != null && after != before) {
      for (String key : after.fieldNames()) {
        if (before == null || !Objects.equals(before.getValue(key), after.getValue(key))) {
          keys.add(key);
        }
      }
    }
    return keys;
  }

  /** The origin of the URL before, {@code null} for none. */
  String from() {
    return origin(before);
  }

  /** The origin of the URL now, {@code null} for none. */
  String to() {
    return origin(after);
  }

  private static String origin(JsonObject options) {
    String url = options == null ? "" : options.getString(URL);
    return url.isEmpty() ? null : UrlPolicy.vet(url, true).origin();
  }

  /**
   * What the entry of a journal says of it.
   *
   * @param outcome what else there is to say, numbers by their names
   */
  JsonObject details(Author author, JsonObject outcome) {
    return new JsonObject()
        .put("endpoint", endpoint)
        .mergeIn(author.toJson())
        .put("changed", new JsonArray(changed()))
        .put("from", from())
        .put("to", to())
        .mergeIn(outcome);
  }

  /** As {@link #details}, in one line. */
  String line(Author author, JsonObject outcome) {
    List<String> parts = new ArrayList<>();
    if (after == null && from() != null) {
      parts.add("url " + shown(from()) + " -> " + NOWHERE);
    }
    changed().forEach(key -> parts.add(key + difference(key)));
    for (Map.Entry<String, Object> each : outcome) {
      parts.add(each.getKey() + " " + each.getValue());
    }
    String said = parts.isEmpty() ? "nothing is changed by it" : String.join(", ", parts);
    return "Trail: " + what + " by " + author + ": endpoint " + endpoint + ", " + said;
  }

  private String difference(String key) {
    if (key.equals(URL)) {
      return " " + shown(from()) + " -> " + shown(to());
    }
    Object then = before == null ? null : before.getValue(key);
    Object now = after.getValue(key);
    return isPlain(then) && isPlain(now) ? " " + then + " -> " + now : " changed";
  }

  private static boolean isPlain(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  private static String shown(String origin) {
    return origin == null ? NOWHERE : origin;
  }
}
