package dev.auditwebhook.testing;

import dev.auditwebhook.journal.Nodes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/** Endpoints that others run: they count what arrives for them. */
public final class ScriptedMembers implements Nodes {

  /** One of them. */
  public static final class Member implements Nodes.Member {
    private final int number;
    private final Set<String> actions;

    /** How many more it has room for. */
    public int room = Integer.MAX_VALUE;

    public boolean enabled = true;
    public long received;
    public long dropped;

    private Member(int number, Set<String> actions) {
      this.number = number;
      this.actions = actions;
    }

    @Override
    public int number() {
      return number;
    }

    @Override
    public boolean isEnabled() {
      return enabled;
    }

    @Override
    public boolean wants(String action) {
      return actions.contains(action);
    }

    @Override
    public boolean hasRoom() {
      return pending() < room;
    }

    @Override
    public long pending() {
      return received - dropped;
    }

    @Override
    public void received() {
      received++;
    }

    @Override
    public void dropped() {
      received++;
      dropped++;
    }

    @Override
    public void passedOver() {
      dropped();
    }

    @Override
    public void notKept(int events) {
      dropped += events;
    }

    @Override
    public void takenBack(int back, int passedOver) {
      received -= back + passedOver;
      dropped -= passedOver;
    }
  }

  private final List<Member> members = new ArrayList<>();

  /** One more that wants these actions; the first has the number 0. */
  public Member add(String... actions) {
    members.add(new Member(members.size(), Set.of(actions)));
    return members.get(members.size() - 1);
  }

  @Override
  public void follow(Follower follower) {
    follower.membersChanged();
  }

  @Override
  public Collection<Member> members() {
    return members;
  }

  @Override
  public Future<Void> join(
      Host host, Map<String, JsonObject> configured, BiPredicate<String, JsonObject> removed) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void retire() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Tenancy> create(String endpoint) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Boolean> has(String endpoint) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Set<String>> endpoints() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<JsonObject> ask(String endpoint, String what, Object body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<JsonObject>> askOthers(String what, Object body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<JsonObject>> list() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String name() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<JsonObject>> reports(Collection<String> endpoints) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> upToDate() {
    throw new UnsupportedOperationException();
  }
}
