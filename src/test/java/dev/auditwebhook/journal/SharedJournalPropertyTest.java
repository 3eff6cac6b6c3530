package dev.auditwebhook.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.EndpointStore;
import dev.auditwebhook.testing.Endpoints;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * However endpoints come and go, and whatever cannot be kept meanwhile: each has what it wanted
 * since it was made and had room for, and nothing else.
 */
class SharedJournalPropertyTest {

  private static final List<String> ACTIONS = List.of("user.login", "node.join", "disk.full");
  private static final List<List<String>> FILTERS =
      List.of(List.of("*"), List.of("user.*"), List.of("!user.*"), List.of("*", "!disk.full"));

  /** What is true of an endpoint. */
  private static final class Model {
    final WebhookOptions options;
    final long cursor;
    final List<Long> pending = new ArrayList<>();
    Endpoint endpoint;
    EndpointStore store;

    Model(WebhookOptions options, long cursor) {
      this.options = options;
      this.cursor = cursor;
    }
  }

  private final Vertx vertx = Vertx.vertx();
  private final Map<String, Model> endpoints = new TreeMap<>();
  private SettableClock clock;
  private ScriptedEngine engine;
  private Random random;
  private Journal journal;
  private Acceptance acceptance;
  private int made;
  private boolean inVain;

  @BeforeTry
  void start() {
    clock = new SettableClock();
    engine = new ScriptedEngine();
    endpoints.clear();
    open();
  }

  @AfterProperty
  void close() {
    vertx.close().await();
  }

  private void open() {
    journal = Journal.open(engine, clock).result();
    acceptance = new Acceptance(clock, journal, 1_000);
    endpoints.forEach(this::add);
  }

  private void add(String id, Model model) {
    model.endpoint =
        Endpoints.paused(vertx, clock, model.options, journal, id, store -> model.store = store);
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void eachHasWhatItWantedAndNothingElse(@ForAll long seed) {
    random = new Random(seed);
    make();
    for (int i = 0; i < 60; i++) {
      switch (random.nextInt(12)) {
        case 0, 1 -> make();
        case 2 -> remove();
        case 3 -> removeInVain();
        case 4 -> restart(true);
        case 5 -> restart(false);
        case 6 -> arriveInVain();
        default -> arrive();
      }
      endpoints.forEach(SharedJournalPropertyTest::assertHas);
    }
  }

  private void make() {
    if (endpoints.size() < 5) {
      WebhookOptions options =
          new WebhookOptions()
              .setUrl(Endpoints.URL)
              .setQueueCapacity(1 + random.nextInt(20))
              .setActions(FILTERS.get(random.nextInt(FILTERS.size())));
      String id = "e" + random.nextInt(2) + ++made;
      Model model = new Model(options, journal.ofNew().cursor());
      endpoints.put(id, model);
      add(id, model);
    }
  }

  private String any() {
    return List.copyOf(endpoints.keySet()).get(random.nextInt(endpoints.size()));
  }

  private void remove() {
    if (endpoints.size() > 1) {
      engine.hold();
      arriveSome();
      Model gone = endpoints.get(any());
      endpoints.values().remove(gone);
      Future<Void> removed = journal.remove(gone.endpoint, null);
      arriveSome();
      settle();
      assertThat(removed.succeeded()).isTrue();
      assertThat(gone.endpoint.pending()).isGreaterThanOrEqualTo(gone.pending.size());
    }
  }

  private void removeInVain() {
    engine.failForgetting("No space left on device");
    assertThat(removalOf(endpoints.get(any())).failed()).isTrue();
    engine.failForgetting(null);
  }

  private Future<Void> removalOf(Model model) {
    Future<Void> removed = journal.remove(model.endpoint, null);
    clock.turn();
    return removed;
  }

  private void restart(boolean clean) {
    if (clean) {
      assertThat(journal.close().succeeded()).isTrue();
    }
    open();
  }

  private void arrive() {
    arriveSome();
    settle();
  }

  /** So that those who have room want each, by the model too. */
  private void arriveSome() {
    for (int i = random.nextInt(4); i > 0; i--) {
      String action = ACTIONS.get(random.nextInt(ACTIONS.size()));
      List<Model> takers = new ArrayList<>();
      for (Model each : endpoints.values()) {
        if (each.endpoint.wants(action) && each.endpoint.hasRoom()) {
          takers.add(each);
        }
      }
      acceptance.accept(
          new JsonObject().put("action", action),
          accepted -> {
            if (accepted.status() == Accepted.Status.QUEUED) {
              takers.forEach(each -> each.pending.add(accepted.eventId()));
            } else {
              assertThat(takers.isEmpty() || inVain).isTrue();
            }
          });
    }
  }

  private void settle() {
    engine.release();
    clock.turn();
  }

  private void arriveInVain() {
    engine.failAppends("No space left on device");
    inVain = true;
    arriveSome();
    clock.turn();
    arriveSome();
    clock.turn();
    engine.failAppends(null);
    inVain = false;
    clock.turn(Writer.TRY_AGAIN);
  }

  private static void assertHas(String id, Model model) {
    assertThat(model.endpoint.pending()).as(id).isEqualTo(model.pending.size());
    assertThat(model.store.read(model.cursor, 1_000).result().found())
        .as(id)
        .extracting(Event::id)
        .containsExactlyElementsOf(model.pending);
    JsonObject report = model.endpoint.report(0).result();
    assertThat(report.getLong("received"))
        .as(id)
        .isEqualTo(
            report.getLong("pending") + report.getLong("dropped") + report.getLong("discarded"));
    assertThat(report.getLong("discarded")).as(id).isNotNegative();
  }
}
