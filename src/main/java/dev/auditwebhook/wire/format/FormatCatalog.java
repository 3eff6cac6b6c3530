package dev.auditwebhook.wire.format;

import dev.auditwebhook.json.StrictJson;
import java.util.List;

/** The formats by their names. */
public final class FormatCatalog {

  /** The format of an endpoint that names none. */
  public static final String DEFAULT = "event";

  private FormatCatalog() {}

  /** All names. */
  public static List<String> names() {
    return List.of(DEFAULT);
  }

  /**
   * A format.
   *
   * @param name one of {@link #names()}
   * @param options its {@code formatOptions}, all of which are read
   * @param batches whether a request may have several events
   * @throws IllegalArgumentException with the path of an option that is wrong or unknown
   */
  public static Format of(String name, StrictJson options, boolean batches) {
    options.end();
    return new EventFormat(batches);
  }
}
