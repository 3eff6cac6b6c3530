package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.Group.Moved;
import dev.auditwebhook.journal.Nodes.Member;
import dev.auditwebhook.wire.format.Event;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Who gets what: which endpoints there are, what each wants, and what becomes of it. */
final class Distribution {

  /** So many actions are remembered with the endpoints that want them. */
  private static final int MAX_AUDIENCES = 4_096;

  private final Supplier<Collection<? extends Member>> members;
  private final TreeMap<Integer, Subscription> subscriptions = new TreeMap<>();
  private final Map<String, Audience> audiences = new HashMap<>();

  /** Numbers that are taken, also of those that are leaving. */
  private final BitSet taken = new BitSet();

  /** The lowest ids that endpoints need which are kept and not here yet, by their numbers. */
  private final Map<Integer, Long> absent = new HashMap<>();

  /**
   * @param nodes who has the members, {@code null} when they are the endpoints of this node
   */
  Distribution(Nodes nodes) {
    members = nodes == null ? subscriptions::values : nodes::members;
  }

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
    subscriptions.remove(left.number(), left);
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
      audience = new Audience(members.get().stream().filter(each -> each.wants(action)).toList());
      audiences.put(action, audience);
    }
    return audience;
  }

  /** Gives events to their recipients of this node, each in the order of the ids. */
  void arrived(List<Event> events, List<Recipients> recipients) {
    if (events.isEmpty()) {
      return;
    }
    Recipients first = recipients.get(0);
    if (recipients.stream().allMatch(each -> each == first)) {
      first.forEach(number -> arrived(number, events));
      return;
    }
    Map<Integer, List<Event>> shares = new TreeMap<>();
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      recipients
          .get(i)
          .forEach(number -> shares.computeIfAbsent(number, n -> new ArrayList<>()).add(event));
    }
    shares.forEach(this::arrived);
  }

  private void arrived(int number, List<Event> events) {
    Subscription subscription = subscriptions.get(number);
    if (subscription != null) {
      subscription.arrived(events);
    }
  }

  /** So many entries were dropped so far, by the numbers of those that they were for. */
  void dropped(Map<Integer, Long> totals) {
    totals.forEach(
        (number, total) -> {
          Subscription subscription = subscriptions.get(number);
          if (subscription != null) {
            subscription.droppedInAll(total);
          }
        });
  }

  /** An endpoint is to keep a step. */
  void touch(String endpoint) {
    subscriptions.values().stream()
        .filter(each -> each.id().equals(endpoint))
        .forEach(Subscription::changed);
  }

  /** Tells the recipients of entries that they could not be kept. */
  void notKept(List<EncodedEntry> entries) {
    Map<Integer, Integer> losses =
        times(entries.stream().filter(Objects::nonNull).map(EncodedEntry::recipients));
    if (!losses.isEmpty()) {
      for (Member member : members.get()) {
        Integer lost = losses.get(member.number());
        if (lost != null) {
          member.notKept(lost);
        }
      }
    }
  }

  /** Tells who wants entries from the inbox that they did not arrive. */
  void takenBack(List<Moved> back) {
    Map<Integer, Integer> received =
        times(
            back.stream().filter(one -> one.entry() != null).map(one -> one.entry().recipients()));
    Map<Integer, Integer> passedOver = times(back.stream().map(Moved::passedOver));
    for (Member member : members.get()) {
      int some = received.getOrDefault(member.number(), 0);
      int others = passedOver.getOrDefault(member.number(), 0);
      if (some + others > 0) {
        member.takenBack(some, others);
      }
    }
  }

  /** How often a number is among recipients. */
  private static Map<Integer, Integer> times(Stream<Recipients> recipients) {
    Map<Integer, Integer> times = new TreeMap<>();
    recipients.forEach(each -> each.forEach(number -> times.merge(number, 1, Integer::sum)));
    return times;
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
    return members.get().stream().mapToLong(Member::pending).max().orElse(0);
  }

  /** Whether there are endpoints that are enabled, and none of them has room. */
  boolean isFull() {
    boolean full = false;
    for (Member member : members.get()) {
      if (member.isEnabled()) {
        if (member.hasRoom()) {
          return false;
        }
        full = true;
      }
    }
    return full;
  }

  /** The endpoints that want an action, as far as their filters go. */
  static final class Audience {

    private final List<? extends Member> members;
    private final BitSet takers = new BitSet();
    private Recipients last = Recipients.NONE;

    Audience(List<? extends Member> members) {
      this.members = members;
    }

    /** Whether nobody wants what arrives now. */
    boolean isEmpty() {
      for (Member member : members) {
        if (member.isEnabled()) {
          return false;
        }
      }
      return true;
    }

    /** Those that have room for what arrives now. */
    Recipients withRoom() {
      takers.clear();
      for (Member member : members) {
        if (member.isEnabled() && member.hasRoom()) {
          takers.set(member.number());
        }
      }
      if (!last.are(takers)) {
        last = Recipients.of(takers);
      }
      return last;
    }

    /** Those that have none, while some have. */
    Recipients without(Recipients withRoom) {
      BitSet others = new BitSet();
      for (Member member : members) {
        if (member.isEnabled() && !withRoom.include(member.number())) {
          others.set(member.number());
        }
      }
      return others.isEmpty() ? Recipients.NONE : Recipients.of(others);
    }

    /** An entry arrived that goes to nobody. */
    void dropped() {
      for (Member member : members) {
        if (member.isEnabled()) {
          member.dropped();
        }
      }
    }

    /** An entry arrived, and goes to some of them. */
    void received(Recipients recipients) {
      for (Member member : members) {
        if (recipients.include(member.number())) {
          member.received();
        } else if (member.isEnabled()) {
          member.passedOver();
        }
      }
    }
  }
}
