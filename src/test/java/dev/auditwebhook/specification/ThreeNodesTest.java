package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.WebhookClient.Status;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.ManyNodes;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three nodes of one webhook, with endpoints that go from one to another. */
@OneStore("it is about nodes that share a database")
@Timeout(180)
class ThreeNodesTest {

  private static final List<String> IDS = List.of("default", "a", "b", "c", "d", "e");

  @RegisterExtension final ManyNodes nodes = nodes();
  private final ScriptedReceiver receiver = nodes.receiver();
  private volatile boolean enough;

  ManyNodes nodes() {
    return new ManyNodes(3);
  }

  private WebhookOptions options() {
    WebhookOptions options = nodes.options();
    IDS.stream()
        .filter(id -> !id.equals("default"))
        .forEach(id -> options.putEndpoint(id, nodes.endpoint(receiver)));
    return options;
  }

  private void awaitShares() {
    nodes.awaitShares(IDS.toArray(String[]::new));
  }

  @Test
  void eachAnswersForEachEndpoint() {
    receiver.usually(status(400));
    nodes.deploy(options());
    awaitShares();
    IntStream.range(0, 6)
        .forEach(i -> result(nodes.client(i % 3).request(AuditEvent.of("user.login", i))));
    for (String id : IDS) {
      nodes.awaitState(1, id, state -> state.dlqSize() == 6);
    }
    receiver.usually(status(204));
    for (int node = 0; node < 3; node++) {
      WebhookClient any = nodes.client(node);
      for (String id : IDS) {
        WebhookClient client = any.endpoint(id);
        assertThat(result(client.get()).endpoint()).isEqualTo(id);
        assertThat(result(client.deadLetterPage(1, 0)).letters()).hasSize(1);
        List<WebhookClient.DeadLetter> letters = result(client.deadLetters(100, 0));
        assertThat(letters).hasSize(6 - 2 * node);
        assertThat(result(client.purge(List.of(letters.get(0).eventId())))).isEqualTo(1);
        assertThat(result(client.redrive(List.of(letters.get(1).eventId())))).isEqualTo(1);
        assertThat(result(client.setInitialBackoff(30))).isEqualTo(Status.ENABLED);
        assertThat(result(client.test()).status()).isEqualTo(204);
        assertThat(result(client.ready()).good()).isTrue();
        int delivered = node + 1;
        assertThat(nodes.awaitState(node, id, state -> state.delivered() == delivered).failed())
            .isEqualTo(6 - delivered);
      }
      assertThat(result(any.endpoints())).extracting(State::endpoint).isEqualTo(IDS);
      assertThat(result(any.health()).reasons()).isEmpty();
      assertThat(result(any.nodes())).extracting(WebhookClient.Node::endpoints).contains(2);
      String made = "made-" + node;
      EndpointOptions config = nodes.endpoint(receiver);
      assertThat(result(any.put(made, config))).isTrue();
      for (int other = 0; other < 3; other++) {
        assertThat(result(nodes.client(other).put(made, config.setMaxAttempts(5)))).isFalse();
        assertThat(result(nodes.client(other).endpoint(made).get()).url())
            .isEqualTo(config.getUrl());
      }
      assertThat(result(nodes.client((node + 1) % 3).remove(made))).isZero();
    }
  }

  @Test
  void changesGoOnWhileEndpointsChangeHandsAndEachThatWasAnsweredHolds() {
    nodes.deploy(0, options());
    nodes.deploy(1, options());
    AtomicInteger changes = new AtomicInteger();
    List<Future<String>> last = IDS.stream().map(id -> goOn(id, 1, changes)).toList();
    awaitMore(changes);

    nodes.deploy(2, options());
    awaitShares();
    awaitMore(changes);
    nodes.undeploy(0);
    await().atMost(Duration.ofSeconds(30)).until(() -> !owners().contains(-1));
    awaitMore(changes);
    enough = true;

    for (int i = 0; i < IDS.size(); i++) {
      String url = result(last.get(i));
      for (int node = 1; node < 3; node++) {
        assertThat(nodes.state(node, IDS.get(i)).url()).isEqualTo(url);
      }
    }
    assertThat(owners()).containsExactlyInAnyOrder(1, 2);
  }

  private Set<Integer> owners() {
    return IDS.stream().map(nodes::ownerOf).collect(Collectors.toSet());
  }

  private static void awaitMore(AtomicInteger changes) {
    int before = changes.get();
    await().atMost(Duration.ofSeconds(60)).until(() -> changes.get() > before + 5 * IDS.size());
  }

  /** Changes the URL of an endpoint on the node that stays, again and again; the last one. */
  private Future<String> goOn(String id, int number, AtomicInteger changes) {
    WebhookClient client = nodes.client(1).endpoint(id);
    String url = receiver.url("/" + number);
    return client
        .setUrl(url)
        .compose(v -> client.get())
        .compose(
            state -> {
              assertThat(state.isBalanced()).as("ledger %s", state.json()).isTrue();
              assertThat(state.url()).isEqualTo(url);
              changes.incrementAndGet();
              return enough ? Future.succeededFuture(url) : goOn(id, number + 1, changes);
            });
  }
}
