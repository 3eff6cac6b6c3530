package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import dev.auditwebhook.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether events are accepted and where they go: start, settings, disable, drain, stop. */
final class Lifecycle {

  private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

  private final Vertx vertx;
  private final WebhookOptions options;
  private final Store store;
  private final Settings settings;
  private final RequestHeaders headers;
  private final Dispatcher dispatcher;
  // Volatile, as metrics are read from any thread.
  private volatile Drain drain;
  private boolean stopped;

  Lifecycle(
      Vertx vertx,
      WebhookOptions options,
      Store store,
      Settings settings,
      RequestHeaders headers,
      Dispatcher dispatcher) {
    this.vertx = vertx;
    this.options = options;
    this.store = store;
    this.settings = settings;
    this.headers = headers;
    this.dispatcher = dispatcher;
  }

  /**
   * Goes on with what the store holds.
   *
   * @throws IllegalArgumentException in one line when its URL may not be used now
   */
  void start() {
    dispatcher.begin(this::gone, this::endDrainWhenDone);
    retarget();
    store.settings(settings.toJson());
  }

  /** Whether there is a URL and events are accepted. */
  boolean isEnabled() {
    return dispatcher.target() != null && drain == null;
  }

  /** Applies new settings, which are valid, and keeps them. An absent one is {@code null}. */
  void set(String url, String secret, Long initialBackoff, Boolean paused) {
    long now = System.currentTimeMillis();
    if (secret != null) {
      settings.secret(secret, now);
      headers.secretsChanged();
    }
    boolean retarget = url != null && !url.equals(settings.url());
    if (retarget) {
      settings.url(url, now);
    }
    if (Boolean.TRUE.equals(paused) && settings.pausedFor() == null) {
      settings.pause("paused by request");
    } else if (Boolean.FALSE.equals(paused)) {
      settings.resume();
    }
    if (initialBackoff != null && !settings.url().isEmpty()) {
      settings.initialBackoff(initialBackoff);
    }
    store.settings(settings.toJson());
    if (retarget && url.isEmpty()) {
      drain().onSuccess(drained -> disabled());
    } else if (retarget) {
      dispatcher.startAfresh();
      retarget();
    } else if (!settings.url().isEmpty()) {
      dispatcher.pause(settings.pausedFor() != null);
    }
  }

  private void retarget() {
    if (drain != null) {
      drain.end();
      drain = null;
      dispatcher.hurry(false);
    }
    dispatcher.aim(
        settings.url().isEmpty()
            ? null
            : new Target(settings.endpoint(), new Circuit(vertx, options, dispatcher::pump)),
        settings.pausedFor() != null);
  }

  /** The endpoint wants no more. */
  private void gone(Endpoint endpoint) {
    dispatcher.pause(true);
    if (!settings.url().isEmpty() && settings.pausedFor() == null) {
      settings.pause("410 Gone from " + endpoint.origin());
      store.settings(settings.toJson());
      log.warn("Webhook paused: {}", settings.pausedFor());
    }
  }

  /** Lets what can go out go out, for at most {@code drainTimeout}; accepting has stopped. */
  private Future<Void> drain() {
    if (drain == null) {
      Drain begun = new Drain(vertx, options.getDrainTimeout());
      drain = begun;
      dispatcher.hurry(true);
      store
          .kept()
          .onComplete(
              (kept, failure) -> {
                begun.nothingMoreComes();
                dispatcher.pump();
              });
    }
    return drain.future();
  }

  private void disabled() {
    if (settings.url().isEmpty() && !stopped) {
      drain = null;
      dispatcher.hurry(false);
      dispatcher.aim(null, false);
    }
  }

  private void endDrainWhenDone() {
    if (drain != null && !dispatcher.hasWork(drain.remaining())) {
      drain.endEarly();
    }
  }

  /** Starts nothing more, for a start that failed half-way. */
  void abandon() {
    stopped = true;
    dispatcher.stop();
  }

  /** Drains, then lets go: what is left stays pending in the store. A second stop is harmless. */
  Future<Void> stop() {
    return drain().onSuccess(v -> abandon());
  }
}
