package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;
import java.util.regex.Pattern;

/**
 * The options of one endpoint: where its events go, and how. All times are in milliseconds, and
 * each {@code DEFAULT_} constant is the default of the option of its name.
 *
 * <p>Setters take any value; the constructors that read JSON check each. What is wrong is an {@link
 * IllegalArgumentException} of one line with the path of the key.
 */
public class EndpointOptions extends AttemptOptions<EndpointOptions> {

  /** The id of the endpoint that is always there. */
  public static final String DEFAULT_ID = "default";

  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  /** The defaults. */
  public EndpointOptions() {}

  /** A copy. */
  public EndpointOptions(EndpointOptions other) {
    super(other);
  }

  EndpointOptions(AttemptOptions<?> other) {
    super(other);
  }

  /**
   * Reads keys as in {@code conf/webhook.json}; an absent one takes its default. The URL is checked
   * as if private networks were allowed.
   */
  public EndpointOptions(JsonObject json) {
    this("webhook", json, true);
  }

  /**
   * Reads keys as in {@code conf/webhook.json}; an absent one takes its default.
   *
   * @param path how messages name the object
   * @param allowPrivateNetworks whether the URL may lead into a private network
   */
  public EndpointOptions(String path, Object json, boolean allowPrivateNetworks) {
    this(StrictJson.of(path, json), allowPrivateNetworks);
  }

  EndpointOptions(StrictJson json, boolean allowPrivateNetworks) {
    super(json);
    json.end();
    check(json, allowPrivateNetworks);
  }

  /**
   * Checks an id.
   *
   * @throws IllegalArgumentException when it is not {@code [a-z0-9][a-z0-9-]{0,62}}
   */
  public static void checkId(String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "an endpoint's id has 1 to 63 of a-z, 0-9 and -, and does not begin with -");
    }
  }

  @Override
  EndpointOptions self() {
    return this;
  }
}
