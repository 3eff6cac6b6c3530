package dev.auditwebhook.endpoint.ledger;

import java.util.List;

/**
 * What a reading found.
 *
 * @param found in the order of {@code event_id}
 * @param damaged the ids of what is there, but cannot be read
 */
public record Found<T>(List<T> found, List<Long> damaged) {

  public static <T> Found<T> nothing() {
    return new Found<>(List.of(), List.of());
  }

  public boolean isEmpty() {
    return found.isEmpty() && damaged.isEmpty();
  }
}
