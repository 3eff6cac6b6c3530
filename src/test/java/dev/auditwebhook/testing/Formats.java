package dev.auditwebhook.testing;

import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.wire.format.Format;
import dev.auditwebhook.wire.format.FormatCatalog;
import io.vertx.core.json.JsonObject;

/** Formats without options. */
public final class Formats {

  private Formats() {}

  /** How an endpoint that names no format sends one event at a time. */
  public static Format single() {
    return of("event", false);
  }

  /** How an endpoint that names no format sends batches. */
  public static Format batches() {
    return of("event", true);
  }

  public static Format of(String name, boolean batches) {
    return FormatCatalog.of(name, StrictJson.of("formatOptions", new JsonObject()), batches);
  }
}
