package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.journal.Engine.Acceptor;
import dev.auditwebhook.journal.Engine.Emitted;
import dev.auditwebhook.journal.postgres.database.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** In which pages the inbox is read, and when. */
class InboxTest {

  @RegisterExtension final Tables tables = new Tables();
  private final AtomicBoolean first = new AtomicBoolean(true);
  private final ScriptedAcceptor acceptor = new ScriptedAcceptor();
  private Database database;
  private Inbox inbox;

  /** Takes entries as an engine does, but for some actions. */
  private final class ScriptedAcceptor implements Acceptor {
    private final List<List<Emitted>> pages = new CopyOnWriteArrayList<>();
    private final Set<String> full = ConcurrentHashMap.newKeySet();
    private volatile int failures;

    @Override
    public int maxEntryBytes() {
      return 100_000;
    }

    @Override
    public Future<List<Emitted>> accept(List<Emitted> entries) {
      pages.add(entries);
      if (failures > 0) {
        failures--;
        return Future.failedFuture("nothing is accepted now");
      }
      tables.sql(
          "DELETE FROM {s}.inbox WHERE seq = ANY ('{%s}')"
              .formatted(
                  String.join(
                      ",",
                      entries.stream()
                          .filter(each -> !full.contains(each.action()))
                          .map(each -> Long.toString(each.seq()))
                          .toList())));
      return Future.succeededFuture(
          entries.stream().filter(each -> full.contains(each.action())).toList());
    }

    /** What it was asked to accept, page by page. */
    private List<List<String>> actions() {
      return pages.stream().map(page -> page.stream().map(Emitted::action).toList()).toList();
    }

    /** All that came, in its order. */
    private List<String> all() {
      return actions().stream().flatMap(List::stream).toList();
    }
  }

  private void begin() {
    database = tables.database();
    tables.ask(
        () -> {
          inbox = new Inbox(database, tables.clock, first::get, acceptor);
          return Future.succeededFuture();
        });
  }

  @AfterEach
  void close() {
    tables.ask(
        () -> {
          inbox.close();
          return Future.succeededFuture();
        });
  }

  private void emit(String... actions) {
    for (String action : actions) {
      tables.sql("SELECT {s}.emit('" + action + "')");
    }
  }

  private void pass() {
    result(tables.clock.turn(Inbox.AGAIN));
  }

  private void awaitAll(String... actions) {
    await().untilAsserted(() -> assertThat(acceptor.all()).containsExactly(actions));
  }

  @Test
  void whatIsThereIsAcceptedInTheOrderInWhichItWasEmitted() {
    emit("a", "b", "c");
    begin();

    awaitAll("a", "b", "c");
    assertThat(acceptor.pages).hasSize(1);
    await().until(() -> tables.select("SELECT seq FROM {s}.inbox").isEmpty());
  }

  @Test
  void anEntryIsReadAsItWasEmitted() {
    tables.sql(
        "SELECT {s}.emit('a', '{\"n\": 12345678901234567890.10, \"e\": 1e25}', '2026-01-01"
            + " 01:00:00.123456+01')",
        "SELECT {s}.emit('b', '\"as text\"', '0001-01-01 00:00:00Z')",
        "SELECT {s}.emit('c', 'null', '9999-12-31 23:59:59.999999Z')",
        "SELECT {s}.emit('d')");
    String emittedAt =
        tables.value(
            "SELECT to_char(emitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM"
                + " {s}.inbox WHERE action = 'd'");
    begin();

    awaitAll("a", "b", "c", "d");
    List<Emitted> page = acceptor.pages.get(0);
    assertThat(page)
        .extracting(Emitted::timestamp)
        .startsWith(
            "2026-01-01T00:00:00.123456Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z");
    assertThat(Instant.parse(page.get(3).timestamp())).isEqualTo(Instant.parse(emittedAt));
    assertThat(((JsonObject) page.get(0).details().get()).encode())
        .isEqualTo("{\"e\":10000000000000000000000000,\"n\":12345678901234567890.10}");
    assertThat(page.subList(1, 4))
        .extracting(each -> each.details().get())
        .containsExactly("as text", null, null);
  }

