package dev.auditwebhook.bus;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.testing.LoopbackOnly;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What name servers answer, and where connections then go. The answers are the test's own, and so
 * is the place where connections are opened, which lets none leave the machine.
 */
class ForbiddenConnectionTest {

  private static final String METADATA = "169.254.169.254";

  private final LoopbackOnly connections = new LoopbackOnly();

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension(connections.vertx());

  private final ScriptedReceiver receiver = webhook.receiver();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicLong clock = new AtomicLong(1_000_000);
  private volatile Future<List<InetAddress>> answer;

  private WebhookOptions options() {
    return webhook.options().setUrl("http://siem.example:" + receiver.port() + "/in");
  }

  private void deploy(WebhookOptions options) {
    webhook.deploy(
        new ResolvingVerticle(options, this::resolve, clock::get), new DeploymentOptions());
  }

  private Future<List<InetAddress>> resolve(String host) {
    asked.add(host);
    return answer;
  }

  private void answer(String... addresses) {
    answer = Future.succeededFuture(Stream.of(addresses).map(this::address).toList());
  }

  private InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private DeadLetter onlyDeadLetter() {
    List<DeadLetter> letters = webhook.deadLetters();
    assertThat(letters).hasSize(1);
    return letters.get(0);
  }

  /** With an address for documentation, which no machine has, should this ever be broken. */
  @Test
  void thePlaceWhereConnectionsAreOpenedLetsNoneLeave() {
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setServer(SocketAddress.inetSocketAddress(80, "192.0.2.1"))
            .setHost("siem.example");
    HttpClient client = webhook.vertx().createHttpClient();
    assertThat(client.request(request).toCompletionStage().toCompletableFuture())
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .withMessageContaining("not loopback");
    assertThat(connections.tried()).containsExactly("192.0.2.1");
    result(client.close()); // Until here it is held: Vert.x closes a client that nobody holds.
  }

  @Test
  void aNameThatFlipsToAForbiddenAddressIsRefusedAtOnceAndNothingIsConnected() {
    answer("127.0.0.1");
    deploy(options());
    webhook.publish(1);
    assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);

    answer(METADATA);
    clock.addAndGet(GuardedResolver.REUSE);
    webhook.publish(1);

    assertThat(webhook.awaitSettled(2).failed()).isEqualTo(1);
    assertThat(onlyDeadLetter().error())
        .isEqualTo(
            "forbidden address " + METADATA + " from http://siem.example:" + receiver.port());
    assertThat(onlyDeadLetter().attempts()).isEqualTo(1);
    assertThat(asked).containsExactly("siem.example", "siem.example");
    assertThat(connections.tried()).containsExactly("127.0.0.1");
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void aNameThatFlipsBetweenTwoAttemptsOfAnEventIsRefusedToo() {
    answer("127.0.0.1");
    receiver.usually(
        request -> {
          answer(METADATA);
          clock.addAndGet(GuardedResolver.REUSE);
          return status(503);
        });
    deploy(options());
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
    assertThat(onlyDeadLetter().error()).startsWith("forbidden address " + METADATA + " from ");
    assertThat(onlyDeadLetter().attempts()).isEqualTo(2);
    assertThat(connections.tried()).containsExactly("127.0.0.1");
  }

  @Test
  void anAnswerThatWasVettedIsWhereTheConnectionGoesWithoutASecondLookUp() {
    answer("127.0.0.1");
    receiver.usually(
        request -> {
          answer(METADATA);
          return status(204, Map.of("connection", "close"), "");
        });
    deploy(options());
    webhook.publish(1);
    webhook.awaitSettled(1);
    webhook.publish(1);

    assertThat(webhook.awaitSettled(2).delivered()).isEqualTo(2);
    assertThat(asked).containsExactly("siem.example");
    assertThat(connections.tried()).containsExactly("127.0.0.1", "127.0.0.1");
    assertThat(receiver.requests())
        .extracting(request -> request.headers().get("host"))
        .containsOnly("siem.example:" + receiver.port());
  }

  @Test
  void oneForbiddenAddressAmongSeveralRefusesTheName() {
    answer("127.0.0.1", METADATA);
    deploy(options());
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
    assertThat(onlyDeadLetter().error()).startsWith("forbidden address " + METADATA + " from ");
    assertThat(connections.tried()).isEmpty();
  }

  @Test
  void loopbackBehindANameIsRefusedWhenPrivateNetworksAreNotAllowed() {
    answer("127.0.0.1");
    deploy(options().setAllowPrivateNetworks(false));
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
    assertThat(onlyDeadLetter().error()).startsWith("forbidden address 127.0.0.1 from ");
    assertThat(connections.tried()).isEmpty();
  }

  @Test
  void aRefusalCountsForTheCircuit() {
    answer(METADATA);
    deploy(circuit(options(), 1, 60_000));
    webhook.publish(1);
    webhook.awaitState(state -> state.failed() == 1 && state.circuit().equals("open"));
    assertThat(connections.tried()).isEmpty();
  }

  @Test
  void aNameThatIsNotResolvedIsARetryEachTimeAskedAnew() {
    answer = Future.failedFuture(new UnknownHostException("siem.example"));
    deploy(options());
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
    assertThat(onlyDeadLetter().error()).startsWith("name not resolved from http://siem.example:");
    assertThat(onlyDeadLetter().attempts()).isEqualTo(3);
    assertThat(asked).hasSize(3);
    assertThat(connections.tried()).isEmpty();
  }

  @Test
  void aResolverThatNeverAnswersEndsAtTheDeadlineOfTheAttempt() {
    answer = Promise.<List<InetAddress>>promise().future();
    deploy(options().setAttemptTimeout(150));
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
    assertThat(onlyDeadLetter().error()).startsWith("timeout after 150 ms from ");
    assertThat(onlyDeadLetter().attempts()).isEqualTo(3);
    assertThat(connections.tried()).isEmpty();
  }

  @Test
  void anAnswerAfterTheDeadlineConnectsNowhere() {
    Promise<List<InetAddress>> late = Promise.promise();
    answer = late.future();
    deploy(options().setAttemptTimeout(100).setMaxAttempts(1));
    webhook.publish(1);
    assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);

    late.complete(List.of(address("127.0.0.1")));
    webhook.awaitState(state -> state.inFlight() == 0);

    assertThat(connections.tried()).isEmpty();
    assertThat(receiver.requests()).isEmpty();
  }

  @Test
  void attemptsTakeTheAddressesInTurn() {
    answer("127.0.0.2", "127.0.0.3", "127.0.0.1");
    deploy(options());
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(connections.tried()).containsExactly("127.0.0.2", "127.0.0.3", "127.0.0.1");
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void aDeadAddressOfTwoCostsAnOpeningAndNoMore() {
    answer("127.0.0.2", "127.0.0.1");
    deploy(circuit(options(), 10, 50));

    webhook.publish(1_000);

    assertThat(webhook.awaitSettled(1_000).delivered()).isEqualTo(1_000);
  }

  @Test
  void thousandsThatEndAsSoonAsTheyBeginDoNotEndWithinEachOther() {
    answer(METADATA);
    deploy(circuit(options(), 1_000_000, 1_000).setQueueCapacity(5_000));
    result(webhook.client().pause());
    webhook.publish(3_000);
    webhook.awaitState(state -> state.pending() == 3_000);

    result(webhook.client().resume());

    assertThat(webhook.awaitSettled(3_000).failed()).isEqualTo(3_000);
    assertThat(webhook.state().inFlight()).isZero();
  }
}
