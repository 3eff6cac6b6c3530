package dev.auditwebhook.wire;

import static dev.auditwebhook.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.testing.Turn;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is under way when a sender is replaced comes to its end. */
class RetiredSenderTest {

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final List<HttpServerRequest> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Promise<List<InetAddress>> addresses = Promise.promise();
  private Destination destination;

  @BeforeEach
  void listen() {
    int port =
        result(
            vertx
                .createHttpServer()
                .connectionHandler(
                    connection -> {
                      connections.incrementAndGet();
                      connection.closeHandler(v -> connections.decrementAndGet());
                    })
                .requestHandler(requests::add)
                .listen(0, "127.0.0.1")
                .map(server -> server.actualPort()));
    destination = UrlPolicy.vet("http://siem.example:" + port + "/in", true);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no result in time", e);
    }
  }

  private <T> T onContext(Callable<T> work) {
    return result(Turn.of(context, work));
  }

  private WebClientSender sender(long attemptTimeout) {
    EndpointOptions options = new EndpointOptions().setAttemptTimeout(attemptTimeout);
    StandardHeaders.Secrets none =
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
    return onContext(
        () ->
            new WebClientSender(
                new WebClientSender.Network(
                    vertx,
                    new GuardedResolver(
                        host -> addresses.future(), true, System::currentTimeMillis),
                    () -> 0),
                options,
                new StandardHeaders(options, none, System::currentTimeMillis),
                new Credentials(options, ""),
                id -> "msg_" + id));
  }

  private Future<Answer> send(WebClientSender sender) {
    return onContext(() -> sender.send(destination, 0, "msg_1", List.of(event(1))));
  }

  private void resolve() {
    onContext(() -> addresses.tryComplete(List.of(InetAddress.getLoopbackAddress())));
  }

  @Test
  void anAttemptThatWaitsForItsAnswerGetsItAndThenTheConnectionsAreClosed() {
    WebClientSender sender = sender(20_000);
    resolve();
    Future<Answer> answer = send(sender);
    await().until(() -> requests.size() == 1);

    Future<Void> retired = onContext(sender::retire);
    assertThat(retired.isComplete()).isFalse();
    requests.get(0).response().setStatusCode(204).end();

    assertThat(result(answer).status()).isEqualTo(204);
    result(retired);
    await().until(() -> connections.get() == 0);
  }

  @Test
  void anAttemptWhoseAddressIsNotKnownYetIsMadeAllTheSame() {
    WebClientSender sender = sender(20_000);
    Future<Answer> answer = send(sender);
    Future<Void> retired = onContext(sender::retire);
    resolve();
    await().until(() -> requests.size() == 1);
    requests.get(0).response().setStatusCode(204).end();
    assertThat(result(answer).status()).isEqualTo(204);
    result(retired);
    await().until(() -> connections.get() == 0);
  }

  @Test
  void anAttemptThatNeverEndsByItselfEndsAtItsDeadline() {
    WebClientSender sender = sender(50);
    Future<Answer> answer = send(sender);
    Future<Void> retired = onContext(sender::retire);
    assertThat(result(answer).error()).isEqualTo("timeout after 50 ms");
    result(retired);
  }

  @Test
  void whereNothingIsUnderWayItIsClosedAtOnce() {
    WebClientSender sender = sender(20_000);
    resolve();
    Future<Answer> answer = send(sender);
    await().until(() -> requests.size() == 1);
    requests.get(0).response().setStatusCode(204).end();
    result(answer);
    assertThat(connections.get()).as("kept alive").isEqualTo(1);
    result(onContext(sender::retire));
    await().until(() -> connections.get() == 0);
  }

  private WebClientSender used() {
    WebClientSender sender = sender(20_000);
    resolve();
    Future<Answer> answer = send(sender);
    await().until(() -> requests.size() == 1);
    requests.get(0).response().setStatusCode(204).end();
    result(answer);
    return sender;
  }

  @Test
  void whoeverClosesItHearsOfTheEndOnTheOwnContext() {
    WebClientSender sender = used();
    Promise<Context> heardOn = Promise.promise();
    onContext(() -> sender.close().onComplete(v -> heardOn.complete(Vertx.currentContext())));
    assertThat(result(heardOn.future())).isSameAs(context);
  }

  private WeakReference<WebClientSender> closed() {
    WebClientSender sender = used();
    result(onContext(sender::close));
    return new WeakReference<>(sender);
  }

  @Test
  void nothingHoldsOnToOneThatIsClosed() {
    WeakReference<WebClientSender> closed = closed();
    await()
        .until(
            () -> {
              System.gc();
              return closed.refersTo(null);
            });
  }
}
