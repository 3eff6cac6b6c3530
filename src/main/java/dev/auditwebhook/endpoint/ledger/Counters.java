package dev.auditwebhook.endpoint.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** The totals of an endpoint, which are read from any thread. */
final class Counters {

  private final AtomicLongArray values = new AtomicLongArray(Total.values().length);

  /**
   * @param before in the order of {@link Total}; those that are missing are 0
   */
  Counters(List<Long> before) {
    for (int i = 0; i < before.size(); i++) {
      values.set(i, before.get(i));
    }
  }

  long of(Total total) {
    return values.get(total.ordinal());
  }

  void add(Total total, long n) {
    values.addAndGet(total.ordinal(), n);
  }

  /** All, in the order of {@link Total}. */
  List<Long> all() {
    List<Long> now = new ArrayList<>(values.length());
    for (int i = 0; i < values.length(); i++) {
      now.add(values.get(i));
    }
    return now;
  }
}
