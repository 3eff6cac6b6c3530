package dev.auditwebhook.journal.memory;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.LetterPage;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.LocalMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps all in Vert.x local shared data: it outlives a redeploy, not the process. */
public final class MemoryEngine implements Engine {

  private static final Logger log = LoggerFactory.getLogger(MemoryEngine.class);

  private final VertxInternal vertx;
  private final String name;
  private final Shelf shelf;

  /**
   * @param vertx whose local shared data
   * @param address the webhook's prefix of addresses
   */
  public MemoryEngine(Vertx vertx, String address) {
    this.vertx = (VertxInternal) vertx;
    name = "dev.auditwebhook." + address;
    LocalMap<String, Shelf> shelves = vertx.sharedData().getLocalMap(name);
    shelf = shelves.computeIfAbsent("shelf", key -> new Shelf());
  }

  private LocalMap<Long, Straggler> stragglers(String endpoint) {
    return vertx.sharedData().getLocalMap(name + ".stragglers." + endpoint);
  }

  private LocalMap<Long, DeadLetter> letters(String endpoint) {
    return vertx.sharedData().getLocalMap(name + ".dead." + endpoint);
  }

  /** Vert.x keeps each map that was asked for: an empty one is let go. */
  private static void letGo(LocalMap<?, ?>... maps) {
    for (LocalMap<?, ?> map : maps) {
      if (map.isEmpty()) {
        map.close();
      }
    }
  }

  @Override
  public Future<Opened> open() {
    shelf.isOpen = true;
    if (!shelf.isWatched) {
      shelf.isWatched = true;
      vertx.addCloseHook(this::vertxCloses);
    }
    Map<String, State> states = new HashMap<>();
    shelf.steps.forEach((endpoint, step) -> states.put(endpoint, state(step)));
    return Future.succeededFuture(
        new Opened(shelf.messageIdPrefix, shelf.lastId, shelf.counts, states));
  }

  private State state(Step last) {
    return new State(
        last.number(),
        last.cursor(),
        last.ahead(),
        shelf.journal.count(last.number(), last.cursor(), new HashSet<>(last.ahead())),
        List.of(),
        ids(stragglers(last.endpoint())),
        ids(letters(last.endpoint())),
        List.of(),
        last.totals(),
        last.settings());
  }

  private static List<Long> ids(LocalMap<Long, ?> kept) {
    List<Long> ids = kept.keySet().stream().sorted().toList();
    letGo(kept);
    return ids;
  }

  @Override
  public Future<Appended> append(Addition addition) {
    shelf.counts = addition.counts();
    addition.steps().forEach(this::keep);
    long firstId = shelf.lastId + 1;
    List<Event> events = new ArrayList<>(addition.entries().size());
    for (EncodedEntry entry : addition.entries()) {
      shelf.lastId++;
      if (entry != null) {
        Event event = entry.numbered(shelf.lastId);
        events.add(event);
        shelf.journal.add(event, entry.recipients());
      }
    }
    shelf.cut(Math.min(addition.needed(), firstId));
    return Future.succeededFuture(new Appended(firstId, events, Map.of()));
  }

  private void keep(Step step) {
    shelf.steps.put(step.endpoint(), step.withoutChanges());
    if (step.changes().isEmpty()) {
      return;
    }
    LocalMap<Long, Straggler> stragglers = stragglers(step.endpoint());
    LocalMap<Long, DeadLetter> letters = letters(step.endpoint());
    step.changes().forEach((id, change) -> apply(id, change, stragglers, letters));
    letGo(stragglers, letters);
  }

  private static void apply(
      long id,
      Change change,
      LocalMap<Long, Straggler> stragglers,
      LocalMap<Long, DeadLetter> letters) {
    DeadLetter letter = letters.remove(id);
    if (change instanceof Change.Keep keep) {
      stragglers.put(id, keep.straggler());
    } else if (change instanceof Change.Bury bury) {
      stragglers.remove(id);
      letters.put(id, bury.letter());
    } else if (change instanceof Change.Redrive redrive) {
      stragglers.put(id, letter.redriven(redrive.now()));
    } else {
      stragglers.remove(id);
    }
  }

  @Override
  public Future<Void> forget(String endpoint, JsonObject settings) {
    stragglers(endpoint).close();
    letters(endpoint).close();
    if (settings == null) {
      shelf.steps.remove(endpoint);
    } else {
      shelf.steps.put(endpoint, Step.ofRemoved(endpoint, settings));
    }
    return Future.succeededFuture();
  }

  @Override
  public long refuse(int entries) {
    throw new IllegalStateException("the memory keeps all");
  }

  @Override
  public Future<Found<Event>> read(int number, long after, int limit) {
    return Future.succeededFuture(new Found<>(shelf.journal.read(number, after, limit), List.of()));
  }

  @Override
  public Future<Found<Straggler>> stragglers(String endpoint, Collection<Long> ids) {
    LocalMap<Long, Straggler> kept = stragglers(endpoint);
    List<Straggler> found = ids.stream().map(kept::get).filter(Objects::nonNull).toList();
    letGo(kept);
    return Future.succeededFuture(new Found<>(found, List.of()));
  }

  @Override
  public Future<List<DeadLetter>> deadLetters(
      String endpoint, List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    LocalMap<Long, DeadLetter> kept = letters(endpoint);
    LetterPage page = new LetterPage(maxBytes);
    for (long id : ids) {
      DeadLetter letter = kept.get(id);
      if (letter != null && !page.add(letter)) {
        break;
      }
    }
    letGo(kept);
    return Future.succeededFuture(page.letters());
  }

  @Override
  public long maxUnkept() {
    return Long.MAX_VALUE;
  }

  @Override
  public long interval() {
    return 0;
  }

  @Override
  public String damage() {
    return null;
  }

  /** Vert.x calls its hooks first, then undeploys: an open engine speaks when it is closed. */
  private void vertxCloses(Completable<Void> done) {
    shelf.isEnding = true;
    if (!shelf.isOpen) {
      warnOfTheEnd();
    }
    done.succeed();
  }

  private void warnOfTheEnd() {
    long pending = 0;
    long letters = 0;
    for (Step last : shelf.steps.values()) {
      State state = state(last);
      pending += state.pending();
      letters += state.letters().size();
    }
    if (pending + letters > 0) {
      log.warn(
          "The memory store ends with the process, and with it {} pending events and {} dead"
              + " letters",
          pending,
          letters);
    }
  }

  @Override
  public Future<Void> close() {
    shelf.isOpen = false;
    if (shelf.isEnding) {
      warnOfTheEnd();
    }
    return Future.succeededFuture();
  }
}
