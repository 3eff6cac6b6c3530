package dev.auditwebhook.json;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads a JSON object from outside key by key, and refuses what nobody asked for. A key that is
 * absent has the default that its reader is given.
 *
 * <p>Every refusal is an {@link IllegalArgumentException} of one line that starts with the path of
 * the key. A message shows numbers and types, never the text of a string: it may be a secret.
 */
public final class StrictJson {

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u0085\\u2028\\u2029]");

  private static final long DAY = 24L * 60 * 60 * 1000;

  private final String path;
  private final JsonObject json;
  private final Set<String> unread;

  private StrictJson(String path, JsonObject json) {
    this.path = path;
    this.json = json;
    this.unread = new TreeSet<>(json.fieldNames());
  }

  /** Starts to read what should be an object; messages name it by the path, empty for the root. */
  public static StrictJson of(String path, Object value) {
    if (value instanceof JsonObject object) {
      return new StrictJson(path, object);
    }
    throw new IllegalArgumentException(
        (path.isEmpty() ? "" : path + ": ") + "must be a JSON object, was " + typeOf(value));
  }

  /** Whether the key is there, with a value or with {@code null}. */
  public boolean has(String key) {
    return json.containsKey(key);
  }

  /** Whether the key is absent or {@code null}. */
  public boolean isNull(String key) {
    return !take(key) || json.getValue(key) == null;
  }

  /** All keys, in order. */
  public Set<String> keys() {
    return new TreeSet<>(json.fieldNames());
  }

  public String string(String key, String absent) {
    return read(key, absent, String.class, "must be a string");
  }

  public String stringOrNull(String key, String absent) {
    return take(key) && json.getValue(key) == null ? null : string(key, absent);
  }

  public boolean bool(String key, boolean absent) {
    return read(key, absent, Boolean.class, "must be true or false");
  }

  private <T> T read(String key, T absent, Class<T> type, String rule) {
    if (!take(key)) {
      return absent;
    }
    if (type.isInstance(json.getValue(key))) {
      return type.cast(json.getValue(key));
    }
    throw wrong(key, rule);
  }

  /** A whole number from {@code min} to {@code max}. */
  public long whole(String key, long absent, long min, long max) {
    if (!take(key)) {
      return absent;
    }
    BigDecimal value = number(key);
    if (value != null
        && value.stripTrailingZeros().scale() <= 0
        && value.compareTo(BigDecimal.valueOf(min)) >= 0
        && value.compareTo(BigDecimal.valueOf(max)) <= 0) {
      return value.longValueExact();
    }
    throw wrong(key, "must be a whole number from " + min + " to " + max);
  }

  public int whole(String key, int absent, int min, int max) {
    return (int) whole(key, (long) absent, (long) min, (long) max);
  }

  /** A time of {@code min} to a day, in milliseconds. */
  public long millis(String key, long absent, long min) {
    return whole(key, absent, min, DAY);
  }

  public double decimal(String key, double absent, double min, double max) {
    if (!take(key)) {
      return absent;
    }
    BigDecimal value = number(key);
    if (value != null && value.doubleValue() >= min && value.doubleValue() <= max) {
      return value.doubleValue();
    }
    throw wrong(key, "must be a number from " + min + " to " + max);
  }

  /** The reader of an object below this one; of an empty one when the key is absent. */
  public StrictJson object(String key) {
    return of(pathOf(key), take(key) ? json.getValue(key) : new JsonObject());
  }

  /** An object as it is, or an empty one when the key is absent. */
  public JsonObject raw(String key) {
    return object(key).json.copy();
  }

  public List<String> strings(String key, List<String> absent) {
    return take(key)
        ? items(key, "strings", String.class::isInstance).map(String.class::cast).toList()
        : absent;
  }

  /** The readers of an array of objects, each with its path; none when the key is absent. */
  public List<StrictJson> objects(String key) {
    List<StrictJson> readers = new ArrayList<>();
    for (Object item : take(key) ? items(key, "objects", item -> true).toList() : List.of()) {
      readers.add(of(pathOf(key) + "[" + readers.size() + "]", item));
    }
    return readers;
  }

  /** An object whose values are all strings, or an empty one when the key is absent. */
  public Map<String, String> stringMap(String key) {
    Map<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, Object> entry : raw(key)) {
      if (!(entry.getValue() instanceof String text)) {
        throw wrong(key, "must be an object of strings");
      }
      map.put(entry.getKey(), text);
    }
    return map;
  }

  /** An array of whole numbers, or {@code null} when the key is absent. */
  public List<Long> wholes(String key) {
    return take(key)
        ? items(key, "whole numbers", item -> item instanceof Integer || item instanceof Long)
            .map(item -> ((Number) item).longValue())
            .toList()
        : null;
  }

  /** Refuses keys that were not read. To be called when all known keys were. */
  public void end() {
    if (!unread.isEmpty()) {
      throw new IllegalArgumentException(pathOf(unread.iterator().next()) + ": unknown key");
    }
  }

  private IllegalArgumentException refused(String key, String why) {
    return new IllegalArgumentException(pathOf(key) + ": " + why);
  }

  public void require(boolean holds, String key, String rule) {
    if (!holds) {
      throw refused(key, rule);
    }
  }

  /** Runs a check of a key's value; what it throws is refused with the path of the key. */
  public void check(String key, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException e) {
      throw refused(key, e.getMessage());
    }
  }

  public void checkEach(String key, List<String> members, Consumer<String> check) {
    for (int i = 0; i < members.size(); i++) {
      int index = i;
      check(key + "[" + i + "]", () -> check.accept(members.get(index)));
    }
  }

  private IllegalArgumentException wrong(String key, String rule) {
    Object value = json.getValue(key);
    return refused(key, rule + ", was " + (value instanceof Number ? value : typeOf(value)));
  }

  private Stream<Object> items(String key, String kind, Predicate<Object> isOne) {
    if (!(json.getValue(key) instanceof JsonArray array)) {
      throw wrong(key, "must be an array");
    }
    if (!array.stream().allMatch(isOne)) {
      throw wrong(key, "must be an array of " + kind);
    }
    return array.stream();
  }

  private BigDecimal number(String key) {
    return json.getValue(key) instanceof Number value && Double.isFinite(value.doubleValue())
        ? new BigDecimal(value.toString())
        : null;
  }

  private boolean take(String key) {
    unread.remove(key);
    return json.containsKey(key);
  }

  /** How messages name a key, in one line whatever the key. */
  public String pathOf(String key) {
    String shown = CONTROL.matcher(key).replaceAll("?");
    return path.isEmpty() ? shown : path + "." + shown;
  }

  /** How a message names the type of a value. */
  public static String typeOf(Object value) {
    if (value == null) {
      return "null";
    } else if (value instanceof String text) {
      return text.isEmpty() ? "an empty string" : "a string";
    } else if (value instanceof Number) {
      return "a number";
    } else if (value instanceof Boolean) {
      return "a boolean";
    } else if (value instanceof JsonArray || value instanceof List) {
      return "an array";
    } else if (value instanceof JsonObject || value instanceof Map) {
      return "an object";
    }
    return "a " + value.getClass().getSimpleName();
  }
}
