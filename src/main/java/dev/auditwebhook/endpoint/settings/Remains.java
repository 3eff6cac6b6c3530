package dev.auditwebhook.endpoint.settings;

import dev.auditwebhook.EndpointOptions;
import io.vertx.core.json.JsonObject;

/** What kept settings tell of an endpoint that may be there no more. */
public final class Remains {

  /** The configuration of an endpoint that was removed although it is configured. */
  private static final String REMOVED = "removed";

  private Remains() {}

  /** Whether they are those of an endpoint that the configuration of the last start named. */
  public static boolean wasConfigured(JsonObject stored) {
    return stored.getBoolean(Settings.CONFIGURED, false);
  }

  /** What is kept of an endpoint that is removed and would come back as it is configured. */
  public static JsonObject ofRemoved(EndpointOptions configured) {
    return new JsonObject().put(REMOVED, RuntimeValues.plain(configured.toJson()));
  }

  /** Whether they say that an endpoint was removed which is configured as it was then. */
  public static boolean isRemoved(JsonObject stored, EndpointOptions configured) {
    JsonObject removed = stored.getJsonObject(REMOVED);
    // An option that is newer than the removal had its default then.
    return removed != null
        && RuntimeValues.plain(new EndpointOptions().toJson())
            .mergeIn(removed)
            .equals(RuntimeValues.plain(configured.toJson()));
  }
}
