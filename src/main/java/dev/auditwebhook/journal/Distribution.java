package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.wire.format.Event;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Who gets what: which endpoints there are, what each wants, and what becomes of it. */
final class Distribution {

  /** So many actions are remembered with the endpoints that want them. */
  private static final int MAX_AUDIENCES = 4_096;

  private final TreeMap<Integer, Subscription> subscriptions = new TreeMap<>();
  private final Map<String, Audience> audiences = new HashMap<>();

  /** Numbers that are taken, also of those that are leaving. */
  private final BitSet taken = new BitSet();

  /** The lowest ids that endpoints need which are kept and not here yet, by their numbers. */
  private final Map<Integer, Long> absent = new HashMap<>();

  /** A number that nobody has, the lowest. */
  int freeNumber() {
    return taken.nextClearBit(0);
  }

  /** An endpoint is kept: its number is taken, and the journal keeps what it needs. */
  void expect(State state) {
    if (state.number() >= 0) {
      taken.set(state.number());
      absent.put(state.number(), state.cursor() + 1);
    }
  }

  /** An endpoint that is kept needs nothing more. */
  void expectNoMore(State state) {
    absent.remove(state.number());
  }

  /** Nothing is kept of an endpoint any more. */
  void free(State state) {
    if (state.number() >= 0) {
      taken.clear(state.number());
    }
  }

  /** One more gets what it wants. */
  void add(Subscription subscription) {
    taken.set(subscription.number());
    absent.remove(subscription.number());
    subscriptions.put(subscription.number(), subscription);
    filterChanged();
  }

  /** One gets nothing more. */
  Subscription leave(Endpoint endpoint) {
    Subscription leaving =
        subscriptions.values().stream()
            .filter(each -> each.endpoint() == endpoint)
            .findAny()
            .orElseThrow();
    leaving.leave();
    filterChanged();
    return leaving;
  }

  /** One that left goes on after all. */
  void stay(Subscription left) {
    left.stay();
    filterChanged();
  }

  /** One that left is gone, and nothing is on its way to it. */
  void remove(Subscription left) {
    left.close();
    subscriptions.remove(left.number());
    taken.clear(left.number());
  }

  Collection<Subscription> all() {
    return subscriptions.values();
  }

  /** Some want other actions than before. */
  void filterChanged() {
    audiences.clear();
  }

  /** The endpoints that want an action. */
  Audience of(String action) {
    Audience audience = audiences.get(action);
    if (audience == null) {
      if (audiences.size() >= MAX_AUDIENCES) {
        audiences.clear();
      }
      audience =
          new Audience(
              subscriptions.values().stream()
                  .filter(each -> !each.isLeaving() && each.endpoint().wants(action))
                  .toList());
      audiences.put(action, audience);
    }
    return audience;
  }

  /** Gives events to their recipients, each in the order of the ids. */
  void arrived(List<EncodedEntry> entries, List<Event> events) {
    Recipients first = null;
    boolean same = true;
    for (EncodedEntry entry : entries) {
      if (entry != null) {
        first = first == null ? entry.recipients() : first;
        same &= first == entry.recipients();
      }
    }
    if (first == null) {
      return;
    }
    if (same) {
      first.forEach(number -> subscriptions.get(number).endpoint().arrived(events));
      return;
    }
    Map<Integer, List<Event>> shares = new TreeMap<>();
    int next = 0;
    for (EncodedEntry entry : entries) {
      if (entry != null) {
        Event event = events.get(next++);
        entry
            .recipients()
            .forEach(number -> shares.computeIfAbsent(number, n -> new ArrayList<>()).add(event));
      }
    }
    shares.forEach((number, share) -> subscriptions.get(number).endpoint().arrived(share));
  }

  /** Tells the recipients of entries that they could not be kept. */
  void notKept(List<EncodedEntry> entries) {
    Map<Integer, Integer> losses = new TreeMap<>();
    for (EncodedEntry entry : entries) {
      if (entry != null) {
        entry.recipients().forEach(number -> losses.merge(number, 1, Integer::sum));
      }
    }
    losses.forEach((number, lost) -> subscriptions.get(number).endpoint().notKept(lost));
  }

  /** The lowest id that an endpoint needs of the journal, the highest for none. */
  long needed() {
    long needed = Long.MAX_VALUE;
    for (long each : absent.values()) {
      needed = Math.min(needed, each);
    }
    for (Subscription each : subscriptions.values()) {
      needed = Math.min(needed, each.needed());
    }
    return needed;
  }

  /** The most events that are pending for an endpoint. */
  long pending() {
    return subscriptions.values().stream()
        .mapToLong(each -> each.endpoint().pending())
        .max()
        .orElse(0);
  }

  /** The endpoints that want an action, as far as their filters go. */
  static final class Audience {

    private final List<Subscription> members;
    private final BitSet takers = new BitSet();
    private Recipients last = Recipients.NONE;

    Audience(List<Subscription> members) {
      this.members = members;
    }

    /** Whether nobody wants what arrives now. */
    boolean isEmpty() {
      for (Subscription member : members) {
        if (member.endpoint().isEnabled()) {
          return false;
        }
      }
      return true;
    }

    /** Those that have room for what arrives now. */
    Recipients withRoom() {
      takers.clear();
      for (Subscription member : members) {
        if (member.endpoint().isEnabled() && member.endpoint().hasRoom()) {
          takers.set(member.number());
        }
      }
      if (!last.are(takers)) {
        last = Recipients.of(takers);
      }
      return last;
    }

    /** An entry arrived that goes to nobody. */
    void dropped() {
      for (Subscription member : members) {
        if (member.endpoint().isEnabled()) {
          member.endpoint().dropped();
        }
      }
    }

    /** An entry arrived, and goes to some of them. */
    void received(Recipients recipients) {
      for (Subscription member : members) {
        if (recipients.include(member.number())) {
          member.endpoint().received();
        } else if (member.endpoint().isEnabled()) {
          member.dropped();
        }
      }
    }
  }
}
