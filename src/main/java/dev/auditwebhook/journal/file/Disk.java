package dev.auditwebhook.journal.file;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine;
import dev.auditwebhook.journal.file.Records.Numbers;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in the file: the journal, what there is of single events of each endpoint, and facts by
 * name. It blocks, and is for one thread at a time.
 */
final class Disk {

  private static final Logger log = LoggerFactory.getLogger(Disk.class);

  /** The layout of this file; another one is not read. */
  static final int FORMAT = 3;

  static final String FACTS = "facts";
  static final String FORMAT_KEY = "format";
  static final String PREFIX_KEY = "messageIdPrefix";
  static final String NUMBERS_KEY = "numbers";
  static final String ENDPOINT_KEY = "endpoint.";

  private final StoreFile file;
  private final EventGroups journal;

  /** Forgotten endpoints whose single events are yet to go. */
  private final Set<String> orphans;

  /** The facts of endpoints that could not be forgotten, by name. */
  private final Map<String, byte[]> notForgotten = new HashMap<>();

  Disk(Recovery found) {
    file = found.file();
    orphans = found.orphans();
    journal = new EventGroups(file, found.opened().lastId(), found.damagedGroups(), this::lastStep);
  }

  /**
   * As {@link Engine#append}, and syncs.
   *
   * @param firstId the number of the first entry
   * @param lastId the last number that was given
   * @throws DiskException when that failed
   */
  Engine.Appended append(long firstId, long lastId, Engine.Addition addition) {
    Runnable keepEntries = journal.keeping(firstId, addition.entries());
    Map<String, List<Long>> notRedriven = new HashMap<>();
    write(
        () -> {
          keepEntries.run();
          for (Step step : addition.steps()) {
            List<Long> damaged = make(step);
            if (!damaged.isEmpty()) {
              notRedriven.put(step.endpoint(), damaged);
            }
          }
          facts().put(NUMBERS_KEY, Records.of(new Numbers(lastId, addition.counts())));
          journal.cut(Math.min(addition.needed(), firstId));
        });
    journal.kept(lastId);
    return new Engine.Appended(
        firstId, EncodedEntry.numbered(firstId, addition.entries()), notRedriven);
  }

  /** Makes changes, and makes up for what former ones left undone. */
  private void write(Runnable changes) {
    file.write(
        () -> {
          notForgotten.forEach(this::restore);
          orphans.forEach(each -> new SingleEvents(file, each).removeAll());
          changes.run();
        });
    notForgotten.clear();
    orphans.clear();
  }

  private void restore(String key, byte[] fact) {
    if (fact == null) {
      facts().remove(key);
    } else {
      facts().put(key, fact);
    }
  }

  private MVMap<String, byte[]> facts() {
    return file.byName(FACTS);
  }

  /**
   * As {@link Engine#forget}, and syncs. Without its fact an endpoint is not there: its records,
   * which may be many, follow, as what is removed of them cannot be restored.
   *
   * @throws DiskException when that failed
   */
  void forget(String endpoint, JsonObject settings) {
    String key = ENDPOINT_KEY + endpoint;
    byte[] fact = file.read(() -> facts().get(key));
    // After a failure, what is read may be what was not kept.
    byte[] before = notForgotten.getOrDefault(key, fact);
    Step left = settings == null ? null : Step.ofRemoved(endpoint, settings);
    try {
      write(() -> restore(key, left == null ? null : Records.of(left, left.totals())));
    } catch (DiskException e) {
      notForgotten.put(key, before);
      throw e;
    }
    orphans.add(endpoint);
    try {
      write(() -> {});
    } catch (DiskException e) {
      log.debug("The records of {} go later", endpoint, e);
    }
  }

  /** Makes a step; gives the letters that it was to redrive, but that are damaged. */
  private List<Long> make(Step step) {
    List<Long> damaged =
        step.changes().isEmpty()
            ? List.of()
            : new SingleEvents(file, step.endpoint()).make(step.changes());
    facts().put(ENDPOINT_KEY + step.endpoint(), Records.of(step, totals(step, damaged.size())));
    return damaged;
  }

  /** The totals that a step leads to, if so many letters are not redriven. */
  private static List<Long> totals(Step step, int notRedriven) {
    if (notRedriven == 0) {
      return step.totals();
    }
    List<Long> totals = new ArrayList<>(step.totals());
    totals.set(Total.FAILED.ordinal(), totals.get(Total.FAILED.ordinal()) + notRedriven);
    totals.set(Total.REDRIVEN.ordinal(), totals.get(Total.REDRIVEN.ordinal()) - notRedriven);
    return totals;
  }

  /** A part of {@link Engine#read}. */
  EventGroups.Part read(int number, long after, int limit) {
    return file.read(() -> journal.read(number, after, limit));
  }

  private Step lastStep(int number) {
    for (Cursor<String, byte[]> each = facts().cursor(ENDPOINT_KEY); each.hasNext(); ) {
      String key = each.next();
      if (key.startsWith(ENDPOINT_KEY)) {
        Step last = Records.step(key.substring(ENDPOINT_KEY.length()), each.getValue());
        if (last.number() == number) {
          return last;
        }
      }
    }
    return null;
  }

  /** As {@link Engine#stragglers}. */
  Found<Straggler> stragglers(String endpoint, Collection<Long> ids) {
    return file.read(() -> new SingleEvents(file, endpoint).stragglers(ids));
  }

  /** As {@link Engine#deadLetters}. */
  List<DeadLetter> deadLetters(
      String endpoint, List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    return file.read(() -> new SingleEvents(file, endpoint).letters(ids, unkept, maxBytes));
  }

  /** As {@link StoreFile#compact()}. */
  boolean compact() {
    return file.compact();
  }

  void close() {
    file.close();
  }
}
