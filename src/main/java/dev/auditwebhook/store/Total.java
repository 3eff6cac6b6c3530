package dev.auditwebhook.store;

/**
 * What is counted. The ledger holds at every moment: received = delivered + failed + dropped +
 * discarded + pending, where pending is what the store really holds.
 */
public enum Total {
  /** The last {@code event_id} given. */
  LAST_EVENT_ID,
  /** Valid entries that arrived. */
  RECEIVED,
  /** Events that a receiver answered with 2xx. */
  DELIVERED,
  /** Events given up. */
  FAILED,
  /** Events refused because the queue was full. */
  DROPPED,
  /** Events without a webhook, or filtered out. */
  DISCARDED,
  /** Entries that were not valid. */
  REJECTED,
  /** Attempts that are made again. */
  RETRIED,
  /** Dead letters that are sent again. */
  REDRIVEN,
  /** Dead letters pushed out by newer ones. */
  DLQ_EVICTED
}
