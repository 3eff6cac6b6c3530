package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.batches;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.inDatabase;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.WebhookVerticle;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Vertx;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Entries that programs emit in transactions of their own, from there to the receivers. */
@OneStore("it is about the store in PostgreSQL")
@Timeout(120)
class OutboxTest {

  private static final String TIME = "2026-01-01T00:00:00.123456Z";

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();
  private final PostgresServer database = PostgresServer.shared();
  private final String schema = database.freshSchema();
  private final List<Vertx> others = new ArrayList<>();

  private WebhookOptions options() {
    return inDatabase(webhook.options(), database.uri(), schema);
  }

  /** One more node. */
  private Vertx deployAnother(WebhookOptions options) {
    Vertx vertx = Vertx.vertx();
    others.add(vertx);
    result(vertx.deployVerticle(new WebhookVerticle(options)));
    return vertx;
  }

  @AfterEach
  void close() {
    others.forEach(vertx -> result(vertx.close()));
  }

  private static void run(Connection connection, String sql) throws SQLException {
    connection.createStatement().execute(sql);
  }

  private void emit(Connection connection, String arguments) throws SQLException {
    run(connection, "SELECT " + schema + ".emit(" + arguments + ")");
  }

  private void emit(String arguments) {
    database.sql("SELECT " + schema + ".emit(" + arguments + ")");
  }

  private Connection transaction() throws SQLException {
    Connection connection = database.connect();
    connection.setAutoCommit(false);
    return connection;
  }

  private long inbox() {
    return Long.parseLong(database.select("SELECT count(*) FROM " + schema + ".inbox").get(0));
  }

  private List<String> sent(ScriptedReceiver of) {
    return of.requests().stream().map(each -> each.json().getString("action")).toList();
  }

  @Test
  void whatIsCommittedArrivesAndWhatIsRolledBackDoesNot() throws SQLException {
    webhook.deploy(options().setMaxInFlight(1));
    try (Connection program = transaction()) {
      emit(program, "'order.made'");
      program.rollback();
      emit(program, "'order.paid'");
      Savepoint before = program.setSavepoint();
      emit(program, "'order.sent'");
      program.rollback(before);
      emit(program, "'order.closed'");
      program.commit();
    }

    webhook.awaitSettled(2);
    assertThat(sent(receiver)).containsExactly("order.paid", "order.closed");
    assertThat(receiver.eventIds()).containsExactly(1L, 2L);
    assertThat(inbox()).isZero();
  }

  @Test
  void anEventIsAsIfItsEntryHadComeOverTheBus() {
    webhook.deploy(options().setMaxInFlight(1));
    emit(
        "'user.login', '{\"user\": \"mara\", \"n\": 12345678901234567890.10}', '2026-01-01"
            + " 01:00:00.123456+01', 'a1'");
    emit("'user.gone', '\"as text\"'");
    emit("'user.seen', '{}'");
    webhook.awaitSettled(3);
    webhook.publish("user.published", null);
    webhook.awaitSettled(4);

    List<String> bodies = receiver.requests().stream().map(each -> each.body().toString()).toList();
    assertThat(bodies.get(0))
        .isEqualTo(
            "{\"event_id\":1,\"action\":\"user.login\",\"timestamp\":\"%s\",\"details\":{\"n\":12345678901234567890.10,\"user\":\"mara\"}}"
                .formatted(TIME));
    assertThat(bodies.get(1))
        .matches(
            "\\{\"event_id\":2,\"action\":\"user.gone\",\"timestamp\":\"2[^\"]+Z\",\"details\":\"as"
                + " text\"}");
    assertThat(bodies.get(2))
        .matches("\\{\"event_id\":3,\"action\":\"user.seen\",\"timestamp\":\"2[^\"]+Z\"}");
    assertThat(receiver.requests().get(0).messageId()).endsWith("_1");
  }

  @Test
  void whatWasEmittedWhileNoNodeRanArrivesOnceOneDoes() {
    webhook.deploy(options());
    webhook.undeploy();
    emit("'order.made'");
    webhook.deploy(options());

    webhook.awaitSettled(1);
    assertThat(sent(receiver)).containsExactly("order.made");
  }

