package dev.auditwebhook.endpoint;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.event;
import static dev.auditwebhook.testing.Events.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.settings.Revision;
import dev.auditwebhook.journal.Acceptance;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.testing.Endpoints;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.SettableClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndpointTest {

  private static final String OTHER_URL = "http://other.example/in";
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final Vertx vertx = Vertx.vertx();
  private final SettableClock clock = new SettableClock();
  private final ScriptedEngine engine = new ScriptedEngine();
  private final WebhookOptions options =
      new WebhookOptions()
          .setUrl(Endpoints.URL)
          .setActions(List.of("user.*"))
          .setDrainTimeout(5_000)
          .setQueueCapacity(10);
  private Journal journal;
  private Endpoint endpoint;
  private Acceptance acceptance;

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** A start, with sending paused. */
  private void start() {
    journal = Journal.open(engine, clock).result();
    endpoint = Endpoints.paused(vertx, clock, options, journal, "default");
    acceptance = new Acceptance(clock, journal, options.getMaxEntryBytes());
  }

  private void resume() {
    endpoint.set(Revision.ofPause(false));
    clock.turn();
  }

  private void arrive(int events) {
    for (int i = 0; i < events; i++) {
      acceptance.accept(new JsonObject().put("action", "user.login"), null);
    }
    clock.turn();
  }

  private static DeadLetter letter(long id) {
    return new DeadLetter(event(id), 3, 503, "503 from http://x", null, "2026-01-01T00:00:00Z");
  }

  /** What a former life left: so many dead letters. */
  private void letters(int letters) {
    List<EncodedEntry> entries = Collections.nCopies(letters, entry(1));
    Map<Long, Change> buried =
        ids(1, letters).stream()
            .collect(Collectors.toMap(Function.identity(), id -> new Change.Bury(letter(id))));
    List<Long> totals = List.of((long) letters, 0L, (long) letters, 0L, 0L, 0L, 0L, 0L);
    Step last = new Step("default", 0, letters, List.of(), buried, totals, new JsonObject());
    engine.append(new Addition(entries, new Counts(letters, 0), List.of(last), letters + 1));
  }

  private JsonObject report() {
    return endpoint.report(0).result();
  }

  private long reported(String key) {
    return report().getLong(key);
  }

  private List<Long> listed(long after, int limit) {
    Future<List<DeadLetter>> read = endpoint.deadLetters().read(after, limit, Long.MAX_VALUE);
    clock.turn();
    return read.result().stream().map(each -> each.event().id()).toList();
  }

  private long redrive(List<Long> ids) {
    Future<Long> redriven = endpoint.deadLetters().redrive(ids);
    clock.turn();
    return redriven.result();
  }

  private long imbalance() {
    return reported("received")
        - reported("delivered")
        - reported("failed")
        - reported("dropped")
        - reported("discarded")
        - reported("pending");
  }

  @Test
  void itWantsTheActionsThatItIsToHaveAndIsEnabledWhileItHasAUrl() {
    start();
    assertThat(endpoint.wants("user.login")).isTrue();
    assertThat(endpoint.wants("node.registered")).isFalse();
    assertThat(endpoint.isEnabled()).isTrue();
    endpoint.set(Revision.ofUrl(""));
    assertThat(endpoint.isEnabled()).isFalse();
    endpoint.set(Revision.ofUrl(OTHER_URL));
    assertThat(endpoint.isEnabled()).isTrue();
  }

  @Test
  void inMemoryQueueCapacityBoundsWhatIsPending() {
    start();
    arrive(9);
    assertThat(endpoint.hasRoom()).isTrue();
    arrive(1);
    assertThat(endpoint.hasRoom()).isFalse();
    assertThat(endpoint.capacity()).isEqualTo(10);
  }

  @Test
  void elsewhereMaxEventsBoundsWhatIsPending() {
    options.setStore(new StoreOptions().setType(StoreOptions.FILE).setMaxEvents(12));
    start();
    arrive(12);
    assertThat(endpoint.hasRoom()).isFalse();
    assertThat(endpoint.pending()).isEqualTo(12);

    options.setStore(new StoreOptions().setType(StoreOptions.FILE).setMaxEvents(4));
    start();
    assertThat(endpoint.pending()).as("all are kept").isEqualTo(12);
    assertThat(endpoint.hasRoom()).isFalse();
  }

  @Test
  void whatIsSetHoldsAndIsKept() {
    start();
    Future<Void> set = endpoint.set(new Revision(OTHER_URL, SECRET, false, 7L, null));
    assertThat(set.isComplete()).isFalse();
    clock.turn();
    assertThat(set.succeeded()).isTrue();
    assertThat(endpoint.url()).isEqualTo(OTHER_URL);
    assertThat(endpoint.status()).as("another URL ends a pause").isEqualTo("enabled");

    start();
    assertThat(endpoint.url()).isEqualTo(OTHER_URL);
    assertThat(journal.kept().get("default").settings().encode()).contains(SECRET, ":7");
  }

  @Test
  void whatIsSetHoldsThoughItCannotBeKept() {
    start();
    engine.failAppends("No space left on device");
    Future<Void> set = endpoint.set(Revision.ofUrl(OTHER_URL));
    clock.turn();
    assertThat(set.succeeded()).isTrue();
    assertThat(endpoint.url()).isEqualTo(OTHER_URL);
  }

  @Test
  void aBackoffAloneDoesNothingWhereThereIsNoUrl() {
    options.setUrl("");
    start();
    endpoint.set(new Revision(null, null, false, 7L, null));
    clock.turn();
    engine
        .appends()
        .forEach(
            append ->
                append
                    .steps()
                    .forEach(step -> assertThat(step.settings().encode()).doesNotContain(":7")));
    assertThat(endpoint.status()).isEqualTo("disabled");
  }

  @Test
  void aPauseByRequestHoldsWhatArrivesAndIsKept() {
    start();
    assertThat(endpoint.status()).isEqualTo("paused");
    assertThat(report().getString("reason")).isEqualTo("paused by request");
    arrive(2);
    assertThat(reported("in_flight")).isZero();
    start();
    assertThat(endpoint.status()).isEqualTo("paused");
    resume();
    assertThat(endpoint.status()).isEqualTo("enabled");
    assertThat(reported("in_flight")).isEqualTo(2);
  }

  @Test
  void aUrlThatMayNotBeUsedAnyMoreKeepsItFromStarting() {
    start();
    endpoint.set(Revision.ofUrl("http://127.0.0.1:1/in"));
    clock.turn();
    options.setAllowPrivateNetworks(false);
    assertThatThrownBy(this::start)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "webhook.url: the one that was set at run time, kept in memory, is refused: forbidden"
                + " address 127.0.0.1 while webhook.allowPrivateNetworks is false; edit"
                + " webhook.url, and it takes the place of that one");
  }

  @Test
  void disabledItDrainsForAsLongAsItMayAndThenWaits() {
    start();
    resume();
    arrive(1);
    assertThat(reported("in_flight")).isEqualTo(1);

    endpoint.set(Revision.ofUrl(""));
    clock.turn(4_999);
    assertThat(endpoint.isEnabled()).isFalse();
    clock.turn(1);

    assertThat(endpoint.isHeldUp()).isFalse();
    assertThat(reported("pending")).isEqualTo(1);
    assertThat(endpoint.status()).isEqualTo("disabled");
  }

  @Test
  void stoppedItDrainsAndLeavesWhatIsPending() {
    start();
    resume();
    arrive(2);
    Future<Void> stopped = endpoint.stop();
    clock.turn(4_999);
    assertThat(stopped.isComplete()).isFalse();
    clock.turn(1);
    stopped.await();
    assertThat(endpoint.pending()).isEqualTo(2);
    endpoint.stop().await();
  }

  @Test
  void deadLettersAreListedInOrderAndByPages() {
    letters(5);
    start();
    assertThat(listed(0, 3)).containsExactly(1L, 2L, 3L);
    assertThat(listed(3, 3)).containsExactly(4L, 5L);
    assertThat(listed(5, 3)).isEmpty();
    assertThat(endpoint.deadLetters().ids()).containsExactlyElementsOf(ids(1, 5));
  }

  @Test
  void deadLettersAreListedAlsoWhileNothingCanBeKept() {
    letters(2);
    start();
    engine.failAppends("No space left on device");
    arrive(1);
    endpoint.deadLetters().purge(List.of(1L));
    assertThat(listed(0, 9)).containsExactly(2L);
  }

  @Test
  void aRedrivenLetterIsPendingAgainOnceThatIsKept() {
    letters(3);
    start();
    Future<Long> redriven = endpoint.deadLetters().redrive(List.of(1L, 3L));
    assertThat(redriven.isComplete()).isFalse();
    clock.turn();
    assertThat(redriven.result()).isEqualTo(2);
    assertThat(endpoint.pending()).isEqualTo(2);
    assertThat(listed(0, 9)).containsExactly(2L);
    assertThat(imbalance()).isZero();
    resume();
    assertThat(reported("in_flight")).isEqualTo(2);
  }

  @Test
  void asManyAreRedrivenAsThereIsRoomForTheLowestFirst() {
    options.setQueueCapacity(2);
    letters(5);
    start();
    arrive(1);
    assertThat(redrive(ids(1, 5))).isEqualTo(1);
    assertThat(listed(0, 9)).containsExactly(2L, 3L, 4L, 5L);
    assertThat(endpoint.pending()).isEqualTo(2);
  }

  @Test
  void aLetterThatTurnsOutToBeDamagedIsNotRedrivenNorCounted() {
    letters(3);
    start();
    engine.damage(2);
    assertThat(redrive(ids(1, 3))).isEqualTo(2);
    assertThat(endpoint.pending()).isEqualTo(2);
    assertThat(listed(0, 9)).containsExactly(2L);
    assertThat(endpoint.warnings())
        .containsExactly("dead letters are damaged on disk and can only be purged: 2");
    assertThat(imbalance()).isZero();
    assertThat(redrive(List.of(2L))).as("that is known now").isZero();

    start();
    assertThat(endpoint.pending()).isEqualTo(2);
    assertThat(endpoint.deadLetters().ids()).containsExactly(2L);
    assertThat(imbalance()).isZero();
  }

  @Test
  void aLetterThatIsFoundDamagedWhenItIsListedHidesNoOther() {
    letters(3);
    start();
    engine.damage(2);
    assertThat(listed(0, 9)).containsExactly(1L, 2L, 3L);
    assertThat(endpoint.warnings()).hasSize(1);
  }

  @Test
  void aPurgedLetterIsGoneAndStaysCounted() {
    letters(3);
    start();
    Future<Void> purged = endpoint.deadLetters().purge(List.of(1L, 2L));
    clock.turn();
    assertThat(purged.succeeded()).isTrue();
    assertThat(listed(0, 9)).containsExactly(3L);
    assertThat(reported("failed")).isEqualTo(3);
    start();
    assertThat(endpoint.deadLetters().ids()).containsExactly(3L);
  }

  /** The options in force, to be changed and put. */
  private EndpointOptions another() {
    return options.defaultEndpoint();
  }

  private void put(EndpointOptions replacement) {
    Future<Void> put = endpoint.put(replacement);
    clock.turn();
    assertThat(put.succeeded()).isTrue();
  }

  @Test
  void whatIsPutHoldsAtOnceAndIsKept() {
    start();
    Future<Void> put =
        endpoint.put(
            another()
                .setActions(List.of("node.*"))
                .setQueueCapacity(3)
                .setFormat("splunk-hec")
                .setFormatOptions(new JsonObject().put("index", "main")));
    assertThat(endpoint.wants("node.join")).isTrue();
    assertThat(endpoint.wants("user.login")).isFalse();
    assertThat(endpoint.capacity()).isEqualTo(3);
    assertThat(report().getString("format")).isEqualTo("splunk-hec");
    assertThat(endpoint.status()).as("it is at the same URL").isEqualTo("paused");
    assertThat(put.isComplete()).isFalse();
    clock.turn();
    assertThat(put.succeeded()).isTrue();

    start();
    assertThat(endpoint.wants("node.join")).isTrue();
    assertThat(endpoint.capacity()).isEqualTo(3);
    assertThat(report().getString("format")).isEqualTo("splunk-hec");
  }

  @Test
  void whatIsPutHoldsThoughItCannotBeKept() {
    start();
    engine.failAppends("No space left on device");
    put(another().setQueueCapacity(3));
    assertThat(endpoint.capacity()).isEqualTo(3);
    engine.failAppends(null);
    clock.turn(1_000);
    start();
    assertThat(endpoint.capacity()).as("it is kept later").isEqualTo(3);
  }

  @Test
  void fewerDeadLettersThatArePutEvictTheOldest() {
    letters(5);
    start();
    put(another().setDlqCapacity(2));
    assertThat(listed(0, 9)).containsExactly(4L, 5L);
    assertThat(reported("dlq_evicted")).isEqualTo(3);
    assertThat(reported("failed")).isEqualTo(5);
    assertThat(imbalance()).isZero();
  }

  @Test
  void whatIsPendingIsSentByTheNewOptionsAndWhatIsInFlightEndsByTheFormerOnes() {
    options.setMaxInFlight(2);
    start();
    resume();
    arrive(5);
    assertThat(reported("in_flight")).isEqualTo(2);
    put(another().setMaxInFlight(4));
    assertThat(reported("in_flight")).isEqualTo(4);
    assertThat(reported("pending")).isEqualTo(5);
    assertThat(imbalance()).isZero();
  }

  @Test
  void anEmptyUrlThatIsPutDisablesAndAnotherOneEnables() {
    start();
    resume();
    arrive(2);
    put(another().setUrl(""));
    assertThat(endpoint.isEnabled()).isFalse();
    clock.turn(5_000);
    assertThat(endpoint.status()).isEqualTo("disabled");
    put(another().setUrl("").setMaxInFlight(1));
    assertThat(endpoint.status()).isEqualTo("disabled");
    assertThat(reported("pending")).isEqualTo(2);

    put(another().setUrl(OTHER_URL).setMaxInFlight(3));
    assertThat(endpoint.status()).isEqualTo("enabled");
    assertThat(endpoint.url()).isEqualTo(OTHER_URL);
    arrive(1);
    assertThat(reported("in_flight")).as("two are still under way").isEqualTo(3);
    assertThat(imbalance()).isZero();
  }

  @Test
  void anotherUrlThatIsPutEndsAPause() {
    start();
    assertThat(endpoint.status()).isEqualTo("paused");
    put(another().setUrl(OTHER_URL));
    assertThat(endpoint.status()).isEqualTo("enabled");
  }

  @Test
  void aUrlThatIsSetAfterAPutIsTheLaterWord() {
    start();
    put(another().setUrl(OTHER_URL).setQueueCapacity(3));
    endpoint.set(Revision.ofUrl(Endpoints.URL));
    clock.turn();
    start();
    assertThat(endpoint.url()).isEqualTo(Endpoints.URL);
    assertThat(endpoint.capacity()).isEqualTo(3);
  }

  @Test
  void aUrlThatCredentialsWerePutWithHoldsUpNoStartOnceAnotherOneIsInForce() {
    start();
    put(another().setUrl("http://127.0.0.1:1/in").setHeaders(Map.of("Authorization", "Bearer 1")));
    endpoint.set(Revision.ofUrl(OTHER_URL));
    clock.turn();
    options.setAllowPrivateNetworks(false);
    start();
    assertThat(endpoint.url()).isEqualTo(OTHER_URL);
    assertThat(endpoint.warnings()).singleElement().asString().contains("are not sent to");
  }

  @Test
  void anEndpointThatWasMadeAtRunTimeIsThereAfterARestartAsItWasPut() {
    journal = Journal.open(engine, clock).result();
    endpoint = Endpoints.made(vertx, clock, options, journal, "siem");
    assertThat(endpoint.status()).isEqualTo("disabled");
    put(another().setUrl(OTHER_URL).setQueueCapacity(3));

    journal = Journal.open(engine, clock).result();
    endpoint = Endpoints.made(vertx, clock, options, journal, "siem");
    assertThat(endpoint.id()).isEqualTo("siem");
    assertThat(endpoint.url()).isEqualTo(OTHER_URL);
    assertThat(endpoint.capacity()).isEqualTo(3);
  }

  @Test
  void itTellsSinceWhenItsOldestPendingEventWaits() {
    options.setQueueCapacity(10);
    start();
    assertThat(report().getString("oldest_pending")).isNull();
    String then = Instant.ofEpochMilli(clock.now()).toString();
    arrive(1);
    clock.turn(60_000);
    arrive(2);
    assertThat(report().getString("oldest_pending")).isEqualTo(then);
    start();
    assertThat(report().getString("oldest_pending")).isEqualTo(then);
    engine.failReads(new IllegalStateException("the disk is gone"));
    assertThat(report().getLong("pending")).as("it tells the rest all the same").isEqualTo(3);
  }
}
