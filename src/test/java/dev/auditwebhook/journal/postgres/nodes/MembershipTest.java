package dev.auditwebhook.journal.postgres.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.SettableClock;
import io.vertx.core.Future;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a node has its lease by its own clocks, which the test turns. */
class MembershipTest {

  /** The time that goes by is one thing, the time of day another. */
  private static final class TwoClocks implements Clock {

    private final SettableClock elapsed = new SettableClock();
    private long shift;

    @Override
    public long now() {
      return elapsed.now() + shift;
    }

    @Override
    public long elapsed() {
      return elapsed.elapsed();
    }

    @Override
    public void later(Runnable task) {
      elapsed.later(task);
    }

    @Override
    public long timer(long delay, Runnable task) {
      return elapsed.timer(delay, task);
    }

    @Override
    public void cancel(long timer) {
      elapsed.cancel(timer);
    }
  }

  private static final long LEASE = 60_000;

  private final PostgresServer server = PostgresServer.shared();
  private final String schema = server.freshSchema();
  private final TwoClocks clock = new TwoClocks();
  private final NodeOfTest node =
      NodeOfTest.open(server, schema, new StoreOptions().setLease(LEASE), vertx -> clock);
  private final Membership membership = node.nodes().membership();

  @AfterEach
  void close() {
    node.close();
  }

  private boolean holds() {
    return node.turn(membership::holds);
  }

  private void shift(long millis) {
    node.turn(() -> clock.shift += millis);
  }

  /** Lets time go by in one turn, so that no answer comes meanwhile; whether it holds then. */
  private boolean holdsAfter(long millis) {
    return node.turn(
        () -> {
          clock.elapsed.turn(millis);
          return membership.holds();
        });
  }

  private String until() {
    return select("until");
  }

  @Test
  void aNodeThatIsThereHasALease() {
    assertThat(holds()).isTrue();
    assertThat(server.select("SELECT id FROM " + schema + ".node WHERE until > clock_timestamp()"))
        .containsExactly(node.id());
  }

  @Test
  void theLeaseLastsUntilItsTimeHasGoneByHoweverTheTimeOfDayIsSet() {
    shift(-LEASE / 2);
    assertThat(holds()).isTrue();
    assertThat(holdsAfter(LEASE)).isFalse();
  }

  @Test
  void aMachineThatWasSuspendedKnowsByTheTimeOfDay() {
    shift(LEASE);
    assertThat(holds()).isFalse();
    shift(-LEASE);
    assertThat(holds()).isTrue();
    shift(-LEASE);
    assertThat(holds()).isFalse();
  }

  @Test
  void theLeaseIsRenewedSixTimesWhileItLasts() {
    String first = until();
    holdsAfter(LEASE / 6 - 1);
    assertThat(until()).isEqualTo(first);
    holdsAfter(1);
    await().until(() -> !until().equals(first));
    assertThat(holds()).isTrue();
  }

  @Test
  void aLeaseLastsFromBeforeItWasAskedFor() {
    server.sql("UPDATE " + schema + ".node SET generation = 5");
    holdsAfter(LEASE / 6 + LEASE / 12);
    await().until(() -> node.turn(membership::generation) == 5);
    assertThat(holdsAfter(LEASE - LEASE / 12 - 1)).isTrue();
    assertThat(holdsAfter(1)).isFalse();
  }

  @Test
  void whatOthersAreToKnowOfItIsToldUntilTheyCan() {
    server.sql("ALTER TABLE " + schema + ".node RENAME refuses TO away");
    assertThat(failed(() -> membership.refuses(Set.of("a")))).isTrue();
    assertThat(failed(() -> membership.claims(true))).isTrue();
    server.sql("ALTER TABLE " + schema + ".node RENAME away TO refuses");
    holdsAfter(LEASE / 6);
    await().until(() -> select("refuses").equals("{a}") && select("claims").equals("t"));
  }

  private boolean failed(Supplier<Future<Void>> what) {
    return node.result(() -> what.get().map(false).otherwise(true));
  }

  private String select(String column) {
    return server.select("SELECT " + column + " FROM " + schema + ".node").get(0);
  }

  @Test
  void aRowThatIsGoneIsMadeAgain() {
    server.sql("DELETE FROM " + schema + ".node");
    holdsAfter(LEASE / 6);
    await().until(() -> server.select("SELECT id FROM " + schema + ".node").contains(node.id()));
  }
}
