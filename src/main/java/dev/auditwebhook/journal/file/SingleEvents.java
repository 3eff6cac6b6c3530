package dev.auditwebhook.journal.file;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.LetterPage;
import dev.auditwebhook.endpoint.ledger.Straggler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;

/**
 * What a file has of single events of one endpoint: stragglers and dead letters by id. Most
 * endpoints have none, and then there is no map for them.
 */
final class SingleEvents {

  private static final String STRAGGLERS = "stragglers.";
  private static final String DEAD = "dead.";

  private final StoreFile file;
  private final String endpoint;
  private MVMap<Long, byte[]> stragglers;
  private MVMap<Long, byte[]> dead;

  /** For one reading or writing of a file. */
  SingleEvents(StoreFile file, String endpoint) {
    this.file = file;
    this.endpoint = endpoint;
    stragglers = file.has(STRAGGLERS + endpoint) ? file.byId(STRAGGLERS + endpoint) : null;
    dead = file.has(DEAD + endpoint) ? file.byId(DEAD + endpoint) : null;
  }

  /** Those who have some, or had. */
  static Set<String> owners(StoreFile file) {
    Set<String> owners = new HashSet<>();
    for (String map : file.mapNames()) {
      if (map.startsWith(STRAGGLERS) || map.startsWith(DEAD)) {
        owners.add(map.substring(map.indexOf('.') + 1));
      }
    }
    return owners;
  }

  void removeAll() {
    file.remove(STRAGGLERS + endpoint);
    file.remove(DEAD + endpoint);
  }

  /** Makes changes; gives the letters that were to be redriven, but are damaged. */
  List<Long> make(Map<Long, Change> changes) {
    List<Long> damaged = new ArrayList<>();
    changes.forEach(
        (id, change) -> {
          if (change instanceof Change.Keep keep) {
            putStraggler(id, keep.straggler());
          } else if (change instanceof Change.Bury bury) {
            putLetter(id, bury.letter());
          } else if (change instanceof Change.Redrive redrive) {
            DeadLetter letter = letter(id);
            if (letter != null && letter.isDamaged()) {
              damaged.add(id);
            } else if (letter != null) {
              putStraggler(id, letter.redriven(redrive.now()));
            }
          } else if (change instanceof Change.Fail) {
            putLetter(id, DeadLetter.damaged(id));
          } else if (change instanceof Change.Remove) {
            remove(stragglers, id);
            remove(dead, id);
          }
        });
    return damaged;
  }

  private void putStraggler(long id, Straggler straggler) {
    if (stragglers == null) {
      stragglers = file.byId(STRAGGLERS + endpoint);
    }
    stragglers.put(id, Records.of(straggler));
    remove(dead, id);
  }

  private void putLetter(long id, DeadLetter letter) {
    if (dead == null) {
      dead = file.byId(DEAD + endpoint);
    }
    dead.put(id, Records.of(letter));
    remove(stragglers, id);
  }

  private static void remove(MVMap<Long, byte[]> some, long id) {
    if (some != null) {
      some.remove(id);
    }
  }

  /** A dead letter, {@code null} when it is not there. */
  private DeadLetter letter(long id) {
    byte[] record = dead == null ? null : dead.get(id);
    if (record == null) {
      return null;
    }
    return Records.isWhole(record) ? Records.deadLetter(id, record) : DeadLetter.damaged(id);
  }

  /** As {@link dev.auditwebhook.journal.Engine#stragglers}. */
  Found<Straggler> stragglers(Collection<Long> ids) {
    Found<Straggler> read = new Found<>(new ArrayList<>(), new ArrayList<>());
    for (Long id : new TreeSet<>(ids)) {
      byte[] record = stragglers == null ? null : stragglers.get(id);
      if (record != null && Records.isWhole(record)) {
        read.found().add(Records.straggler(id, record));
      } else if (record != null) {
        read.damaged().add(id);
      }
    }
    return read;
  }

  /** As {@link dev.auditwebhook.journal.Engine#deadLetters}. */
  List<DeadLetter> letters(List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    LetterPage page = new LetterPage(maxBytes);
    for (Long id : ids) {
      DeadLetter letter = unkept.containsKey(id) ? unkept.get(id) : letter(id);
      if (letter != null && !page.add(letter)) {
        break;
      }
    }
    return page.letters();
  }

  /** Says of all stragglers whether they can be read, by their ids in order. */
  void checkStragglers(List<Long> whole, List<Long> damaged) {
    check(stragglers, whole, damaged);
  }

  /** Says of all dead letters whether they can be read, by their ids in order. */
  void checkLetters(List<Long> whole, List<Long> damaged) {
    check(dead, whole, damaged);
  }

  private static void check(MVMap<Long, byte[]> some, List<Long> whole, List<Long> damaged) {
    if (some != null) {
      for (Cursor<Long, byte[]> each = some.cursor(null); each.hasNext(); ) {
        Long id = each.next();
        (Records.isWhole(each.getValue()) ? whole : damaged).add(id);
      }
    }
  }
}
