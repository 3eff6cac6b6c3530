package dev.auditwebhook.cli;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.security.access.Keyring;
import io.vertx.core.Vertx;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again at where the tokens come from, and hands on what has changed. A change
 * counts once two looks in a row saw the same, as a file may be half written.
 */
final class TokenWatch {

  private static final Logger LOG = LoggerFactory.getLogger(TokenWatch.class);

  /** Between two looks, in milliseconds. */
  private static final long INTERVAL = 2_000;

  private final Supplier<HttpOptions> source;
  private final Consumer<HttpOptions> taker;
  private Keyring taken;
  private Object seen;
  private String warned = "";

  /**
   * @param source reads the options anew; fails with an exception of one line
   * @param taker takes other tokens, or refuses them with an exception of one line
   * @param atStart the tokens that are valid already
   */
  TokenWatch(Supplier<HttpOptions> source, Consumer<HttpOptions> taker, Keyring atStart) {
    this.source = source;
    this.taker = taker;
    this.taken = atStart;
    this.seen = atStart;
  }

  /** Looks from now on, off the event loop, until Vert.x is closed. */
  void start(Vertx vertx) {
    vertx.setTimer(
        INTERVAL,
        id ->
            vertx
                .executeBlocking(
                    () -> {
                      look();
                      return null;
                    })
                .onComplete(done -> start(vertx)));
  }

  /** Looks once. */
  void look() {
    Object before = seen;
    HttpOptions options = null;
    try {
      options = source.get();
      seen = Keyring.of(options);
    } catch (RuntimeException e) {
      seen = Terminal.firstLine(e);
    }
    if (seen.equals(taken)) {
      warned = "";
    } else if (seen.equals(before)) {
      settled(options);
    }
  }

  private void settled(HttpOptions options) {
    if (options == null) {
      warn((String) seen);
      return;
    }
    try {
      taker.accept(options);
      taken = (Keyring) seen;
      warned = "";
    } catch (IllegalArgumentException e) {
      warn(Terminal.firstLine(e));
    }
  }

  private void warn(String why) {
    if (!why.equals(warned)) {
      LOG.warn("The former tokens stay valid: {}", why);
      warned = why;
    }
  }
}
