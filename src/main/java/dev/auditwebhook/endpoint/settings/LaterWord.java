package dev.auditwebhook.endpoint.settings;

import io.vertx.core.json.JsonObject;
import java.util.Objects;

/**
 * Which value of an option is in force: one that was set at run time holds while the configured one
 * that it replaced is unchanged.
 */
public final class LaterWord {

  /** The values that were set, each with the configured one that it replaced. */
  static final String SET = "set";

  static final String VALUE = "value";
  static final String CONFIGURED = "configured";

  /** What stands for the configured value where the configuration does not name the endpoint. */
  static final String NOT_NAMED = "(not named)";

  private LaterWord() {}

  /**
   * Whether a value that was set holds.
   *
   * @param set with the configured one that it replaced
   * @param configured the one of now
   */
  static boolean holds(JsonObject set, Object configured) {
    return Objects.equals(configured, set.getValue(CONFIGURED));
  }

  /**
   * The value of an option, whatever the others are.
   *
   * @param configured all that is configured, {@code null} where the endpoint is not named
   * @param stored what is kept of changes
   * @return {@code null} when it was neither set nor configured
   */
  public static Object of(String key, JsonObject configured, JsonObject stored) {
    JsonObject named = configured == null ? new JsonObject() : configured;
    JsonObject set = stored.getJsonObject(SET, new JsonObject()).getJsonObject(key);
    return set != null && holds(set, named.getValue(key, NOT_NAMED))
        ? set.getValue(VALUE)
        : named.getValue(key);
  }
}