  @Test
  void whatIsCommittedIsThereWithinASecond() {
    begin();
    pass();
    emit("a");
    await()
        .untilAsserted(
            () -> {
              pass();
              assertThat(acceptor.all()).containsExactly("a");
            });
  }

  @Test
  void aPageHasABoundedNumberOfRows() {
    tables.sql("SELECT {s}.emit('a' || n) FROM generate_series(1, 1200) n");
    begin();

    await().until(() -> acceptor.all().size() == 1200);
    assertThat(acceptor.pages).extracting(List::size).containsExactly(512, 512, 176);
    assertThat(acceptor.all().get(1199)).isEqualTo("a1200");
  }

  @Test
  void aPageHasABoundedNumberOfBytes() {
    tables.sql("SELECT {s}.emit('a', to_jsonb(repeat('x', 64000))) FROM generate_series(1, 40)");
    begin();

    await().until(() -> acceptor.all().size() == 40);
    assertThat(acceptor.pages).extracting(List::size).containsExactly(17, 17, 6);
  }

  @Test
  void anEntryThatIsLargerThanAPageIsAPage() {
    tables.sql(
        "INSERT INTO {s}.inbox (action, details) SELECT 'a', to_json(repeat('x', 3000000)) FROM"
            + " generate_series(1, 3)");
    begin();

    await().until(() -> acceptor.all().size() == 3);
    assertThat(acceptor.pages).hasSize(3);
  }

  @Test
  void whatStaysIsPassedOverAndComesAgainAtTheNextPass() {
    acceptor.full.add("full");
    tables.sql(
        "SELECT {s}.emit(CASE WHEN n % 2 = 0 THEN 'full' ELSE 'a' END) FROM generate_series(1, 1100) n");
    begin();
    await().until(() -> tables.value("SELECT count(*) FROM {s}.inbox").equals("550"));

    assertThat(acceptor.all().stream().filter("full"::equals)).as("of the first page").hasSize(256);
    acceptor.full.clear();
    await()
        .until(
            () -> {
              pass();
              return tables.select("SELECT seq FROM {s}.inbox").isEmpty();
            });
  }

  @Test
  void whatIsCommittedLateIsNotMissed() throws SQLException {
    try (Connection late = tables.transaction("SELECT {s}.emit('late')")) {
      emit("a", "b");
      begin();
      awaitAll("a", "b");
      late.commit();
    }
    pass();

    awaitAll("a", "b", "late");
  }

  @Test
  void onlyTheFirstNodeReads() {
    first.set(false);
    emit("a");
    begin();
    await().until(() -> limit().equals("100000"));
    pass();
    assertThat(acceptor.all()).isEmpty();

    first.set(true);
    pass();
    awaitAll("a");
  }

  private String limit() {
    return tables.value("SELECT max_entry_bytes FROM {s}.inbox_limit");
  }

  @Test
  void whatWasNotAcceptedComesAgain() {
    acceptor.failures = 2;
    emit("a");
    begin();
    awaitAll("a");
    assertThat(tables.value("SELECT count(*) FROM {s}.inbox")).isEqualTo("1");

    await()
        .untilAsserted(
            () -> {
              pass();
              assertThat(acceptor.all()).containsExactly("a", "a", "a");
            });
  }

  @Test
  void whileTheDatabaseIsAwayItIsTriedAgain() {
    begin();
    await().until(() -> limit().equals("100000"));
    tables.server.terminate("application_name = '" + tables.schema + "'");
    emit("a");

    await()
        .untilAsserted(
            () -> {
              pass();
              assertThat(acceptor.all()).containsExactly("a");
            });
  }

  @Test
  void detailsThatCannotBeReadSayWhy() {
    tables.sql("INSERT INTO {s}.inbox (action, details) VALUES ('a', '{')");
    begin();
    awaitAll("a");

    assertThatThrownBy(() -> acceptor.pages.get(0).get(0).details().get())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("details: not JSON")
        .message()
        .hasLineCount(1);
  }
}
