package dev.auditwebhook.journal.postgres.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.settings.Remains;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.PostgresServer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of the configurations of nodes that differ, or did before. */
class ConfigurationTest {

  private static final String ELSEWHERE = "http://127.0.0.1:1/elsewhere";

  private final PostgresServer server = PostgresServer.shared();
  private final String schema = server.freshSchema();
  private final StoreOptions options = new StoreOptions();
  private final List<NodeOfTest> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(NodeOfTest::close);
  }

  private NodeOfTest node() {
    NodeOfTest node = NodeOfTest.open(server, schema, options);
    nodes.add(node);
    return node;
  }

  private void leave(NodeOfTest node) {
    nodes.remove(node);
    node.leave();
  }

  private List<String> select(String columns) {
    return server.select("SELECT " + columns + " FROM " + schema + ".endpoint ORDER BY id");
  }

  private void update(String what) {
    server.sql("UPDATE " + schema + "." + what);
  }

  private static String url(NodeOfTest node, String id) {
    return node.tenancy(id).configured().getString("url");
  }

  @Test
  void whatIsConfiguredIsMadeWithTheLowestNumbers() {
    NodeOfTest node = node().join("b", "default", "a");
    assertThat(select("id || ' ' || number || ' ' || version"))
        .containsExactly("a 0 1", "b 1 1", "default 2 1");
    assertThat(url(node, "a")).isEqualTo("http://127.0.0.1:1/a");
    assertThat(node.tenancy("a").state().settings()).isEqualTo(new JsonObject());
  }

  @Test
  void whatIsConfiguredAsItWasIsNotTouched() {
    leave(node().join("a", "b"));
    update("endpoint SET settings = '{\"lastUrl\":\"x\"}'");
    NodeOfTest again = node().join("a", "b");
    assertThat(select("version")).containsExactly("1", "1");
    assertThat(again.tenancy("a").state().settings())
        .isEqualTo(new JsonObject().put("lastUrl", "x"));
  }

  @Test
  void anEditedConfigurationIsTheLaterWord() {
    leave(node().join("a", "b"));
    NodeOfTest again =
        node()
            .join(
                Map.of(
                    "a",
                    NodeOfTest.sentTo(ELSEWHERE),
                    "b",
                    NodeOfTest.sentTo("http://127.0.0.1:1/b")));
    assertThat(url(again, "a")).isEqualTo(ELSEWHERE);
    assertThat(select("version")).containsExactly("2", "1");
  }

  @Test
  void whoeverRunsAnEndpointStartsItAnewAsTheLastNodeHasItConfigured() {
    NodeOfTest first = node().join("a", "b");
    NodeOfTest second = node().join("a", "b");
    await().until(() -> second.running().size() == 1);
    String moved = second.running().iterator().next();
    NodeOfTest third =
        node().join(Map.of("a", NodeOfTest.sentTo(ELSEWHERE), "b", NodeOfTest.sentTo(ELSEWHERE)));
    await()
        .untilAsserted(
            () ->
                assertThat(List.of("a", "b"))
                    .allMatch(
                        id ->
                            nodes.stream()
                                    .filter(node -> node.running().contains(id))
                                    .filter(node -> url(node, id).equals(ELSEWHERE))
                                    .count()
                                == 1));
    assertThat(second.handedOver()).containsExactly(moved);
    assertThat(List.of(first, second, third)).allMatch(node -> node.lost().isEmpty());
  }

  @Test
  void aChangeOfItsSettingsDoesNotStartAnEndpointAnew() {
    NodeOfTest node = node().join("a");
    update("endpoint SET settings = '{\"lastUrl\":\"x\"}', version = version + 1");
    node.result(() -> node.nodes().directory().refresh());
    await().until(() -> node.turn(() -> node.nodes().directory().find("a").version()) == 2);
    node.result(() -> node.nodes().upToDate());
    assertThat(node.handedOver()).isEmpty();
    assertThat(node.owns("a")).isTrue();
  }

  @Test
  void whatNoNodeNamesAnyMoreIsRemoved() {
    leave(node().join("a", "b"));
    server.sql(
        "INSERT INTO " + schema + ".dead_letter VALUES (1, 1, 'x', '', 1, 1, 500, 'x', null, null)",
        "UPDATE " + schema + ".intake SET wanted = 5, dropped = 1 WHERE number = 1",
        "UPDATE " + schema + ".progress SET totals = '{1,1,0,0,0,0}' WHERE number = 1");
    try (LogLines lines = new LogLines()) {
      NodeOfTest node = node().join("a");
      assertThat(node.running()).containsExactly("a");
      assertThat(lines.all())
          .contains(
              "INFO Endpoint b is configured no more: it is removed, with 2 pending events and 1"
                  + " dead letters");
    }
    assertThat(select("id")).containsExactly("a");
    for (String table : List.of("progress", "intake")) {
      assertThat(server.select("SELECT number FROM " + schema + "." + table)).containsExactly("0");
    }
    assertThat(server.select("SELECT id FROM " + schema + ".dead_letter")).isEmpty();
  }

  @Test
  void whatALivingNodeNamesStaysUntilThatIsStartedWithoutIt() {
    NodeOfTest older = node().join("a", "b");
    NodeOfTest newer = node().join("a");
    assertThat(select("id")).containsExactly("a", "b");
    leave(older);
    await().until(() -> newer.running().size() == 2);
    NodeOfTest last = node().join("a");
    assertThat(select("id")).containsExactly("a");
    await().until(() -> newer.running().size() + last.running().size() == 1);
    assertThat(newer.lost()).containsExactly("b");
  }

  @Test
  void whatWasMadeAtRunTimeStays() {
    NodeOfTest first = node().join("a");
    assertThat(first.result(() -> first.nodes().create("made"))).isNotNull();
    leave(first);
    NodeOfTest second = node().join("a");
    assertThat(second.running()).containsExactly("a", "made");
    assertThat(second.tenancy("made").configured()).isNull();
  }

  @Test
  void whatWasMadeAtRunTimeAndIsConfiguredByNowIsConfigured() {
    NodeOfTest first = node().join("a");
    assertThat(first.result(() -> first.nodes().create("made"))).isNotNull();
    leave(first);
    leave(node().join("a", "made"));
    NodeOfTest last = node().join("a");
    assertThat(last.running()).containsExactly("a");
  }

  /** As a removal at run time leaves it. */
  private void removeAtRunTime(String id, JsonObject configured) {
    server.sql(
        "DELETE FROM %1$s.progress WHERE number IN (SELECT number FROM %1$s.endpoint WHERE id = '%2$s')"
            .formatted(schema, id),
        "DELETE FROM %1$s.intake WHERE number IN (SELECT number FROM %1$s.endpoint WHERE id = '%2$s')"
            .formatted(schema, id),
        "UPDATE %s.endpoint SET number = null, settings = '%s' WHERE id = '%s'"
            .formatted(schema, Remains.ofRemoved(new EndpointOptions(configured)).encode(), id));
  }

  @Test
  void whatWasRemovedAtRunTimeComesBackWhenItIsConfiguredOtherwise() {
    Map<String, JsonObject> configured = NodeOfTest.configured("a", "b");
    leave(node().join(configured));
    removeAtRunTime("b", configured.get("b"));
    NodeOfTest asItWas = node().join(configured);
    assertThat(asItWas.running()).containsExactly("a");
    assertThat(asItWas.turn(() -> asItWas.nodes().members().size())).isEqualTo(1);
    leave(asItWas);
    configured.put("b", NodeOfTest.sentTo(ELSEWHERE));
    NodeOfTest edited = node().join(configured);
    assertThat(edited.running()).containsExactly("a", "b");
    assertThat(edited.tenancy("b").state().settings()).isEqualTo(new JsonObject());
    assertThat(url(edited, "b")).isEqualTo(ELSEWHERE);
  }

  @Test
  void whatWasRemovedAtRunTimeIsForgottenWhenNoNodeNamesIt() {
    leave(node().join("a", "b"));
    removeAtRunTime("b", NodeOfTest.configured("b").get("b"));
    node().join("a");
    assertThat(select("id")).containsExactly("a");
  }

  @Test
  void aNumberIsGivenAgainWhenNobodyCanKnowItsFormerEndpoint() {
    leave(node().join("a", "b", "c"));
    leave(node().join("c"));
    NodeOfTest node = node().join("c", "d");
    assertThat(select("id || ' ' || number")).containsExactly("c 2", "d 3");
    update("former_number SET freed = freed - interval '61 minutes'");
    assertThat(node.result(() -> node.nodes().create("e")).state().number()).isEqualTo(0);
    assertThat(server.select("SELECT number FROM " + schema + ".former_number"))
        .containsExactly("1");
  }

  @Test
  void aKeyThatOneVersionAloneKnowsMakesNoDifference() {
    JsonObject kept = NodeOfTest.sentTo(ELSEWHERE);
    JsonObject own = NodeOfTest.sentTo(ELSEWHERE);
    assertThat(Enrolment.areSame(kept, own)).isTrue();
    assertThat(Enrolment.areSame(kept.copy().put("newer", true), own)).isTrue();
    assertThat(Enrolment.areSame(without(kept, "maxAttempts"), own)).isTrue();
    assertThat(Enrolment.areSame(kept, own.copy().put("maxAttempts", 7))).isFalse();
    assertThat(Enrolment.areSame(without(kept, "maxAttempts"), own.copy().put("maxAttempts", 7)))
        .isFalse();
    assertThat(Enrolment.areSame(null, own)).isFalse();
  }

  private static JsonObject without(JsonObject all, String key) {
    JsonObject some = all.copy();
    some.remove(key);
    return some;
  }
}
