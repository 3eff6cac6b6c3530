/**
 * From entry to event. {@link dev.auditwebhook.journal.Acceptance} is where the desk brings an
 * entry: it is checked, encoded, and given to the {@link dev.auditwebhook.journal.Journal}, which
 * numbers and keeps entries in groups and then gives them to the endpoints. Where they are kept
 * stands behind {@link dev.auditwebhook.journal.Engine}, one a package.
 */
package dev.auditwebhook.journal;
