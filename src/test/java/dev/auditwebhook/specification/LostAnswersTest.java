package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.inDatabase;
import static dev.auditwebhook.testing.Webhooks.result;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.ScriptedProxy;
import dev.auditwebhook.testing.ScriptedProxy.Fate;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections to the database are cut in the middle of a commit: what became of it is found out.
 */
@OneStore("it is about answers of the database")
class LostAnswersTest {

  private static final int ENTRIES = 300;

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();
  private final PostgresServer database = PostgresServer.shared();
  private final ScriptedProxy proxy = ScriptedProxy.start(webhook.elsewhere(), database.port());
  private final WebhookOptions options =
      inDatabase(
          webhook.options(),
          "postgresql://postgres@127.0.0.1:" + proxy.port() + "/postgres",
          database.freshSchema());

  private Future<JsonObject> publish(String action) {
    return webhook
        .vertx()
        .eventBus()
        .<JsonObject>request("audit.entry", new JsonObject().put("action", action))
        .map(reply -> reply.body());
  }

  private static boolean isQueued(JsonObject reply) {
    return reply.getString("status").equals("queued");
  }

  @ParameterizedTest
  @EnumSource(names = {"LOSE_REQUEST", "LOSE_ANSWER"})
  void theReplyToAnEntrySaysWhatIsThere(Fate fate) {
    AtomicBoolean once = new AtomicBoolean();
    proxy.script(
        data ->
            data.toString(ISO_8859_1).contains("lost.here") && once.compareAndSet(false, true)
                ? fate
                : Fate.PASS);
    webhook.deploy(options);
    result(publish("before"));

    JsonObject reply = result(publish("lost.here"));
    await().until(() -> isQueued(result(publish("after"))));

    assertThat(proxy.lost()).isEqualTo(1);
    webhook.awaitState(each -> each.pending() == 0);
    List<String> arrived =
        receiver.requests().stream().map(each -> each.json().getString("action")).toList();
    assertThat(arrived).filteredOn("lost.here"::equals).hasSize(isQueued(reply) ? 1 : 0);
    assertThat(arrived).startsWith("before").endsWith("after").hasSize(isQueued(reply) ? 3 : 2);
    if (fate == Fate.LOSE_ANSWER) {
      assertThat(isQueued(reply)).as("it was committed").isTrue();
    }
    if (isQueued(reply)) {
      assertThat(receiver.eventIds()).contains(reply.getLong("event_id"));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverIsLostNoReplyIsWrong(long seed) {
    Random random = new Random(seed);
    webhook.deploy(options);
    proxy.script(
        data ->
            switch (random.nextInt(30)) {
              case 0 -> Fate.LOSE_REQUEST;
              case 1 -> Fate.LOSE_ANSWER;
              default -> Fate.PASS;
            });

    List<JsonObject> replies = new ArrayList<>();
    for (int i = 0; i < ENTRIES / 10; i++) {
      int first = i * 10;
      replies.addAll(
          IntStream.range(first, first + 10)
              .mapToObj(number -> publish("entry." + number))
              .toList()
              .stream()
              .map(reply -> result(reply))
              .toList());
    }
    proxy.pass();

    State state = webhook.awaitState(each -> each.received() == ENTRIES && each.pending() == 0);
    assertThat(proxy.lost()).isPositive();
    Set<Long> queued =
        replies.stream()
            .filter(LostAnswersTest::isQueued)
            .map(reply -> reply.getLong("event_id"))
            .collect(Collectors.toSet());
    assertThat(state.delivered()).isEqualTo(queued.size());
    assertThat(state.dropped()).isEqualTo(ENTRIES - queued.size());
    assertThat(Set.copyOf(receiver.eventIds())).isEqualTo(queued);

    webhook.restart(options);
    State kept = webhook.state();
    assertThat(kept.received()).isEqualTo(ENTRIES);
    assertThat(kept.delivered()).isEqualTo(queued.size());
    assertThat(kept.dropped()).isEqualTo(ENTRIES - queued.size());
  }

  @Test
  void aStepThatIsLostIsKeptBeforeTheEnd() {
    webhook.deploy(options);
    webhook.publish(20);
    webhook.awaitState(state -> state.received() == 20);
    AtomicBoolean once = new AtomicBoolean();
    proxy.script(data -> once.compareAndSet(false, true) ? Fate.LOSE_ANSWER : Fate.PASS);
    webhook.awaitSettled(20);

    webhook.restart(options);

    webhook.awaitSettled(20);
    assertThat(webhook.state().delivered()).isEqualTo(20);
    assertThat(receiver.eventIds()).hasSize(20);
  }
}
