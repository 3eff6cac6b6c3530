package dev.auditwebhook.journal.postgres.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.Nodes.Tenancy;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.Webhooks;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Endpoints that are made at run time. */
class CreationTest {

  private final PostgresServer server = PostgresServer.shared();
  private final String schema = server.freshSchema();
  private final List<NodeOfTest> nodes = new ArrayList<>();
  private final NodeOfTest first = node();

  @AfterEach
  void close() {
    nodes.forEach(NodeOfTest::close);
  }

  private NodeOfTest node() {
    NodeOfTest node = NodeOfTest.open(server, schema, new StoreOptions());
    nodes.add(node);
    return node.join("default");
  }

  private static Future<Tenancy> create(NodeOfTest node, String id) {
    return node.later(() -> node.nodes().create(id));
  }

  @Test
  void whoeverMakesOneRunsItFromTheEndOfTheJournalOn() {
    server.sql("UPDATE " + schema + ".head SET last_id = 70, arrived = 100");
    Tenancy made = Webhooks.result(create(first, "made"));
    assertThat(made.id()).isEqualTo("made");
    assertThat(made.state()).isEqualTo(State.ofNew(1, 70, 100));
    assertThat(made.lastId()).isEqualTo(70);
    assertThat(made.configured()).isNull();
    assertThat(first.owns("made")).isTrue();
    assertThat(first.turn(() -> first.nodes().leases().since(1))).isEqualTo(70);
    assertThat(first.turn(() -> first.nodes().directory().numberOf("made"))).isEqualTo(1);
  }

  @Test
  void othersKnowOfItAtOnceAndItIsForTheOneThatRunsLeast() {
    NodeOfTest second = node();
    Webhooks.result(create(first, "made"));
    assertThat(second.result(() -> second.nodes().has("made"))).isTrue();
    await().until(() -> second.running().contains("made"));
    assertThat(first.owns("made")).isFalse();
  }

  @Test
  void whatIsThereIsNotMade() {
    Webhooks.result(create(first, "made"));
    assertThat(Webhooks.result(create(first, "made"))).isNull();
    assertThat(first.owns("made")).isTrue();
    assertThat(Webhooks.result(create(node(), "made"))).isNull();
  }

  @Test
  void ofTwoThatMakeTheSameOneDoes() {
    NodeOfTest second = node();
    for (int i = 0; i < 20; i++) {
      String id = "made-" + i;
      Future<Tenancy> one = create(first, id);
      Future<Tenancy> other = create(second, id);
      assertThat(
              Stream.of(one, other).map(Webhooks::result).filter(Objects::nonNull).map(Tenancy::id))
          .containsExactly(id);
    }
  }

  @Test
  void manyThatAreMadeAtOnceHaveNumbersOfTheirOwn() {
    NodeOfTest second = node();
    List<Future<Tenancy>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(create(first, "a" + i));
      all.add(create(second, "b" + i));
    }
    TreeSet<Integer> numbers = new TreeSet<>();
    all.forEach(each -> numbers.add(Webhooks.result(each).state().number()));
    assertThat(numbers).hasSize(40).first().isEqualTo(1);
    assertThat(numbers.last()).isEqualTo(40);
  }

  @Test
  void whatIsForgottenIsUnknownAtOnce() {
    Webhooks.result(create(first, "made"));
    server.sql("DELETE FROM " + schema + ".endpoint WHERE id = 'made'");
    first.turn(
        () -> {
          first.nodes().forgotten("made");
          return null;
        });
    assertThat(first.owns("made")).isFalse();
    assertThat(first.turn(() -> first.nodes().members().size())).isEqualTo(1);
    assertThat(first.result(() -> first.nodes().has("made"))).isFalse();
    assertThat(first.lost()).isEmpty();
  }
}
