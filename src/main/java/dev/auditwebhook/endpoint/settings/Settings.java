package dev.auditwebhook.endpoint.settings;

import static dev.auditwebhook.endpoint.settings.RuntimeValues.SECRETS;
import static dev.auditwebhook.endpoint.settings.RuntimeValues.plain;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.wire.StandardHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be set at run time: a pause, and each option of the endpoint. The later word wins: with
 * each value the store keeps the configured one that it replaced, and the value holds at the next
 * start only while that is unchanged.
 */
public final class Settings implements StandardHeaders.Secrets {

  private static final Logger log = LoggerFactory.getLogger(Settings.class);

  /** How long a secret goes on signing after a newer one was set, in milliseconds. */
  public static final long ROTATION = 24L * 60 * 60 * 1000;

  /** Why sending is paused; absent when it is not. */
  private static final String PAUSED = "paused";

  /** Whether the last configuration named the endpoint. */
  static final String CONFIGURED = "configured";

  private static final String LAST_URL = "lastUrl";

  /** When {@link #LAST_URL} came, in milliseconds since the epoch. */
  private static final String URL_SINCE = "urlSince";

  private final RuntimeValues values;
  private final JsonObject stored;
  private final Runnable changed;

  private EndpointOptions options;
  private int puts;

  // Volatile, as metrics are read from any thread.
  private volatile String pausedFor;

  /**
   * @param endpoint its id
   * @param configured the configuration of this start, {@code null} where it does not name it
   * @param stored what is kept of former changes, empty at first; it is kept up to date here
   * @param now milliseconds since the epoch
   * @param changed called after each change
   * @throws IllegalArgumentException in one line when what is kept is not valid any more
   */
  public Settings(
      String endpoint, EndpointOptions configured, JsonObject stored, long now, Runnable changed) {
    this(
        endpoint,
        configured,
        stored,
        now,
        changed,
        warning -> log.warn("Endpoint {}: {}", endpoint, warning));
  }

  private Settings(
      String endpoint,
      EndpointOptions configured,
      JsonObject stored,
      long now,
      Runnable changed,
      Consumer<String> warnings) {
    this.stored = stored;
    this.changed = changed;
    String before = stored.getString(LAST_URL);
    stored.put(CONFIGURED, configured != null);
    values = new RuntimeValues(path(endpoint), configured, stored);
    options = values.inForceAtStart(warnings);
    if (!url().equals(before)) {
      moved(now);
    }
    changed();
  }

  /** Those of an endpoint that another node runs, which says itself what gives way. */
  public static Settings ofAnother(
      String endpoint, EndpointOptions configured, JsonObject stored, long now) {
    return new Settings(endpoint, configured, stored, now, () -> {}, warning -> {});
  }

  /** How messages name the options of an endpoint. */
  public static String path(String endpoint) {
    return endpoint.equals(EndpointOptions.DEFAULT_ID)
        ? "webhook"
        : "webhook.endpoints." + endpoint;
  }

  private void changed() {
    pausedFor = url().isEmpty() ? null : stored.getString(PAUSED);
    changed.run();
  }

  /** The options in force; but the secrets are those that {@link #signing}. */
  public EndpointOptions options() {
    return options;
  }

  /** All that is in force now, with the secrets that sign, and whether it is paused. */
  public JsonObject configuration(long now) {
    return configuration(options, signing(now), pausedFor != null);
  }

  private static JsonObject configuration(
      EndpointOptions options, List<String> secrets, boolean paused) {
    return plain(options.toJson().put(SECRETS, new JsonArray(secrets)).put(PAUSED, paused));
  }

  /** What {@link #configuration} is once other options are put in the place of those before. */
  public static JsonObject replaced(JsonObject before, EndpointOptions replacement) {
    boolean stays = before != null && before.getString("url").equals(replacement.getUrl());
    return configuration(replacement, replacement.getSecrets(), stays && before.getBoolean(PAUSED));
  }

