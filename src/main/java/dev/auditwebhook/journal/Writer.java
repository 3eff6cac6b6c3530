package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.Engine.GoneException;
import dev.auditwebhook.journal.pace.Pace;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.Supplier;

/**
 * Gives the engine what is to be kept: the entries that were taken in, in groups, and the steps of
 * the endpoints along with them.
 */
final class Writer {

  /** How long a step waits for a group that it can go along with, in milliseconds. */
  static final long STEP_DELAY = 100;

  /** From one try to the next while nothing can be kept, in milliseconds. */
  static final long TRY_AGAIN = 1_000;

  private final Engine engine;
  private final Intake intake;
  private final Distribution distribution;
  private final StoreHealth health;
  private final Pace pace;
  private Promise<Void> nextKept = Promise.promise();
  private Future<Void> underway = Future.succeededFuture();
  private boolean changed;

  Writer(Engine engine, Clock clock, Intake intake, Distribution distribution) {
    this.engine = engine;
    this.intake = intake;
    this.distribution = distribution;
    health = new StoreHealth(engine);
    pace = new Pace(clock, engine.interval(), this::write);
  }

  /** Whether the engine keeps and reads what it is asked to. */
  StoreHealth health() {
    return health;
  }

  /** An event was taken in. */
  void taken() {
    pace.want();
  }

  /** An entry was dropped. */
  void dropped() {
    if (health.unkept() == null) {
      pace.want();
    } else {
      refuse();
    }
  }

  /** There is something else to keep. */
  void changed() {
    changed = true;
    if (health.unkept() == null) {
      pace.wantWithin(STEP_DELAY);
    } else {
      pace.want();
    }
  }

  /** Completed when all that changed so far is kept, which begins now. */
  Future<Void> allKept() {
    if (health.unkept() != null) {
      return Future.failedFuture(health.unkept());
    }
    if (!changed && intake.isEmpty()) {
      return underway;
    }
    pace.wantNow();
    return nextKept.future();
  }

  /**
   * Goes on when what was counted so far is kept, or cannot be. Where entries wait to be kept, the
   * counts go along with them.
   */
  Future<Void> counted(Supplier<Future<Void>> then) {
    return (changed && intake.isEmpty() ? allKept() : Future.<Void>succeededFuture())
        .transform(v -> then.get());
  }

  /** As {@link #allKept}, what is on its way to endpoints included. */
  Future<Void> allWritten() {
    changed = true;
    return allKept();
  }

  private void write() {
    Group group = intake.leave();
    Promise<Void> kept = nextKept;
    List<Subscription> leaving = distribution.all().stream().filter(Subscription::hasStep).toList();
    List<Step> steps = leaving.stream().map(Subscription::step).toList();
    nextKept = Promise.promise();
    underway = kept.future();
    changed = false;
    append(group, steps)
        .onComplete(
            (appended, failure) -> {
              pace.ended();
              try {
                if (failure == null) {
                  kept(group, leaving, appended);
                } else {
                  notKept(group, leaving, failure);
                }
              } finally {
                kept.complete(null, failure == null ? unkept(appended) : failure);
              }
            });
  }

  /** When what comes from the inbox is gone, the rest is kept without it. */
  private Future<Appended> append(Group group, List<Step> steps) {
    return engine
        .append(
            new Addition(
                group.entries(), intake.counts(), steps, distribution.needed(), group.emitted()))
        .recover(
            failure -> {
              if (!(failure instanceof GoneException)) {
                return Future.failedFuture(failure);
              }
              takeBack(group);
              // The counts have what arrived meanwhile by now.
              Group later = intake.leave();
              takeBack(later);
              group.add(later);
              return append(group, steps);
            });
  }

  private void takeBack(Group group) {
    distribution.takenBack(intake.takeBack(group));
  }

  private void kept(Group group, List<Subscription> left, Appended appended) {
    health.kept();
    pace.interval(engine.interval());
    left.forEach(each -> stepEnds(each, appended));
    intake.number(group, appended.firstId());
    distribution.arrived(appended.events(), group.recipients());
    intake.kept(group, appended.firstId());
  }

  private static void stepEnds(Subscription left, Appended appended) {
    if (appended.unkeptSteps().contains(left.id())) {
      left.stepNotKept();
    } else {
      left.stepKept(appended.notRedriven());
    }
  }

  private static Throwable unkept(Appended appended) {
    return appended.unkeptSteps().isEmpty()
        ? null
        : new NotKeptException("steps of " + appended.unkeptSteps() + " are not kept", 0, null);
  }

  private void notKept(Group group, List<Subscription> left, Throwable failure) {
    health.notKept(failure);
    pace.interval(TRY_AGAIN);
    left.forEach(Subscription::stepNotKept);
    changed();
    drop(group, failure instanceof NotKeptException known ? known.firstId() : 0);
    refuse();
  }

  /** Nothing can be kept now; what is on its way may be. */
  void trouble(Throwable failure) {
    health.notKept(failure);
    refuse();
  }

  /** What was not given to the engine is dropped. */
  private void refuse() {
    if (!intake.isEmpty()) {
      Group refused = intake.leave();
      takeBack(refused);
      drop(refused, engine.refuse(refused.entries().size()));
    }
  }

  private void drop(Group group, long firstId) {
    takeBack(group);
    intake.number(group, firstId);
    distribution.notKept(group.entries());
    intake.notKept(group, firstId, distribution.pending());
  }

  /** Keeps what is left, and is over. */
  Future<Void> close() {
    return underway.transform(
        v -> {
          if (changed || !intake.isEmpty()) {
            write();
          }
          pace.stop();
          return underway;
        });
  }
}
