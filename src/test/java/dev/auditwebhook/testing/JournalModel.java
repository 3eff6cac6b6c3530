package dev.auditwebhook.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Engine.Opened;
import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.wire.format.Event;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.LongFunction;

/** What a journal of three endpoints should keep, whatever becomes of it. */
public final class JournalModel {

  /** Always does something. */
  public static final String QUICK = "quick";

  public static final String SLOW = "slow";

  /** Is forgotten and made again. */
  public static final String PASSING = "passing";

  private static final int ENTRIES = 12;

  private final Map<String, EndpointModel> endpoints = new TreeMap<>();
  private final Set<Long> given = new TreeSet<>();
  private final LongFunction<EncodedEntry> entry;
  private final Random random;
  private long lastId;
  private long firstId;
  private List<EncodedEntry> entries;
  private List<EndpointModel> leaving;

  /** Whether one could not be forgotten, and the next opening may find that it was. */
  private boolean doomed;

  /**
   * @param entry one that gets this id, for anybody
   */
  public JournalModel(LongFunction<EncodedEntry> entry, Random random) {
    this.entry = entry;
    this.random = random;
    for (String id : List.of(QUICK, SLOW, PASSING)) {
      endpoints.put(id, endpoint(id, endpoints.size()));
    }
  }

  private EndpointModel endpoint(String id, int number) {
    return new EndpointModel(id, number, event -> entry.apply(event).numbered(event));
  }

  public Collection<EndpointModel> endpoints() {
    return endpoints.values();
  }

  public long lastId() {
    return lastId;
  }

  /** Some events of some of the endpoints meet this end. */
  public void act(EndpointModel.Act act) {
    for (EndpointModel each : endpoints.values()) {
      if (each.id().equals(QUICK) || random.nextInt(3) == 0) {
        each.act(act, random);
      }
    }
  }

  /** Entries that get the next ids, each for some of the endpoints; some are for nobody. */
  public List<EncodedEntry> entries() {
    List<EncodedEntry> some = new ArrayList<>();
    for (int i = random.nextInt(ENTRIES); i >= 0; i--) {
      BitSet numbers = new BitSet();
      endpoints.values().stream()
          .filter(each -> random.nextBoolean())
          .forEach(each -> numbers.set(each.number()));
      EncodedEntry next = entry.apply(lastId + 1 + some.size());
      some.add(
          numbers.isEmpty()
              ? null
              : new EncodedEntry(
                  next.action(), next.content(), next.acceptedAt(), Recipients.of(numbers)));
    }
    return some;
  }

  /** So many numbers are taken by what is refused. */
  public void refuse(int count) {
    lastId += count;
  }

  /** What is to be kept, then comes {@link #kept} or {@link #notKept}. */
  public Addition addition(List<EncodedEntry> some) {
    entries = some;
    firstId = lastId + 1;
    lastId += entries.size();
    endpoints.values().forEach(each -> each.received(ids(each)));
    leaving = endpoints.values().stream().filter(EndpointModel::isChanged).toList();
    return new Addition(
        entries,
        new Counts(lastId, 0),
        leaving.stream().map(each -> each.step(lastId)).toList(),
        endpoints.values().stream().mapToLong(EndpointModel::needed).min().orElseThrow());
  }

  private Set<Long> ids(EndpointModel endpoint) {
    Set<Long> ids = new TreeSet<>();
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i) != null && entries.get(i).recipients().include(endpoint.number())) {
        ids.add(firstId + i);
      }
    }
    return ids;
  }

  public void kept(Appended appended) {
    assertThat(appended.firstId()).isEqualTo(firstId);
    assertThat(appended.events()).hasSize((int) entries.stream().filter(Objects::nonNull).count());
    assertThat(appended.notRedriven()).isEmpty();
    for (Event each : appended.events()) {
      assertThat(given.add(each.id())).as("an id is given once").isTrue();
    }
    leaving.forEach(EndpointModel::stepKept);
    doomed = false;
  }

  /**
   * @param first the number that the first of the entries has taken all the same
   */
  public void notKept(long first) {
    assertThat(first).isEqualTo(firstId);
    endpoints.values().forEach(each -> each.notKept(ids(each)));
  }

  /** One was forgotten: another one takes its place, and perhaps its number. */
  public void forgotten() {
    endpoints.put(PASSING, endpoint(PASSING, endpoints.size() - 1 + random.nextInt(2)));
    doomed = false;
  }

  public void notForgotten() {
    doomed = true;
  }

  /**
   * Checks what an opening has found.
   *
   * @param journal reads the ids of what there is for the endpoint with a number, above an id
   * @param exactly whether the last changes, too, were kept
   */
  public void reopened(
      Opened opened, BiFunction<Integer, Long, List<Long>> journal, boolean exactly) {
    assertThat(opened.lastId())
        .isGreaterThanOrEqualTo(given.stream().mapToLong(id -> id).max().orElse(0));
    lastId = exactly ? lastId : opened.lastId();
    assertThat(opened.lastId()).isEqualTo(lastId);
    if (doomed && state(opened, PASSING) == null) {
      endpoints.put(PASSING, endpoint(PASSING, endpoints.get(PASSING).number()));
    }
    doomed = false;
    for (EndpointModel each : endpoints.values()) {
      State state = state(opened, each.id());
      long cursor = state == null ? lastId : state.cursor();
      each.reopened(state, lastId, journal.apply(each.number(), cursor), exactly);
    }
  }

  /** What was found of an endpoint, {@code null} for nothing but settings. */
  private static State state(Opened opened, String endpoint) {
    State state = opened.endpoints().get(endpoint);
    return state == null || state.number() < 0 ? null : state;
  }
}
