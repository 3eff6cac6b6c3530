package dev.auditwebhook.bus;

import static dev.auditwebhook.bus.SharedScene.named;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.bus.trail.Request;
import dev.auditwebhook.journal.Nodes.Member;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a node is that shares its endpoints with others. */
class HealthDeskTest {

  private final Vertx vertx = Vertx.vertx();
  private final SharedScene scene = new SharedScene(vertx);
  private final HealthDesk desk = new HealthDesk(scene.roster, scene.journal);

  /** An endpoint that another node runs. */
  private record Elsewhere(boolean isEnabled, boolean hasRoom) implements Member {

    @Override
    public int number() {
      return 7;
    }

    @Override
    public boolean wants(String action) {
      return true;
    }

    @Override
    public long pending() {
      return 0;
    }

    @Override
    public void received() {}

    @Override
    public void dropped() {}

    @Override
    public void passedOver() {}

    @Override
    public void notKept(int events) {}
  }

  @BeforeEach
  void runTheDefaultOne() {
    scene.run("default", 0);
    scene.nodes.members.add(new Elsewhere(false, true));
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private JsonArray readiness() {
    JsonObject reply = desk.ready(Request.own()).result();
    JsonArray reasons = reply.getJsonArray("reasons");
    assertThat(reply.getBoolean("ready")).isEqualTo(reasons.isEmpty());
    return reasons;
  }

  private JsonArray health(JsonObject body) {
    return desk.health(new Request(body, SharedScene.AUTHOR)).result().getJsonArray("reasons");
  }

  @Test
  void itIsReadyWhileAnyEndpointHasRoomWhoeverRunsIt() {
    scene.nodes.members.add(new Elsewhere(true, false));
    scene.nodes.members.add(new Elsewhere(true, true));
    assertThat(readiness()).isEmpty();
  }

  @Test
  void itIsNotReadyWhenAllAreFullThoughOthersRunThem() {
    scene.nodes.members.add(new Elsewhere(true, false));
    assertThat(readiness()).containsExactly("nearly_full");
  }

  @Test
  void itIsReadyWhenNothingIsTakenAnyway() {
    assertThat(readiness()).isEmpty();
  }

  @Test
  void aDefaultOneWithoutAUrlIsMissedOnlyWhenThereIsNoOther() {
    assertThat(health(new JsonObject())).containsExactly("disabled");
    assertThat(health(named("default"))).containsExactly("disabled");
    scene.nodes.members.add(new Elsewhere(true, true));
    assertThat(health(new JsonObject())).isEmpty();
    assertThat(health(named("default"))).containsExactly("disabled");
  }

  @Test
  void itTellsOthersWhichEndpointsItSpeaksOf() {
    scene.run("siem", 1);
    scene.nodes.members.add(new Elsewhere(true, true));
    assertThat(desk.own(Request.own()).result().encode())
        .isEqualTo("{\"reasons\":[\"disabled siem\"],\"endpoints\":[\"default\",\"siem\"]}");
  }
}
