package dev.auditwebhook.bus;

import static dev.auditwebhook.testing.Events.event;
import static dev.auditwebhook.testing.Events.recipients;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.settings.Remains;
import dev.auditwebhook.endpoint.settings.Revision;
import dev.auditwebhook.journal.Nodes.Cut;
import dev.auditwebhook.journal.Nodes.Tenancy;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.Turn;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Endpoints as they come to a node and go from it. */
@Timeout(60)
class TenanciesTest {

  private static final JsonObject DAMAGED =
      new JsonObject(
          """
          {"set":{"actions":{"value":[""],"configured":"(not named)"}}}""");

  private final Vertx vertx = Vertx.vertx();

  /** All but the waiting is done here, as a client that closes goes on where it was made. */
  private final Context context = vertx.getOrCreateContext();

  private final SharedScene scene = on(() -> new SharedScene(vertx));
  private final ScriptedNodes nodes = scene.nodes;
  private final ScriptedEngine engine = scene.engine;
  private final Tenancies tenancies = scene.tenancies;
  private final Roster roster = scene.roster;
  private long lastId;

  @AfterEach
  void close() {
    result(vertx.close());
  }

  private <T> T on(Callable<T> work) {
    return result(Turn.of(context, work));
  }

  private void turn(long millis) {
    on(
        () -> {
          scene.clock.turn(millis);
          return null;
        });
  }

  private void awaitEnd(Future<?> ending) {
    await()
        .until(
            () -> {
              turn(0);
              return ending.isComplete();
            });
    assertThat(ending.succeeded()).isTrue();
  }

  /** This node runs {@code siem}, which sends to a receiver that never answers. */
  private Endpoint siem() {
    Endpoint siem =
        on(
            () -> {
              scene.run("siem", 1);
              Endpoint made = roster.find("siem");
              made.set(Revision.ofUrl(SharedScene.URL));
              return made;
            });
    turn(1_000);
    return siem;
  }

  private Future<Void> pause(Endpoint endpoint) {
    return on(() -> endpoint.set(Revision.ofPause(true)));
  }

  /** An entry comes for it, whichever node accepted it. */
  private void arrive() {
    lastId++;
    on(
        () -> {
          nodes.follower.cut(
              new Cut(lastId, lastId, 0, List.of(event(lastId)), List.of(recipients(1)), Map.of()));
          return null;
        });
  }

  private long reported(Endpoint endpoint, String key) {
    return on(() -> endpoint.report(0).result().getLong(key));
  }

  private Future<Void> handOver() {
    return on(() -> tenancies.handOver("siem"));
  }

  private void lose() {
    on(
        () -> {
          tenancies.lose("siem");
          return null;
        });
  }

  private Throwable refusal(State state, JsonObject configured) {
    return on(
        () -> catchThrowable(() -> tenancies.takeOver(new Tenancy("siem", state, 0, configured))));
  }

  /** The settings in the steps that are kept from now on, until the end of some work. */
  private List<JsonObject> keptDuring(Runnable work) {
    int before = on(() -> engine.appends().size());
    work.run();
    return on(
        () ->
            engine.appends().stream()
                .skip(before)
                .flatMap(append -> append.steps().stream())
                .map(step -> step.settings())
                .toList());
  }

  @Test
  void aNodeJoinsWithWhatItIsConfiguredToHave() {
    assertThat(on(tenancies::join).succeeded()).isTrue();
    assertThat(nodes.host).isSameAs(tenancies);
    assertThat(nodes.configured).containsOnlyKeys("default", "siem");
    assertThat(nodes.configured.get("siem").getInteger("maxAttempts")).isEqualTo(7);
    assertThat(roster.all()).isEmpty();
  }

  @Test
  void whatWasRemovedStaysSoWhileItIsConfiguredAsItWasThen() {
    on(tenancies::join);
    JsonObject asNow = Remains.ofRemoved(new EndpointOptions().setMaxAttempts(7));
    JsonObject otherwise = Remains.ofRemoved(new EndpointOptions().setMaxAttempts(6));
    assertThat(nodes.removed.test("siem", asNow)).isTrue();
    assertThat(nodes.removed.test("siem", otherwise)).isFalse();
    assertThat(nodes.removed.test("unknown", asNow)).isFalse();
  }

  @Test
  void anEndpointIsRunAsItIsConfiguredWhereverThatIs() {
    JsonObject configured = new EndpointOptions().setUrl(SharedScene.URL).toJson();
    on(
        () -> {
          tenancies.takeOver(new Tenancy("siem", State.ofNew(1, 0, 0), 0, configured));
          tenancies.takeOver(ScriptedNodes.tenancy("alert", 2));
          return null;
        });
    assertThat(roster.find("siem").url()).isEqualTo(SharedScene.URL);
    assertThat(roster.find("alert").url()).isEmpty();
  }

