package dev.auditwebhook.journal.postgres.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.Webhooks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who runs what, as nodes come and go. */
class FairSharesTest {

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

  private void kill(NodeOfTest node) {
    nodes.remove(node);
    node.kill();
  }

  private void leave(NodeOfTest node) {
    nodes.remove(node);
    node.leave();
  }

  private static String[] ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "e" + i).toArray(String[]::new);
  }

  private List<String> owners() {
    return server.select("SELECT owner FROM " + schema + ".progress ORDER BY number");
  }

  /** Each endpoint runs on one node, and all have fair shares. */
  private void awaitFair(int endpoints) {
    await()
        .untilAsserted(
            () -> {
              assertThat(nodes.stream().flatMap(node -> node.running().stream()))
                  .hasSize(endpoints)
                  .doesNotHaveDuplicates();
              assertThat(nodes)
                  .allSatisfy(
                      node ->
                          assertThat(node.running().size())
                              .isBetween(
                                  endpoints / nodes.size(),
                                  (endpoints + nodes.size() - 1) / nodes.size()));
            });
  }

  @Test
  void whoIsAloneRunsAllAsSoonAsItHasJoined() {
    NodeOfTest alone = node().join(ids(3));
    assertThat(alone.running()).containsExactly("e0", "e1", "e2");
    assertThat(alone.running()).allMatch(alone::owns);
    assertThat(owners()).containsOnly(alone.id());
  }

  @Test
  void tenNodesThatStartAtOnceHaveFairShares() {
    List<Future<Void>> joining = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      node();
    }
    nodes.forEach(node -> joining.add(node.joining(NodeOfTest.configured(ids(25)))));
    Webhooks.result(Future.all(joining));
    awaitFair(25);
    assertThat(server.select("SELECT count(*) FROM " + schema + ".endpoint")).containsExactly("25");
  }

  @Test
  void aNewNodeIsGivenItsShareByOthersAndTheyKeepTheRest() {
    NodeOfTest first = node().join(ids(7));
    NodeOfTest second = node().join(ids(7));
    awaitFair(7);
    assertThat(first.handedOver()).containsExactlyInAnyOrderElementsOf(second.running());
    node().join(ids(7));
    awaitFair(7);
    assertThat(first.lost()).isEmpty();
    assertThat(second.lost()).isEmpty();
  }

  @Test
  void whatOneLeavesBehindOthersTakeAtOnce() {
    options.setLease(600_000);
    NodeOfTest first = node().join(ids(6));
    node().join(ids(6));
    node().join(ids(6));
    awaitFair(6);
    leave(first);
    awaitFair(6);
    assertThat(server.select("SELECT id FROM " + schema + ".node"))
        .containsExactlyInAnyOrderElementsOf(nodes.stream().map(NodeOfTest::id).toList());
  }

  @Test
  void whatADeadNodeHadOthersTakeOverWhenItsLeaseHasRunOut() {
    options.setLease(1_000);
    NodeOfTest dead = node().join(ids(6));
    NodeOfTest heir = node().join(ids(6));
    awaitFair(6);
    String had = String.join(", ", dead.running());
    try (LogLines lines = new LogLines()) {
      kill(dead);
      awaitFair(6);
      assertThat(heir.running()).hasSize(6).allMatch(heir::owns);
      assertThat(lines.all())
          .contains(
              "WARN The lease of the node "
                  + dead.nodes().name()
                  + " ran out: this node takes over 3 of its endpoints: "
                  + had);
    }
  }

  @Test
  void aNodeThatWasFrozenOwnsNothingWhenItWakesUpUntilItKnowsWhatItHas() {
    options.setLease(1_000);
    NodeOfTest frozen = node().join(ids(4));
    NodeOfTest other = node();
    CountDownLatch thaw = frozen.freeze();
    Future<Boolean> owned =
        frozen.later(
            () ->
                Future.succeededFuture(
                    frozen.running().stream().anyMatch(frozen.nodes().leases()::owns)));
    other.join(ids(4));
    await().until(() -> other.running().size() == 4);
    thaw.countDown();
    assertThat(Webhooks.result(owned)).isFalse();
    awaitFair(4);
    assertThat(frozen.lost()).containsExactlyInAnyOrder("e0", "e1", "e2", "e3");
    assertThat(frozen.running()).hasSize(2).allMatch(frozen::owns);
    assertThat(frozen.goneOn()).isEqualTo(1);
  }

  @Test
  void aNodeThatWasFrozenGoesOnWithWhatNobodyTook() {
    options.setLease(1_000);
    NodeOfTest frozen = node().join(ids(2));
    CountDownLatch thaw = frozen.freeze();
    await()
        .until(
            () ->
                server
                    .select("SELECT until < clock_timestamp() FROM " + schema + ".node")
                    .equals(List.of("t")));
    thaw.countDown();
    await().until(() -> frozen.goneOn() == 1);
    assertThat(frozen.running()).hasSize(2).allMatch(frozen::owns);
    assertThat(frozen.lost()).isEmpty();
  }

  @Test
  void anEndpointIsGivenBackOnlyWhenItIsAtRestHere() {
    NodeOfTest first = node().join(ids(2));
    Promise<Void> atRest = first.holdHandOvers();
    NodeOfTest second = node().join(ids(2));
    await().until(() -> !first.handedOver().isEmpty());
    String leaving = first.handedOver().get(0);
    assertThat(first.owns(leaving)).isFalse();
    assertThat(first.turn(() -> first.nodes().leases().epoch(leaving))).isNotNull();
    assertThat(owners()).containsOnly(first.id());
    assertThat(second.running()).isEmpty();
    atRest.complete();
    awaitFair(2);
  }

  @Test
  void anEndpointThatDoesNotComeToRestGoesAfterALease() {
    options.setLease(1_000);
    NodeOfTest first = node().join(ids(2));
    first.holdHandOvers();
    node().join(ids(2));
    awaitFair(2);
    assertThat(first.lost()).isEqualTo(first.handedOver()).hasSize(1);
  }

  @Test
  void aNodeThatIsAboutToLeaveTakesNothingMore() {
    NodeOfTest leaving = node().join(ids(1));
    leaving.turn(
        () -> {
          leaving.nodes().retire();
          return null;
        });
    NodeOfTest other = node().join(ids(5));
    await().until(() -> other.running().size() == 4);
    assertThat(leaving.running()).containsExactly("e0");
    assertThat(leaving.owns("e0")).isTrue();
  }

  @Test
  void whatANodeCannotRunAnotherOneDoes() {
    NodeOfTest older = node().refuse("e0", "e1");
    try (LogLines lines = new LogLines()) {
      older.join(ids(4));
      assertThat(older.running()).containsExactly("e2", "e3");
      assertThat(lines.all())
          .containsOnlyOnce("WARN This node cannot run the endpoint e0: this is not known here");
    }
    NodeOfTest newer = node().join(ids(4));
    await().until(() -> newer.running().size() == 2);
    assertThat(newer.running()).containsExactly("e0", "e1");
    assertThat(older.asked()).containsOnlyOnce("e0", "e1");
  }

  @Test
  void whatOthersCannotRunIsForTheOneThatCan() {
    options.setLease(600_000);
    NodeOfTest older = node().refuse(ids(4)).join(ids(6));
    NodeOfTest newer = node().join(ids(6));
    await().until(() -> newer.running().size() == 4);
    assertThat(newer.running()).containsExactly("e0", "e1", "e2", "e3");
    assertThat(older.running()).containsExactly("e4", "e5");
    assertThat(newer.handedOver()).isEmpty();
  }

  @Test
  void whatIsRefusedIsAskedForAgainWhenItIsOtherwise() {
    NodeOfTest node = node().refuse("e0").join(ids(1));
    server.sql("UPDATE " + schema + ".endpoint SET version = version + 1");
    await().until(() -> node.asked().size() == 2);
    assertThat(node.running()).isEmpty();
  }

  @Test
  void aLeaseThatCannotBeRenewedRunsOutAndRunsAgain() {
    options.setLease(1_000);
    PostgresServer own = PostgresServer.own();
    try (LogLines lines = new LogLines()) {
      NodeOfTest node = NodeOfTest.open(own, "webhook", options);
      nodes.add(node);
      node.join(ids(2));
      own.stop(PostgresServer.Stop.IMMEDIATE);
      await().until(() -> !node.owns("e0"));
      own.start();
      await().until(() -> node.owns("e0") && node.owns("e1"));
      assertThat(node.lost()).isEmpty();
      await().until(() -> node.goneOn() == 1);
      assertThat(Stream.of("ran out", "runs again"))
          .allMatch(said -> lines.all().stream().filter(line -> line.contains(said)).count() == 1);
      close();
      nodes.clear();
    } finally {
      own.close();
    }
  }
}
