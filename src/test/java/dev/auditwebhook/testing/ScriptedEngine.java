package dev.auditwebhook.testing;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.LetterPage;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Keeps all in plain collections, as an engine should; fails, waits and damages as it is told. */
public final class ScriptedEngine implements Engine {

  /** What an append was asked to keep. */
  public record Append(
      List<EncodedEntry> entries,
      Counts counts,
      List<Step> steps,
      long needed,
      List<Long> emitted) {}

  /** An event of the journal, and whom it is for. */
  private record Shared(Event event, Recipients recipients) {}

  private static final class Kept {
    private final TreeMap<Long, Straggler> stragglers = new TreeMap<>();
    private final TreeMap<Long, DeadLetter> letters = new TreeMap<>();
    private Step last;
  }

  private final TreeMap<Long, Shared> journal = new TreeMap<>();
  private final Map<String, Kept> endpoints = new HashMap<>();
  private final Set<Long> damaged = new TreeSet<>();
  private final Set<Long> gone = new TreeSet<>();
  private final List<Append> appends = new ArrayList<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private long lastId;
  private Counts counts = new Counts(0, 0);
  private long interval;
  private String appendFailure;
  private String forgetFailure;
  private boolean losingNumbers;
  private Throwable readFailure;
  private boolean holding;
  private boolean open;
  private Nodes nodes;
  private final Set<String> disowned = new TreeSet<>();
  private final Set<String> fenced = new TreeSet<>();

  /** All appends from now on fail so; {@code null} for none. */
  public void failAppends(String message) {
    appendFailure = message;
  }

  /** While nothing can be kept it is not known which numbers are taken. */
  public void loseNumbers() {
    losingNumbers = true;
  }

  /** Nothing is forgotten from now on, and so it fails; {@code null} for none. */
  public void failForgetting(String message) {
    forgetFailure = message;
  }

  /** All reads from now on fail so; {@code null} for none. */
  public void failReads(Throwable failure) {
    readFailure = failure;
  }

  /**
   * From now on appends, reads and removals take until they are {@linkplain #release() released}.
   */
  public void hold() {
    holding = true;
  }

  /** Ends what is under way; from now on all is done at once. */
  public void release() {
    holding = false;
    List<Runnable> released = List.copyOf(waiting);
    waiting.clear();
    released.forEach(Runnable::run);
  }

  /** Ends the first that is under way alone. */
  public void releaseFirst() {
    waiting.remove(0).run();
  }

  /** How many appends, reads and removals are under way. */
  public int underway() {
    return waiting.size();
  }

  /** This node does not own an endpoint from now on, or owns it again. */
  public void disown(String endpoint, boolean from) {
    if (from) {
      disowned.add(endpoint);
    } else {
      disowned.remove(endpoint);
    }
  }

  /** The steps of an endpoint are not kept from now on, as another node has it. */
  public void fence(String endpoint) {
    fenced.add(endpoint);
  }

  public void interval(long millis) {
    interval = millis;
  }

  /** What is kept of an event cannot be read any more. */
  public void damage(long id) {
    damaged.add(id);
  }

  /** Another node takes this out of the inbox. */
  public void loseEmitted(long seq) {
    gone.add(seq);
  }

  /** From now on it is one that these share. */
  public void share(Nodes with) {
    nodes = with;
  }

  /** What it was asked to keep, in order, whether it could or not. */
  public List<Append> appends() {
    return appends;
  }

  /** The events that are in the journal. */
  public List<Long> journal() {
    return List.copyOf(journal.keySet());
  }

  public boolean isOpen() {
    return open;
  }

  private Kept kept(String endpoint) {
    return endpoints.computeIfAbsent(endpoint, id -> new Kept());
  }

  private <T> Future<T> later(Supplier<Future<T>> work) {
    if (!holding) {
      return work.get();
    }
    Promise<T> done = Promise.promise();
    waiting.add(() -> work.get().onComplete(done));
    return done.future();
  }

  @Override
  public Future<Opened> open() {
    open = true;
    Map<String, State> states = new HashMap<>();
    endpoints.forEach((id, kept) -> states.put(id, state(kept)));
    return Future.succeededFuture(new Opened("msg_test_", lastId, counts, states));
  }

  private State state(Kept kept) {
    Step last = kept.last;
    TreeSet<Long> unsettled = new TreeSet<>();
    above(last.number(), last.cursor()).forEach(event -> unsettled.add(event.id()));
    unsettled.removeAll(new TreeSet<>(last.ahead()));
    List<Long> lost = new ArrayList<>(unsettled);
    lost.addAll(kept.stragglers.keySet());
    lost.retainAll(damaged);
    return new State(
        last.number(),
        last.cursor(),
        last.ahead(),
        unsettled.stream().filter(id -> !damaged.contains(id)).count(),
        lost,
        kept.stragglers.keySet().stream().filter(id -> !damaged.contains(id)).toList(),
        List.copyOf(kept.letters.keySet()),
        kept.letters.keySet().stream().filter(damaged::contains).toList(),
        last.totals(),
        last.settings());
  }

  /** The events of an endpoint, in order. */
  private Stream<Event> above(int number, long id) {
    return journal.tailMap(id, false).values().stream()
        .filter(each -> each.recipients().include(number))
        .map(Shared::event);
  }

