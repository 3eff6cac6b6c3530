package dev.auditwebhook.wire.format;

import dev.auditwebhook.json.StrictJson;
import java.util.List;

/** The formats by their names. */
public final class FormatCatalog {

  /** The format of an endpoint that names none. */
  public static final String DEFAULT = "event";

  private static final List<String> NAMES =
      List.of(
          DEFAULT,
          "ndjson",
          "cloudevents",
          "splunk-hec",
          "elasticsearch",
          "datadog",
          "loki",
          "otlp");

  private FormatCatalog() {}

  /** All names. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * A format.
   *
   * @param name one of {@link #names()}
   * @param options its {@code formatOptions}, all of which are read
   * @param batches whether a request may have several events
   * @throws IllegalArgumentException with the path of an option that is wrong or unknown, or with
   *     the known names when this is none of them
   */
  public static Format of(String name, StrictJson options, boolean batches) {
    Format format =
        switch (name) {
          case DEFAULT -> new EventFormat(batches);
          case "ndjson" -> new NdjsonFormat();
          case "cloudevents" -> new CloudEventsFormat(options, batches);
          case "splunk-hec" -> new SplunkFormat(options);
          case "elasticsearch" -> new ElasticsearchFormat();
          case "datadog" -> new DatadogFormat(options);
          case "loki" -> new LokiFormat(options);
          case "otlp" -> new OtlpFormat(options);
          default ->
              throw new IllegalArgumentException("must be one of " + String.join(", ", NAMES));
        };
    options.end();
    return format;
  }
}