  @Test
  void whoeverWantsItGetsIt() {
    ScriptedReceiver siem = webhook.anotherReceiver();
    webhook.deploy(
        options()
            .setActions(List.of("user.*"))
            .putEndpoint("siem", webhook.endpoint(siem).setActions(List.of("!user.*"))));
    emit("'user.login'");
    emit("'order.made'");

    State ofUsers = webhook.awaitSettled(2);
    State ofOthers = webhook.awaitSettled("siem", 2);
    assertThat(List.of(ofUsers.delivered(), ofUsers.discarded())).containsExactly(1L, 1L);
    assertThat(List.of(ofOthers.delivered(), ofOthers.discarded())).containsExactly(1L, 1L);
    assertThat(sent(siem)).containsExactly("order.made");
  }

  @Test
  void whileTheWebhookIsDisabledItIsDiscarded() {
    webhook.deploy(options());
    result(webhook.client().disable());
    await()
        .untilAsserted(
            () -> {
              emit("'order.made'");
              assertThat(webhook.state().discarded()).isPositive();
            });
    await().until(() -> inbox() == 0);

    State state = webhook.awaitState(each -> each.pending() == 0);
    assertThat(state.discarded()).isEqualTo(state.received());
    assertThat(state.delivered()).isZero();
  }

  @Test
  void whatThereIsNoRoomForWaitsAndIsNotDropped() {
    WebhookOptions options = options();
    options.getStore().setMaxEvents(5);
    ScriptedReceiver siem = webhook.anotherReceiver();
    webhook.deploy(
        options
            .setMaxInFlight(1)
            .setActions(List.of("order.*", "user.*"))
            .putEndpoint("siem", webhook.endpoint(siem).setActions(List.of("user.*"))));
    receiver.usually(silence());

    for (int i = 1; i <= 12; i++) {
      emit("'order.%d'".formatted(i));
    }
    webhook.awaitState(state -> state.pending() == 5);
    emit("'user.login'");

    webhook.awaitState("siem", state -> state.delivered() == 1);
    State full = webhook.awaitState(state -> state.dropped() == 1);
    assertThat(full.received()).as("with the one that siem has room for").isEqualTo(6);
    assertThat(inbox()).isEqualTo(7);

    receiver.usually(status(204));
    result(webhook.client().setUrl(receiver.url("/again")));
    webhook.awaitState(state -> state.delivered() == 12);
    assertThat(webhook.state().dropped()).isEqualTo(1);
    assertThat(
            receiver.requests().stream()
                .filter(each -> each.path().equals("/again"))
                .map(each -> each.json().getString("action")))
        .isEqualTo(IntStream.rangeClosed(1, 12).mapToObj(i -> "order." + i).toList());
  }

  @Test
  void aTransactionThatIsOpenForLongKeepsNobodyWaiting() throws SQLException {
    webhook.deploy(options());
    try (Connection slow = transaction()) {
      emit(slow, "'slow'");
      emit("'quick'");
      webhook.publish("published", null);
      webhook.awaitSettled(2);
      assertThat(sent(receiver)).containsExactlyInAnyOrder("quick", "published");
      slow.commit();
    }

    webhook.awaitSettled(3);
    assertThat(sent(receiver)).endsWith("slow");
  }

  @Test
  void theLongestEntryIsThatOfTheConfiguration() {
    webhook.deploy(options().setMaxEntryBytes(2_000));
    await()
        .until(
            () ->
                database
                    .select("SELECT max_entry_bytes FROM " + schema + ".inbox_limit")
                    .equals(List.of("2000")));

    emit("'a', to_jsonb(repeat('x', 1960))");

    webhook.awaitSettled(1);
  }

  @Test
  void whatNoNodeCanAcceptIsRejectedAndIsGone() {
    webhook.deploy(options());
    try (LogLines lines = new LogLines()) {
      database.sql("INSERT INTO " + schema + ".inbox (action, details) VALUES ('a', '{')");
      await().until(() -> inbox() == 0);
      emit("'b'");
      webhook.awaitSettled(1);

      assertThat(lines.all())
          .filteredOn(line -> line.contains("rejected"))
          .singleElement()
          .asString()
          .startsWith("WARN Entry rejected: details: not JSON");
    }
    assertThat(webhook.state().rejected()).isEqualTo(1);
    assertThat(sent(receiver)).containsExactly("b");
  }