  @Override
  public Future<Appended> append(Addition addition) {
    List<EncodedEntry> entries = addition.entries();
    List<Step> steps = addition.steps();
    appends.add(
        new Append(
            nonNull(entries), addition.counts(), steps, addition.needed(), addition.emitted()));
    if (addition.emitted().stream().anyMatch(gone::contains)) {
      return later(() -> Future.failedFuture(new GoneException(null)));
    }
    long firstId = number(entries.size());
    return later(
        () -> {
          if (appendFailure != null) {
            long known = losingNumbers ? 0 : firstId;
            return Future.failedFuture(new NotKeptException(appendFailure, known, null));
          }
          counts = addition.counts();
          List<Event> events = EncodedEntry.numbered(firstId, entries);
          Iterator<EncodedEntry> whose = nonNull(entries).iterator();
          events.forEach(
              event -> journal.put(event.id(), new Shared(event, whose.next().recipients())));
          Map<String, List<Long>> notRedriven = new HashMap<>();
          List<Step> kept =
              steps.stream().filter(step -> !fenced.contains(step.endpoint())).toList();
          kept.forEach(step -> notRedriven.put(step.endpoint(), keep(step)));
          Set<String> unkept = new TreeSet<>(fenced);
          unkept.retainAll(steps.stream().map(Step::endpoint).toList());
          journal.headMap(Math.min(addition.needed(), firstId)).clear();
          return Future.succeededFuture(new Appended(firstId, events, notRedriven, unkept));
        });
  }

  private static List<EncodedEntry> nonNull(List<EncodedEntry> entries) {
    return entries.stream().filter(entry -> entry != null).toList();
  }

  private List<Long> keep(Step step) {
    Kept kept = kept(step.endpoint());
    List<Long> notRedriven = new ArrayList<>();
    step.changes()
        .forEach(
            (id, change) -> {
              if (change instanceof Change.Redrive && damaged.contains(id)) {
                notRedriven.add(id);
              } else {
                apply(id, change, kept);
              }
            });
    List<Long> totals = new ArrayList<>(step.totals());
    int damagedLetters = notRedriven.size();
    totals.set(Total.FAILED.ordinal(), totals.get(Total.FAILED.ordinal()) + damagedLetters);
    totals.set(Total.REDRIVEN.ordinal(), totals.get(Total.REDRIVEN.ordinal()) - damagedLetters);
    kept.last =
        new Step(
            step.endpoint(),
            step.number(),
            step.cursor(),
            step.ahead(),
            Map.of(),
            totals,
            step.settings());
    return notRedriven;
  }

  private void apply(long id, Change change, Kept kept) {
    DeadLetter letter = kept.letters.remove(id);
    Straggler straggler = kept.stragglers.remove(id);
    if (change instanceof Change.Keep keep) {
      kept.stragglers.put(id, keep.straggler());
    } else if (change instanceof Change.Bury bury) {
      kept.letters.put(id, bury.letter());
    } else if (change instanceof Change.Fail) {
      kept.letters.put(id, DeadLetter.damaged(id));
      damaged.add(id);
    } else if (change instanceof Change.Redrive redrive) {
      kept.stragglers.put(id, letter == null ? straggler : letter.redriven(redrive.now()));
    }
  }

  @Override
  public Future<Void> forget(String endpoint, JsonObject settings) {
    return later(
        () -> {
          if (forgetFailure != null) {
            return Future.failedFuture(forgetFailure);
          }
          endpoints.remove(endpoint);
          if (settings != null) {
            kept(endpoint).last = Step.ofRemoved(endpoint, settings);
          }
          return Future.succeededFuture();
        });
  }

  @Override
  public long refuse(int entries) {
    long firstId = number(entries);
    return losingNumbers ? 0 : firstId;
  }

  private long number(int entries) {
    lastId += entries;
    return lastId - entries + 1;
  }

  private <T> Future<T> read(Supplier<T> reading) {
    return later(
        () ->
            readFailure == null
                ? Future.succeededFuture(reading.get())
                : Future.failedFuture(readFailure));
  }

  @Override
  public Future<Found<Event>> read(int number, long after, int limit) {
    return read(
        () -> {
          List<Event> read = above(number, after).limit(limit).toList();
          return new Found<>(
              read.stream().filter(event -> !damaged.contains(event.id())).toList(),
              read.stream().map(Event::id).filter(damaged::contains).toList());
        });
  }

  @Override
  public Future<Found<Straggler>> stragglers(String endpoint, Collection<Long> ids) {
    List<Long> asked = List.copyOf(ids);
    return read(
        () -> {
          TreeMap<Long, Straggler> there = new TreeMap<>(kept(endpoint).stragglers);
          there.keySet().retainAll(asked);
          List<Long> lost = there.keySet().stream().filter(damaged::contains).toList();
          there.keySet().removeAll(damaged);
          return new Found<>(List.copyOf(there.values()), lost);
        });
  }

  @Override
  public Future<List<DeadLetter>> deadLetters(
      String endpoint, List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    return read(
        () -> {
          LetterPage page = new LetterPage(maxBytes);
          for (long id : ids) {
            DeadLetter kept =
                damaged.contains(id)
                    ? DeadLetter.damaged(id)
                    : unkept.getOrDefault(id, kept(endpoint).letters.get(id));
            if (kept != null && !page.add(kept)) {
              break;
            }
          }
          return page.letters();
        });
  }

  @Override
  public long interval() {
    return interval;
  }

  @Override
  public Nodes nodes() {
    return nodes;
  }

  @Override
  public boolean owns(String endpoint) {
    return !disowned.contains(endpoint);
  }

  @Override
  public String damage() {
    return null;
  }

  @Override
  public Future<Void> close() {
    open = false;
    return Future.succeededFuture();
  }
}