  /** Puts other options in the place of all. */
  public void put(EndpointOptions replacement, long now) {
    boolean another = !replacement.getUrl().equals(url());
    values.put(replacement);
    if (values.of(SECRETS) != null) {
      values.put(SECRETS, Secrets.of(replacement.getSecrets()).toJson());
    }
    puts++;
    options = values.inForce();
    if (another) {
      moved(now);
    }
    changed();
  }

  /** How often the options were replaced since the start. */
  public int puts() {
    return puts;
  }

  /**
   * The URL that headers, certificate and auth were configured with, empty for none. Where some of
   * them were put and others edited since, it is {@code null} unless both came with the same one.
   */
  public String credentialsUrl() {
    return values.credentialsUrl();
  }

  /**
   * Checks a URL that is to be set.
   *
   * @throws IllegalArgumentException in one line when the options do not allow it
   */
  public void checkUrl(String url) {
    values.checkUrl(url);
  }

  /** Whether other options say the same as those in force, but perhaps for the secrets. */
  public boolean areInForce(EndpointOptions others) {
    JsonObject mine = plain(options.toJson().putNull(SECRETS));
    JsonObject theirs = plain(others.toJson().putNull(SECRETS));
    return mine.equals(theirs) && others.getUrl().equals(credentialsUrl());
  }

  public String url() {
    return options.getUrl();
  }

  /**
   * Changes what is asked for, which is valid.
   *
   * @return whether the URL is another one
   */
  public boolean revise(Revision revision, long now) {
    boolean another = revision.url() != null && !revision.url().equals(url());
    if (revision.secret() != null) {
      secret(revision.secret(), revision.revoke(), now);
    }
    if (another) {
      url(revision.url(), now);
    }
    if (Boolean.TRUE.equals(revision.paused()) && pausedFor() == null) {
      pause("paused by request");
    } else if (Boolean.FALSE.equals(revision.paused())) {
      resume();
    }
    if (revision.initialBackoff() != null && !url().isEmpty()) {
      initialBackoff(revision.initialBackoff());
    }
    return another;
  }

  /** Sets the URL, which ends a pause. */
  public void url(String url, long now) {
    values.put("url", url);
    options = values.inForce();
    moved(now);
    changed();
  }

  /** Ends a pause; notes which URL attempts are made to from now on, and since when. */
  private void moved(long now) {
    stored.remove(PAUSED);
    if (!url().isEmpty()) {
      stored.put(LAST_URL, url()).put(URL_SINCE, now);
    }
  }

  /** Whether the attempts of an event count: those at the URL in force. */
  public boolean counts(Pending event) {
    return event.attempts() == 0 || event.since() > stored.getLong(URL_SINCE, 0L);
  }

  /** Stops sending, until {@link #resume()} or another URL. */
  public void pause(String reason) {
    stored.put(PAUSED, reason);
    changed();
  }

  public void resume() {
    stored.remove(PAUSED);
    changed();
  }

  /** Why nothing is sent though there is a URL, {@code null} when that is not so. */
  public String pausedFor() {
    return pausedFor;
  }

  public long initialBackoff() {
    return options.getInitialBackoff();
  }

  public void initialBackoff(long millis) {
    values.put("initialBackoff", millis);
    options = values.inForce();
    changed();
  }

  /** Makes a secret the first; those before it go on signing for {@link #ROTATION} at most. */
  public void secret(String secret, long now) {
    secret(secret, false, now);
  }

  private void secret(String secret, boolean revoke, long now) {
    Secrets former = secrets(now);
    values.put(
        SECRETS, (revoke ? Secrets.of(List.of()) : former).with(secret, now + ROTATION).toJson());
    changed();
  }

  @Override
  public List<String> signing(long now) {
    return secrets(now).texts();
  }

  @Override
  public long nextExpiry(long now) {
    return secrets(now).nextExpiry();
  }

  private Secrets secrets(long now) {
    return values.of(SECRETS) instanceof JsonArray set
        ? Secrets.fromJson(set).at(now)
        : Secrets.of(options.getSecrets());
  }
}
