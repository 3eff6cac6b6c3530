package dev.auditwebhook.bus;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.testing.LoopbackOnly;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.TokenEndpoint;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The token URL is guarded as the receiver's is, and its connections lead nowhere else. */
class ForbiddenTokenUrlTest {

  private static final String METADATA = "169.254.169.254";

  private final LoopbackOnly connections = new LoopbackOnly();

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension(connections.vertx());

  private final ScriptedReceiver receiver = webhook.receiver();
  private final TokenEndpoint idp = TokenEndpoint.start(webhook.elsewhere());
  private final Map<String, Future<List<InetAddress>>> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicLong clock = new AtomicLong(1_000_000);

  private WebhookOptions options() {
    return webhook
        .options()
        .setUrl("http://siem.example:" + receiver.port() + "/in")
        .setAuth(idp.auth(tokenUrl()));
  }

  private String tokenUrl() {
    return "http://idp.example:" + idp.server().port() + "/token";
  }

  private void deploy(WebhookOptions options) {
    webhook.deploy(
        new ResolvingVerticle(
            options,
            host -> {
              asked.add(host);
              return answers.get(host);
            },
            clock::get),
        new DeploymentOptions());
  }

  private void answer(String host, String... addresses) {
    answers.put(host, Future.succeededFuture(Stream.of(addresses).map(this::address).toList()));
  }

  private InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private DeadLetter onlyDeadLetter() {
    webhook.publish(1);
    assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
    return webhook.deadLetters().get(0);
  }

  @Test
  void aNameOfAForbiddenAddressIsRefusedAndNothingIsConnected() {
    answer("idp.example", METADATA);
    deploy(options());

    DeadLetter letter = onlyDeadLetter();

    assertThat(letter.error())
        .isEqualTo(
            "no token from http://idp.example:%d: forbidden address %s, so no answer from http://siem.example:%d"
                .formatted(idp.server().port(), METADATA, receiver.port()));
    assertThat(letter.attempts()).isEqualTo(1);
    assertThat(connections.tried()).isEmpty();
  }

  @Test
  void oneForbiddenAddressAmongSeveralRefusesTheName() {
    answer("idp.example", "127.0.0.1", METADATA);
    deploy(options());

    assertThat(onlyDeadLetter().error()).contains(": forbidden address " + METADATA + ", so ");
    assertThat(connections.tried()).isEmpty();
  }

  @Test
  void loopbackIsRefusedWhenPrivateNetworksAreNotAllowed() {
    answer("idp.example", "127.0.0.1");
    deploy(options().setAllowPrivateNetworks(false));

    assertThat(onlyDeadLetter().error()).contains(": forbidden address 127.0.0.1, so ");
    assertThat(connections.tried()).isEmpty();
  }

  @Test
  void anAnswerThatWasVettedIsWhereTheConnectionGoesWithoutASecondLookUp() {
    answer("idp.example", "127.0.0.1");
    answer("siem.example", "127.0.0.1");
    deploy(options());
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(asked).containsExactly("idp.example", "siem.example");
    assertThat(connections.tried()).containsExactly("127.0.0.1", "127.0.0.1");
    assertThat(idp.server().takeRequest().host()).isEqualTo("idp.example:" + idp.server().port());
  }

  @Test
  void eachTokenIsAskedForAtAnAddressThatIsVettedThen() {
    answer("idp.example", "127.0.0.1");
    answer("siem.example", "127.0.0.1");
    receiver.usually(
        request -> {
          answer("idp.example", METADATA);
          clock.addAndGet(GuardedResolver.REUSE);
          return status(401);
        });
    deploy(options());

    assertThat(onlyDeadLetter().error()).contains(": forbidden address " + METADATA + ", so ");
    assertThat(connections.tried()).containsExactly("127.0.0.1", "127.0.0.1");
    assertThat(idp.requests()).hasSize(1);
  }

  @Test
  void aNameThatIsNotResolvedIsARetry() {
    answers.put("idp.example", Future.failedFuture(new UnknownHostException("idp.example")));
    deploy(options());

    DeadLetter letter = onlyDeadLetter();

    assertThat(letter.error()).contains(": name not resolved, so no answer from ");
    assertThat(letter.attempts()).isEqualTo(3);
  }

  @Test
  void requestsTakeTheAddressesInTurn() {
    answer("idp.example", "127.0.0.2", "127.0.0.1");
    answer("siem.example", "127.0.0.1");
    deploy(options());
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(connections.tried()).containsExactly("127.0.0.2", "127.0.0.1", "127.0.0.1");
  }

  @ParameterizedTest
  @CsvSource({
    "http://169.254.169.254/token, forbidden address 169.254.169.254",
    "http://0xa9fea9fe/token, forbidden address 169.254.169.254",
    "http://metadata.google.internal/token, forbidden host metadata.google.internal",
    "ftp://idp.example/token, must begin with https:// or http://",
    "'', must not be empty"
  })
  void aUrlThatMayNotBeAskedIsRefusedAtStartAndAtPut(String url, String why) {
    assertThatThrownBy(
            () -> new WebhookOptions(new WebhookOptions().setAuth(idp.auth(url)).toJson()))
        .hasMessage("webhook.auth.tokenUrl: " + why);

    answer("siem.example", "127.0.0.1");
    deploy(options().setAuth(null));
    EndpointOptions options = new EndpointOptions().setAuth(idp.auth(url));
    assertThat(refusal(webhook.client().put("siem", options)))
        .hasMessage("config.auth.tokenUrl: " + why);
    assertThat(result(webhook.client().endpoints())).hasSize(1);
  }
}
