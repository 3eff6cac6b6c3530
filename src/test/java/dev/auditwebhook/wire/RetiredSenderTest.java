package dev.auditwebhook.wire;

import static dev.auditwebhook.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Destination;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is under way when a sender is replaced comes to its end. */
class RetiredSenderTest extends SenderScenario {

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

  private WebClientSender sender(long attemptTimeout) {
    return sender(
        new EndpointOptions().setAttemptTimeout(attemptTimeout), addresses.future(), () -> true);
  }

  private Future<Answer> send(WebClientSender sender) {
    return send(sender, destination, event(1));
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
