package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient.Accepted;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets an entry, what its reply says, and what is counted of it where. */
@EveryStore
class RecipientsOfAnEntryTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver siem = webhook.anotherReceiver();
  private final ScriptedReceiver archive = webhook.anotherReceiver();

  /** Two endpoints; {@code default} is there, and has no URL. */
  private void deploy(EndpointOptions ofSiem, EndpointOptions ofArchive) {
    webhook.deploy(
        webhook.options().setUrl("").putEndpoint("siem", ofSiem).putEndpoint("archive", ofArchive));
  }

  private EndpointOptions wanting(ScriptedReceiver receiver, String... actions) {
    return webhook.endpoint(receiver).setActions(List.of(actions));
  }

  private Accepted accept(String action) {
    return result(webhook.client().request(AuditEvent.of(action, null)));
  }

  @Nested
  class Filters {

    @ParameterizedTest(name = "{0} of {1}: {2}")
    @CsvSource(
        delimiter = '|',
        value = {
          "*                          | user.login  | true",
          "user.login                 | user.login  | true",
          "user.login                 | user.logins | false",
          "user.*                     | user.login  | true",
          "user.*                     | user        | false",
          "user.*                     | users.login | false",
          "us*                        | user.login  | true",
          "node.*,user.*              | user.login  | true",
          "!user.login                | user.login  | false",
          "!user.login                | user.logout | true",
          "!user.*                    | user.login  | false",
          "!user.*                    | node.lost   | true",
          "user.*,!user.login         | user.login  | false",
          "user.*,!user.login         | user.logout | true",
          "!user.login,user.*         | user.login  | false",
          "*,!user.*,user.login       | user.login  | false",
          "!*                         | user.login  | false",
          "User.*                     | user.login  | false"
        })
    void anActionIsWantedOrNot(String actions, String action, boolean wanted) {
      deploy(wanting(siem, actions.split(",")), wanting(archive, "*"));

      accept(action);
      webhook.awaitSettled("archive", 1);

      State state = webhook.awaitSettled("siem", 1);
      assertThat(state.delivered()).isEqualTo(wanted ? 1 : 0);
      assertThat(state.discarded()).isEqualTo(wanted ? 0 : 1);
      assertThat(siem.requests()).hasSize(wanted ? 1 : 0);
    }

    @Test
    void eachGetsItsOwnInTheOrderOfTheIdsWithTheGapsOfTheOthers() {
      deploy(
          wanting(siem, "user.*", "!user.read").setMaxInFlight(1),
          wanting(archive, "!user.login").setMaxInFlight(1));
      List<String> actions = List.of("user.login", "user.read", "node.lost", "user.logout");

      for (int round = 0; round < 5; round++) {
        actions.forEach(action -> webhook.publish(action, null));
      }

      assertThat(webhook.awaitSettled("siem", 20).discarded()).isEqualTo(10);
      assertThat(webhook.awaitSettled("archive", 20).discarded()).isEqualTo(5);
      assertThat(siem.eventIds()).containsExactly(1L, 4L, 5L, 8L, 9L, 12L, 13L, 16L, 17L, 20L);
      assertThat(archive.eventIds())
          .isEqualTo(ids(1, 20).stream().filter(id -> id % 4 != 1).toList());
    }

    @Test
    void anotherFilterCountsForWhatArrivesFromThenOn() {
      deploy(wanting(siem, "user.*"), wanting(archive, "*"));
      result(webhook.client().endpoint("siem").pause());
      webhook.publish("user.login", null);
      webhook.publish("node.lost", null);
      webhook.awaitState("siem", state -> state.received() == 2);

      webhook.put("siem", wanting(siem, "node.*"));
      webhook.publish("user.login", null);
      webhook.publish("node.lost", null);
      webhook.awaitState("siem", state -> state.received() == 4);
      result(webhook.client().endpoint("siem").resume());

      assertThat(webhook.awaitSettled("siem", 4).discarded()).isEqualTo(2);
      assertThat(siem.eventIds()).containsExactly(1L, 4L);
      webhook.awaitSettled("archive", 4);
    }

    @Test
    void oneThatIsMadeWantsWhatTheOthersDidNot() {
      deploy(wanting(siem, "user.*"), wanting(archive, "user.*"));
      assertThat(accept("node.lost").status()).isEqualTo("discarded");

      webhook.put("nodes", wanting(archive, "node.*"));

      assertThat(accept("node.lost").status()).isEqualTo("queued");
      assertThat(webhook.awaitSettled("nodes", 1).delivered()).isEqualTo(1);
      result(webhook.client().remove("nodes"));
      assertThat(accept("node.lost").status()).isEqualTo("discarded");
    }
  }

  @Nested
  class Replies {

    @Test
    void queuedWhenOneTakesIt() {
      deploy(wanting(siem, "user.*"), wanting(archive, "node.*"));

      assertThat(accept("user.login")).isEqualTo(new Accepted("queued", 1L));
      assertThat(accept("node.lost")).isEqualTo(new Accepted("queued", 2L));
      webhook.awaitSettled("siem", 2);
      webhook.awaitSettled("archive", 2);
    }

    @Test
    void discardedWhenNoneWantsItAndThenItTakesNoId() {
      deploy(wanting(siem, "user.*"), new EndpointOptions());

      assertThat(accept("node.lost")).isEqualTo(new Accepted("discarded", null));
      assertThat(accept("user.login")).isEqualTo(new Accepted("queued", 1L));
      assertThat(webhook.request("audit.entry", new JsonObject().put("action", "n")).encode())
          .isEqualTo("{\"type\":\"audit_entry_ok\",\"status\":\"discarded\"}");
      for (String id : List.of("default", "archive")) {
        assertThat(webhook.awaitSettled(id, 3).discarded()).as(id).isEqualTo(3);
      }
      assertThat(webhook.awaitSettled("siem", 3).discarded()).isEqualTo(2);
    }

    @Test
    void discardedWhileTheOnlyOneThatWantsItIsWithoutAUrl() {
      deploy(wanting(siem, "user.*"), wanting(archive, "node.*"));
      result(webhook.client().endpoint("archive").disable());

      assertThat(accept("node.lost").status()).isEqualTo("discarded");
      assertThat(accept("user.login").status()).isEqualTo("queued");
      webhook.awaitSettled("siem", 2);
    }

    @Test
    @OneStore("in the others the queue is not what is bounded")
    void droppedWhenNoneOfThoseThatWantItHasRoom() {
      siem.usually(silence());
      deploy(
          wanting(siem, "user.*").setQueueCapacity(2).setAttemptTimeout(60_000),
          wanting(archive, "node.*"));
      accept("user.login");
      accept("user.login");

      assertThat(accept("user.login")).isEqualTo(new Accepted("dropped", 3L));
      assertThat(accept("node.lost")).isEqualTo(new Accepted("queued", 4L));
      assertThat(accept("file.read")).isEqualTo(new Accepted("discarded", null));

      State full = webhook.awaitState("siem", state -> state.received() == 5);
      assertThat(full.dropped()).isEqualTo(1);
      assertThat(full.discarded()).isEqualTo(2);
      assertThat(webhook.awaitSettled("archive", 5).dropped())
          .as("it did not want what was dropped")
          .isZero();
      assertThat(archive.eventIds()).containsExactly(4L);
    }

    @Test
    @OneStore("in the others the queue is not what is bounded")
    void queuedWhenOneHasRoomThoughAnotherThatWantsItHasNone() {
      siem.usually(silence());
      deploy(
          wanting(siem, "*").setQueueCapacity(2).setAttemptTimeout(60_000), wanting(archive, "*"));
      accept("a");
      accept("a");

      assertThat(accept("a")).isEqualTo(new Accepted("queued", 3L));

      assertThat(webhook.awaitState("siem", state -> state.dropped() == 1).pending()).isEqualTo(2);
      assertThat(webhook.awaitSettled("archive", 3).delivered()).isEqualTo(3);
      assertThat(archive.eventIds()).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void pausedIsWanted() {
      deploy(wanting(siem, "*"), new EndpointOptions());
      result(webhook.client().endpoint("siem").pause());

      assertThat(accept("a")).isEqualTo(new Accepted("queued", 1L));

      assertThat(webhook.state("siem").pending()).isEqualTo(1);
    }

    @Test
    void whatIsNotValidIsRejectedAndCountedAtNone() {
      deploy(wanting(siem, "*"), wanting(archive, "*"));

      webhook.refusal("audit.entry", new JsonObject().put("action", ""));

      for (State state : webhook.states().values()) {
        assertThat(state.received()).isZero();
        assertThat(state.rejected()).as("which endpoint it was for nobody knows").isEqualTo(1);
      }
    }
  }
}
