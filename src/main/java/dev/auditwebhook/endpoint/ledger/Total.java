package dev.auditwebhook.endpoint.ledger;

/**
 * What is counted of an endpoint. At every moment: wanted = delivered + failed + dropped + pending,
 * where pending is what is really there. Of all entries that arrived since it exists, those that it
 * did not want are discarded: so what an endpoint has nothing to do with does not touch it.
 */
public enum Total {
  /** Valid entries that arrived and were for it: it had a URL, and wants their action. */
  WANTED,
  /** Events that a receiver answered with 2xx. */
  DELIVERED,
  /** Events given up. */
  FAILED,
  /** Events refused because there was no room. */
  DROPPED,
  /** Valid entries that had arrived before it existed. */
  BEFORE,
  /** Attempts that are made again. */
  RETRIED,
  /** Dead letters that are sent again. */
  REDRIVEN,
  /** Dead letters pushed out by newer ones. */
  DLQ_EVICTED
}
