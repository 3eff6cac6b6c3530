package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.Round;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** That this node is one of those that share the journal: its row, and the lease on it. */
public final class Membership {

  private static final Logger log = LoggerFactory.getLogger(Membership.class);

  /** A lease is renewed so many times while it lasts. */
  private static final int BEATS = 6;

  /** How long a node that stops waits for the database, in milliseconds. */
  private static final long LEAVING = 2_000;

  /** Nodes of this process so far. */
  private static final AtomicInteger NODES = new AtomicInteger();

  private final Database database;
  private final Clock clock;
  private final long lease;
  private final Supplier<Future<Void>> look;
  private final Runnable goOn;
  private final String id = UUID.randomUUID().toString();
  private final String name = name(NODES.incrementAndGet());
  private final Round renewal = new Round(this::renewed);
  private Words words = new Words(Set.of(), Set.of(), false);

  /** What the row says of this node, as far as is known. */
  private Words told;

  private long generation;

  /** When the lease that runs was asked for, by both clocks. */
  private long askedAt;

  private long askedOn;
  private boolean granted;
  private long timer = -1;

  /** Why the lease is not renewed, {@code null} while it is. */
  private String failure;

  private boolean lapsed;

  /**
   * What others are to know of this node.
   *
   * @param configured the endpoints that its configuration names
   * @param refuses those that it cannot run
   * @param claims whether it takes endpoints over
   */
  private record Words(Set<String> configured, Set<String> refuses, boolean claims) {}

  /**
   * @param database whose statements do not wait behind others
   * @param lease how long one lease lasts, in milliseconds
   * @param look comes before a lease runs again that had run out: learns what others took meanwhile
   * @param goOn told when it runs again
   */
  Membership(
      Database database, Clock clock, long lease, Supplier<Future<Void>> look, Runnable goOn) {
    this.database = database;
    this.clock = clock;
    this.lease = lease;
    this.look = look;
    this.goOn = goOn;
  }

  private static String name(int node) {
    String process = host() + "/" + ProcessHandle.current().pid();
    return node == 1 ? process : process + "/" + node;
  }

  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException notLinux) {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (IOException unnamed) {
        return "node";
      }
    }
  }

  /** Of this process alone. */
  public String id() {
    return id;
  }

  /** For people: host and process, and which one it is of that process from the second on. */
  public String name() {
    return name;
  }

  /** A group that is appended with an earlier one is not kept. */
  public long generation() {
    return generation;
  }

  /** The row has this generation by now. */
  public void generation(long generation) {
    this.generation = generation;
  }

  /** How long a lease lasts, in milliseconds. */
  long lease() {
    return lease;
  }

  /**
   * Whether the lease of this node runs, by its own clock. Where the machine is suspended, the time
   * that goes by may stand still: the time of day does not.
   */
  public boolean holds() {
    return granted && clock.elapsed() - askedAt < lease && Math.abs(clock.now() - askedOn) < lease;
  }

  /** This node is there from now on; it has a lease when that is done. */
  Future<Void> start() {
    return renewal.go().onSuccess(v -> nextBeat());
  }

  private void nextBeat() {
    timer = clock.timer(Math.max(1, lease / BEATS), this::beat);
  }

  private void beat() {
    nextBeat();
    noticeLapse();
    // One that takes its time is enough.
    if (!renewal.isUnderway()) {
      renewal.go();
    }
  }

  private void noticeLapse() {
    if (granted && !lapsed && !holds()) {
      lapsed = true;
      log.warn(
          "The lease of this node ran out, no attempts begin until it is renewed: {}",
          failure == null ? "the node stood still" : failure);
    }
  }

  private Future<Void> renewed() {
    return renew()
        .onSuccess(v -> failure = null)
        .onFailure(problem -> failure = problem.getMessage())
        .onSuccess(
            v -> {
              if (lapsed && holds()) {
                lapsed = false;
                log.warn("The lease of this node runs again");
                goOn.run();
              }
            });
  }

  /**
   * It lasts from before it was asked for. With each renewal the row gets the words of this node,
   * so none that was late is in it for long.
   */
  private Future<Void> renew() {
    long at = clock.elapsed();
    long on = clock.now();
    Words sent = words;
    Tuple row =
        Tuple.of(id, name, lease, generation)
            .addArrayOfString(sent.configured.toArray(String[]::new))
            .addArrayOfString(sent.refuses.toArray(String[]::new))
            .addBoolean(sent.claims)
            .addBoolean(!sent.equals(told))
            .addString(database.schema());
    return database
        .run("node-renew", row, lease / 3)
        .onSuccess(v -> told = sent)
        .compose(
            rows -> {
              generation = Math.max(generation, rows.iterator().next().getLong("generation"));
              // It may have run out since the last beat, and attempts that were due then wait.
              noticeLapse();
              return holds() ? Future.succeededFuture() : look.get();
            })
        .onSuccess(
            v -> {
              askedAt = at;
              askedOn = on;
              granted = true;
            });
  }

  /** Says which endpoints the configuration of this node names. */
  Future<Void> configured(Collection<String> endpoints) {
    return say(new Words(Set.copyOf(endpoints), words.refuses, words.claims));
  }

  /** Says which endpoints this node cannot run. */
  Future<Void> refuses(Collection<String> endpoints) {
    return say(new Words(words.configured, Set.copyOf(endpoints), words.claims));
  }

  /** Says whether this node takes endpoints over. */
  Future<Void> claims(boolean from) {
    return say(new Words(words.configured, words.refuses, from));
  }

  boolean claims() {
    return words.claims;
  }

  private Future<Void> say(Words next) {
    words = next;
    return words.equals(told) ? Future.succeededFuture() : renewal.go();
  }

  /** This node holds nothing any more; completed when no renewal is under way. */
  Future<Void> stop() {
    clock.cancel(timer);
    return renewal.ended().onComplete(v -> granted = false);
  }

  /** Forgets who is gone for long. */
  Future<Void> tidy() {
    return database.run("node-tidy", Tuple.tuple()).mapEmpty();
  }

  /** Gives back all endpoints of this node, which is gone then. */
  Future<Void> leave() {
    return database.run("node-leave", Tuple.of(id, database.schema()), LEAVING).mapEmpty();
  }
}