  @Test
  void oneThatThisNodeCannotRunIsRefusedInOneLineAndLeavesNothing() {
    State kept = State.ofNew(1, 0, 0);
    assertThat(refusal(kept, new EndpointOptions().toJson().put("orbit", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("orbit: unknown key");
    State damaged =
        new State(
            1,
            0,
            List.of(),
            0,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            kept.totals(),
            DAMAGED.copy());
    assertThat(refusal(damaged, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("siem.actions")
        .message()
        .hasLineCount(1);
    assertThat(roster.all()).isEmpty();
    arrive();
  }

  @Test
  void whatIsHandedOverIsLetGoOnceAllThatIsInFlightHasHadItsTime() {
    Endpoint siem = siem();
    arrive();
    assertThat(reported(siem, "in_flight")).isEqualTo(1);
    engine.disown("siem", true);

    Future<Void> over = handOver();

    turn(299);
    assertThat(over.isComplete()).isFalse();
    assertThat(roster.find("siem")).as("still told of").isSameAs(siem);
    turn(1);
    awaitEnd(over);
    assertThat(roster.find("siem")).isNull();
    assertThat(reported(siem, "pending")).isEqualTo(1);
    assertThat(scene.attempts).isEmpty();
  }

  @Test
  void nothingNewIsTriedWhileItIsHandedOver() {
    Endpoint siem = siem();
    engine.disown("siem", true);
    arrive();
    awaitEnd(handOver());
    assertThat(reported(siem, "pending")).isEqualTo(1);
    assertThat(reported(siem, "in_flight")).isZero();
  }

  @Test
  void whatItDidLastIsKeptBeforeItGoes() {
    Endpoint siem = siem();
    assertThat(
            keptDuring(
                () -> {
                  pause(siem);
                  engine.hold();
                  Future<Void> over = handOver();
                  turn(1_000);
                  assertThat(over.isComplete()).as("not kept yet").isFalse();
                  on(
                      () -> {
                        engine.release();
                        return null;
                      });
                  awaitEnd(over);
                }))
        .anyMatch(settings -> settings.containsKey("paused"));
  }

  @Test
  void itGoesThoughNothingCanBeKept() {
    pause(siem());
    engine.failAppends("the database is away");
    awaitEnd(handOver());
    assertThat(roster.find("siem")).isNull();
  }

  @Test
  void whatComesForItAfterwardsIsNotItsBusiness() {
    Endpoint siem = siem();
    awaitEnd(handOver());
    arrive();
    assertThat(reported(siem, "pending")).isZero();
    assertThat(
            keptDuring(
                () -> {
                  pause(siem);
                  turn(1_000);
                }))
        .isEmpty();
  }

  @Test
  void whatIsLostIsGoneAtOnceAndNothingOfItIsKept() {
    Endpoint siem = siem();
    arrive();
    assertThat(
            keptDuring(
                () -> {
                  lose();
                  turn(10_000);
                }))
        .isEmpty();
    assertThat(roster.find("siem")).isNull();
    assertThat(scene.attempts).isEmpty();
    assertThat(reported(siem, "pending")).isEqualTo(1);
    lose();
    assertThat(handOver().succeeded()).isTrue();
  }

  @Test
  void oneThatComesBackAfterItWasLostInAHandOverStays() {
    siem();
    arrive();
    Future<Void> over = handOver();
    lose();
    Endpoint back =
        on(
            () -> {
              scene.run("siem", 1);
              return roster.find("siem");
            });
    turn(1_000);
    awaitEnd(over);
    assertThat(roster.find("siem")).isSameAs(back);
  }

  @Test
  void attemptsGoOnWhenTheNodeOwnsItsEndpointsAgain() {
    Endpoint siem = siem();
    engine.disown("siem", true);
    arrive();
    assertThat(reported(siem, "in_flight")).isZero();
    engine.disown("siem", false);
    on(
        () -> {
          tenancies.goOn();
          return null;
        });
    assertThat(reported(siem, "in_flight")).isEqualTo(1);
  }

  @Test
  void aChangeThatAnotherNodeWouldNotKnowOfIsNoSuccess() {
    Endpoint siem = siem();
    Endpoint other =
        on(
            () -> {
              scene.run("default", 0);
              return roster.find("default");
            });
    engine.fence("siem");

    Future<Void> ofSiem = pause(siem);
    Future<Void> ofOther = on(() -> other.set(Revision.ofUrl(SharedScene.URL)));
    turn(0);

    assertThat(ofSiem.cause()).isInstanceOf(NotKeptException.class);
    assertThat(ofOther.succeeded()).as("that one is kept").isTrue();
    assertThat(Refusal.of("set", ofSiem.cause()).failureCode()).isEqualTo(503);
  }

  @Test
  void norIsAChangeToAnEndpointThatIsLostMeanwhile() {
    Endpoint siem = siem();
    engine.hold();
    on(() -> siem.set(new Revision(null, null, false, 50L, null)));
    turn(200);
    Future<Void> change = pause(siem);
    lose();
    on(
        () -> {
          engine.release();
          return null;
        });
    turn(1_000);
    assertThat(change.cause()).isInstanceOf(NotKeptException.class);
  }

  @Test
  void whatIsRemovedLeavesWhatItsConfigurationNeeds() {
    JsonObject configured = new EndpointOptions().setMaxAttempts(9).toJson();
    Future<Long> removed =
        on(
            () -> {
              tenancies.takeOver(new Tenancy("siem", State.ofNew(1, 0, 0), 0, configured));
              return roster.remove(roster.find("siem"));
            });
    turn(1_000);
    assertThat(removed.result()).isZero();
    assertThat(roster.find("siem")).isNull();
    JsonObject left = on(() -> engine.open().result().endpoints().get("siem").settings());
    assertThat(Remains.isRemoved(left, new EndpointOptions().setMaxAttempts(9))).isTrue();
  }
}