  @Test
  void largeOnesAndManyArriveInTheirOrder() {
    webhook.deploy(batches(options().setMaxInFlight(1), 1_000, 5));
    receiver.recording(false);
    Queue<Integer> arrived = new ConcurrentLinkedQueue<>();
    receiver.usually(
        request -> {
          ((JsonArray) Json.decodeValue(request.body()))
              .forEach(event -> arrived.add(number((JsonObject) event)));
          return status(204);
        });

    database.sql(
        ("SELECT %s.emit('bulk', jsonb_build_object('n', n, 'fill', repeat('x', CASE WHEN n %% 100 ="
                + " 0 THEN 65000 ELSE 20 END))) FROM generate_series(1, 10000) n")
            .formatted(schema));

    await().atMost(Duration.ofSeconds(60)).until(() -> arrived.size() >= 10_000);
    webhook.awaitSettled(10_000);
    assertThat(List.copyOf(arrived)).isEqualTo(IntStream.rangeClosed(1, 10_000).boxed().toList());
  }

  private static int number(JsonObject event) {
    return event.getJsonObject("details").getInteger("n");
  }

  @Test
  void whileNodesComeAndGoWhatIsCommittedIsInTheJournalOnce() throws Exception {
    WebhookOptions options = batches(options(), 100, 5);
    webhook.deploy(options);
    receiver.recording(false);
    Set<Long> arrived = new ConcurrentSkipListSet<>();
    receiver.usually(
        request -> {
          ((JsonArray) Json.decodeValue(request.body()))
              .forEach(event -> arrived.add((long) number((JsonObject) event)));
          return status(204);
        });
    Vertx second = deployAnother(options);
    AtomicLong numbers = new AtomicLong();
    AtomicBoolean stopped = new AtomicBoolean();
    Queue<Long> committed = new ConcurrentLinkedQueue<>();
    ExecutorService programs = Executors.newFixedThreadPool(8);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      running.add(programs.submit(() -> emit(numbers, stopped, committed)));
    }

    await().until(() -> committed.size() > 200);
    webhook.undeploy();
    long soFar = committed.size();
    await().until(() -> committed.size() > soFar + 500);
    Vertx third = deployAnother(options);
    // It ends as a process does.
    result(second.close());
    long untilThen = committed.size();
    await().until(() -> committed.size() > untilThen + 500);
    stopped.set(true);
    for (Future<?> program : running) {
      program.get();
    }
    programs.shutdown();

    await().atMost(Duration.ofSeconds(30)).until(() -> inbox() == 0);
    State state =
        await()
            .atMost(Duration.ofSeconds(30))
            .until(
                () -> result(WebhookClient.create(third).get()),
                each -> each.pending() == 0 && each.received() == committed.size());
    assertThat(state.isBalanced()).isTrue();
    assertThat(state.dropped()).isZero();
    assertThat(arrived).isEqualTo(new TreeSet<>(committed));
    assertThat(database.select("SELECT last_id FROM " + schema + ".head"))
        .containsExactly(Long.toString(committed.size()));
  }

  /** Transactions of one to five entries, every third of which is rolled back. */
  private Void emit(AtomicLong numbers, AtomicBoolean stopped, Queue<Long> committed)
      throws SQLException {
    Random random = new Random();
    try (Connection program = transaction();
        PreparedStatement emit =
            program.prepareStatement(
                "SELECT " + schema + ".emit('order', jsonb_build_object('n', ?))")) {
      while (!stopped.get()) {
        List<Long> some =
            ids(1, 1 + random.nextInt(5)).stream().map(i -> numbers.incrementAndGet()).toList();
        for (long number : some) {
          emit.setLong(1, number);
          emit.execute();
        }
        if (random.nextInt(3) == 0) {
          program.rollback();
        } else {
          program.commit();
          committed.addAll(some);
        }
      }
    }
    return null;
  }
}
