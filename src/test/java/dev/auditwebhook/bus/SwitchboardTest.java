package dev.auditwebhook.bus;

import static dev.auditwebhook.bus.ScriptedNodes.by;
import static dev.auditwebhook.bus.ScriptedNodes.report;
import static dev.auditwebhook.bus.SharedScene.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.auditwebhook.bus.trail.Request;
import dev.auditwebhook.journal.Nodes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where requests go on a node that runs {@code default}, while another one runs {@code siem}. */
class SwitchboardTest {

  private final Vertx vertx = Vertx.vertx();
  private final SharedScene scene = new SharedScene(vertx);
  private final ScriptedNodes nodes = scene.nodes;

  @BeforeEach
  void runOne() {
    scene.run("default", 0);
    nodes.endpoints.add("siem");
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private Future<JsonObject> ask(String what, Object body) {
    return scene.ask(what, body);
  }

  private static ReplyException refusal(Future<JsonObject> reply) {
    return (ReplyException) reply.cause();
  }

  private static ReplyException refusal(int code) {
    return Refusal.of(code, "for a test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "set", "dlq", "dlq.redrive", "test", "endpoint.remove"})
  void whatConcernsAnEndpointGoesWhereThatIs(String what) {
    assertThat(ask(what, named("siem")).result()).isEqualTo(by("another"));
    assertThat(nodes.asked).containsExactly("siem " + what + " {\"endpoint\":\"siem\"}");
    assertThat(nodes.authors).containsExactly(SharedScene.AUTHOR);
    assertThat(scene.here).isEmpty();

    assertThat(ask(what, named("default")).result()).isEqualTo(by("one"));
    assertThat(scene.here).containsExactly(what + " {\"endpoint\":\"default\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "set", "dlq", "dlq.redrive", "test"})
  void whoNamesNoneMeansTheDefaultOne(String what) {
    assertThat(ask(what, new JsonObject()).result()).isEqualTo(by("one"));
    scene.tenancies.lose("default");
    assertThat(ask(what, new JsonObject()).result()).isEqualTo(by("another"));
    assertThat(nodes.asked).containsExactly("default " + what + " {}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"endpoint\":\"seim\"}",
        "{\"endpoint\":null}",
        "{\"endpoint\":7}",
        "{\"endpoint\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}",
        "{\"endpoint\":\"\\u0000\"}"
      })
  void whatIsNowhereIsRefusedHere(String body) {
    ask("get", new JsonObject(body));
    ask("set", new JsonObject(body));
    assertThat(scene.here).hasSize(2);
    assertThat(nodes.asked).isEmpty();
  }

  @Test
  void whatIsNoObjectIsRefusedHere() {
    ask("get", "siem");
    ask("set", null);
    assertThat(scene.here).containsExactly("get siem", "set null");
  }

  @Test
  void whatIsRefusedElsewhereIsRefused() {
    nodes.answers = what -> Future.failedFuture(refusal(409));
    assertThat(refusal(ask("test", named("siem"))).failureCode()).isEqualTo(409);
    assertThat(refusal(ask("get", named("siem"))).failureCode()).isEqualTo(409);
  }

  @Test
  void whatThisNodeWillNotHaveForLongIsReadHereAndChangedElsewhere() {
    scene.engine.disown("default", true);
    for (String what : List.of("get", "dlq", "ready", "health")) {
      assertThat(ask(what, named("default")).result()).as(what).isEqualTo(by("one"));
    }
    for (String what : List.of("set", "dlq.redrive", "test", "endpoint.remove", "endpoint.put")) {
      assertThat(ask(what, named("default")).result()).as(what).isEqualTo(by("another"));
    }
  }

  @Test
  void readinessIsThatOfThisNodeUnlessAnEndpointIsNamed() {
    assertThat(ask("ready", new JsonObject()).result()).isEqualTo(by("one"));
    assertThat(ask("ready", named("siem")).result()).isEqualTo(by("another"));
  }

  @Nested
  class TheMakingOfAnEndpoint {

    private final JsonObject alert =
        named("alert").put("config", new JsonObject().put("maxAttempts", 5));

    @Test
    void ofOneThatIsNowhereIsHere() {
      assertThat(put().getBoolean("created")).isTrue();
      assertThat(scene.roster.find("alert")).isNotNull();
      assertThat(put().getBoolean("created")).isFalse();
      assertThat(nodes.asked).isEmpty();
    }

    private JsonObject put() {
      Future<JsonObject> reply = ask("endpoint.put", alert);
      scene.clock.turn(100);
      return reply.result();
    }

    @Test
    void ofOneThatIsElsewhereIsAReplacementThere() {
      nodes.endpoints.add("alert");
      assertThat(ask("endpoint.put", alert).result()).isEqualTo(by("another"));
      assertThat(scene.roster.find("alert")).isNull();
    }

    @Test
    void ofOneThatAnotherNodeMadeJustThenIsAReplacementThere() {
      nodes.overtaken = true;
      assertThat(put()).isEqualTo(by("another"));
      assertThat(scene.roster.find("alert")).isNull();
    }

    @Test
    void ofOneThatWasRemovedElsewhereJustThenIsHere() {
      nodes.endpoints.add("alert");
      nodes.answers = what -> Future.failedFuture(refusal(404));
      assertThat(put().getBoolean("created")).isTrue();
      assertThat(scene.roster.find("alert")).isNotNull();
    }

    @Test
    void isNotBegunWhenItsOptionsAreNotValid() {
      JsonObject wrong = alert.copy().put("config", new JsonObject().put("maxAttempts", 0));
      assertThat(ask("endpoint.put", wrong).cause()).hasMessageStartingWith("config.maxAttempts:");
      assertThat(nodes.endpoints).doesNotContain("alert");
    }
  }

  @Nested
  class WhenTheOtherNodeIsSilent {

    private final Promise<JsonObject> silence = Promise.promise();

    @BeforeEach
    void beSilent() {
      nodes.answers = what -> silence.future();
    }

    @Test
    void whatWasKeptLastIsShownAfterAWhile() {
      nodes.kept = id -> report(id, "another");
      Future<JsonObject> reply = ask("get", named("siem"));
      scene.clock.turn(Switchboard.PATIENCE - 1);
      assertThat(reply.isComplete()).isFalse();
      scene.clock.turn(1);
      assertThat(reply.result().encode())
          .isEqualTo(
              "{\"type\":\"get_webhook_ok\",\"endpoint\":\"siem\",\"node\":\"another\","
                  + "\"warning\":\"the node that runs it does not answer: what is shown was kept"
                  + " last\"}");
    }

    @ParameterizedTest
    @ValueSource(ints = {503, 504})
    void itIsShownAtOnceWhenNobodyCanBeAsked(int code) {
      Future<JsonObject> reply = ask("get", named("siem"));
      silence.fail(refusal(code));
      assertThat(reply.result().getString("warning"))
          .isEqualTo("no node runs it now: what is shown was kept last");
    }

    @Test
    void andTheDatabaseTooThatIsSaidInTime() {
      nodes.tables = Promise.<Void>promise().future();
      Future<JsonObject> reply = ask("get", named("siem"));
      scene.clock.turn(Switchboard.PATIENCE);
      assertThat(reply.isComplete()).isFalse();
      scene.clock.turn(NodesDesk.KEPT);
      assertThat(refusal(reply).failureCode()).isEqualTo(503);
      assertThat(refusal(reply))
          .hasMessage(
              "the node that runs the endpoint siem does not answer, nor does the database; ask"
                  + " again");
    }

    @Test
    void changesWait() {
      Future<JsonObject> reply = ask("set", named("siem"));
      scene.clock.turn(10 * Switchboard.PATIENCE);
      assertThat(reply.isComplete()).isFalse();
      silence.complete(by("another"));
      assertThat(reply.result()).isEqualTo(by("another"));
    }

    @Test
    void anAnswerInTimeIsTheAnswer() {
      int timers = scene.clock.timers();
      Future<JsonObject> reply = ask("get", named("siem"));
      silence.complete(by("another"));
      assertThat(reply.result()).isEqualTo(by("another"));
      assertThat(scene.clock.timers()).isEqualTo(timers);
    }
  }

  @Nested
  class AllEndpoints {

    private JsonObject listed(JsonObject... reports) {
      return new JsonObject().put("endpoints", new JsonArray(List.of(reports)));
    }

    @BeforeEach
    void list() {
      scene.desks.put(
          "endpoints", body -> Future.succeededFuture(listed(report("default", "one"))));
      nodes.endpoints.add("archive");
      nodes.others =
          Future.succeededFuture(
              List.of(listed(report("siem", "two")), listed(report("archive", "three"))));
    }

    @Test
    void areThoseOfAllNodesInOneOrder() {
      assertThat(ask("endpoints", new JsonObject()).result().encode())
          .isEqualTo(
              "{\"type\":\"list_webhook_endpoints_ok\",\"count\":3,\"endpoints\":["
                  + "{\"endpoint\":\"default\",\"node\":\"one\"},"
                  + "{\"endpoint\":\"archive\",\"node\":\"three\"},"
                  + "{\"endpoint\":\"siem\",\"node\":\"two\"}]}");
      assertThat(nodes.asked).containsExactly("all endpoints {}");
    }

    @Test
    void ofWhichThisNodeKnowsItsOwnBest() {
      nodes.others =
          Future.succeededFuture(
              List.of(listed(report("default", "woken"), report("siem", "two"))));
      nodes.endpoints.remove("archive");
      JsonArray all = ask("endpoints", new JsonObject()).result().getJsonArray("endpoints");
      assertThat(all).hasSize(2);
      assertThat(all.getJsonObject(0).getString("node")).isEqualTo("one");
    }

    @Test
    void areAskedForOnceMoreWhenOneChangedHandsJustThen() {
      List<JsonObject> settled = nodes.others.result();
      nodes.others = Future.succeededFuture(settled.subList(0, 1));
      Future<JsonObject> reply = ask("endpoints", new JsonObject());
      assertThat(reply.isComplete()).isFalse();
      nodes.others = Future.succeededFuture(settled);
      scene.clock.turn(1_000);
      assertThat(reply.result().getJsonArray("endpoints"))
          .noneMatch(each -> ((JsonObject) each).containsKey("warning"));
    }

    @Test
    void areShownAsTheyWereKeptWhereNobodySpeaksForThem() {
      nodes.others = Future.succeededFuture(List.of());
      Future<JsonObject> reply = ask("endpoints", new JsonObject());
      scene.clock.turn(1_000);
      JsonArray all = reply.result().getJsonArray("endpoints");
      assertThat(all).hasSize(3);
      assertThat(all.getJsonObject(2).getString("warning")).startsWith("no node runs it now");
    }

    @Test
    void cannotBeListedWithoutTheStore() {
      nodes.others = Future.failedFuture(refusal(503));
      assertThat(refusal(ask("endpoints", new JsonObject())).failureCode()).isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"endpoints", "nodes"})
    void areNotWaitedForWithoutEndWhenTheStoreIsSilent(String what) {
      nodes.tables = Promise.<Void>promise().future();
      Future<JsonObject> reply = ask(what, new JsonObject());
      scene.clock.turn(NodesDesk.PATIENCE - 1);
      assertThat(reply.isComplete()).isFalse();
      scene.clock.turn(1);
      assertThat(refusal(reply).failureCode()).isEqualTo(503);
      assertThat(refusal(reply)).hasMessage("the database does not answer; ask again");
    }

    @Test
    void takeNoOtherKey() {
      for (String what : List.of("endpoints", "health", "nodes")) {
        assertThat(catchThrowable(() -> ask(what, new JsonObject().put("x", 1))))
            .hasMessage("x: unknown key");
      }
    }
  }

  @Nested
  class Health {

    private JsonObject of(String endpoint, String... reasons) {
      return new JsonObject()
          .put("endpoints", JsonArray.of(endpoint))
          .put("reasons", new JsonArray(List.of(reasons)));
    }

    private void own(String... reasons) {
      scene.desks.put("health.own", body -> Future.succeededFuture(of("default", reasons)));
    }

    private JsonArray reasons() {
      Future<JsonObject> reply = ask("health", new JsonObject());
      scene.clock.turn(1_000);
      JsonArray reasons = reply.result().getJsonArray("reasons");
      assertThat(reply.result().getBoolean("healthy")).isEqualTo(reasons.isEmpty());
      return reasons;
    }

    @Test
    void isThatOfAllNodesWithEachReasonOnce() {
      own("store_set_aside", "paused");
      nodes.others =
          Future.succeededFuture(List.of(of("siem", "store_set_aside", "circuit_open siem")));
      assertThat(reasons()).containsExactly("store_set_aside", "paused", "circuit_open siem");
      assertThat(nodes.asked).containsExactly("all health.own {}");
    }

    @Test
    void isGoodWhenNobodyHasAReason() {
      own();
      nodes.others = Future.succeededFuture(List.of(of("siem")));
      assertThat(reasons()).isEmpty();
    }

    @Test
    void namesThoseOfWhichNoNodeSpeaks() {
      own();
      assertThat(reasons()).containsExactly("no_node siem");
    }

    @Test
    void isThatOfThisNodeWithoutTheStore() {
      own("paused");
      nodes.others = Future.failedFuture(refusal(503));
      assertThat(reasons()).containsExactly("store_fault", "paused");
    }

    @Test
    void isThatOfThisNodeWhenTheStoreTakesTooLong() {
      own("paused");
      nodes.others = Promise.<List<JsonObject>>promise().future();
      Future<JsonObject> reply = ask("health", new JsonObject());
      scene.clock.turn(NodesDesk.PATIENCE);
      assertThat(reply.result().getJsonArray("reasons")).containsExactly("store_fault", "paused");
    }

    @Test
    void hasAtMostAHundredReasons() {
      own();
      for (int i = 0; i < 200; i++) {
        nodes.endpoints.add("e" + i);
      }
      assertThat(reasons()).hasSize(100);
    }

    @Test
    void ofOneIsAskedWhereThatIs() {
      assertThat(ask("health", named("siem")).result()).isEqualTo(by("another"));
      assertThat(ask("health", named("default")).result()).isEqualTo(by("one"));
    }
  }

  @Nested
  class ForAnotherNode {

    private Future<JsonObject> answer(String what, Object body) {
      return scene.tenancies.answer(what, new Request(body, SharedScene.AUTHOR).toJson());
    }

    @Test
    void thisOneAnswersForWhatItRuns() {
      assertThat(answer("set", named("default")).result()).isEqualTo(by("one"));
      assertThat(answer("endpoints", new JsonObject()).result()).isEqualTo(by("one"));
      assertThat(answer("health.own", new JsonObject()).result()).isEqualTo(by("one"));
      assertThat(nodes.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "set", "test", "ready", "health", "endpoint.put"})
    void itSaysSoWhenItDoesNotRunTheEndpoint(String what) {
      assertThat(refusal(answer(what, named("siem"))).failureCode()).isEqualTo(Nodes.NOT_HERE);
      assertThat(nodes.asked).isEmpty();
      assertThat(scene.here).isEmpty();
    }

    @Test
    void itChangesNothingThatItIsAboutToHandOver() {
      scene.engine.disown("default", true);
      assertThat(answer("get", named("default")).result()).isEqualTo(by("one"));
      assertThat(refusal(answer("dlq.redrive", new JsonObject())).failureCode())
          .isEqualTo(Nodes.NOT_HERE);
    }

    @Test
    void itChangesNothingMoreOnceItStops() {
      scene.tenancies.retire();
      assertThat(nodes.retired).isTrue();
      assertThat(answer("dlq", named("default")).result()).isEqualTo(by("one"));
      assertThat(refusal(answer("set", named("default"))).failureCode()).isEqualTo(Nodes.NOT_HERE);
    }

    @Test
    void itTellsRefusalsAndAccidentsApart() {
      scene.desks.put(
          "set",
          body -> {
            throw new IllegalArgumentException("url: must be a string");
          });
      scene.desks.put(
          "test",
          body -> {
            throw new IllegalStateException("for a test");
          });
      assertThat(refusal(answer("set", new JsonObject())).failureCode()).isEqualTo(400);
      assertThat(refusal(answer("set", new JsonObject()))).hasMessage("url: must be a string");
      assertThat(refusal(answer("test", new JsonObject())).failureCode()).isEqualTo(500);
      assertThat(refusal(answer("test", new JsonObject())))
          .hasMessage("internal error, see the log");
    }

    @Test
    void itRefusesWhatItDoesNotKnow() {
      assertThat(refusal(answer("causes", named("default"))).failureCode()).isEqualTo(501);
    }
  }

  @Test
  void theNodesAreListedAsTheyAre() {
    assertThat(ask("nodes", new JsonObject()).result().encode())
        .isEqualTo(
            "{\"type\":\"list_webhook_nodes_ok\",\"count\":2,"
                + "\"nodes\":[{\"by\":\"one\"},{\"by\":\"another\"}]}");
  }
}
