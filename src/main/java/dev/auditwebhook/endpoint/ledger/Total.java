package dev.auditwebhook.endpoint.ledger;

/**
 * What is counted of an endpoint. At every moment: received = delivered + failed + dropped +
 * discarded + pending, where pending is what is really there.
 */
public enum Total {
  /** Valid entries that arrived. */
  RECEIVED,
  /** Events that a receiver answered with 2xx. */
  DELIVERED,
  /** Events given up. */
  FAILED,
  /** Events refused because there was no room. */
  DROPPED,
  /** Events without a webhook, or filtered out. */
  DISCARDED,
  /** Attempts that are made again. */
  RETRIED,
  /** Dead letters that are sent again. */
  REDRIVEN,
  /** Dead letters pushed out by newer ones. */
  DLQ_EVICTED
}
