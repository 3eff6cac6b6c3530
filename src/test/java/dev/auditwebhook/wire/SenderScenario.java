package dev.auditwebhook.wire;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.testing.Turn;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** A sender on a context of its own, to receivers whose addresses are a test's. */
abstract class SenderScenario {

  private static final StandardHeaders.Secrets UNSIGNED =
      new StandardHeaders.Secrets() {
        @Override
        public List<String> signing(long now) {
          return List.of();
        }

        @Override
        public long nextExpiry(long now) {
          return Long.MAX_VALUE;
        }
      };

  final Vertx vertx = Vertx.vertx();
  final Context context = vertx.getOrCreateContext();

  @AfterEach
  void closeVertx() {
    vertx.close().await();
  }

  static <T> T result(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no result in time", e);
    }
  }

  <T> T onContext(Callable<T> work) {
    return result(Turn.of(context, work));
  }

  /**
   * @param addresses those of all names
   */
  WebClientSender sender(
      EndpointOptions options, Future<List<InetAddress>> addresses, BooleanSupplier mayBegin) {
    return onContext(
        () ->
            new WebClientSender(
                new WebClientSender.Network(
                    vertx,
                    new GuardedResolver(host -> addresses, true, System::currentTimeMillis),
                    () -> 0),
                options,
                new StandardHeaders(options, UNSIGNED, System::currentTimeMillis),
                new Credentials(options, options.getUrl()),
                id -> "msg_" + id,
                mayBegin));
  }

  Future<Answer> send(WebClientSender sender, Destination destination, Event event) {
    return onContext(() -> sender.send(destination, 0, "msg_" + event.id(), List.of(event)));
  }
}
